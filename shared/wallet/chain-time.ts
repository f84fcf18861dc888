import type { ChainReport, WalletNode } from '../contract/chain.ts';

/** The chain's time now, Unix ms: cooldowns run by it; between two blocks it goes on with our clock. */
export function chainNowMs({ head }: Pick<ChainReport, 'head'>, nowMs: number): number {
  return head === null ? nowMs : head.blockTimeMs + Math.max(0, nowMs - head.readAtMs);
}

/**
 * The moment that the age of a block is counted from: now, or the chain's time where the block is ahead of this
 * computer's clock. Nothing that was read lies in the future.
 */
export function ageNowMs(head: ChainReport['head'], nowMs: number): number {
  return Math.max(nowMs, chainNowMs({ head }, nowMs));
}

export interface Cooldown {
  endsAtMs: number;
  /** Zero once it is over. */
  leftMs: number;
  /** Whose word the end is. */
  source: NonNullable<WalletNode['cooldownSource']>;
}

/** The cooldown of a node, by the chain's time; null where there is none, or nobody knows when it ends. */
export function cooldownOf(
  {
    head,
    node,
  }: {
    head: ChainReport['head'];
    node: Pick<WalletNode, 'state' | 'cooldownEndsAtMs' | 'cooldownSource'> | null;
  },
  nowMs: number,
): Cooldown | null {
  if (node?.state !== 'cooling' || node.cooldownEndsAtMs === null || node.cooldownSource === null)
    return null;
  const { cooldownEndsAtMs: endsAtMs, cooldownSource: source } = node;
  return { endsAtMs, leftMs: Math.max(0, endsAtMs - chainNowMs({ head }, nowMs)), source };
}
