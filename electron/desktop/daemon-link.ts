import type { CommandInput, CommandName, CommandOutput } from '../../shared/contract/commands.ts';
import type { DaemonEvent, Greeting } from '../../shared/contract/messages.ts';
import { type ControlClient, connectToDaemon } from '../daemon/control/client.ts';
import type { HostedDaemon } from '../daemon/host.ts';
import type { RunningDaemon } from '../daemon/storage/lock.ts';
import type { StatePaths } from '../daemon/storage/paths.ts';
import type { Clock, Timer } from '../daemon/system/clock.ts';

/** A daemon, wherever it runs: the one seam through which the rest of the app sees it. */
export interface DaemonLink {
  /** Null for a hosted one. */
  readonly greeting: Greeting | null;
  readonly compatible: boolean;
  /** @throws NodeError what the daemon answered, or `daemon-not-answering` */
  ask<N extends CommandName>(name: N, input: CommandInput<N>): Promise<CommandOutput<N>>;
  /** A snapshot first, then versioned changes. */
  subscribe(listener: (event: DaemonEvent) => void): Promise<void>;
  /** Resolves when it is over; rejects with a NodeError where the daemon had to end. */
  readonly ended: Promise<void>;
  /** Drains a hosted daemon within `limitMs`; leaves the other kind alone. */
  close(limitMs: number): Promise<void>;
}

const attachTimeoutMs = 5000;
/** A daemon that hangs keeps its connection open and says nothing: it is asked now and then. */
const askEveryMs = 30_000;
const unansweredLimit = 2;

/** The daemon that this app hosts, in this process. */
export function linkToHosted(host: HostedDaemon): DaemonLink {
  const { daemon } = host;
  return {
    greeting: null,
    compatible: true,
    async ask(name, input) {
      const handler = daemon.handlers[name] as (input: unknown) => Promise<never>;
      return handler(input);
    },
    async subscribe(listener) {
      daemon.subscribe(listener);
    },
    ended: host.ended,
    async close(limitMs) {
      await daemon.drain(limitMs);
      await host.ended.catch(() => undefined);
    },
  };
}

/**
 * The daemon of another program, over its control socket.
 *
 * @throws NodeError `no-daemon`, `daemon-not-answering`
 */
export async function linkToRunning(
  { paths, running }: { paths: StatePaths; running: RunningDaemon },
  modules: { clock: Clock },
): Promise<DaemonLink> {
  const socketPath = running.socketPath ?? paths.socketFile;
  const client = await connectToDaemon(
    { socketPath, stateDir: paths.stateDir, timeoutMs: attachTimeoutMs },
    modules,
  );
  const silence = client.compatible ? watchForSilence(client, modules) : null;
  return {
    greeting: client.greeting,
    compatible: client.compatible,
    ask: client.ask,
    subscribe: client.subscribe,
    ended: silence === null ? client.closed : Promise.race([client.closed, silence.noticed]),
    async close() {
      silence?.stop();
      client.close();
    },
  };
}

/** Asks until it gets no answer twice in a row; then `noticed` rejects with why, and the connection is closed. */
function watchForSilence(client: ControlClient, { clock }: { clock: Clock }) {
  const { promise: noticed, reject } = Promise.withResolvers<never>();
  noticed.catch(() => undefined);
  let unanswered = 0;
  let timer: Timer = clock.after(askEveryMs, ask);
  void client.closed.then(() => timer.cancel());

  function ask(): void {
    client.ask('snapshot', {}).then(
      () => {
        unanswered = 0;
        timer = clock.after(askEveryMs, ask);
      },
      (error: unknown) => {
        unanswered += 1;
        if (unanswered < unansweredLimit) return ask();
        reject(error);
        client.close();
      },
    );
  }
  return { noticed, stop: () => timer.cancel() };
}
