import type { DatabaseSync } from 'node:sqlite';
import type { Clock } from '../system/clock.ts';

/** How many heartbeats were not accepted, by the quarter of an hour, kept on disk. */
export interface MissedBeats {
  /** A heartbeat was not accepted just now. */
  missed(): void;
  /** Writes what is not on disk yet. Throws what the database throws; nothing is lost then but the time it takes. */
  keep(): void;
}

const slotMs = 15 * 60_000;
/** By count and not by age, so that a wrong clock erases nothing: more than 30 days of nothing but misses. */
const mostSlots = 3000;

export function createMissedBeats(
  { nodeId, nodeAddress }: { nodeId: string; nodeAddress: string },
  { database, clock }: { database: DatabaseSync; clock: Clock },
): MissedBeats {
  const waiting = new Map<number, number>();
  const slotNow = () => Math.floor(clock.now() / slotMs) * slotMs;
  const add = (slot: number, count: number) => waiting.set(slot, (waiting.get(slot) ?? 0) + count);
  // From here on a quarter without a row had none missed.
  add(slotNow(), 0);

  return {
    missed: () => add(slotNow(), 1),
    keep() {
      for (const [slot, count] of waiting) {
        database
          .prepare(
            `INSERT INTO missed_beats (node_address, node_id, slot_ms, count) VALUES (?, ?, ?, ?)
             ON CONFLICT DO UPDATE SET count = count + excluded.count`,
          )
          .run(nodeAddress, nodeId, slot, count);
        waiting.delete(slot);
        database
          .prepare(
            `DELETE FROM missed_beats WHERE node_address = ?1 AND node_id = ?2 AND slot_ms <
               (SELECT slot_ms FROM missed_beats WHERE node_address = ?1 AND node_id = ?2
                ORDER BY slot_ms DESC LIMIT 1 OFFSET ${mostSlots})`,
          )
          .run(nodeAddress, nodeId);
      }
    },
  };
}

/** @returns since when misses are on record, Unix ms, or null, and how many from `fromMs` on in steps of `lengthMs` */
export function readMissedBeats(
  asked: { nodeId: string; nodeAddress: string; fromMs: number; lengthMs: number },
  { database }: { database: DatabaseSync },
): { sinceMs: number | null; steps: ReadonlyMap<number, number> } {
  const { nodeId, nodeAddress, fromMs, lengthMs } = asked;
  const first = database
    .prepare('SELECT MIN(slot_ms) AS ms FROM missed_beats WHERE node_address = ? AND node_id = ?')
    .get(nodeAddress, nodeId)?.ms;
  const rows = database
    .prepare(
      `SELECT CAST((slot_ms - ?1) / ?2 AS INTEGER) AS step, SUM(count) AS count FROM missed_beats
       WHERE slot_ms >= ?1 AND node_address = ?3 AND node_id = ?4 GROUP BY step`,
    )
    .all(fromMs, lengthMs, nodeAddress, nodeId) as unknown as { step: number; count: number }[];
  return {
    sinceMs: typeof first === 'number' ? first : null,
    steps: new Map(rows.map(({ step, count }) => [step, count])),
  };
}
