import type { Reason } from '../../../shared/reasons/reason-text.ts';
import type { CoordinatorClient } from '../coordinator/client.ts';
import type { Logger } from '../logging/logger.ts';
import { retryDelayMs } from '../system/backoff.ts';
import { type Clock, sleep } from '../system/clock.ts';

/** Asks the inbox, one poll at a time. */
export interface InboxPoll {
  /** Why the last poll failed, or null. */
  readonly failure: { reason: Reason; sinceMs: number } | null;
  start(): void;
  /** Something changed that may allow a poll now. */
  wake(): void;
  /** Something that was taken on has been answered: unless polls fail there is no point in waiting. */
  askSoon(): void;
  /** Ends the loop after the poll under way, or in the middle of it once `signal` aborts. */
  end(): void;
  readonly ended: Promise<void>;
}

export interface InboxPollOptions {
  nodeId: string;
  idlePollMs: number;
  pollBackoff: { minMs: number; maxMs: number };
  retryAfterMaxMs: number;
}

const pollJitter = 0.2;

export function createInboxPoll(
  options: InboxPollOptions,
  modules: {
    coordinator: CoordinatorClient;
    /** Whether there is room for what a poll may bring, and nothing against it. */
    mayPoll: () => boolean;
    /** Takes the entries; says how many of them are to be run. */
    take: (entries: readonly unknown[]) => number;
    onFailure: () => void;
    signal: AbortSignal;
    clock: Clock;
    log: Logger;
    random: () => number;
  },
): InboxPoll {
  const { coordinator, mayPoll, take, onFailure, signal, clock, log, random } = modules;
  let failure: { reason: Reason; sinceMs: number } | null = null;
  let ending = false;
  let wakeUp = new AbortController();
  let loop: Promise<void> = Promise.resolve();
  /** Monotonic time before which there is no point in asking again. */
  let notBeforeMs = Number.NEGATIVE_INFINITY;

  function wake(): void {
    wakeUp.abort('wake');
    wakeUp = new AbortController();
  }

  /** One poll; returns how long to wait before the next, ms. */
  async function poll(failures: number): Promise<{ waitMs: number; failed: boolean }> {
    const outcome = await coordinator.inbox(options.nodeId, signal);
    if (outcome.kind === 'accepted') {
      if (failure) log.info('inbox-answers-again', { afterMs: clock.now() - failure.sinceMs });
      failure = null;
      const taken = take(outcome.body);
      return { waitMs: taken > 0 ? 0 : options.idlePollMs, failed: false };
    }
    const askedMs = 'retryAfterMs' in outcome ? outcome.retryAfterMs : null;
    const backoff = { ...options.pollBackoff, jitter: pollJitter };
    const asked = { failures: failures + 1, askedMs, mostAskedMs: options.retryAfterMaxMs };
    if (!failure) log.warn('inbox-not-answering', { reason: outcome.reason });
    failure = { reason: outcome.reason, sinceMs: failure?.sinceMs ?? clock.now() };
    return { waitMs: retryDelayMs(backoff, asked, random), failed: true };
  }

  async function pollForever(): Promise<void> {
    let failures = 0;
    while (!signal.aborted && !ending) {
      const waitMs = notBeforeMs - clock.monotonicMs();
      const ready = mayPoll();
      if (!ready || waitMs > 0) {
        await sleep(clock, ready ? waitMs : options.idlePollMs, wakeUp.signal);
        continue;
      }
      const { waitMs: nextMs, failed } = await poll(failures);
      failures = failed ? failures + 1 : 0;
      notBeforeMs = clock.monotonicMs() + nextMs;
      if (failed) onFailure();
    }
  }

  return {
    get failure() {
      return failure;
    },
    start() {
      loop = pollForever();
    },
    wake,
    askSoon() {
      if (!failure) notBeforeMs = Number.NEGATIVE_INFINITY;
      wake();
    },
    end() {
      ending = true;
      wake();
    },
    get ended() {
      return loop;
    },
  };
}
