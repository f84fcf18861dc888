import { uptime } from 'node:os';

/** A timer that can be taken back. */
export interface Timer {
  cancel(): void;
}

/**
 * Time as every long-lived piece sees it; tests hand in a simulated one. Three clocks, because
 * they disagree exactly when it matters: `now` can be set by people and NTP, `monotonicMs` stops
 * while the computer sleeps, `sinceBootMs` does neither.
 */
export interface Clock {
  /** Unix time, ms. */
  now(): number;
  /** Ms of waking time from an arbitrary origin; never goes back. */
  monotonicMs(): number;
  /** Ms since boot, time asleep included (Linux and macOS); resolution about 10 ms to 1 s. */
  sinceBootMs(): number;
  /** Calls `run` once after `delayMs` of waking time. */
  after(delayMs: number, run: () => void): Timer;
}

/** Node allows delays up to 2^31-1 ms; anything longer would fire at once. */
const longestDelayMs = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonicMs: () => performance.now(),
  sinceBootMs: () => uptime() * 1000,
  after(delayMs, run) {
    const handle = setTimeout(run, Math.min(Math.max(0, delayMs), longestDelayMs));
    return { cancel: () => clearTimeout(handle) };
  },
};

/** The last midnight of local time, Unix ms. */
export function localMidnight(nowMs: number): number {
  return new Date(nowMs).setHours(0, 0, 0, 0);
}

/** Resolves after `delayMs`, or at once when `signal` aborts; never rejects. */
export function sleep(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const done = () => {
      timer.cancel();
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = clock.after(delayMs, done);
    signal?.addEventListener('abort', done, { once: true });
  });
}
