import type { Snapshot } from '../../../shared/contract/snapshot.ts';

/** What the chain showed last in this run of the app; null while it is not known. */
interface Seen {
  ever: bigint | null;
  claimable: bigint | null;
  nodeId: string | null;
}

/**
 * The first PRLX that was ever earned, and every claim: each once. What was there before the app watched is no news,
 * and what is unknown in between neither.
 */
export function createEarningMoments(say: (title: string, body: string) => void): {
  update(snapshot: Pick<Snapshot, 'earned' | 'identity'>): void;
} {
  let seen: Seen = { ever: null, claimable: null, nodeId: null };
  return {
    update({ earned, identity }) {
      // Another node's figures say nothing about this one's.
      if (identity.nodeId !== seen.nodeId) seen = { ever: null, claimable: null, nodeId: identity.nodeId };
      const { everWei, claimableWei } = earned;
      if (everWei.known) {
        const ever = BigInt(everWei.value);
        if (seen.ever === 0n && ever > 0n)
          say('First PRLX earned', 'Your node is earning. Rewards add up while it’s online.');
        seen.ever = ever;
      }
      if (claimableWei.known) {
        const claimable = BigInt(claimableWei.value);
        // The daemon shows no amount that fell without a claim.
        if (seen.claimable !== null && claimable < seen.claimable)
          say('Rewards claimed', 'The chain shows your claim. Your node keeps earning.');
        seen.claimable = claimable;
      }
    },
  };
}
