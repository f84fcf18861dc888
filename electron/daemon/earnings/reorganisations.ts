import type { ChainRead } from '../chain/reader.ts';
import type { OwnFacts } from '../chain/reading.ts';
import type { Logger } from '../logging/logger.ts';
import type { ClaimsProgress } from './claims-progress.ts';
import type { DepositsWatch } from './deposits.ts';
import type { EarningsStore } from './store.ts';

/** What cannot be has to be said as often as this to be believed after all. */
export const timesToBelieve = 3;
/** What lies deeper is final on Ethereum: four epochs, where two are enough. */
const deepestReorg = 128;

/** Knows from the hashes of earlier blocks whether what is on record still happened. */
export interface Reorganisations {
  /**
   * Forgets what stands in blocks that have another hash now, back to the newest block that is still there.
   * `not-believed`: a final block cannot vanish, so this read says nothing.
   */
  dropVanished(read: ChainRead): 'not-believed' | null;
}

export function createReorganisations(modules: {
  store: EarningsStore;
  own: () => OwnFacts;
  progress: ClaimsProgress;
  deposits: Pick<DepositsWatch, 'dropFrom'>;
  log: Logger;
}): Reorganisations {
  const { store, own, progress, deposits, log } = modules;
  let finalBlocksGone = 0;

  function dropVanished(read: ChainRead): 'not-believed' | null {
    const { nodeId } = own();
    const known = progress.current();
    const samples = nodeId === null ? [] : store.lastSamples(nodeId, 8);
    const kept = [
      ...samples.map(({ block, blockHash }) => [block, blockHash] as const),
      ...(known?.toHash ? ([[known.to, known.toHash]] as const) : []),
    ];
    // No hash is no word against a block: an RPC that hangs back does not have it yet.
    const isGone = ([block, hash]: readonly [number, string]) =>
      (block === read.block.number ? read.block.hash : (read.hashes.get(block) ?? hash)) !== hash;
    const vanished = kept.filter(isGone).map(([block]) => block);
    if (vanished.length === 0) {
      finalBlocksGone = 0;
      return null;
    }
    const first = Math.min(...vanished);
    finalBlocksGone = first < read.block.number - deepestReorg ? finalBlocksGone + 1 : 0;
    if (finalBlocksGone > 0 && finalBlocksGone < timesToBelieve) {
      read.distrust('contradicted', `another hash for block ${first}`);
      return 'not-believed';
    }
    finalBlocksGone = 0;
    const before = samples.find(({ block }) => block < first)?.block ?? Math.max(0, first - deepestReorg);
    log.warn('earnings-blocks-vanished', { block: before + 1 });
    store.dropFrom(before + 1);
    deposits.dropFrom(before + 1);
    if (known && known.to > before) {
      const again = { ...known, to: before, from: Math.min(known.from, before + 1), toHash: null };
      progress.keep(again);
    }
    return null;
  }

  return { dropVanished };
}
