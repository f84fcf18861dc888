import type { DatabaseSync } from 'node:sqlite';
import type { UptimeReport } from '../../../shared/contract/records.ts';
import type { Logger } from '../logging/logger.ts';
import { type Clock, localMidnight } from '../system/clock.ts';

/**
 * How much of the time accepted heartbeats covered, measured here. The network has not published how
 * many beats a node may miss, so a beat vouches for 20 s and no more: two of its intervals.
 */
export interface UptimeRecord {
  /** A heartbeat was accepted just now. */
  accepted(): void;
  report(): UptimeReport;
  /** Writes what is not on disk yet; a crash costs the record what came since the last call. */
  keep(): void;
}

const coveredByOneBeatMs = 20_000;
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
  let current: Span | null = null;
  let known: UptimeReport | null = null;

  const own = 'node_address = ? AND node_id = ?';
  const tried = <T>(what: string, fallback: T, work: () => T): T => {
    try {
      return work();
    } catch (error) {
      // Full or broken: serving deals with that. A figure is not worth a beat.
      log.warn('uptime-not-kept', { what, error: String(error) });
      return fallback;
    }
  };
  const read = (sql: string, ...params: (string | number)[]) =>
    database.prepare(sql).get(nodeAddress, nodeId, ...params) as { at: number | null } | undefined;

  let recordedUntilMs = tried(
    'read',
    0,
    () => read(`SELECT MAX(end_ms) AS at FROM online_spans WHERE ${own}`)?.at ?? 0,
  );
  let firstMs = tried(
    'read',
    null,
    () => read(`SELECT MIN(start_ms) AS at FROM online_spans WHERE ${own}`)?.at ?? null,
  );

  function write(): void {
    if (current === null) return;
    const { startMs, endMs } = current;
    const keptMs = Math.min(endMs, clock.now());
    if (keptMs <= startMs) return;
    tried('write', undefined, () => {
      database
        .prepare(
          `INSERT INTO online_spans (node_address, node_id, start_ms, end_ms) VALUES (?, ?, ?, ?)
           ON CONFLICT DO UPDATE SET end_ms = MAX(end_ms, excluded.end_ms)`,
        )
        .run(nodeAddress, nodeId, startMs, keptMs);
    });
  }

  return {
    accepted() {
      const now = clock.now();
      if (current !== null && now <= current.endMs && now >= current.startMs) {
        current.endMs = now + coveredByOneBeatMs;
      } else {
        write();
        if (current !== null) recordedUntilMs = Math.max(recordedUntilMs, current.endMs);
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
    keep: write,
  };

  /** Of the time from `fromMs`, or from the first beat if that came later, to now. */
  function shareSince(fromMs: number, nowMs: number): number | null {
    if (firstMs === null || firstMs >= nowMs) return null;
    const beginMs = Math.max(fromMs, firstMs);
    const open = current;
    const openStartMs = open?.startMs ?? Number.MAX_SAFE_INTEGER;
    const recordedMs = tried(
      'read',
      0,
      () =>
        read(
          `SELECT SUM(MIN(end_ms, ?3) - MAX(start_ms, ?4)) AS at FROM online_spans
           WHERE node_address = ?1 AND node_id = ?2 AND end_ms > ?4 AND start_ms < ?3 AND start_ms != ?5`,
          nowMs,
          beginMs,
          openStartMs,
        )?.at ?? 0,
    );
    const openMs =
      open === null ? 0 : Math.max(0, Math.min(open.endMs, nowMs) - Math.max(open.startMs, beginMs));
    return Math.min(1, (recordedMs + openMs) / (nowMs - beginMs));
  }
}
