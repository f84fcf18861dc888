import type { ChainReport, UnknownReason, WalletNode } from '../../../shared/contract/chain.ts';
import type { CommandHandlers } from '../../../shared/contract/commands.ts';
import type { Snapshot } from '../../../shared/contract/snapshot.ts';
import type { HttpClient } from '../http/client.ts';
import type { Logger } from '../logging/logger.ts';
import type { Clock } from '../system/clock.ts';
import type { Part } from '../system/part.ts';
import { createCooldowns } from './cooldowns.ts';
import { ethereum } from './ethereum.ts';
import type { ChainMemory } from './functions.ts';
import type { OwnNode } from './layout.ts';
import type { ChainNetwork } from './network.ts';
import { nodeState } from './node-state.ts';
import { createReadLoop } from './read-loop.ts';
import { type ChainRead, type ChainReader, createChainReader, type NodeRead } from './reader.ts';
import { type Answering, createRpcPool } from './rpc-pool.ts';
import { createNodeScan } from './scan.ts';
import { notKnown, unknownNode } from './unknown.ts';
import { createWalletQuestions } from './wallet.ts';
import { createWalletNodes, totalsOf } from './wallet-nodes.ts';

type ChainHandlers = Pick<
  CommandHandlers,
  | 'chain.watch'
  | 'nodes.ofWallet'
  | 'nodes.add'
  | 'nodes.remove'
  | 'nodes.scan'
  | 'wallet.look'
  | 'wallet.tryCall'
>;

/** What is known of our node without the chain. */
export interface OwnFacts {
  nodeId: string | null;
  owner: string | null;
  nodeKeyHash: string;
  tier: number | null;
  stakePrlx: string | null;
  /** The coordinator has named this registration itself. */
  byCoordinator: boolean;
  coordinator: WalletNode['saidBy']['coordinator'];
  uptime: number | null;
}

/** What follows a read before the next one, and the earlier blocks that it wants to see again. */
export interface ReadFollower {
  blocks(): number[];
  /** Never rejects. */
  follow(read: ChainRead, answering: Answering, reader: ChainReader): Promise<void>;
}

/** What Ethereum says of our node and its wallet, read-only. */
export interface ChainPart extends Part {
  readonly handlers: ChainHandlers;
  /** The newest read, however old; null before the first. */
  readonly current: ChainRead | null;
  /** Why nothing is read now. */
  readonly failure: UnknownReason | null;
  start(): void;
  report(): Pick<Snapshot, 'chain'>;
  stop(): Promise<void>;
}

export function createChainPart(
  options: { network: ChainNetwork | null; watchedIntervalMs: number },
  modules: {
    own: () => OwnFacts;
    follower: ReadFollower;
    memory: ChainMemory;
    http: HttpClient;
    clock: Clock;
    log: Logger;
    random: () => number;
  },
): ChainPart {
  const { network } = options;
  const { own, follower, memory, http, clock, log, random } = modules;
  const contracts = network?.contracts ?? ethereum.contracts;
  const chainId = network?.chainId ?? ethereum.chainId;
  const pool = createRpcPool(
    { chainId, own: network?.ownRpcs ?? [], others: network?.publicRpcs ?? [] },
    { http, clock, log, random },
  );
  const stopping = new AbortController();
  const reader = createChainReader({ contracts, chainId, abis: network?.abis ?? {} }, { memory, clock });
  const walletNodes = createWalletNodes({ memory });
  const cooldowns = createCooldowns({ memory });
  const scan = createNodeScan({
    pool,
    reader,
    nodes: walletNodes,
    memory,
    ...{ clock, log },
    onFound: () => loop.readSoon(),
  });
  const questions = createWalletQuestions({ contracts }, { pool, reader, now: clock.now });
  const { signal } = stopping;
  const loop = createReadLoop(
    { watchedIntervalMs: options.watchedIntervalMs },
    {
      pool,
      isNeeded: () => own().nodeId !== null,
      read: (answering) =>
        reader.read(answering, {
          own: ownNode(own()),
          nodeIds: nodeIds().map(({ nodeId }) => nodeId),
          blocks: follower.blocks(),
        }),
      async follow(read, answering) {
        const facts = own();
        for (const { nodeId, inCooldown, cooldownEndsAtMs } of read.nodes.values()) {
          const unsaid = nodeId === facts.nodeId && inCooldown === null;
          const cooling = unsaid ? facts.coordinator === 'in-cooldown' : inCooldown;
          cooldowns.see({ nodeId, cooling, endsAtMs: cooldownEndsAtMs, blockTimeMs: read.block.timeMs });
        }
        await follower.follow(read, answering, reader);
      },
      ...{ clock, log },
    },
  );
  const nodeIds = () => {
    const { nodeId, byCoordinator } = own();
    return walletNodes.ids({ nodeId, byCoordinator });
  };

  function walletNode(nodeId: string, foundBy: WalletNode['foundBy']): WalletNode {
    const facts = own();
    const isOwn = nodeId === facts.nodeId;
    const found = loop.current?.nodes.get(nodeId);
    const coordinator = isOwn ? facts.coordinator : null;
    const uptime =
      isOwn && facts.uptime !== null ? ({ share: facts.uptime, rule: 'last-30-days-here' } as const) : null;
    if (!found) {
      const reason = network === null ? 'other-network' : (loop.failure?.reason ?? 'not-read-yet');
      const saidBy = { chain: null, coordinator };
      return { ...unknownNode(nodeId, foundBy, reason), state: nodeState(saidBy), saidBy, uptime };
    }
    const { owner, stakeWei, tier, claimableWei } = found;
    const saidBy = { chain: chainSays(found), coordinator };
    const state = nodeState(saidBy);
    const cooldown = state === 'cooling' ? cooldowns.of(nodeId) : null;
    return {
      ...{ nodeId, foundBy, state, saidBy },
      cooldownEndsAtMs: cooldown?.endsAtMs ?? null,
      cooldownSource: cooldown?.source ?? null,
      ...{ owner, stakeWei, tier, claimableWei, uptime },
      multiplierTenths: tier.known ? (multipliers[tier.value] ?? null) : null,
    };
  }

  function report(): ChainReport {
    const { nodeId, byCoordinator } = own();
    const none =
      network === null ? notKnown('other-network') : notKnown(loop.failure?.reason ?? 'not-read-yet');
    return {
      chainId,
      contracts: { token: contracts.token, registry: contracts.registry, rewards: contracts.rewards },
      rpcs: [...pool.status],
      head: loop.current?.origin ?? null,
      failure: network === null ? { reason: 'other-network', sinceMs: 0 } : loop.failure,
      functions: reader.functions.report(),
      node: nodeId === null ? null : walletNode(nodeId, byCoordinator ? ['own', 'coordinator'] : ['own']),
      poolWei: loop.current?.poolWei ?? none,
      watchedUntilMs: loop.watchedUntilMs,
    };
  }

  return {
    name: 'chain',
    get current() {
      return loop.current;
    },
    get failure() {
      return network === null ? 'other-network' : (loop.failure?.reason ?? null);
    },
    start() {
      if (network !== null) loop.start();
    },
    onProgress: loop.onChange,
    reconsider() {
      // A node that has just become known, or another in its place.
      const { nodeId } = own();
      if (nodeId !== null && loop.current?.nodes.has(nodeId) === false) loop.readSoon();
    },
    report: () => ({ chain: report() }),
    handlers: {
      'chain.watch': async ({ forMs }) => ({ untilMs: loop.watch(forMs) }),
      'nodes.ofWallet': async () => {
        const nodes = nodeIds().map(({ nodeId, foundBy }) => walletNode(nodeId, foundBy));
        return { owner: own().owner, nodes, totals: totalsOf(nodes), scan: scan.report() };
      },
      'nodes.add': async ({ nodeId }) => {
        const reason = walletNodes.add(nodeId, 'typed-in');
        if (reason === null) loop.readSoon();
        return { added: reason === null, reason };
      },
      'nodes.remove': async ({ nodeId }) => ({ removed: walletNodes.remove(nodeId) }),
      'nodes.scan': async () => {
        const { nodeId, owner } = own();
        if (network === null) return { started: false, reason: 'other-network' };
        if (nodeId === null || owner === null) return { started: false, reason: 'not-registered' };
        if (!reader.functions.proven('nodes'))
          return { started: false, reason: reader.functions.reason('nodes') ?? 'layout-unproven' };
        return { started: scan.start({ nodeId, owner }), reason: null };
      },
      'wallet.look': ({ address }) => questions.look(address, signal),
      'wallet.tryCall': ({ call, nodeId }) => questions.tryCall({ call, nodeId, owner: own().owner }, signal),
    },
    async stop() {
      stopping.abort();
      await Promise.all([loop.stop(), scan.stop()]);
    },
  };
}

/** Tenths by tier. [network.md 3.1] */
const multipliers: Readonly<Record<number, number>> = { 1: 10, 2: 15, 3: 25, 4: 30 };

function chainSays({ absent, stakeWei, inCooldown }: NodeRead): WalletNode['saidBy']['chain'] {
  if (absent) return 'absent';
  if (!stakeWei.known) return null;
  if (stakeWei.value === '0') return 'retired';
  if (inCooldown) return 'cooling';
  return inCooldown === false ? 'staked' : null;
}

function ownNode({ nodeId, owner, nodeKeyHash, stakePrlx, tier, coordinator }: OwnFacts): OwnNode | null {
  if (nodeId === null || owner === null) return null;
  return {
    ...{ nodeId: BigInt(nodeId), nodeKeyHash, owner, tier },
    stakeWei: stakePrlx === null ? null : weiOf(stakePrlx),
    online: coordinator === 'online',
  };
}

/** Tokens as the coordinator writes them, with at most 18 decimals. */
function weiOf(tokens: string): bigint {
  const [whole = '0', fraction = ''] = tokens.split('.');
  return BigInt(whole + fraction.padEnd(18, '0').slice(0, 18));
}
