import type { CommandOutput } from '../../../shared/contract/commands.ts';
import { isNodeError } from '../../../shared/errors.ts';
import { type WalletAction, type WalletCall, walletCalls } from '../../../shared/wallet/calls.ts';
import { chainNowMs } from '../../../shared/wallet/chain-time.ts';
import {
  canBeTried,
  type Precondition,
  preconditionsWithoutNode,
  type TriedCall,
  triedAs,
  walletPreconditions,
  walletSubject,
} from '../../../shared/wallet/preconditions.ts';
import { chainNetwork, knownContracts } from '../../daemon/chain/network.ts';
import { resolveConfiguration } from '../configuration.ts';
import type { NodeContext } from '../context.ts';
import { reachDaemon } from '../daemon-link.ts';
import { knownHardware } from '../hardware.ts';

/** What a wallet would be asked for, and whether it would go through; nothing of it is sent or signed. */
export interface WalletPlan {
  calls: readonly WalletCall[];
  preconditions: readonly Precondition[];
  /** The wallet that has to sign; null while nobody knows it. */
  owner: string | null;
  /** The fee of the last call where an RPC gives it; null: not asked for. */
  fee: TriedCall['feeWei'] | null;
  /** The call's bytes, for a wallet that takes raw calls; null unless the owner's call was tried and goes through. */
  rawCall: { to: string; data: string } | null;
  /** What the address that was given holds; null: none was given, or no node runs to look. */
  funds: CommandOutput<'wallet.look'> | null;
  /** The chain's time where it is known, else this computer's: cooldowns run by it. Unix ms. */
  nowMs: number;
}

/**
 * Describes an action for the node of this state directory, from the running node where there is one.
 *
 * @param options `address` is looked at, read-only; null: none
 * @throws NodeError what reading identity and settings throws, and what the node answers
 */
export async function planWalletAction(
  context: Pick<NodeContext, 'paths' | 'clock' | 'env'>,
  { action, stakeWei, address }: { action: WalletAction; stakeWei: bigint; address: string | null },
): Promise<WalletPlan> {
  const daemon = await reachDaemon(context).catch((error: unknown) => {
    if (isNodeError(error, 'no-daemon') || isNodeError(error, 'daemon-not-answering')) return null;
    throw error;
  });
  try {
    if (!daemon?.compatible) return await withoutNode(context, action, stakeWei);
    const snapshot = await daemon.ask('snapshot', {});
    const { nodeId, owner } = snapshot.identity;
    const tried =
      nodeId !== null && canBeTried(action)
        ? await daemon.ask('wallet.tryCall', { call: triedAs[action], nodeId })
        : null;
    const funds = address === null ? null : await daemon.ask('wallet.look', { address });
    const nowMs = chainNowMs(snapshot.chain, context.clock.now());
    return {
      calls: walletCalls(action, walletSubject(snapshot, stakeWei)),
      // A host asks about a GPU that may be out of order by itself, because a person may accept it.
      preconditions: walletPreconditions(action, snapshot, { stakeWei, tried, nowMs }).filter(
        ({ code }) => code !== 'registration-held',
      ),
      owner,
      fee: tried?.feeWei ?? null,
      rawCall:
        tried === null || tried.callData === null || tried.to === null
          ? null
          : { to: tried.to, data: tried.callData },
      funds,
      nowMs,
    };
  } finally {
    daemon?.close();
  }
}

async function withoutNode(
  context: Pick<NodeContext, 'paths' | 'clock' | 'env'>,
  action: WalletAction,
  stakeWei: bigint,
): Promise<WalletPlan> {
  const { record, settings } = await resolveConfiguration(context);
  const { tier } = await knownHardware(context, context.paths);
  const known = knownContracts(chainNetwork(settings));
  const { nodeId = null, nodeKeyHash = null, owner = null } = record ?? {};
  const subject = { nodeId, nodeKeyHash, tier, stakeWei };
  return {
    calls: walletCalls(action, known && { ...subject, chainId: known.chainId, contracts: known.contracts }),
    preconditions: preconditionsWithoutNode(action, subject, known),
    owner,
    fee: null,
    rawCall: null,
    funds: null,
    nowMs: context.clock.now(),
  };
}
