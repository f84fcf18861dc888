import * as z from 'zod';
import { lazily } from './lazily.ts';

/**
 * What the daemon reads from Ethereum, read-only. Amounts are wei as decimal text. A figure that is not known says
 * why instead of having a value; one that is known says at which block, of which time, and who said it.
 */

const timeMs = z.number().int();
/** An amount of $PRLX or ETH, in wei. */
export const weiText = z.string().regex(/^\d{1,78}$/);

/** Why a figure is not known. The interface has the words. */
export const unknownReasons = [
  /** Nothing was read yet. */
  'not-read-yet',
  /** No node id, or no owner, is known yet. */
  'not-registered',
  /** The node serves another coordinator than the official one, and nobody named its contracts. */
  'other-network',
  /** The contracts are known, and no RPC is set that could be asked about them. */
  'no-rpc',
  /** There is no code at the contract's address. */
  'no-code',
  /** The deployed code does not hold the function. */
  'function-absent',
  /** The function is there, and no layout of its answer holds what is known of our node. */
  'layout-unproven',
  /** The answer contradicts what is known: `earned` over the pool, or fallen without a claim. */
  'contradicted',
  /** No RPC answers. */
  'unreachable',
  /** The RPCs ask to be left alone for a while. */
  'rate-limited',
  /** What answers is no Ethereum RPC, or answers nonsense. */
  'not-an-rpc',
  /** The RPC is on another chain. */
  'other-chain',
  /** The RPC no longer has what is asked for. */
  'history-pruned',
  /** The RPC gives the logs of fewer blocks only than there are to read. */
  'range-too-wide',
  /** Not enough samples yet to say a rate. */
  'too-few-samples',
  /** The reward pool holds nothing. */
  'pool-empty',
  /** The chain does not publish it. */
  'not-published',
] as const;
export type UnknownReason = (typeof unknownReasons)[number];

const origin = {
  block: z.number().int().nonnegative(),
  blockTimeMs: timeMs,
  /** The RPC, without anything in its address that may be a key; or the coordinator. */
  source: z.string(),
  /** By this computer's clock. */
  readAtMs: timeMs,
};
export const originSchema = z.object(origin);
export type Origin = z.infer<typeof originSchema>;

const notKnown = z.object({ known: z.literal(false), reason: z.enum(unknownReasons) });

/** A value read at a block, or why there is none. */
export const reading = <Value extends z.ZodType>(value: Value) =>
  z.discriminatedUnion('known', [z.object({ known: z.literal(true), value, ...origin }), notKnown]);
/** A value worked out from readings; `basis` says from which. Never stated by the network. */
export const derived = <Value extends z.ZodType>(value: Value) =>
  z.discriminatedUnion('known', [
    z.object({ known: z.literal(true), value, basis: z.string(), asOfMs: timeMs }),
    notKnown,
  ]);

export type NotKnown = { known: false; reason: UnknownReason };

/** [network.md 9.2] `registered`: staked, and nobody says whether it is online. */
const nodeStates = z.union([
  z.enum(['active', 'idle', 'registered', 'unknown']),
  z.literal('cooling'),
  z.literal('retired'),
]);

/** One node as far as it can be known, each word with who said it. */
export const walletNode = z.object({
  nodeId: z.string(),
  /** How we know of it. */
  foundBy: z.array(z.enum(['own', 'coordinator', 'typed-in', 'scan'])),
  state: nodeStates,
  /** Who said what the state follows from. `coordinator`: heartbeats are accepted, or refused and why. */
  saidBy: z.object({
    chain: z.union([z.enum(['staked', 'absent']), z.literal('cooling'), z.literal('retired')]).nullable(),
    coordinator: z.enum(['online', 'offline', 'not-staked', 'in-cooldown']).nullable(),
  }),
  /** End of the cooldown by chain time; null when not cooling or not said. */
  cooldownEndsAtMs: timeMs.nullable(),
  /** `contract`: a word of the contract. `guide`: seven days, as the guide says, from the block at which we saw it begin. */
  cooldownSource: z.enum(['contract', 'guide']).nullable(),
  owner: reading(z.string()),
  stakeWei: reading(weiText),
  tier: reading(z.number().int()),
  /** In tenths: 10, 15, 25, 30. [network.md 3.1] */
  multiplierTenths: z.number().int().nullable(),
  claimableWei: reading(weiText),
  /** 0 to 1; of this program's own node only. `rule` says over which time it was measured. */
  uptime: z.object({ share: z.number().min(0).max(1), rule: z.literal('last-30-days-here') }).nullable(),
});
export type WalletNode = z.infer<typeof walletNode>;

const rpcStatus = z.object({
  url: z.string(),
  /** Named by the operator; the others are the public ones. */
  own: z.boolean(),
  state: z.enum(['unused', 'answers', 'failing', 'refused']),
  reason: z.enum(unknownReasons).nullable(),
  lastAnswerAtMs: timeMs.nullable(),
});

const provenFunction = z.object({
  /** E.g. `OperatorStakeRewardsV2.earned`. */
  name: z.string(),
  /** With the types that were proven, e.g. `earned(uint256)`; null while it is not. */
  signature: z.string().nullable(),
  reason: z.enum(unknownReasons).nullable(),
});

export const chainSection = z.object({
  /** Null together with `contracts`: nothing is known to be this network's, so nothing may be signed for it. */
  chainId: z.number().int().nullable(),
  contracts: z
    .object({
      ...{ token: z.string(), registry: z.string(), rewards: z.string() },
      /** The network's own, which its Console acts on; else named by the operator. */
      official: z.boolean(),
    })
    .nullable(),
  rpcs: z.array(rpcStatus),
  /** The newest block read. */
  head: originSchema.nullable(),
  failure: z.object({ reason: z.enum(unknownReasons), sinceMs: timeMs }).nullable(),
  functions: z.array(provenFunction),
  /** Our own node; null before its id is known. */
  node: walletNode.nullable(),
  /** What the rewards contract holds. */
  poolWei: reading(weiText),
  /** Until when every block is read; null: every five minutes. */
  watchedUntilMs: timeMs.nullable(),
});
export type ChainReport = z.infer<typeof chainSection>;

const address = z.string().regex(/^0x[0-9a-fA-F]{40}$/);
const nodeId = z.string().regex(/^(?:0|[1-9]\d{0,77})$/);

/** What the wallet can do with a node. [network.md 9.1] */
const walletCalls = ['claim', 'requestUnstake', 'cancelUnstake', 'withdrawStake'] as const;

export const chainCommands = {
  /** Somebody watches: every block is read for `forMs`; asked again while they do. */
  'chain.watch': lazily(() => ({
    input: z.strictObject({ forMs: z.number().int().min(1000).max(60_000) }),
    output: z.object({ untilMs: timeMs }),
  })),
  /** The nodes of the wallet that can be known, and totals as on the Console's dashboard. */
  'nodes.ofWallet': lazily(() => ({
    input: z.strictObject({}),
    output: z.object({
      owner: z.string().nullable(),
      nodes: z.array(walletNode),
      totals: z.object({
        online: z.number().int(),
        /** Nodes of which it is known whether they are online. */
        onlineKnown: z.number().int(),
        all: z.number().int(),
        /** Mean over the nodes whose uptime is known; null when none is. */
        averageUptime: z.number().min(0).max(1).nullable(),
        uptimeKnown: z.number().int(),
        stakeWei: weiText,
        stakeKnown: z.number().int(),
        claimableWei: weiText,
        claimableKnown: z.number().int(),
      }),
      /** The newest block read: cooldowns run by its time. */
      head: originSchema.nullable(),
      /** Ids looked through for nodes of this owner; null where `nodes` is not proven. */
      scan: z.object({ from: nodeId, to: nodeId, done: z.boolean(), running: z.boolean() }).nullable(),
    }),
  })),
  /** Lists a node that the person names; it is shown whether it belongs to the wallet or not. */
  'nodes.add': lazily(() => ({
    input: z.strictObject({ nodeId }),
    /** `listed`: it is on the list already. `full`: so many are listed that no more are read with every block. */
    output: z.object({ added: z.boolean(), reason: z.enum(['listed', 'full']).nullable() }),
  })),
  /** Takes a node off the list that was typed in or found by a scan; our own always stays. */
  'nodes.remove': lazily(() => ({
    input: z.strictObject({ nodeId }),
    output: z.object({ removed: z.boolean() }),
  })),
  /**
   * Looks through the node ids beside our own for nodes of the same owner; goes on where it was, and begins again
   * after its end. Not started without a reason: one runs already. `nodes.ofWallet` shows how far it is.
   */
  'nodes.scan': lazily(() => ({
    input: z.strictObject({}),
    output: z.object({ started: z.boolean(), reason: z.enum(unknownReasons).nullable() }),
  })),
  /** What an address holds, read-only: before registering. */
  'wallet.look': lazily(() => ({
    input: z.strictObject({ address }),
    output: z.object({
      prlxWei: reading(weiText),
      /** What the registry may take. */
      allowanceWei: reading(weiText),
      ethWei: reading(weiText),
    }),
  })),
  /** Whether a call would go through now, by `eth_call` from the owner; nothing is sent. */
  'wallet.tryCall': lazily(() => ({
    input: z.strictObject({ call: z.enum(walletCalls), nodeId }),
    output: z.object({
      outcome: z.discriminatedUnion('known', [
        z.object({
          known: z.literal(true),
          succeeds: z.boolean(),
          /** The name or text of the contract's refusal, where it gives one. */
          revert: z.string().nullable(),
          ...origin,
        }),
        notKnown,
      ]),
      /** The call's bytes, only after it succeeded. */
      callData: z.string().nullable(),
      to: address.nullable(),
      /** Gas times the gas price that the RPC gives. */
      feeWei: reading(weiText),
    }),
  })),
};
