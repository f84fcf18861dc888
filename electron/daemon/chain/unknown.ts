import type { NotKnown, UnknownReason, WalletNode } from '../../../shared/contract/chain.ts';

/** Not known, and why. */
export function notKnown(reason: UnknownReason): NotKnown {
  return { known: false, reason };
}

/** A node of which nothing but its id is known. */
export function unknownNode(
  nodeId: string,
  foundBy: WalletNode['foundBy'],
  reason: UnknownReason,
): WalletNode {
  return {
    nodeId,
    foundBy,
    state: 'unknown',
    saidBy: { chain: null, coordinator: null },
    cooldownEndsAtMs: null,
    cooldownSource: null,
    owner: notKnown(reason),
    stakeWei: notKnown(reason),
    tier: notKnown(reason),
    multiplierTenths: null,
    claimableWei: notKnown(reason),
    uptime: null,
  };
}
