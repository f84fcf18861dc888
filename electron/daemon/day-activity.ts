import type { DatabaseSync } from 'node:sqlite';

const dayMs = 24 * 60 * 60_000;

/** What the journal has of one UTC day of a node: the share online so far, answers delivered and their tokens. */
export function dayActivity(
  { nodeId, nodeAddress, day, nowMs }: { nodeId: string; nodeAddress: string; day: number; nowMs: number },
  { database }: { database: DatabaseSync },
): { online: number | null; served: number | null; tokens: number | null } {
  try {
    const endMs = Math.min(day + dayMs, nowMs);
    const first = database
      .prepare('SELECT MIN(start_ms) AS ms FROM online_spans WHERE node_address = ? AND node_id = ?')
      .get(nodeAddress, nodeId)?.ms;
    const fromMs = Math.max(day, typeof first === 'number' ? first : endMs);
    const online = database
      .prepare(
        `SELECT SUM(MIN(end_ms, ?1) - MAX(start_ms, ?2)) AS ms FROM online_spans
         WHERE node_address = ?3 AND node_id = ?4 AND end_ms > ?2 AND start_ms < ?1`,
      )
      .get(endMs, fromMs, nodeAddress, nodeId)?.ms;
    const done = database
      .prepare(
        `SELECT COUNT(*) AS served, SUM(COALESCE(input_tokens, 0) + COALESCE(output_tokens, 0)) AS tokens FROM requests
         WHERE node_address = ? AND node_id = ? AND state = 'delivered' AND closed_ms >= ? AND closed_ms < ?`,
      )
      .get(nodeAddress, nodeId, day, day + dayMs);
    return {
      online: endMs > fromMs ? Math.min(1, Number(online ?? 0) / (endMs - fromMs)) : null,
      served: Number(done?.served ?? 0),
      tokens: Number(done?.tokens ?? 0),
    };
  } catch {
    // An unreadable journal is dealt with elsewhere.
    return { online: null, served: null, tokens: null };
  }
}
