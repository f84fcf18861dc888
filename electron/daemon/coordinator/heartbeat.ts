import type { Logger } from '../logging/logger.ts';
import { type Clock, sleep } from '../system/clock.ts';
import type { Outcome } from './answer.ts';
import type { CoordinatorClient } from './client.ts';
import { createHeartbeatRecord, type HeartbeatOptions, type HeartbeatStatus } from './heartbeat-record.ts';
import type { HeartbeatBody } from './schemas.ts';

/**
 * The heartbeat: a loop of its own that drops late ticks, never overlaps and that nothing else can
 * delay. It never gives up: an account that may not be online is asked for again, more slowly.
 * [network.md 6.1]
 */
export interface Heartbeat {
  readonly status: Readonly<HeartbeatStatus>;
  start(): void;
  /**
   * Something that it reports has changed: beats at once, or as soon as the beat under way is answered
   * and a `Retry-After` is over.
   */
  beatNow(): void;
  /**
   * The account's refusal may be over: beats at once, though it has nothing else to say, or as soon as a `Retry-After`
   * is over. Nothing happens while beats are accepted.
   */
  askAgain(): void;
  /** The computer slept: beats at once, whatever was under way or asked for before. */
  beatAfterSleep(): void;
  onChange(listener: () => void): void;
  /** Whether the loop goes round: false once it is far later than it can be while it works. */
  isMoving(): boolean;
  /** Ends the loop after one last beat, which is given `limitMs`; 0 sends none. */
  stop(limitMs: number): Promise<void>;
}

/** Beats sent because something changed keep this distance, so that short requests cannot flood the coordinator. */
const changeSpacingMs = 1000;
/** A clock that runs back further was set back, and then its time is the right one. */
const clockSlackMs = 1000;
/** A beat is given 8 s, and a computer under load some more; a loop that is later than this hangs. */
const hangsAfterMs = 30_000;

export function createHeartbeat(
  options: HeartbeatOptions,
  modules: {
    coordinator: CoordinatorClient;
    /** Whether a beat now would say anything that the last one did not. */
    isNews: () => boolean;
    /** The coordinator's Unix time where this computer's clock is wrong, else null. */
    coordinatorTime: () => number | null;
    /** What to say at `sentAtMs` (Unix time); null while there is nothing to say yet. */
    compose: (sentAtMs: number) => HeartbeatBody | null;
    clock: Clock;
    log: Logger;
  },
): Heartbeat {
  const { coordinator, isNews, compose, clock, log } = modules;
  const signedTime = createSignedTime(modules);
  const record = createHeartbeatRecord(options, { clock, log });
  const { status } = record;
  const listeners: (() => void)[] = [];
  const stopping = new AbortController();
  let wakeUp = new AbortController();
  let pending: 'nothing' | 'change' | 'refusal' | 'wake-up' = 'nothing';
  let underWay: AbortController | null = null;
  /** The last beat carried a time that the coordinator may take for wrong, and the next one carries another. */
  let again = false;
  let lastSentAtMs = 0;
  /** Monotonic. */
  let lastBeatMs = Number.NEGATIVE_INFINITY;
  let quietUntilMs = Number.NEGATIVE_INFINITY;
  /** Until when the loop should have come round again; monotonic. */
  let moveByMs = Number.POSITIVE_INFINITY;
  let loop: Promise<void> = Promise.resolve();

  /** One beat; returns how long the coordinator asked to be left alone, ms, or null. */
  async function beat(): Promise<number | null> {
    const now = signedTime.now();
    // Two beats never carry the same time: the second could be taken for a replay of the first.
    const sentAtMs = now <= lastSentAtMs && lastSentAtMs - now < clockSlackMs ? lastSentAtMs + 1 : now;
    const body = compose(sentAtMs);
    if (!body) return null;
    lastSentAtMs = sentAtMs;
    record.attempted(clock.now());
    underWay = new AbortController();
    const { signal } = underWay;
    const outcome = await coordinator.heartbeat(body, signal);
    underWay = null;
    if (signal.aborted && outcome.kind !== 'accepted') return null;
    const asked = record.answered(outcome);
    again = signedTime.answered(outcome);
    for (const listener of listeners) listener();
    return asked;
  }

  /** Waits until `dueMs`, or until a change is to be reported; true when it was the time. */
  async function waitUntil(dueMs: number): Promise<boolean> {
    while (!stopping.signal.aborted) {
      const now = clock.monotonicMs();
      if (now >= dueMs) return true;
      const changeDueMs = {
        nothing: Number.POSITIVE_INFINITY,
        change: Math.max(lastBeatMs + changeSpacingMs, quietUntilMs),
        refusal: Math.max(lastBeatMs + changeSpacingMs, quietUntilMs),
        'wake-up': now,
      }[pending];
      // A change that was taken back meanwhile, as between two requests, is none.
      if (now >= changeDueMs && pending === 'change' && !isNews()) pending = 'nothing';
      else if (now >= changeDueMs) return false;
      else {
        const untilMs = Math.min(dueMs, changeDueMs);
        moveByMs = untilMs;
        await sleep(clock, untilMs - now, wakeUp.signal);
      }
    }
    return false;
  }

  async function beatForever(): Promise<void> {
    let dueMs = clock.monotonicMs();
    while (!stopping.signal.aborted) {
      const onTime = await waitUntil(dueMs);
      if (stopping.signal.aborted) return;
      if (onTime && lastBeatMs > Number.NEGATIVE_INFINITY) record.late(clock.monotonicMs() - dueMs);
      pending = 'nothing';
      const startedMs = clock.monotonicMs();
      moveByMs = startedMs;
      const askedMs = await beat();
      if (status.lastAttemptAtMs !== null) lastBeatMs = startedMs;
      const now = clock.monotonicMs();
      if (onTime) dueMs += status.intervalMs;
      else if (status.lastFailure?.kind === 'account') dueMs = startedMs + status.intervalMs;
      if (again) dueMs = startedMs + changeSpacingMs;
      if (status.lastFailure === null) dueMs = Math.min(dueMs, startedMs + options.intervalMs);
      // Late ticks are dropped, never queued: the grid goes on where it was.
      if (dueMs <= now) dueMs = now + status.intervalMs - ((now - dueMs) % status.intervalMs);
      quietUntilMs = askedMs === null ? Number.NEGATIVE_INFINITY : now + askedMs;
      dueMs = Math.max(dueMs, quietUntilMs);
    }
  }

  function interrupt(): void {
    wakeUp.abort('wake');
    wakeUp = new AbortController();
  }

  return {
    status,
    start() {
      loop = beatForever();
    },
    beatNow() {
      if (pending === 'nothing') pending = 'change';
      interrupt();
    },
    askAgain() {
      if (status.lastFailure?.kind !== 'account' || pending === 'wake-up') return;
      pending = 'refusal';
      interrupt();
    },
    beatAfterSleep() {
      pending = 'wake-up';
      // Its connection did not outlive the sleep; waiting for its time-out would cost what is left of it.
      underWay?.abort();
      interrupt();
    },
    onChange: (listener) => void listeners.push(listener),
    isMoving: () => stopping.signal.aborted || clock.monotonicMs() < moveByMs + hangsAfterMs,
    async stop(limitMs) {
      stopping.abort();
      underWay?.abort();
      interrupt();
      await loop;
      if (limitMs <= 0 || status.lastAttemptAtMs === null) return;
      const timer = clock.after(limitMs, () => underWay?.abort());
      await beat();
      timer.cancel();
    },
  };
}

/** Of a beat that carries a wrong time, a coordinator may say any of these. */
const mayBeAboutTime: ReadonlySet<number> = new Set([400, 401, 403, 409, 412, 422, 425]);

/**
 * The time that beats carry: this computer's, or where its clock is wrong and a beat was refused, the coordinator's as
 * its answers give it. Which of them a coordinator wants of such a computer is not published [network.md Q3], so the
 * other one is tried after each refusal.
 */
function createSignedTime({
  clock,
  coordinatorTime,
  log,
}: {
  clock: Clock;
  coordinatorTime: () => number | null;
  log: Logger;
}) {
  let corrected = false;
  return {
    now: () => (corrected ? coordinatorTime() : null) ?? clock.now(),
    /** True where the next beat is worth sending at once. */
    answered(outcome: Outcome): boolean {
      if (outcome.kind === 'accepted') return false;
      const { kind, status, reason } = outcome;
      const aboutTheBeat = kind !== 'account' && mayBeAboutTime.has(status ?? 0);
      const coordinatorMs = coordinatorTime();
      if (!aboutTheBeat || coordinatorMs === null) return false;
      corrected = !corrected;
      log.info('signed-time', { corrected, byMs: clock.now() - coordinatorMs, reason });
      return corrected;
    },
  };
}
