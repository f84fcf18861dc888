import type { DatabaseSync } from 'node:sqlite';
import type { UptimeReport } from '../../../shared/contract/records.ts';
import type { Logger } from '../logging/logger.ts';
import { type Clock, localMidnight } from '../system/clock.ts';
import { createMissedBeats } from './missed-beats.ts';

/**
 * How much of the time accepted heartbeats covered, measured here. The network has not published how
 * many beats a node may miss, so a beat vouches for 20 s and no more: two of its intervals.
 */
export interface UptimeRecord {
  /** A heartbeat was accepted just now. */
  accepted(): void;
  /** One was not accepted just now. */
  missed(): void;
  report(): UptimeReport;
  /** Writes what is not on disk yet; a crash costs the record what came since the last call. */
  keep(): void;
}

const coveredByOneBeatMs = 20_000;
/** So that not every report differs from the one before in the last digit of a share. */
const reportEveryMs = 10_000;
const dayMs = 24 * 60 * 60_000;
const reportedMs = 30 * dayMs;

interface Span {
  startMs: number;
  endMs: number;
}

/**
 * Times are those of the wall clock, which people read; a span never reaches back over one that is on
 * record, so a clock that is set back counts no second twice.
 */
export function createUptimeRecord(
  options: { nodeId: string; nodeAddress: string },
  modules: { database: DatabaseSync; clock: Clock; log: Logger },
): UptimeRecord {
  const { nodeId, nodeAddress } = options;
  const { database, clock, log } = modules;
  const missedBeats = createMissedBeats(options, { database, clock });
  let current: Span | null = null;
  /** As far as the open span is on record. */
  let keptUntilMs = 0;
  let known: UptimeReport | null = null;

  const spans: Span[] = tried('read', [], () =>
    database
      .prepare(
        'SELECT start_ms AS startMs, end_ms AS endMs FROM online_spans WHERE node_address = ? AND node_id = ? ORDER BY start_ms',
      )
      .all(nodeAddress, nodeId),
  ) as unknown as Span[];
  let recordedUntilMs = spans.reduce((latest, { endMs }) => Math.max(latest, endMs), 0);
  let firstMs = spans[0]?.startMs ?? null;

  function tried<T>(what: string, fallback: T, work: () => T): T {
    try {
      return work();
    } catch (error) {
      // Full or broken: serving deals with that. A figure is not worth a beat.
      log.warn('uptime-not-kept', { what, error: String(error) });
      return fallback;
    }
  }

  function write(): void {
    if (current === null) return;
    const { startMs, endMs } = current;
    const keptMs = Math.min(endMs, clock.now());
    if (keptMs <= startMs) return;
    keptUntilMs = Math.max(keptUntilMs, keptMs);
    tried('write', undefined, () => {
      database
        .prepare(
          `INSERT INTO online_spans (node_address, node_id, start_ms, end_ms) VALUES (?, ?, ?, ?)
           ON CONFLICT DO UPDATE SET end_ms = MAX(end_ms, excluded.end_ms)`,
        )
        .run(nodeAddress, nodeId, startMs, keptMs);
    });
  }

  /** The open span is over; from here on it counts as far as it was written, or would have been. */
  function close(span: Span): void {
    write();
    recordedUntilMs = Math.max(recordedUntilMs, span.endMs);
    if (keptUntilMs > span.startMs) spans.push({ startMs: span.startMs, endMs: keptUntilMs });
    keptUntilMs = 0;
  }

  return {
    accepted() {
      const now = clock.now();
      if (current !== null && now <= current.endMs && now >= current.startMs) {
        current.endMs = now + coveredByOneBeatMs;
      } else {
        if (current !== null) close(current);
        current = { startMs: Math.max(now, recordedUntilMs), endMs: now + coveredByOneBeatMs };
        firstMs ??= current.startMs;
      }
    },
    report() {
      const nowMs = clock.now();
      if (known !== null && Math.abs(nowMs - known.asOfMs) < reportEveryMs) return known;
      known = {
        today: shareSince(localMidnight(nowMs), nowMs),
        last30Days: shareSince(nowMs - reportedMs, nowMs),
        sinceMs: firstMs,
        asOfMs: nowMs,
      };
      return known;
    },
    missed: missedBeats.missed,
    keep() {
      write();
      tried('write', undefined, missedBeats.keep);
    },
  };

  /** Of the time from `fromMs`, or from the first beat if that came later, to now. */
  function shareSince(fromMs: number, nowMs: number): number | null {
    if (firstMs === null || firstMs >= nowMs) return null;
    const beginMs = Math.max(fromMs, firstMs);
    let onlineMs = 0;
    for (const { startMs, endMs } of current === null ? spans : [...spans, current])
      onlineMs += Math.max(0, Math.min(endMs, nowMs) - Math.max(startMs, beginMs));
    return Math.min(1, onlineMs / (nowMs - beginMs));
  }
}
