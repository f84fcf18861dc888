import type { DatabaseSync } from 'node:sqlite';
import { dayMs } from './roll-up.ts';

/** What was paid into the rewards contract at once. */
export interface Deposit {
  block: number;
  logIndex: number;
  blockMs: number;
  amountWei: bigint;
}

/** Payments into the rewards contract, of the last weeks. */
export interface DepositsTable {
  add(deposits: readonly Deposit[]): void;
  /** In the order of the chain. */
  since(fromMs: number): Deposit[];
  dropFrom(block: number): void;
  prune(nowMs: number): void;
}

const keptMs = 40 * dayMs;

export function createDepositsTable(modules: { database: DatabaseSync }): DepositsTable {
  const { database } = modules;
  const sql = (text: string) => database.prepare(text);
  return {
    add(deposits) {
      for (const { block, logIndex, blockMs, amountWei } of deposits)
        sql(
          'INSERT OR REPLACE INTO deposits (block, log_index, block_ms, amount_wei) VALUES (?, ?, ?, ?)',
        ).run(...([block, logIndex, blockMs, String(amountWei)] as const));
    },
    since: (fromMs) =>
      sql('SELECT * FROM deposits WHERE block_ms >= ? ORDER BY block, log_index')
        .all(fromMs)
        .map((row) => ({
          block: Number(row.block),
          logIndex: Number(row.log_index),
          blockMs: Number(row.block_ms),
          amountWei: BigInt(String(row.amount_wei)),
        })),
    dropFrom: (block) => void sql('DELETE FROM deposits WHERE block >= ?').run(block),
    prune: (nowMs) => void sql('DELETE FROM deposits WHERE block_ms < ?').run(nowMs - keptMs),
  };
}
