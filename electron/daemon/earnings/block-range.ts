import type { UnknownReason } from '../../../shared/contract/chain.ts';

/** How many blocks are asked for at once: fewer once they were too many for an RPC. */
export interface BlockRange {
  readonly blocks: number;
  /** So many were asked for in vain. True where fewer of them are worth asking for at once. */
  failed(reason: UnknownReason, askedBlocks: number): boolean;
  /** A range was given: after some of them more is asked for again, since what limited it may be over. */
  succeeded(): void;
}

const firstBlocks = 2000;
/** No provider that gives logs gives them of fewer blocks; a few such ranges are more than are made between two reads. */
export const smallestRange = 10;
/** Where nobody says that the range is too wide: some of it may be too old, or hold more than is taken. */
const smallestUnsaid = 50;

/** Ranges in a row, after which twice as many blocks are asked for. */
const growsAfter = 8;

export function createBlockRange(): BlockRange {
  let blocks = firstBlocks;
  let given = 0;
  return {
    get blocks() {
      return blocks;
    },
    succeeded() {
      given += 1;
      if (given < growsAfter) return;
      given = 0;
      blocks = Math.min(firstBlocks, blocks * 2);
    },
    failed(reason, askedBlocks) {
      given = 0;
      if (reason === 'history-pruned' || reason === 'not-an-rpc')
        blocks = Math.min(blocks, Math.max(smallestUnsaid, Math.floor(blocks / 2)));
      if (reason !== 'range-too-wide') return false;
      const before = blocks;
      blocks = Math.min(blocks, Math.max(smallestRange, Math.floor(askedBlocks / 2)));
      return blocks < before && askedBlocks > smallestRange;
    },
  };
}
