import type { Clock, Timer } from '../electron/daemon/clock.ts';
import { settle as settleProcess } from './settle.ts';

/** A coordinator of the practice network, as far as its clock goes. */
interface OwnClock {
  setBehaviour(patch: { clockSkewMs: number }): void;
}

/**
 * Time that passes only when a test says so. What it drives is real: between two instants at which timers fall due,
 * sockets and files are given all the real time they need to come to rest.
 */
export interface SimulatedClock extends Clock {
  /** Lets `ms` pass, all timers on the way firing in order, each at its own time. */
  advance(ms: number): Promise<void>;
  /** Lets time pass from timer to timer until `check` holds; throws when it does not within `limitMs` (10 min). */
  advanceUntil(what: string, check: () => boolean, limitMs?: number): Promise<void>;
  /** Lets time pass until `work` is done, and returns what it gives; throws when that takes more than `limitMs` (10 min). */
  during<T>(work: Promise<T>, limitMs?: number): Promise<T>;
  /** The computer sleeps: wall clock and time since boot go on, waking time does not, no timer fires. */
  suspend(ms: number): void;
  /** The process is held up while awake: all clocks go on, no timer fires until time is advanced. */
  holdUp(ms: number): void;
  /** Somebody sets the clock, forward if positive: only `now` jumps. */
  setWallClock(byMs: number): void;
  /** Unix time, ms, as it would be without `setWallClock`: what everybody else's clock says. */
  trueNow(): number;
  /** Keeps a practice coordinator's clock, which runs in real time, at `trueNow`. */
  lead(coordinator: OwnClock): void;
  /** Resolves when nothing is under way but what waits for time. */
  settle(): Promise<void>;
  /** Timers that have not fired. */
  readonly timers: number;
}

interface Waiting {
  dueMs: number;
  order: number;
  run: () => void;
}

/** So many timers at one instant are a loop that never lets time pass. */
const mostTimersAtOnce = 10_000;

export function createSimulatedClock(
  options: { startAtMs?: number; settle?: () => Promise<void> } = {},
): SimulatedClock {
  const { startAtMs = Date.now(), settle = settleProcess } = options;
  const waiting = new Set<Waiting>();
  const followers: OwnClock[] = [];
  let wakingMs = 0;
  let asleepMs = 0;
  let wallSetMs = 0;
  let order = 0;
  let advancing = false;

  const trueNow = () => Math.floor(startAtMs + wakingMs + asleepMs);

  function moved(): void {
    for (const follower of followers) follower.setBehaviour({ clockSkewMs: trueNow() - Date.now() });
  }

  function nextTimer(): Waiting | null {
    let next: Waiting | null = null;
    for (const timer of waiting) {
      if (!next || timer.dueMs < next.dueMs || (timer.dueMs === next.dueMs && timer.order < next.order))
        next = timer;
    }
    return next;
  }

  /** Goes to the next instant at which timers fall due, fires those, and lets what they started come to rest. */
  async function step(endMs: number): Promise<boolean> {
    const next = nextTimer();
    if (!next || next.dueMs > endMs) return false;
    wakingMs = Math.max(wakingMs, next.dueMs);
    moved();
    const due = [...waiting].filter((timer) => timer.dueMs <= wakingMs);
    for (const timer of due.toSorted((a, b) => a.dueMs - b.dueMs || a.order - b.order)) {
      // One that fired before may have taken it back.
      if (waiting.delete(timer)) timer.run();
    }
    await settle();
    return true;
  }

  async function advanceWhile(limitMs: number, goOn: () => boolean): Promise<boolean> {
    if (advancing) throw new Error('simulated clock: time is being advanced already');
    advancing = true;
    try {
      moved();
      await settle();
      const endMs = wakingMs + limitMs;
      let atMs = wakingMs;
      let steps = 0;
      while (goOn() && (await step(endMs))) {
        steps = wakingMs === atMs ? steps + 1 : 0;
        atMs = wakingMs;
        if (steps > mostTimersAtOnce) throw new Error('simulated clock: timers without end at one instant');
      }
      if (!goOn()) return true;
      wakingMs = Math.max(wakingMs, endMs);
      moved();
      await settle();
      return !goOn();
    } finally {
      advancing = false;
    }
  }

  return {
    now: () => trueNow() + wallSetMs,
    monotonicMs: () => wakingMs,
    sinceBootMs: () => wakingMs + asleepMs,
    after(delayMs, run): Timer {
      const timer = { dueMs: wakingMs + Math.max(0, delayMs), order: order++, run };
      waiting.add(timer);
      return { cancel: () => void waiting.delete(timer) };
    },
    async advance(ms) {
      await advanceWhile(ms, () => true);
    },
    async advanceUntil(what, check, limitMs = 600_000) {
      const reached = await advanceWhile(limitMs, () => !check());
      if (!reached) throw new Error(`simulated clock: ${what} did not happen within ${limitMs} ms`);
    },
    async during(work, limitMs = 600_000) {
      let done = false;
      const finished = work.finally(() => {
        done = true;
      });
      finished.catch(() => undefined);
      const reached = await advanceWhile(limitMs, () => !done);
      if (!reached) throw new Error(`simulated clock: not done within ${limitMs} ms`);
      return finished;
    },
    suspend(ms) {
      asleepMs += ms;
      moved();
    },
    holdUp(ms) {
      wakingMs += ms;
      moved();
    },
    setWallClock(byMs) {
      wallSetMs += byMs;
    },
    trueNow,
    lead(coordinator) {
      followers.push(coordinator);
      moved();
    },
    settle,
    get timers() {
      return waiting.size;
    },
  };
}
