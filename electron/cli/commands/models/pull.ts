import type { PullReport } from '../../../../shared/contract/ollama.ts';
import type { NodeError } from '../../../../shared/errors.ts';
import { formatBytes } from '../../../../shared/format.ts';
import { sameModel } from '../../../../shared/model-names.ts';
import type { PullState } from '../../../../shared/pull-states.ts';
import { silentLog } from '../../../daemon/logging/silent-log.ts';
import { createPullQueue } from '../../../daemon/ollama/models/pulls.ts';
import { type Connections, openConnections } from '../../../node/connections.ts';
import { requireOllama } from '../../../node/ollama-readiness.ts';
import type { Invocation } from '../../args/invocation.ts';
import { type ExitCode, exitCodes } from '../../exit-codes.ts';
import { type Configuration, resolveConfiguration } from '../../resolve.ts';
import { paragraph } from '../../terminal/layout.ts';
import { askLine, canAsk } from '../../terminal/prompt.ts';
import { onInterrupt } from '../../terminal/signals.ts';
import { linkToNode, modelsVolume, type NodeLink, reportedError } from '../ollama/link.ts';
import { createPullView } from './pull-view.ts';

/** Who pulls: the running node, which goes on without this command, or this command itself. */
interface Puller {
  by: 'node' | 'command';
  begin(large: boolean): Promise<void>;
  /** Null before there is one. */
  report(): PullReport | null;
  onChange(listener: () => void): void;
  cancel(): void;
  /** Rejects when whoever pulls has gone. */
  lost: Promise<never> | null;
  close(): Promise<void>;
}

const ended: ReadonlySet<PullState> = new Set<PullState>([
  'done',
  'cancelled',
  'failed',
  'stalled',
  'no-room',
  'needs-consent',
]);

/** Gets a model, through the running node where there is one. Ctrl-C cancels it in both cases. */
export async function pullModel(invocation: Invocation, name: string | undefined): Promise<ExitCode> {
  const { flags, terminal } = invocation;
  const model = name ?? '';
  const configuration = await resolveConfiguration(invocation);
  const puller = await choosePuller(invocation, configuration, model);
  try {
    if (!flags.json) terminal.out(paragraph(terminal, howToEnd(puller, configuration), 0));
    let report = await follow(invocation, puller, flags.yes === true);
    if (report.state === 'needs-consent' && !flags.json && canAsk()) {
      if (await consents(report)) report = await follow(invocation, puller, true);
    }
    return await print(invocation, puller, report);
  } finally {
    await puller.close();
  }
}

function howToEnd({ by }: Puller, { ollama }: Configuration): string {
  const room = ollama.remote
    ? ` Ollama at ${ollama.url} is on another computer, so its free disk space isn’t known.`
    : '';
  return by === 'node'
    ? `The running node downloads it. Ctrl-C cancels. Closing this terminal doesn’t.${room}`
    : `Ctrl-C cancels. The next pull resumes.${room}`;
}

async function choosePuller(
  invocation: Invocation,
  configuration: Configuration,
  model: string,
): Promise<Puller> {
  const link = await linkToNode(invocation, configuration);
  if (link !== null) return nodePuller(link, model);
  const connections = openConnections(invocation, configuration);
  try {
    await requireOllama(invocation, configuration, connections);
    return await ownPuller(invocation, configuration, connections, model);
  } catch (error) {
    await connections.stop();
    throw error;
  }
}

function nodePuller({ daemon, current, onChange, lost }: NodeLink, model: string): Puller {
  let since: number | null = null;
  return {
    by: 'node',
    async begin(large) {
      since = newest()?.sinceMs ?? null;
      await daemon.ask('models.pull', { model, large });
    },
    // One that ended before this command asked for it again is another pull.
    report() {
      const found = newest();
      return found && (found.sinceMs !== since || !ended.has(found.state)) ? found : null;
    },
    onChange,
    cancel: () => void daemon.ask('models.cancelPull', { model }).catch(() => undefined),
    lost,
    close: async () => daemon.close(),
  };
  function newest(): PullReport | null {
    return current().pulls.findLast((one) => sameModel(one.model, model)) ?? null;
  }
}

async function ownPuller(
  invocation: Invocation,
  configuration: Configuration,
  connections: Connections,
  model: string,
): Promise<Puller> {
  const volume = await modelsVolume(invocation, configuration, connections);
  const queue = createPullQueue(
    { volume },
    {
      client: { baseUrl: configuration.ollama.url },
      http: connections.ollamaHttp(),
      internet: connections.internetHttp(),
      clock: invocation.clock,
      log: silentLog,
    },
  );
  return {
    by: 'command',
    async begin(large) {
      queue.pull(model, { large });
    },
    report: () => queue.reports().at(-1) ?? null,
    onChange: (listener) => void queue.onChange(listener),
    cancel: () => void queue.cancel(model),
    lost: null,
    async close() {
      await queue.stop();
      await connections.stop();
    },
  };
}

/** Shows a pull until it ends, and returns how it did. */
async function follow(invocation: Invocation, puller: Puller, large: boolean): Promise<PullReport> {
  const { flags, terminal } = invocation;
  const view = flags.json ? null : createPullView(terminal);
  // Where the node pulls, a terminal that goes away takes nothing along.
  const restore = onInterrupt(() => puller.cancel(), { except: puller.by === 'node' ? ['SIGHUP'] : [] });
  try {
    return await new Promise<PullReport>((resolve, reject) => {
      let over = false;
      const check = () => {
        const report = over ? null : puller.report();
        if (report === null) return;
        over = ended.has(report.state);
        if (over) resolve(report);
        else view?.show(report);
      };
      puller.onChange(check);
      puller.begin(large).then(check, reject);
      puller.lost?.catch(reject);
    });
  } finally {
    restore();
    view?.end();
  }
}

async function consents({ model, error }: PullReport): Promise<boolean> {
  const sizeBytes = error?.details.sizeBytes;
  const size = typeof sizeBytes === 'number' ? `${formatBytes(sizeBytes)} or more` : 'of unknown size';
  const answer = await askLine(`${model} is ${size}. Download it anyway? [y/N] `);
  return /^y(?:es)?$/i.test(answer.trim());
}

async function print({ flags, terminal }: Invocation, { by }: Puller, report: PullReport): Promise<ExitCode> {
  const { model, state, totalBytes, completedBytes, attempt, error } = report;
  if (error !== null) throw reportedError(error) as NodeError;
  const done = state === 'done';
  if (flags.json) {
    const { printDocument } = await import('../../documents/documents.ts');
    const { modelPullDocument } = await import('../../documents/models.ts');
    printDocument(terminal, modelPullDocument, {
      schemaVersion: 1,
      document: 'model-pull',
      model,
      by,
      state,
      totalBytes,
      completedBytes,
      attempt,
    });
  } else if (done) terminal.out(`${model} is here: ${formatBytes(completedBytes)}, checked by Ollama.`);
  else {
    const came =
      completedBytes > 0 ? `The ${formatBytes(completedBytes)} that came stay` : 'Nothing was lost';
    terminal.out(`Cancelled. ${came}; resume with: parallelix-operator models pull ${model}`);
  }
  return done ? exitCodes.done : exitCodes.failed;
}
