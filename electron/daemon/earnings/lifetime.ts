import type { Snapshot } from '../../../shared/contract/snapshot.ts';
import type { CoordinatorClient } from '../coordinator/client.ts';
import { retryDelayMs } from '../system/backoff.ts';
import { type Clock, sleep } from '../system/clock.ts';
import type { Part } from '../system/part.ts';

interface EarningsStatus {
  /** Decimal tokens of the owner's wallet over all its nodes, as the coordinator states them. */
  lifetimePrlx: string | null;
  asOfMs: number | null;
}

export interface EarningsOptions {
  intervalMs: number;
  backoff: { minMs: number; maxMs: number };
  retryAfterMaxMs: number;
}

/** Reads the wallet's lifetime earnings now and then; an old figure keeps its time. [network.md 6.4] */
export interface EarningsWatch extends Part {
  start(): void;
  onProgress(listener: () => void): void;
  report(): Pick<Snapshot, 'earnings'>;
  stop(): Promise<void>;
}

const jitter = 0.2;

export function createEarningsWatch(
  options: EarningsOptions,
  modules: { coordinator: CoordinatorClient; owner: () => string | null; clock: Clock; random: () => number },
): EarningsWatch {
  const { intervalMs, backoff, retryAfterMaxMs } = options;
  const { coordinator, owner, clock, random } = modules;
  const unknown: EarningsStatus = { lifetimePrlx: null, asOfMs: null };
  let read: EarningsStatus & { wallet: string | null } = { ...unknown, wallet: null };
  const listeners: (() => void)[] = [];
  const stopping = new AbortController();
  let loop: Promise<void> = Promise.resolve();

  async function watch(): Promise<void> {
    let failures = 0;
    while (!stopping.signal.aborted) {
      const wallet = owner();
      let waitMs = backoff.minMs;
      if (wallet) {
        const outcome = await coordinator.stats(wallet, stopping.signal);
        if (outcome.kind === 'accepted') {
          failures = 0;
          waitMs = intervalMs;
          const lifetimePrlx = outcome.body.lifetimeEarningsPrlx;
          if (lifetimePrlx !== null) read = { lifetimePrlx, asOfMs: clock.now(), wallet };
          for (const listener of listeners) listener();
        } else {
          failures += 1;
          const askedMs = 'retryAfterMs' in outcome ? outcome.retryAfterMs : null;
          const asked = { failures, askedMs, mostAskedMs: retryAfterMaxMs };
          waitMs = retryDelayMs({ ...backoff, jitter }, asked, random);
        }
      }
      await sleep(clock, waitMs, stopping.signal);
    }
  }

  /** A figure of another wallet says nothing about this one. */
  function status(): EarningsStatus {
    const { wallet, ...figure } = read;
    return wallet === owner() ? figure : unknown;
  }

  return {
    name: 'lifetime-earnings',
    report: () => ({ earnings: { ...status(), source: 'coordinator' } }),
    start() {
      loop = watch();
    },
    onProgress: (listener) => void listeners.push(listener),
    async stop() {
      stopping.abort();
      await loop;
    },
  };
}
