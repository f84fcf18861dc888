import type { Clock, Timer } from '../../system/clock.ts';

/** When to poll again, and what to do just before. */
export interface NextPoll {
  afterMs: number;
  before(): Promise<void>;
}

/** Takes one step after the other: whenever it is asked to, and by itself after a while. */
export interface PollLoop {
  /** A step as soon as the one under way has ended; asking twice takes it once. */
  step(): void;
  /** Waits for the step under way; the signal has been aborted. */
  stop(): Promise<void>;
}

export function createPollLoop(
  { step, nextPoll }: { step: () => Promise<void>; nextPoll: () => NextPoll | null },
  { clock, signal }: { clock: Clock; signal: AbortSignal },
): PollLoop {
  let tick: Timer | null = null;
  let stepping: Promise<void> | null = null;
  let again = false;

  async function stepWhileAsked(): Promise<void> {
    while (again && !signal.aborted) {
      again = false;
      await step();
    }
  }

  function ask(): void {
    again = true;
    stepping ??= stepWhileAsked().finally(() => {
      stepping = null;
      waitForNext();
    });
  }

  function waitForNext(): void {
    tick?.cancel();
    const next = signal.aborted ? null : nextPoll();
    tick = next === null ? null : clock.after(next.afterMs, () => void next.before().then(ask));
  }

  return {
    step: ask,
    async stop() {
      tick?.cancel();
      await stepping;
    },
  };
}
