import { existsSync } from 'node:fs';
import type { CommandInput, CommandName, CommandOutput } from '../../shared/contract/commands.ts';
import type { DaemonEvent, Greeting } from '../../shared/contract/messages.ts';
import type { Snapshot } from '../../shared/contract/snapshot.ts';
import { isNodeError, NodeError } from '../../shared/errors.ts';
import type { Reason } from '../../shared/reasons/reason-text.ts';
import type { ControlClient } from '../daemon/control/client.ts';
import type { StartedDaemon } from '../daemon/start-daemon.ts';
import { findDaemon, isLockHeld } from '../daemon/storage/lock.ts';
import { type Clock, sleep, type Timer } from '../daemon/system/clock.ts';
import type { NodeContext } from './context.ts';
import { systemServiceSocket } from './system-service-socket.ts';

type Location = Pick<NodeContext, 'paths' | 'clock'>;

/** A daemon, wherever it runs: the one seam through which the rest of a host sees it. */
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

/** The daemon that this program hosts, in this process. */
export function linkToStarted(host: StartedDaemon): DaemonLink {
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

/** A connection, and the service of the whole computer that it leads to; null for a node of one's own. */
export type ReachedDaemon = ControlClient & { readonly systemService: string | null };

/**
 * A connection to the daemon that runs on the state directory; for somebody who has no node of their own, to that of
 * the computer's own service.
 *
 * @throws NodeError `no-daemon`, `daemon-not-answering`
 */
export async function reachDaemon({ paths, clock }: Location): Promise<ReachedDaemon> {
  const { stateDir, socketFile } = paths;
  const found = await findDaemon(paths, { clock });
  // `control.json` is missing while a daemon starts, or when the disk had no room for it.
  const socketPath = found?.socketPath ?? (existsSync(socketFile) ? socketFile : null);
  const connect = async (path: string) => {
    // With the whole contract, which a command that finds no node has no use for.
    const { connectToDaemon } = await import('../daemon/control/client.ts');
    return connectToDaemon({ socketPath: path, stateDir, timeoutMs: attachTimeoutMs }, { clock });
  };
  if (socketPath !== null) {
    try {
      return { ...(await connect(socketPath)), systemService: null };
    } catch (error) {
      if (!isNodeError(error, 'no-daemon')) throw error;
    }
  }
  const shared = found === null ? await systemServiceSocket(paths) : null;
  if (shared !== null) return { ...(await connect(shared.socketPath)), systemService: shared.service };
  // A missing door is not a missing house: the lock alone proves whether a daemon runs.
  if (found === null && !isLockHeld(paths)) throw new NodeError('no-daemon', { stateDir });
  const reason = socketPath === null && found !== null ? startingReason(found.pid) : lostReason(found?.pid);
  throw new NodeError('daemon-not-answering', { stateDir, reason });
}

const startingReason = (pid: number): Reason => `process-starting(${pid})`;
const lostReason = (pid: number | undefined): Reason => `socket-missing(${pid ?? ''})`;

/** What the running daemon reports; null when none runs, or none that can be asked. */
export async function runningSnapshot(place: Location): Promise<Snapshot | null> {
  const daemon = await reachDaemon(place).catch(() => null);
  try {
    return (await daemon?.ask('snapshot', {})) ?? null;
  } catch {
    return null;
  } finally {
    daemon?.close();
  }
}

/**
 * The daemon of another program, over its control socket.
 *
 * @throws NodeError `no-daemon`, `daemon-not-answering`
 */
export async function linkToRunning(place: Location): Promise<DaemonLink & { greeting: Greeting }> {
  const client = await reachDaemon(place);
  const silence = client.compatible ? watchForSilence(client, place) : null;
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

/**
 * The same, or null where no daemon runs.
 *
 * @throws NodeError `daemon-not-answering`
 */
export async function linkIfRunning(
  place: Location,
): Promise<Awaited<ReturnType<typeof linkToRunning>> | null> {
  try {
    return await linkToRunning(place);
  } catch (error) {
    if (isNodeError(error, 'no-daemon')) return null;
    throw error;
  }
}

/** Delivery and the last heartbeat come on top of the time that a drain gives running requests. */
export const drainGraceMs = 15_000;
const endPollMs = 50;

/**
 * Waits until no daemon runs on the state directory: its connection closes a little before the lock is free, and only
 * then can another one start.
 *
 * @returns false when one still runs after `patienceMs`, or `signal` aborts
 */
export async function waitForEnd(
  { paths, clock }: Location,
  patienceMs: number,
  signal?: AbortSignal,
): Promise<boolean> {
  const giveUpAtMs = clock.monotonicMs() + patienceMs;
  while (!signal?.aborted) {
    if ((await findDaemon(paths, { clock })) === null) return true;
    if (clock.monotonicMs() > giveUpAtMs) return false;
    await sleep(clock, endPollMs, signal);
  }
  return false;
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
