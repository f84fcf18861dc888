import type { CommandOutput } from '../contract/commands.ts';
import type { WalletAction } from './calls.ts';
import type { WalletFacts } from './preconditions.ts';

type ClaimRecord = CommandOutput<'earnings.claims'>['claims'][number];

/** What the chain showed when a wallet was opened, to tell its effect from what was there before. */
export interface BeforeWallet {
  action: WalletAction;
  claimableWei: bigint | null;
  /** The newest claim that was on record. */
  lastClaim: string | null;
}

export type WalletEffect =
  | { kind: 'registered'; nodeId: string | null }
  /** `wei` null: the claimable amount fell, and no record of the claim has come yet. */
  | { kind: 'claimed'; wei: bigint | null; transactionHash: string | null }
  | { kind: 'cooling'; endsAtMs: number | null }
  | { kind: 'staked' }
  | { kind: 'withdrawn' };

/** @param claims the newest ones of the wallet, newest first */
export function beforeWallet(
  action: WalletAction,
  { earned, identity }: WalletFacts,
  claims: readonly ClaimRecord[],
): BeforeWallet {
  const { claimableWei } = earned;
  const newest = newestClaim(claims, identity.nodeId);
  return {
    action,
    claimableWei: claimableWei.known ? BigInt(claimableWei.value) : null,
    lastClaim: newest === null ? null : claimKey(newest),
  };
}

/** The effect that the chain shows by now; null while it shows none. An approval is seen by looking at the wallet. */
export function walletEffect(
  before: BeforeWallet,
  { registration, identity, chain, earned }: WalletFacts,
  claims: readonly ClaimRecord[],
): WalletEffect | null {
  const state = chain.node?.state ?? 'unknown';
  switch (before.action) {
    case 'approve':
    case 'register':
      return registration.status === 'registered' ? { kind: 'registered', nodeId: identity.nodeId } : null;
    case 'claim': {
      const newest = newestClaim(claims, identity.nodeId);
      if (newest !== null && claimKey(newest) !== before.lastClaim) {
        const { amountWei, transactionHash } = newest;
        return { kind: 'claimed', wei: BigInt(amountWei), transactionHash };
      }
      const { claimableWei } = earned;
      const fell =
        claimableWei.known &&
        before.claimableWei !== null &&
        BigInt(claimableWei.value) < before.claimableWei;
      return fell ? { kind: 'claimed', wei: null, transactionHash: null } : null;
    }
    case 'request-unstake':
      return state === 'cooling' ? { kind: 'cooling', endsAtMs: chain.node?.cooldownEndsAtMs ?? null } : null;
    case 'cancel-unstake':
      return chain.node?.saidBy.chain === 'staked' ? { kind: 'staked' } : null;
    case 'withdraw':
      return state === 'retired' ? { kind: 'withdrawn' } : null;
  }
}

/** One that may be this node's: it is, or nobody knows which node it was for. */
function newestClaim(claims: readonly ClaimRecord[], nodeId: string | null): ClaimRecord | null {
  return claims.find((claim) => claim.nodeId === null || claim.nodeId === nodeId) ?? null;
}

const claimKey = ({ transactionHash, logIndex }: ClaimRecord) => `${transactionHash}:${logIndex}`;
