import type { UnknownReason } from '../../../shared/contract/chain.ts';
import type { Logger } from '../logging/logger.ts';
import { type Clock, sleep } from '../system/clock.ts';
import type { ChainRead } from './reader.ts';
import type { Answering, RpcPool } from './rpc-pool.ts';

const intervalMs = 5 * 60_000;
/** The first heartbeats and the model go first. */
const firstReadMs = 3000;
/** A head that does not rise, as often as this, belongs to a chain that was set back. */
const lowHeadsToAccept = 5;

/** When the chain is read: with every new block while somebody watches, and now and then otherwise. */
export interface ReadLoop {
  /** The newest read, however old; null before the first. */
  readonly current: ChainRead | null;
  readonly failure: { reason: UnknownReason; sinceMs: number } | null;
  /** Until when every block is read, Unix ms; null when nobody watches. */
  readonly watchedUntilMs: number | null;
  /** Returns until when, Unix ms. */
  watch(forMs: number): number;
  /** What is asked for has changed: the same block is read again. */
  readSoon(): void;
  onChange(listener: () => void): void;
  start(): void;
  stop(): Promise<void>;
}

export function createReadLoop(
  options: {
    /** While somebody watches. */
    watchedIntervalMs: number;
  },
  modules: {
    pool: RpcPool;
    /** False while there is nothing to ask about. */
    isNeeded: () => boolean;
    read: (answering: Answering) => Promise<ChainRead | { failed: UnknownReason }>;
    /** What a read is followed by, before the next. */
    follow: (read: ChainRead, answering: Answering) => Promise<void>;
    clock: Clock;
    log: Logger;
  },
): ReadLoop {
  const { pool, isNeeded, clock, log } = modules;
  const listeners: (() => void)[] = [];
  const stopping = new AbortController();
  const { signal } = stopping;
  let wakeUp = new AbortController();
  let loop: Promise<void> = Promise.resolve();
  let watchedUntilSinceBootMs = 0;
  let current: ChainRead | null = null;
  let failure: { reason: UnknownReason; sinceMs: number } | null = null;
  let lowHeads = 0;
  let wanted = true;

  const isWatched = () => clock.sinceBootMs() < watchedUntilSinceBootMs;
  const watchedUntilMs = () => Math.round(clock.now() + watchedUntilSinceBootMs - clock.sinceBootMs());

  function wake(): void {
    wakeUp.abort('wake');
    wakeUp = new AbortController();
  }

  function changed(): void {
    for (const listener of listeners) listener();
  }

  function fail(reason: UnknownReason): void {
    if (failure?.reason !== reason) failure = { reason, sinceMs: failure?.sinceMs ?? clock.now() };
    changed();
  }

  /** Whether `head` is one to read at: newer than the last, or of a chain that was set back. */
  function isNews({ head }: Answering): boolean {
    if (current === null || wanted) return true;
    const { block } = current;
    if (head.number > block.number) return true;
    if (head.number === block.number) return head.hash !== block.hash;
    lowHeads += 1;
    return lowHeads >= lowHeadsToAccept;
  }

  async function readOnce(): Promise<void> {
    const answering = await pool.answering(signal);
    if (signal.aborted) return;
    if ('failed' in answering) return fail(answering.failed);
    if (!isNews(answering)) return;
    wanted = false;
    const next = await modules.read(answering);
    if (signal.aborted) return;
    if ('failed' in next) {
      wanted = true;
      // Its own newest block: others have it whole.
      if (next.failed === 'history-pruned') answering.distrust(next.failed, 'no state of the newest block');
      return fail(next.failed);
    }
    // Reported once what belongs to it is known too.
    await modules.follow(next, answering);
    current = next;
    failure = null;
    lowHeads = 0;
    changed();
  }

  async function run(): Promise<void> {
    await sleep(clock, firstReadMs, signal);
    while (!signal.aborted) {
      try {
        if (isNeeded()) await readOnce();
      } catch (error) {
        // Never the node's end: it serves without knowing what it earns.
        log.fault(error, 'chain-read-failed');
      }
      if (signal.aborted) return;
      const waitMs = isWatched() || wanted ? options.watchedIntervalMs : intervalMs;
      await sleep(clock, waitMs, wakeUp.signal);
    }
  }

  return {
    get current() {
      return current;
    },
    get failure() {
      return failure;
    },
    get watchedUntilMs() {
      return isWatched() ? watchedUntilMs() : null;
    },
    watch(forMs) {
      const wasWatched = isWatched();
      watchedUntilSinceBootMs = Math.max(clock.sinceBootMs() + forMs, watchedUntilSinceBootMs);
      if (!wasWatched) wake();
      return watchedUntilMs();
    },
    readSoon() {
      if (wanted) return;
      wanted = true;
      wake();
    },
    onChange: (listener) => void listeners.push(listener),
    start() {
      loop = run();
    },
    async stop() {
      stopping.abort();
      wake();
      await loop;
    },
  };
}
