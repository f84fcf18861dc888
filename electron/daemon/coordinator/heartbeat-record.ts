import type { Reason } from '../../../shared/reasons/reason-text.ts';
import type { Logger } from '../logging/logger.ts';
import type { Clock } from '../system/clock.ts';
import type { Outcome } from './answer.ts';

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
  /** The same moment in ms since boot: for how long ago it was, whoever sets the clock. */
  lastAcceptedSinceBootMs: number | null;
  lastAttemptAtMs: number | null;
  /** Since when no beat was accepted, or null while they are. */
  failingSinceMs: number | null;
  lastFailure: { kind: 'retry' | 'refused' | 'account'; reason: Reason; status: number | null } | null;
  intervalMs: number;
  lastLatenessMs: number | null;
  maxLatenessMs: number | null;
}

/** What became of the beats so far, and how soon the next is due by it. */
export interface HeartbeatRecord {
  readonly status: Readonly<HeartbeatStatus>;
  /** A beat was sent at this time, Unix ms. */
  attempted(atMs: number): void;
  /** Its answer; returns for how long the coordinator asked to be left alone, ms, or null. */
  answered(outcome: Outcome): number | null;
  /** A beat was so much later than it was due, ms. */
  late(ms: number): void;
}

export function createHeartbeatRecord(
  options: HeartbeatOptions,
  { clock, log }: { clock: Clock; log: Logger },
): HeartbeatRecord {
  const status: HeartbeatStatus = {
    accepted: 0,
    failed: 0,
    firstAcceptedAtMs: null,
    lastAcceptedAtMs: null,
    lastAcceptedSinceBootMs: null,
    lastAttemptAtMs: null,
    failingSinceMs: null,
    lastFailure: null,
    intervalMs: options.intervalMs,
    lastLatenessMs: null,
    maxLatenessMs: null,
  };
  return {
    status,
    attempted(atMs) {
      status.lastAttemptAtMs = atMs;
    },
    answered(outcome) {
      const now = clock.now();
      if (outcome.kind === 'accepted') {
        status.accepted += 1;
        status.firstAcceptedAtMs ??= now;
        status.lastAcceptedAtMs = now;
        status.lastAcceptedSinceBootMs = clock.sinceBootMs();
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
    },
    late(ms) {
      const lateMs = Math.max(0, ms);
      status.lastLatenessMs = lateMs;
      status.maxLatenessMs = Math.max(status.maxLatenessMs ?? 0, lateMs);
    },
  };
}
