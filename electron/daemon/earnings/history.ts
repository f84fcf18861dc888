import type { UnknownReason } from '../../../shared/contract/chain.ts';
import type { Answering } from '../chain/rpc-pool.ts';

type Failed = { failed: UnknownReason };

/** Asks for old blocks: the RPC that was read from, and the others in turn where it no longer has them. */
export interface History {
  /** @param toBlock the newest block that is asked for */
  ask<Found extends object>(
    toBlock: number,
    question: (answering: Answering) => Promise<Found | Failed>,
  ): Promise<Found | Failed>;
}

/** Within one read of the chain, whoever has old blocks is asked for the next ones too. */
export function createHistory(answering: Answering): History {
  let from = answering;
  return {
    async ask(toBlock, question) {
      for (;;) {
        const found = await question(from);
        if (!('failed' in found) || found.failed !== 'history-pruned') return found;
        const next = await from.next(toBlock);
        if (next === null) return found;
        from = next;
      }
    },
  };
}
