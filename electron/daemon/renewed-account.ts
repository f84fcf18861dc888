import type { WalletNode } from '../../shared/contract/chain.ts';
import type { ChainPart } from './chain/part.ts';
import type { Heartbeat } from './coordinator/heartbeat.ts';

type SaidBy = WalletNode['saidBy'];

/** Whether the chain shows that what the coordinator refuses heartbeats for is over. */
function isOver({ chain, coordinator }: SaidBy): boolean {
  if (coordinator === 'in-cooldown') return chain === 'staked' || chain === 'retired';
  return coordinator === 'not-staked' && (chain === 'staked' || chain === 'cooling');
}

/**
 * A refused account is asked about once a minute. Where the chain already shows another state, as after a cancelled
 * unstake, the next heartbeat is not waited for: once with every new block, until both say the same.
 */
export function askAgainAsChainChanges(modules: {
  chain: Pick<ChainPart, 'report' | 'onProgress'>;
  heartbeat: () => Pick<Heartbeat, 'askAgain'> | null;
}): void {
  const { chain, heartbeat } = modules;
  let askedAtBlock = -1;
  chain.onProgress?.(() => {
    const { head, node } = chain.report().chain;
    if (head === null || node === null || head.block <= askedAtBlock || !isOver(node.saidBy)) return;
    askedAtBlock = head.block;
    heartbeat()?.askAgain();
  });
}
