import type { DatabaseSync } from 'node:sqlite';
import type { ChainMemory } from '../chain/functions.ts';
import { type Claim, createClaimsTable } from './claims-table.ts';
import { createHoursTable, type EarnedRow, type FullSample, sampleOf } from './hours-table.ts';
import { dayMs, hourMs } from './roll-up.ts';

export interface ActivityRow {
  dayMs: number;
  online: number | null;
  served: number | null;
  tokens: number | null;
}

/** The record of what nodes have earned: samples, hours and days made of them, claims. Throws what SQLite throws. */
export interface EarningsStore {
  readonly memory: ChainMemory;
  addSample(nodeId: string, sample: FullSample): void;
  lastSamples(nodeId: string, count: number): FullSample[];
  /** The vanished blocks' samples and claims are forgotten, and the hours made anew. */
  dropFrom(block: number): void;
  rows(unit: 'hours' | 'days', nodeId: string, fromMs: number): EarnedRow[];
  gaps(nodeId: string, fromMs: number): { fromMs: number; toMs: number; earnedWei: bigint | null }[];
  addClaims(claims: readonly Claim[]): void;
  claims(before: { block: number; logIndex: number } | null, limit: number): Claim[];
  claimedWei(nodeId: string): bigint;
  setActivity(nodeId: string, row: ActivityRow): void;
  activity(nodeId: string, fromMs: number): ActivityRow[];
  counts(nodeId: string): { firstMs: number | null; lastMs: number | null; samples: number };
  nodeIds(): string[];
  /** Forgets samples that are in hours already, and hours that are in days. */
  prune(nowMs: number): void;
}

/** So long single samples are kept: a claim that is found late, or a block that vanishes, changes hours. */
const samplesKeptMs = 8 * dayMs;
const hoursKeptMs = 100 * dayMs;

export function createEarningsStore(modules: { database: DatabaseSync }): EarningsStore {
  const { database } = modules;
  const sql = (text: string) => database.prepare(text);

  function atOnce<T>(work: () => T): T {
    database.exec('BEGIN IMMEDIATE');
    try {
      const done = work();
      database.exec('COMMIT');
      return done;
    } catch (error) {
      database.exec('ROLLBACK');
      throw error;
    }
  }

  const hours = createHoursTable({ database });
  const claims = createClaimsTable({
    database,
    atOnce,
    nodeIds: () => nodeIds(),
    rollUpFrom: hours.rollUpFrom,
  });
  const nodeIds = () =>
    sql('SELECT DISTINCT node_id FROM samples')
      .all()
      .map((row) => String(row.node_id));

  return {
    memory: {
      get(name) {
        const value = sql('SELECT value FROM facts WHERE name = ?').get(name)?.value;
        return typeof value === 'string' ? value : null;
      },
      set(name, value) {
        if (value === null) sql('DELETE FROM facts WHERE name = ?').run(name);
        else sql('INSERT OR REPLACE INTO facts VALUES (?, ?)').run(name, value);
      },
    },
    addSample(nodeId, { block, blockHash, blockMs, earnedWei, source, readMs }) {
      atOnce(() => {
        const last = sql('SELECT MAX(block_ms) AS ms FROM samples WHERE node_id = ?').get(nodeId)?.ms;
        sql('INSERT OR REPLACE INTO samples VALUES (?, ?, ?, ?, ?, ?, ?)').run(
          ...([nodeId, block, blockHash, blockMs, String(earnedWei), source, readMs] as const),
        );
        hours.rollUpFrom(nodeId, typeof last === 'number' ? Math.min(last, blockMs) : blockMs);
      });
    },
    lastSamples: (nodeId, count) =>
      sql('SELECT * FROM samples WHERE node_id = ? ORDER BY block DESC LIMIT ?')
        .all(nodeId, count)
        .map(sampleOf),
    dropFrom(block) {
      atOnce(() => {
        for (const nodeId of nodeIds()) {
          const first = sql('SELECT MIN(block_ms) AS ms FROM samples WHERE node_id = ? AND block >= ?').get(
            nodeId,
            block,
          )?.ms;
          sql('DELETE FROM samples WHERE node_id = ? AND block >= ?').run(nodeId, block);
          if (typeof first === 'number') {
            sql('DELETE FROM hours WHERE node_id = ? AND hour_ms >= ?').run(nodeId, first - (first % hourMs));
            hours.rollUpFrom(nodeId, first);
          }
        }
        sql('DELETE FROM claims WHERE block >= ?').run(block);
      });
    },
    rows: hours.rows,
    gaps: hours.gaps,
    ...claims,
    setActivity(nodeId, { dayMs: day, online, served, tokens }) {
      sql('INSERT OR REPLACE INTO activity VALUES (?, ?, ?, ?, ?)').run(nodeId, day, online, served, tokens);
    },
    activity: (nodeId, fromMs) =>
      sql(
        'SELECT day_ms, online, served, tokens FROM activity WHERE node_id = ? AND day_ms >= ? ORDER BY day_ms',
      )
        .all(nodeId, fromMs)
        .map((row) => ({
          dayMs: Number(row.day_ms),
          online: row.online as number | null,
          served: row.served as number | null,
          tokens: row.tokens as number | null,
        })),
    counts(nodeId) {
      const of = sql('SELECT MAX(block_ms) AS last, COUNT(*) AS n FROM samples WHERE node_id = ?').get(
        nodeId,
      );
      const days = sql('SELECT MIN(day_ms) AS first FROM days WHERE node_id = ?').get(nodeId);
      const first = sql('SELECT MIN(block_ms) AS first FROM samples WHERE node_id = ?').get(nodeId);
      const known = [days?.first, first?.first].filter((ms) => typeof ms === 'number');
      return {
        firstMs: known.length === 0 ? null : Math.min(...known),
        lastMs: (of?.last as number | null) ?? null,
        samples: Number(of?.n ?? 0),
      };
    },
    nodeIds,
    prune(nowMs) {
      atOnce(() => {
        for (const nodeId of nodeIds()) {
          // By what was seen after them, not by a clock that may be wrong: the newest always stay.
          const newest = Number(
            sql('SELECT MAX(block_ms) AS ms FROM samples WHERE node_id = ?').get(nodeId)?.ms ?? 0,
          );
          const atMs = Math.min(nowMs, newest);
          const keptFrom = atMs - samplesKeptMs;
          sql('DELETE FROM samples WHERE node_id = ? AND block_ms < ?').run(
            nodeId,
            keptFrom - (keptFrom % hourMs),
          );
          sql('DELETE FROM hours WHERE node_id = ? AND hour_ms < ?').run(nodeId, atMs - hoursKeptMs);
        }
      });
    },
  };
}
