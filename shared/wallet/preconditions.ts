import type { WalletNode } from '../contract/chain.ts';
import type { CommandOutput } from '../contract/commands.ts';
import type { Snapshot } from '../contract/snapshot.ts';
import { minimumStakePrlx, weiPerPrlx } from '../earnings/stream.ts';
import type { WalletAction, WalletSubject } from './calls.ts';

/** What stands against an action, or is not known for it. */
export type PreconditionCode =
  | 'other-network'
  | 'other-console'
  | 'not-running'
  | 'no-key'
  | 'not-registered'
  | 'already-registered'
  | 'registration-held'
  | 'stake-too-small'
  | 'state-unknown'
  | 'nothing-to-claim'
  | 'claimable-unknown'
  | 'claim-while-cooling'
  | 'already-cooling'
  | 'not-cooling'
  | 'cooldown-running'
  | 'cooldown-over'
  | 'withdrawn'
  | 'would-fail';

export interface Precondition {
  code: PreconditionCode;
  /** The wallet would pay for nothing; otherwise it is only to be known. */
  blocks: boolean;
  /** A time, an id or a reason; null where there is none. */
  fact: string | number | null;
}

export type WalletFacts = Pick<Snapshot, 'identity' | 'registration' | 'hardware' | 'chain' | 'earned'>;
export type TriedCall = CommandOutput<'wallet.tryCall'>;

/** What the contract can be asked about beforehand: calls that take nothing but the node id. */
export const triedAs = {
  claim: 'claim',
  'request-unstake': 'requestUnstake',
  'cancel-unstake': 'cancelUnstake',
  withdraw: 'withdrawStake',
} as const satisfies Partial<Record<WalletAction, string>>;

export function canBeTried(action: WalletAction): action is keyof typeof triedAs {
  return action in triedAs;
}

/** What a snapshot says of the node that a call is about; null where no contract is known to be its network's. */
export function walletSubject(
  { identity, hardware, chain }: WalletFacts,
  stakeWei: bigint,
): WalletSubject | null {
  const { chainId, contracts } = chain;
  if (chainId === null || contracts === null) return null;
  const { nodeId, nodeKeyHash } = identity;
  return { chainId, contracts, nodeId, nodeKeyHash, tier: hardware.tier, stakeWei };
}

/**
 * Checks an action against what is known.
 *
 * @param tried what `wallet.tryCall` said; null: not tried
 * @param nowMs the chain's time where it is known, else this computer's
 */
export function walletPreconditions(
  action: WalletAction,
  facts: WalletFacts,
  { stakeWei, tried, nowMs }: { stakeWei: bigint; tried: TriedCall | null; nowMs: number },
): Precondition[] {
  const { contracts } = facts.chain;
  if (contracts === null) return [block('other-network')];
  const found = [
    ...ofNetwork(contracts),
    ...(isRegistering(action) ? registering(facts, stakeWei) : ofNode(action, facts, nowMs)),
  ];
  const refused = tried?.outcome.known === true && !tried.outcome.succeeds;
  return refused && !found.some(({ blocks }) => blocks)
    ? [...found, block('would-fail', tried.outcome.known ? tried.outcome.revert : null)]
    : found;
}

/**
 * What can be said of an action while no node is running here: from settings and key record alone.
 *
 * @param network null where no contract is known to be the network's
 */
export function preconditionsWithoutNode(
  action: WalletAction,
  { nodeKeyHash, nodeId, stakeWei }: Pick<WalletSubject, 'nodeKeyHash' | 'nodeId' | 'stakeWei'>,
  network: { official: boolean } | null,
): Precondition[] {
  if (network === null) return [block('other-network')];
  if (nodeKeyHash === null) return [block('no-key')];
  const found = ofNetwork(network);
  if (isRegistering(action)) return [...found, note('not-running'), ...stakeFault(stakeWei)];
  return [...found, nodeId === null ? block('not-registered') : note('not-running')];
}

/** The Console that is opened knows the network's own contracts, whatever contracts are named here. */
function ofNetwork({ official }: { official: boolean }): Precondition[] {
  return official ? [] : [note('other-console')];
}

const isRegistering = (action: WalletAction) => action === 'register' || action === 'approve';
const note = (code: PreconditionCode, fact: Precondition['fact'] = null) => ({ code, blocks: false, fact });
const block = (code: PreconditionCode, fact: Precondition['fact'] = null) => ({ code, blocks: true, fact });

function registering({ registration, identity, hardware }: WalletFacts, stakeWei: bigint): Precondition[] {
  const found: Precondition[] = [];
  if (registration.status === 'registered') found.push(block('already-registered', identity.nodeId));
  if (registration.status === 'unknown') found.push(note('state-unknown'));
  if (hardware.registrationHold !== null) found.push(block('registration-held', hardware.registrationHold));
  return [...found, ...stakeFault(stakeWei)];
}

function stakeFault(stakeWei: bigint): Precondition[] {
  return stakeWei < minimumStakePrlx * weiPerPrlx ? [block('stake-too-small')] : [];
}

function ofNode(action: WalletAction, facts: WalletFacts, nowMs: number): Precondition[] {
  if (facts.identity.nodeId === null) return [block('not-registered')];
  const { node } = facts.chain;
  // What was earned can be claimed after the stake is gone.
  if (action === 'claim') return claiming(facts, node);
  if (node?.state === 'retired') return [block('withdrawn')];
  if (node === null || node.state === 'unknown') return [note('state-unknown')];
  const cooling = node.state === 'cooling';
  const endsAtMs = node.cooldownEndsAtMs;
  const over = endsAtMs !== null && endsAtMs <= nowMs;
  switch (action) {
    case 'request-unstake':
      return cooling ? [block('already-cooling', endsAtMs)] : [];
    case 'cancel-unstake':
      if (!cooling) return [block('not-cooling')];
      return over ? [note('cooldown-over')] : [];
    default:
      if (!cooling) return [block('not-cooling')];
      if (over) return [];
      // The end by the guide's seven days is no word of the contract.
      return [
        endsAtMs !== null && node.cooldownSource === 'contract'
          ? block('cooldown-running', endsAtMs)
          : note('cooldown-running', endsAtMs),
      ];
  }
}

function claiming({ earned }: WalletFacts, node: WalletNode | null): Precondition[] {
  const { claimableWei } = earned;
  const cooling = node?.state === 'cooling' ? [note('claim-while-cooling')] : [];
  if (!claimableWei.known) return [note('claimable-unknown', claimableWei.reason), ...cooling];
  return BigInt(claimableWei.value) === 0n ? [block('nothing-to-claim')] : cooling;
}
