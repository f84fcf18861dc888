import type { DatabaseSync } from 'node:sqlite';
import type { ChainMemory } from '../chain/functions.ts';
import { type ClaimsTable, createClaimsTable } from './claims-table.ts';
import { createDepositsTable, type DepositsTable } from './deposits-table.ts';
import { always, createHoursTable, type FullSample, type HoursTable, sampleOf } from './hours-table.ts';
import { dayMs, hourMs } from './roll-up.ts';

export interface ActivityRow {
  dayMs: number;
  online: number | null;
  served: number | null;
  tokens: number | null;
}

/** The record of what nodes have earned: samples, hours and days made of them, claims. Throws what SQLite throws. */
export interface EarningsStore extends ClaimsTable {
  readonly memory: ChainMemory;
  addSample(nodeId: string, sample: FullSample): void;
  lastSamples(nodeId: string, count: number): FullSample[];
  /** The vanished blocks' samples and claims are forgotten, and the hours made anew. */
  dropFrom(block: number): void;
  rows: HoursTable['rows'];
  gaps(nodeId: string, fromMs: number): { fromMs: number; toMs: number; earnedWei: bigint | null }[];
  setActivity(nodeId: string, row: ActivityRow): void;
  activity(nodeId: string, fromMs: number, toMs?: number): ActivityRow[];
  /** Stake × multiplier in tenths of a wei, as it was last seen on a day. */
  setWeight(nodeId: string, dayMs: number, weightTenths: bigint): void;
  weights(nodeId: string, fromMs: number, toMs?: number): Map<number, bigint>;
  readonly deposits: DepositsTable;
  counts(nodeId: string): { firstMs: number | null; lastMs: number | null; samples: number };
  nodeIds(): string[];
  /** Nodes of which anything is on record, by their ids. */
  recordedNodes(): string[];
  /** The first days from `fromMs` on of which anything is on record, by their UTC midnight. */
  recordedDays(fromMs: number, count: number): number[];
  /** Forgets samples that are in hours already, and hours that are in days. */
  prune(nowMs: number): void;
}

/** So long single samples are kept: a claim that is found late, or a block that vanishes, changes hours. */
const samplesKeptMs = 8 * dayMs;
const hoursKeptMs = 100 * dayMs;

const insertSample = `INSERT OR REPLACE INTO samples
  (node_id, block, block_hash, block_ms, earned_wei, source, read_ms) VALUES (?, ?, ?, ?, ?, ?, ?)`;
const insertActivity =
  'INSERT OR REPLACE INTO activity (node_id, day_ms, online, served, tokens) VALUES (?, ?, ?, ?, ?)';
const insertWeight = 'INSERT OR REPLACE INTO weights (node_id, day_ms, weight_tenths) VALUES (?, ?, ?)';

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
  const deposits = createDepositsTable({ database });
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
        else sql('INSERT OR REPLACE INTO facts (name, value) VALUES (?, ?)').run(name, value);
      },
    },
    addSample(nodeId, { block, blockHash, blockMs, earnedWei, source, readMs }) {
      atOnce(() => {
        const last = sql('SELECT MAX(block_ms) AS ms FROM samples WHERE node_id = ?').get(nodeId)?.ms;
        sql(insertSample).run(
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
        deposits.dropFrom(block);
      });
    },
    rows: hours.rows,
    gaps: hours.gaps,
    ...claims,
    setActivity(nodeId, { dayMs: day, online, served, tokens }) {
      sql(insertActivity).run(nodeId, day, online, served, tokens);
    },
    setWeight(nodeId, day, weightTenths) {
      const text = String(weightTenths);
      const found = sql('SELECT weight_tenths AS now FROM weights WHERE node_id = ? AND day_ms = ?');
      if (found.get(nodeId, day)?.now === text) return;
      sql(insertWeight).run(nodeId, day, text);
    },
    weights: (nodeId, fromMs, toMs = always) =>
      new Map(
        sql('SELECT day_ms, weight_tenths FROM weights WHERE node_id = ? AND day_ms >= ? AND day_ms < ?')
          .all(nodeId, fromMs, toMs)
          .map((row) => [Number(row.day_ms), BigInt(String(row.weight_tenths))]),
      ),
    deposits,
    activity: (nodeId, fromMs, toMs = always) =>
      sql(
        'SELECT day_ms, online, served, tokens FROM activity WHERE node_id = ? AND day_ms >= ? AND day_ms < ? ORDER BY day_ms',
      )
        .all(nodeId, fromMs, toMs)
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
      const day = sql('SELECT day_ms, covered_ms FROM days WHERE node_id = ? ORDER BY day_ms LIMIT 1').get(
        nodeId,
      );
      const first = sql('SELECT MIN(block_ms) AS ms FROM samples WHERE node_id = ?').get(nodeId)?.ms;
      return {
        firstMs: recordBegins(typeof first === 'number' ? first : null, day),
        lastMs: (of?.last as number | null) ?? null,
        samples: Number(of?.n ?? 0),
      };
    },
    nodeIds,
    recordedNodes: () =>
      sql('SELECT node_id FROM days UNION SELECT node_id FROM activity')
        .all()
        .map((row) => String(row.node_id))
        .sort((a, b) => (BigInt(a) < BigInt(b) ? -1 : 1)),
    recordedDays: (fromMs, count) =>
      sql(
        `SELECT day_ms FROM (SELECT day_ms FROM days UNION SELECT day_ms FROM activity
           UNION SELECT block_ms - block_ms % ${dayMs} FROM claims WHERE block_ms IS NOT NULL)
         WHERE day_ms >= ? ORDER BY day_ms LIMIT ?`,
      )
        .all(fromMs, count)
        .map((row) => Number(row.day_ms)),
    prune(nowMs) {
      atOnce(() => {
        deposits.prune(nowMs);
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

/** Once the samples of the first day are gone, only how much of it was covered says when it began. */
function recordBegins(sampleMs: number | null, day: Record<string, unknown> | undefined): number | null {
  const endMs = day === undefined ? null : Number(day.day_ms) + dayMs;
  const isPruned = endMs !== null && (sampleMs === null || sampleMs >= endMs);
  return isPruned ? endMs - Number(day?.covered_ms) : sampleMs;
}
