import type { DatabaseSync } from 'node:sqlite';
import type { UnknownReason } from '../../../shared/contract/chain.ts';

export interface Claim {
  block: number;
  logIndex: number;
  blockHash: string;
  blockMs: number | null;
  transactionHash: string;
  amountWei: bigint;
  owner: string;
  nodeId: string | null;
  unknownNode: UnknownReason | null;
}

/** Claims of the wallet, as the token's transfers from the rewards contract. */
export interface ClaimsTable {
  addClaims(claims: readonly Claim[]): void;
  claims(before: { block: number; logIndex: number } | null, limit: number): Claim[];
  /** In the order of the chain. */
  claimsBetween(fromMs: number, toMs: number): Claim[];
  /** Those whose block's time nobody could say. */
  undatedClaims(): Claim[];
  claimedWei(nodeId: string): bigint;
}

export function createClaimsTable(modules: {
  database: DatabaseSync;
  atOnce: (work: () => void) => void;
  nodeIds: () => string[];
  rollUpFrom: (nodeId: string, fromMs: number) => void;
}): ClaimsTable {
  const { database, atOnce, nodeIds, rollUpFrom } = modules;
  const sql = (text: string) => database.prepare(text);
  return {
    addClaims(claims) {
      if (claims.length === 0) return;
      atOnce(() => {
        for (const one of claims)
          sql(
            'INSERT OR REPLACE INTO claims (block, log_index, block_hash, block_ms, transaction_hash, amount_wei, owner, node_id, unknown_node) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
          ).run(
            ...([one.block, one.logIndex, one.blockHash, one.blockMs, one.transactionHash] as const),
            ...([String(one.amountWei), one.owner, one.nodeId, one.unknownNode] as const),
          );
        const first = Math.min(...claims.map(({ block }) => block));
        for (const nodeId of nodeIds()) {
          const at = sql('SELECT MAX(block_ms) AS ms FROM samples WHERE node_id = ? AND block < ?').get(
            nodeId,
            first,
          )?.ms;
          if (typeof at === 'number') rollUpFrom(nodeId, at);
        }
      });
    },
    claims: (before, limit) =>
      sql(
        'SELECT * FROM claims WHERE block < ?1 OR (block = ?1 AND log_index < ?2) ORDER BY block DESC, log_index DESC LIMIT ?3',
      )
        .all(before?.block ?? Number.MAX_SAFE_INTEGER, before?.logIndex ?? 0, limit)
        .map(claimOf),
    claimsBetween: (fromMs, toMs) =>
      sql('SELECT * FROM claims WHERE block_ms >= ? AND block_ms < ? ORDER BY block, log_index')
        .all(fromMs, toMs)
        .map(claimOf),
    undatedClaims: () =>
      sql('SELECT * FROM claims WHERE block_ms IS NULL ORDER BY block, log_index').all().map(claimOf),
    claimedWei: (nodeId) =>
      sql('SELECT amount_wei FROM claims WHERE node_id = ?')
        .all(nodeId)
        .reduce((sum, row) => sum + BigInt(String(row.amount_wei)), 0n),
  };
}

function claimOf(row: Record<string, unknown>): Claim {
  return {
    block: Number(row.block),
    logIndex: Number(row.log_index),
    blockHash: String(row.block_hash),
    blockMs: row.block_ms === null ? null : Number(row.block_ms),
    transactionHash: String(row.transaction_hash),
    amountWei: BigInt(String(row.amount_wei)),
    owner: String(row.owner),
    nodeId: row.node_id === null ? null : String(row.node_id),
    unknownNode: row.unknown_node as UnknownReason | null,
  };
}
