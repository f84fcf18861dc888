import type { ChainReport } from '../contract/chain.ts';

/** The chain's time now, Unix ms: cooldowns run by it; between two blocks it goes on with our clock. */
export function chainNowMs({ head }: Pick<ChainReport, 'head'>, nowMs: number): number {
  return head === null ? nowMs : head.blockTimeMs + Math.max(0, nowMs - head.readAtMs);
}
