import type { Clock, Timer } from '../../system/clock.ts';

/** When Ollama's memory is checked next. There is one next check: asking for another takes its place. */
export interface MemoryChecks {
  after(ms: number): void;
  /** Loading has failed: after 10, 20, 40 … s, at most 5 minutes. */
  afterFailure(): void;
  /** Loading has worked: the next failure counts as the first. */
  succeeded(): void;
  /** Another model counts from now on. */
  forget(): void;
  stop(): void;
}

export const retryFirstMs = 10_000;
const retryMaxMs = 5 * 60_000;

export function createMemoryChecks({ check, clock }: { check: () => void; clock: Clock }): MemoryChecks {
  let timer: Timer | null = null;
  let nextRetryMs = retryFirstMs;
  let stopped = false;

  function after(ms: number): void {
    timer?.cancel();
    timer = stopped ? null : clock.after(ms, check);
  }

  return {
    after,
    afterFailure() {
      after(nextRetryMs);
      nextRetryMs = Math.min(nextRetryMs * 2, retryMaxMs);
    },
    succeeded() {
      nextRetryMs = retryFirstMs;
    },
    forget() {
      timer?.cancel();
      nextRetryMs = retryFirstMs;
    },
    stop() {
      stopped = true;
      timer?.cancel();
    },
  };
}
