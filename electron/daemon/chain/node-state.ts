import type { WalletNode } from '../../../shared/contract/chain.ts';

type SaidBy = WalletNode['saidBy'];

/**
 * The state of a node from what chain and coordinator say. Whether stake is locked is the contract's to say, whether
 * the node is online the coordinator's; where they differ about the lock, the contract governs. [network.md 9.2]
 */
export function nodeState({ chain, coordinator }: SaidBy): WalletNode['state'] {
  if (chain === 'retired') return 'retired';
  if (chain === 'cooling') return 'cooling';
  if (chain === 'staked') {
    if (coordinator === 'online') return 'active';
    return coordinator === null ? 'registered' : 'idle';
  }
  if (coordinator === 'not-staked') return 'retired';
  if (coordinator === 'in-cooldown') return 'cooling';
  if (coordinator === 'online') return 'active';
  if (coordinator === 'offline') return 'idle';
  return 'unknown';
}
