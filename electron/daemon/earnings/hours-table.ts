import type { DatabaseSync } from 'node:sqlite';
import { dayMs, hourMs, type Payment, rollUp, type Sample } from './roll-up.ts';

/** A sample with where it comes from. */
export interface FullSample extends Sample {
  blockHash: string;
  source: string;
  readMs: number;
}

/** What was earned in a span that begins at `startMs`. */
export interface EarnedRow {
  startMs: number;
  earnedWei: bigint;
  coveredMs: number;
}

/** Later than anything on record. */
export const always = Number.MAX_SAFE_INTEGER;

/** Hours and days as they follow from samples and claims. */
export interface HoursTable {
  /** Makes the hours and days anew of which samples are kept, from the one that holds `fromMs` on. */
  rollUpFrom(nodeId: string, fromMs: number): void;
  rows(unit: 'hours' | 'days', nodeId: string, fromMs: number, toMs?: number): EarnedRow[];
  gaps(nodeId: string, fromMs: number): { fromMs: number; toMs: number; earnedWei: bigint | null }[];
}

export function createHoursTable(modules: { database: DatabaseSync }): HoursTable {
  const { database } = modules;
  const sql = (text: string) => database.prepare(text);

  function samplesFrom(nodeId: string, blockMs: number): FullSample[] {
    return sql('SELECT * FROM samples WHERE node_id = ? AND block_ms >= ? ORDER BY block')
      .all(nodeId, blockMs)
      .map(sampleOf);
  }

  function payments(nodeId: string, fromBlock: number): Payment[] {
    return sql(
      'SELECT block, amount_wei, node_id FROM claims WHERE block > ? AND (node_id = ? OR node_id IS NULL) ORDER BY block, log_index',
    )
      .all(fromBlock, nodeId)
      .map((row) => ({
        block: Number(row.block),
        amountWei: BigInt(String(row.amount_wei)),
        certain: row.node_id !== null,
      }));
  }

  function rollUpFrom(nodeId: string, fromMs: number): void {
    const first = sql('SELECT MIN(block_ms) AS ms FROM samples WHERE node_id = ?').get(nodeId)?.ms;
    if (typeof first !== 'number') return;
    let hour = fromMs - (fromMs % hourMs);
    // An hour of which the first samples are gone already stays as it is.
    if (hour < first) hour = first - (first % hourMs);
    const before = sql('SELECT MAX(block_ms) AS ms FROM samples WHERE node_id = ? AND block_ms < ?').get(
      nodeId,
      hour,
    )?.ms;
    const samples = samplesFrom(nodeId, typeof before === 'number' ? before : hour);
    const { hours, gaps } = rollUp(samples, payments(nodeId, samples[0]?.block ?? 0));
    sql('DELETE FROM hours WHERE node_id = ? AND hour_ms >= ?').run(nodeId, hour);
    sql('DELETE FROM gaps WHERE node_id = ? AND to_ms > ?').run(nodeId, hour);
    for (const [start, row] of hours)
      if (start >= hour)
        sql('INSERT INTO hours (node_id, hour_ms, earned_wei, covered_ms) VALUES (?, ?, ?, ?)').run(
          nodeId,
          start,
          String(row.earnedWei),
          row.coveredMs,
        );
    for (const gap of gaps)
      if (gap.toMs > hour)
        sql('INSERT OR REPLACE INTO gaps (node_id, from_ms, to_ms, earned_wei) VALUES (?, ?, ?, ?)').run(
          nodeId,
          gap.fromMs,
          gap.toMs,
          gap.earnedWei === null ? null : String(gap.earnedWei),
        );
    const days = new Map<number, { earnedWei: bigint; coveredMs: number }>();
    const day = hour - (hour % dayMs);
    for (const { startMs, earnedWei, coveredMs } of rows('hours', nodeId, day)) {
      const start = startMs - (startMs % dayMs);
      const sum = days.get(start) ?? { earnedWei: 0n, coveredMs: 0 };
      days.set(start, { earnedWei: sum.earnedWei + earnedWei, coveredMs: sum.coveredMs + coveredMs });
    }
    sql('DELETE FROM days WHERE node_id = ? AND day_ms >= ?').run(nodeId, day);
    for (const [start, row] of days)
      sql('INSERT INTO days (node_id, day_ms, earned_wei, covered_ms) VALUES (?, ?, ?, ?)').run(
        nodeId,
        start,
        String(row.earnedWei),
        row.coveredMs,
      );
  }

  function rows(unit: 'hours' | 'days', nodeId: string, fromMs: number, toMs = always): EarnedRow[] {
    const start = unit === 'hours' ? 'hour_ms' : 'day_ms';
    return sql(
      `SELECT ${start} AS start_ms, earned_wei, covered_ms FROM ${unit} WHERE node_id = ? AND ${start} >= ? AND ${start} < ? ORDER BY ${start}`,
    )
      .all(nodeId, fromMs, toMs)
      .map((row) => ({
        startMs: Number(row.start_ms),
        earnedWei: BigInt(String(row.earned_wei)),
        coveredMs: Number(row.covered_ms),
      }));
  }

  return {
    rollUpFrom,
    rows,
    gaps: (nodeId, fromMs) =>
      sql('SELECT from_ms, to_ms, earned_wei FROM gaps WHERE node_id = ? AND to_ms > ? ORDER BY from_ms')
        .all(nodeId, fromMs)
        .map((row) => ({
          fromMs: Number(row.from_ms),
          toMs: Number(row.to_ms),
          earnedWei: row.earned_wei === null ? null : BigInt(String(row.earned_wei)),
        })),
  };
}

type Row = Record<string, unknown>;

export function sampleOf(row: Row): FullSample {
  return {
    block: Number(row.block),
    blockHash: String(row.block_hash),
    blockMs: Number(row.block_ms),
    earnedWei: BigInt(String(row.earned_wei)),
    source: String(row.source),
    readMs: Number(row.read_ms),
  };
}
