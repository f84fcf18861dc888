import type { UnknownReason } from '../../../shared/contract/chain.ts';
import type { Answering } from '../chain/rpc-pool.ts';
import { smallestRange } from './block-range.ts';

type Failed = { failed: UnknownReason };

/**
 * Asks for old blocks: the RPC that was read from, and the others in turn where it no longer has them, or gives not
 * even a few at once.
 */
export interface History {
  ask<Found extends object>(
    range: { fromBlock: number; toBlock: number },
    question: (answering: Answering) => Promise<Found | Failed>,
  ): Promise<Found | Failed>;
}

/** Within one read of the chain, whoever has old blocks is asked for the next ones too. */
export function createHistory(answering: Answering): History {
  let from = answering;
  return {
    async ask({ fromBlock, toBlock }, question) {
      const isSmall = toBlock - fromBlock < smallestRange;
      for (;;) {
        const found = await question(from);
        if (!('failed' in found)) return found;
        const isRefused = found.failed === 'range-too-wide' && isSmall;
        if (!isRefused && found.failed !== 'history-pruned') return found;
        const next = await from.next(toBlock);
        if (next === null) return found;
        from = next;
      }
    },
  };
}
