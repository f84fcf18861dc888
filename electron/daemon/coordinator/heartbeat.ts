import { type Clock, sleep } from '../clock.ts';
import type { Logger } from '../diagnostics/logger.ts';
import type { Outcome } from './answer.ts';
import type { CoordinatorClient } from './client.ts';
import type { HeartbeatBody } from './schemas.ts';

export interface HeartbeatOptions {
  intervalMs: number;
  /** Interval while the coordinator says that the account may not be online. */
  accountIntervalMs: number;
  retryAfterMaxMs: number;
}

export interface HeartbeatStatus {
  accepted: number;
  failed: number;
  firstAcceptedAtMs: number | null;
  lastAcceptedAtMs: number | null;
  lastAttemptAtMs: number | null;
  /** Since when no beat was accepted, or null while they are. */
  failingSinceMs: number | null;
  lastFailure: { kind: 'retry' | 'refused' | 'account'; reason: string; status: number | null } | null;
  intervalMs: number;
  lastLatenessMs: number | null;
  maxLatenessMs: number | null;
}

/**
 * The heartbeat: a loop of its own that drops late ticks, never overlaps and that nothing else can
 * hold up. It never gives up: an account that may not be online is asked for again, more slowly.
 * [network.md 6.1]
 */
export interface Heartbeat {
  readonly status: Readonly<HeartbeatStatus>;
  start(): void;
  /** Beats at once, or as soon as the beat under way is answered: something that it tells has changed. */
  beatNow(): void;
  onChange(listener: () => void): void;
  /** Ends the loop after one last beat, which is given `limitMs`; 0 sends none. */
  stop(limitMs: number): Promise<void>;
}

/** Beats sent because something changed keep this distance, so that short requests cannot flood the coordinator. */
const changeSpacingMs = 1000;

export function createHeartbeat(
  options: HeartbeatOptions,
  modules: {
    coordinator: CoordinatorClient;
    /** What to say now; null while there is nothing to say yet. */
    compose: () => HeartbeatBody | null;
    clock: Clock;
    log: Logger;
  },
): Heartbeat {
  const { coordinator, compose, clock, log } = modules;
  const status: HeartbeatStatus = {
    accepted: 0,
    failed: 0,
    firstAcceptedAtMs: null,
    lastAcceptedAtMs: null,
    lastAttemptAtMs: null,
    failingSinceMs: null,
    lastFailure: null,
    intervalMs: options.intervalMs,
    lastLatenessMs: null,
    maxLatenessMs: null,
  };
  const listeners: (() => void)[] = [];
  const stopping = new AbortController();
  let wakeUp = new AbortController();
  let changePending = false;
  let loop: Promise<void> = Promise.resolve();

  function judge(outcome: Outcome): number | null {
    const now = clock.now();
    if (outcome.kind === 'accepted') {
      status.accepted += 1;
      status.firstAcceptedAtMs ??= now;
      status.lastAcceptedAtMs = now;
      if (status.failingSinceMs !== null) {
        log.info('heartbeat-accepted-again', { afterMs: now - status.failingSinceMs });
      } else if (status.accepted === 1) log.info('heartbeat-accepted', {});
      status.failingSinceMs = null;
      status.lastFailure = null;
      status.intervalMs = options.intervalMs;
      return null;
    }
    const { kind, reason, status: httpStatus } = outcome;
    status.failed += 1;
    if (status.lastFailure?.reason !== reason)
      log.warn('heartbeat-not-accepted', { reason, status: httpStatus });
    status.failingSinceMs ??= now;
    status.lastFailure = { kind, reason, status: httpStatus };
    status.intervalMs = kind === 'account' ? options.accountIntervalMs : options.intervalMs;
    const retryAfterMs = kind === 'refused' ? null : outcome.retryAfterMs;
    return retryAfterMs === null ? null : Math.min(retryAfterMs, options.retryAfterMaxMs);
  }

  /** One beat; returns how long the coordinator asked to be left alone, ms, or null. */
  async function beat(signal?: AbortSignal): Promise<number | null> {
    const body = compose();
    if (!body) return null;
    status.lastAttemptAtMs = clock.now();
    const outcome = await coordinator.heartbeat(body, signal);
    if (signal?.aborted) return null;
    const asked = judge(outcome);
    for (const listener of listeners) listener();
    return asked;
  }

  function measureLateness(dueMs: number): void {
    const lateMs = Math.max(0, clock.monotonicMs() - dueMs);
    status.lastLatenessMs = lateMs;
    status.maxLatenessMs = Math.max(status.maxLatenessMs ?? 0, lateMs);
  }

  /** Waits until `dueMs`, or until a change is to be told; true when it was the time. */
  async function waitUntil(dueMs: number, lastBeatMs: number): Promise<boolean> {
    while (!stopping.signal.aborted) {
      const now = clock.monotonicMs();
      if (now >= dueMs) return true;
      const changeDueMs = lastBeatMs + changeSpacingMs;
      if (changePending && now >= changeDueMs) return false;
      await sleep(clock, (changePending ? Math.min(dueMs, changeDueMs) : dueMs) - now, wakeUp.signal);
    }
    return false;
  }

  async function beatForever(): Promise<void> {
    let dueMs = clock.monotonicMs();
    let lastBeatMs = Number.NEGATIVE_INFINITY;
    while (!stopping.signal.aborted) {
      const onTime = await waitUntil(dueMs, lastBeatMs);
      if (stopping.signal.aborted) return;
      if (onTime && lastBeatMs > Number.NEGATIVE_INFINITY) measureLateness(dueMs);
      changePending = false;
      const startedMs = clock.monotonicMs();
      const askedMs = await beat(stopping.signal);
      if (status.lastAttemptAtMs !== null) lastBeatMs = startedMs;
      const now = clock.monotonicMs();
      // Late ticks are dropped, never queued: the grid goes on where it was.
      if (onTime) dueMs += status.intervalMs;
      else if (status.lastFailure?.kind === 'account') dueMs = startedMs + status.intervalMs;
      if (dueMs <= now) dueMs = now + status.intervalMs - ((now - dueMs) % status.intervalMs);
      if (askedMs !== null) dueMs = Math.max(dueMs, now + askedMs);
      if (status.lastFailure === null) dueMs = Math.min(dueMs, startedMs + options.intervalMs);
    }
  }

  function interrupt(): void {
    wakeUp.abort();
    wakeUp = new AbortController();
  }

  return {
    status,
    start() {
      loop = beatForever();
    },
    beatNow() {
      changePending = true;
      interrupt();
    },
    onChange: (listener) => void listeners.push(listener),
    async stop(limitMs) {
      stopping.abort();
      interrupt();
      await loop;
      if (limitMs <= 0 || status.lastAttemptAtMs === null) return;
      const limit = new AbortController();
      const timer = clock.after(limitMs, () => limit.abort());
      await beat(limit.signal);
      timer.cancel();
    },
  };
}
