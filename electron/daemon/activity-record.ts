import type { DatabaseSync } from 'node:sqlite';
import {
  type ActivitySlot,
  type Outage,
  type OutageReason,
  outageReasons,
} from '../../shared/contract/activity.ts';
import type { CommandOutput } from '../../shared/contract/commands.ts';
import { readMissedBeats } from './coordinator/missed-beats.ts';
import { type OutageNote, readOutageNotes } from './outage-notes.ts';

type Activity = CommandOutput<'activity'>;

interface Asked {
  range: 'day' | 'month';
  nodeId: string;
  nodeAddress: string;
  nowMs: number;
}

interface Span {
  startMs: number;
  endMs: number;
}

const minuteMs = 60_000;
const slots = {
  day: { count: 96, lengthMs: 15 * minuteMs },
  month: { count: 120, lengthMs: 6 * 60 * minuteMs },
} as const;
/** So long after the 20 s that a heartbeat covers, the node counts as offline everywhere: 30 s without one. */
const shortestOutageMs = 10_000;
/** A note may be written a little before the last heartbeat's time is over, or after the next one is accepted. */
const noteReach = { beforeMs: 25_000, afterMs: 5_000 };
const mostOutages = 100;
/** More rows are not looked through: the daemon has heartbeats to send meanwhile. */
const mostRows = 20_000;
const mostMeasured = 2000;

/** Time online, outages and work of the last day or month, from what is on disk. */
export function readActivity(asked: Asked, { database }: { database: DatabaseSync }): Activity {
  const { range, nowMs } = asked;
  const { count, lengthMs } = slots[range];
  const endMs = nowMs - (nowMs % lengthMs) + lengthMs;
  const fromMs = endMs - count * lengthMs;
  const { sinceMs, spans } = readSpans(asked, fromMs, database);
  const notes = readOutageNotes({ ...asked, fromMs: fromMs - noteReach.beforeMs }, { database });
  const { gaps, unknown } = gapsBetween(spans, { fromMs: Math.max(fromMs, sinceMs ?? nowMs), nowMs }, notes);
  const missed = readMissedBeats({ ...asked, fromMs, lengthMs }, { database });
  const missedIn = (index: number) =>
    missed.sinceMs === null || fromMs + (index + 1) * lengthMs <= missed.sinceMs
      ? null
      : (missed.steps.get(index) ?? 0);
  const work = readWork(asked, { fromMs, lengthMs, count }, database);
  const known = (from: number, to: number) =>
    Math.max(0, to - Math.max(from, sinceMs ?? to)) - covered(unknown, from, to);
  const share = (from: number, to: number) => {
    const knownMs = known(from, Math.min(to, nowMs));
    return knownMs <= 0 ? null : Math.min(1, covered(spans, from, Math.min(to, nowMs)) / knownMs);
  };
  return {
    asOfMs: nowMs,
    sinceMs,
    online: share(fromMs, nowMs),
    slots: Array.from({ length: count }, (_, index): ActivitySlot => {
      const startMs = fromMs + index * lengthMs;
      return {
        startMs,
        endMs: startMs + lengthMs,
        online: share(startMs, startMs + lengthMs),
        missed: missedIn(index),
        ...(work.slots.get(index) ?? (startMs >= work.knownFromMs ? nothing : notLookedAt)),
      };
    }),
    outages: gaps.slice(-mostOutages).reverse(),
    outageCount: gaps.length,
    missed: missed.sinceMs === null ? null : [...missed.steps.values()].reduce((sum, n) => sum + n, 0),
    missedSinceMs: missed.sinceMs,
    longestOutageMs: sinceMs === null ? null : gaps.reduce((most, { lengthMs: ms }) => Math.max(most, ms), 0),
    requests: work.requests,
  };
}

const nothing = { requests: 0, failed: 0, outputTokens: 0 };
const notLookedAt = { requests: null, failed: null, outputTokens: null };

function readSpans({ nodeId, nodeAddress, nowMs }: Asked, fromMs: number, database: DatabaseSync) {
  const first = database
    .prepare('SELECT MIN(start_ms) AS ms FROM online_spans WHERE node_address = ? AND node_id = ?')
    .get(nodeAddress, nodeId)?.ms;
  const spans = database
    .prepare(
      `SELECT start_ms AS startMs, end_ms AS endMs FROM online_spans
       WHERE node_address = ? AND node_id = ? AND end_ms > ? AND start_ms < ? ORDER BY start_ms`,
    )
    .all(nodeAddress, nodeId, fromMs, nowMs) as unknown as Span[];
  return { sinceMs: typeof first === 'number' && first < nowMs ? first : null, spans };
}

/** @returns the gaps that are outages, and those that are only the clock's, of which nothing is known */
function gapsBetween(
  spans: readonly Span[],
  { fromMs, nowMs }: { fromMs: number; nowMs: number },
  notes: readonly OutageNote[],
): { gaps: Outage[]; unknown: Span[] } {
  const gaps: Outage[] = [];
  const unknown: Span[] = [];
  let onlineUntilMs = fromMs;
  for (const { startMs, endMs } of [...spans, { startMs: nowMs, endMs: nowMs }]) {
    const gap = { startMs: onlineUntilMs, endMs: startMs };
    onlineUntilMs = Math.max(onlineUntilMs, endMs);
    if (gap.endMs - gap.startMs < shortestOutageMs) continue;
    const about = notes.filter(
      ({ atMs }) => atMs >= gap.startMs - noteReach.beforeMs && atMs <= gap.endMs + noteReach.afterMs,
    );
    // A clock that was set forward makes a gap in which no time passed.
    const setByMs = about.reduce((sum, { byMs }) => sum + byMs, 0);
    const lengthMs = Math.max(0, gap.endMs - gap.startMs - setByMs);
    if (setByMs > 0) unknown.push(gap);
    if (lengthMs < shortestOutageMs) continue;
    const open = startMs === nowMs;
    gaps.push({ startMs: gap.startMs, endMs: open ? null : gap.endMs, lengthMs, reason: strongest(about) });
  }
  return { gaps, unknown };
}

function strongest(notes: readonly OutageNote[]): OutageReason | null {
  return outageReasons.find((reason) => notes.some((note) => note.reason === reason)) ?? null;
}

function covered(spans: readonly Span[], fromMs: number, toMs: number): number {
  return spans.reduce(
    (sum, { startMs, endMs }) => sum + Math.max(0, Math.min(endMs, toMs) - Math.max(startMs, fromMs)),
    0,
  );
}

/** The requests of the range, as far as the newest rows go. */
function readWork(
  { nodeId, nodeAddress }: Asked,
  { fromMs, lengthMs, count }: { fromMs: number; lengthMs: number; count: number },
  database: DatabaseSync,
) {
  const newest = Number(database.prepare('SELECT MAX(seq) AS seq FROM requests').get()?.seq ?? 0);
  const oldestSeq = newest - mostRows;
  const atOldest = database
    .prepare('SELECT accepted_ms AS ms FROM requests WHERE seq = ?')
    .get(oldestSeq)?.ms;
  const rows = database
    .prepare(
      `SELECT CAST((accepted_ms - ?1) / ?2 AS INTEGER) AS slot, COUNT(*) AS requests,
         COUNT(*) FILTER (WHERE state = 'delivered') AS delivered,
         COUNT(*) FILTER (WHERE state IN ('failed', 'reported', 'refused', 'expired')) AS failed,
         COUNT(*) FILTER (WHERE error_code = 'deadline-exceeded') AS deadlineMissed,
         SUM(COALESCE(output_tokens, 0)) AS outputTokens
       FROM requests WHERE seq > ?3 AND accepted_ms >= ?1 AND accepted_ms < ?4 AND node_address = ?5 AND node_id = ?6
       GROUP BY slot`,
    )
    .all(fromMs, lengthMs, oldestSeq, fromMs + count * lengthMs, nodeAddress, nodeId) as unknown as {
    slot: number;
    requests: number;
    delivered: number;
    failed: number;
    deadlineMissed: number;
    outputTokens: number;
  }[];
  const sum = (name: 'delivered' | 'failed' | 'deadlineMissed') =>
    rows.reduce((total, row) => total + row[name], 0);
  return {
    knownFromMs: typeof atOldest === 'number' ? atOldest : 0,
    slots: new Map(
      rows.map(({ slot, requests, failed, outputTokens }) => [slot, { requests, failed, outputTokens }]),
    ),
    requests: {
      delivered: sum('delivered'),
      failed: sum('failed'),
      deadlineMissed: sum('deadlineMissed'),
      ...durations({ nodeId, nodeAddress, oldestSeq, fromMs }, database),
    },
  };
}

function durations(
  {
    nodeId,
    nodeAddress,
    oldestSeq,
    fromMs,
  }: { nodeId: string; nodeAddress: string; oldestSeq: number; fromMs: number },
  database: DatabaseSync,
) {
  const rows = database
    .prepare(
      `SELECT generation_ms AS ms, output_tokens AS tokens FROM requests
       WHERE seq > ? AND accepted_ms >= ? AND node_address = ? AND node_id = ? AND state = 'delivered'
         AND generation_ms > 0 ORDER BY seq DESC LIMIT ${mostMeasured}`,
    )
    .all(oldestSeq, fromMs, nodeAddress, nodeId) as unknown as { ms: number; tokens: number | null }[];
  const lengths = rows.map(({ ms }) => ms).sort((a, b) => a - b);
  const rates = rows
    .flatMap(({ ms, tokens }) => (tokens === null ? [] : [(tokens / ms) * 1000]))
    .sort((a, b) => a - b);
  return {
    measured: rows.length,
    p50Ms: percentile(lengths, 0.5),
    p95Ms: percentile(lengths, 0.95),
    tokensPerSecond: percentile(rates, 0.5),
  };
}

/** The nearest rank: a value that was measured, never one between two. */
function percentile(sorted: readonly number[], part: number): number | null {
  return sorted[Math.max(0, Math.ceil(sorted.length * part) - 1)] ?? null;
}
