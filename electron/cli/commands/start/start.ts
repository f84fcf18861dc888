import { hostname } from 'node:os';
import { NodeError } from '../../../../shared/errors.ts';
import { describeError } from '../../../../shared/texts/error-text.ts';
import { createLogger, type LogEntry, type Logger } from '../../../daemon/logging/logger.ts';
import { createRedactor } from '../../../daemon/logging/redaction.ts';
import type { StartedDaemon } from '../../../daemon/start-daemon.ts';
import { userName } from '../../../daemon/system/account.ts';
import {
  createServiceNotifier,
  type ServiceNotifier,
} from '../../../daemon/system/service-manager/notify.ts';
import { checkBeforeHosting, decideHosting, hostNode } from '../../../node/hosting.ts';
import { ollamaBesideAnother, type ReadyOllama, readyOllama } from '../../../node/ollama-readiness.ts';
import type { CommandRun, Invocation } from '../../args/invocation.ts';
import { contextOf } from '../../context.ts';
import { type ExitCode, exitCodes } from '../../exit-codes.ts';
import { onFault } from '../../faults.ts';
import { passphraseAsker } from '../../passphrases.ts';
import { type Configuration, resolveConfiguration } from '../../resolve.ts';
import { paragraph } from '../../terminal/layout.ts';
import { startingOllama } from '../../terminal/notes.ts';
import { type EndingSignal, endingSignals } from '../../terminal/signals.ts';
import { waitForTurn } from './take-over.ts';
import { createStartView, type StartView } from './view.ts';

export const runStart: CommandRun = async (invocation) => {
  const { flags, env, terminal, clock } = invocation;
  const configuration = await resolveConfiguration(invocation);
  const { paths, settings, record } = configuration;
  const context = contextOf(invocation, paths);
  const takesOver = flags['take-over'] === true;
  const hosting = await decideHosting(context);
  if (hosting.kind === 'attach' && !takesOver) {
    const { pid, uptimeMs } = hosting.running;
    throw new NodeError('other-daemon', { pid, uptimeMs, stateDir: paths.stateDir });
  }
  await checkBeforeHosting(context, { record, asks: passphraseAsker() !== undefined });
  const found = takesOver
    ? await ollamaBesideAnother(invocation, configuration)
    : flags.wait
      ? null
      : await ollamaToServeWith(invocation, configuration);
  const known = found?.status ?? null;
  const ollama = found?.ollama ?? configuration.ollama;

  const view = await createStartView(terminal, flags.json === true, () => clock.now());
  const output = createOutput(view);
  const log = openLog(invocation, configuration, output.entry);
  onFault((error) => {
    view.end();
    log.fault(error);
  });
  if (takesOver) await waitForTurn(paths, { clock });
  // Before anything is started that would inherit what only the service manager's own process is to have.
  const notifier = createServiceNotifier({ env }, { isAlive: () => host?.daemon.isMoving() ?? true, clock });
  let host: StartedDaemon | null = null;
  host = await hostNode(
    context,
    { configuration: { ...configuration, ollama }, knownOllama: known },
    { log, random: Math.random },
  );
  await notifier?.ready();
  stopOnSignals(host, settings.timing.drainMs, view, notifier);
  view.head(host.daemon.snapshot(), known?.defaultModel ?? null);
  output.open(host);
  await host.ended;
  await notifier?.stop();
  await output.settled();
  view.stopped(output.last());
  await log.close();
  return exitCodes.done;
};

/** @throws NodeError what keeps Ollama from serving */
async function ollamaToServeWith(invocation: Invocation, configuration: Configuration): Promise<ReadyOllama> {
  const { terminal } = invocation;
  const note = (text: string) => terminal.err(`Note: ${text}`);
  const ready = await readyOllama(invocation, configuration, {
    onStarting: () => note(paragraph(terminal, startingOllama, 0)),
  });
  const { missingModel, status } = ready;
  if (missingModel !== null) {
    const wanted = describeError(new NodeError('model-not-installed', { model: missingModel }));
    note(`${wanted} Serving with ${status.defaultModel} meanwhile.`);
  }
  return ready;
}

function openLog(
  { flags, homeDir, clock }: Invocation,
  { paths }: Configuration,
  sink: (entry: LogEntry) => void,
): Logger {
  const redactor = createRedactor({ homeDir, userName: userName(), hostName: hostname() });
  return createLogger(
    { file: paths.logFile, level: flags.debug ? 'debug' : 'info' },
    { clock, redactor, sink },
  );
}

/** Hands events to the view, from the moment that its head is printed. */
function createOutput(view: StartView) {
  const early: LogEntry[] = [];
  let host: StartedDaemon | null = null;
  let statePending = false;
  let stateShown: string | null = null;
  let figures = { served: 0, failed: 0, undelivered: 0, answers: 0 };

  /** The log has a new state before the snapshot that has it is handed over; it is checked right afterwards. */
  function showState(): void {
    statePending = false;
    const snapshot = host?.daemon.snapshot();
    if (snapshot === undefined || snapshot.state.code === stateShown) return;
    stateShown = snapshot.state.code;
    view.stateChanged(snapshot);
  }
  function show(entry: LogEntry): void {
    if (entry.event === 'stopped')
      figures = { ...figures, ...numbers(entry, ['served', 'undelivered', 'answers']) };
    if (entry.event === 'state' && !statePending) {
      statePending = true;
      queueMicrotask(showState);
    }
    view.entry(entry);
  }
  return {
    entry(entry: LogEntry): void {
      if (host === null) early.push(entry);
      else show(entry);
    },
    open(hosted: StartedDaemon): void {
      host = hosted;
      for (const entry of early.splice(0)) show(entry);
      hosted.daemon.onChange((snapshot) => {
        const { served, failed, undelivered } = snapshot.serving;
        figures = { ...figures, served, failed, undelivered };
        view.changed(snapshot);
        // Changes that come and go with every request are no lines of the log.
        if (snapshot.state.code !== stateShown) showState();
      });
    },
    /** After the last event. */
    settled: () => new Promise<void>((resolve) => setImmediate(resolve)),
    last: () => figures,
  };
}

function numbers<Name extends string>(
  entry: LogEntry,
  names: readonly Name[],
): Partial<Record<Name, number>> {
  const found = names.filter((name) => typeof entry.facts[name] === 'number');
  return Object.fromEntries(found.map((name) => [name, entry.facts[name]])) as Partial<Record<Name, number>>;
}

const exitCodeOfSignal: Readonly<Record<EndingSignal, ExitCode>> = {
  SIGINT: exitCodes.interrupted,
  SIGTERM: exitCodes.terminated,
  SIGHUP: exitCodes.hangUp,
};

/**
 * The first signal finishes the work and ends; the second ends at once.
 */
function stopOnSignals(
  host: StartedDaemon,
  drainMs: number,
  view: StartView,
  notifier: ServiceNotifier | null,
): void {
  let stopping = false;
  const stopWith = (code: ExitCode) => () => {
    if (stopping) {
      view.end();
      process.exit(code);
    }
    stopping = true;
    void notifier?.stopping(drainMs);
    void host.daemon.drain(drainMs);
  };
  for (const signal of endingSignals()) process.on(signal, stopWith(exitCodeOfSignal[signal]));
}
