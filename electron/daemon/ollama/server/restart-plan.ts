import { backoffMs } from '../../system/backoff.ts';
import type { Clock, Timer } from '../../system/clock.ts';

/** When a server that ended is started again. */
export interface RestartPlan {
  /** The restart that is waited for. */
  readonly next: { attempt: number; atMs: number } | null;
  /** It ended too often in too short a time: only slow tries are left, until it stays up or a person asks. */
  readonly crashing: boolean;
  /** Plans the next try after 1, 2, 4 … 60 s; after the fifth end within ten minutes every ten minutes. */
  afterCrash(run: () => void): void;
  /** The same waits for an address that another program has; nothing crashed. */
  afterConflict(run: () => void): void;
  /** The server answers. */
  answers(): void;
  /** For how long it has answered, ms. */
  upFor(): number;
  /** Takes the planned try back. */
  cancel(): void;
  /** Forgets everything: a person asks. */
  reset(): void;
}

const firstWaitMs = 1000;
const longestWaitMs = 60_000;
const crashWindowMs = 600_000;
const crashLimit = 5;
const crashingWaitMs = 600_000;
/** Up for so long, it counts as well again. */
const stableMs = 60_000;

export function createRestartPlan({ clock }: { clock: Clock }): RestartPlan {
  let attempt = 0;
  let crashesMs: number[] = [];
  let crashing = false;
  let answersSinceMs: number | null = null;
  let next: { attempt: number; atMs: number } | null = null;
  let timer: Timer | null = null;

  function cancel(): void {
    timer?.cancel();
    timer = null;
    next = null;
  }

  function upFor(): number {
    return answersSinceMs === null ? 0 : clock.monotonicMs() - answersSinceMs;
  }

  function tryAfter(waitMs: number, run: () => void): void {
    cancel();
    next = { attempt, atMs: clock.now() + waitMs };
    timer = clock.after(waitMs, () => {
      cancel();
      run();
    });
  }

  function backOff(): number {
    if (upFor() >= stableMs) {
      attempt = 0;
      crashing = false;
    }
    answersSinceMs = null;
    attempt += 1;
    return backoffMs({ minMs: firstWaitMs, maxMs: longestWaitMs }, attempt);
  }

  return {
    get next() {
      return next;
    },
    get crashing() {
      return crashing;
    },
    afterCrash(run) {
      const waitMs = backOff();
      const nowMs = clock.monotonicMs();
      crashesMs = [...crashesMs.filter((atMs) => nowMs - atMs < crashWindowMs), nowMs];
      crashing ||= crashesMs.length >= crashLimit;
      tryAfter(crashing ? crashingWaitMs : waitMs, run);
    },
    afterConflict(run) {
      tryAfter(backOff(), run);
    },
    answers() {
      answersSinceMs = clock.monotonicMs();
    },
    upFor,
    cancel,
    reset() {
      cancel();
      attempt = 0;
      crashesMs = [];
      crashing = false;
      answersSinceMs = null;
    },
  };
}
