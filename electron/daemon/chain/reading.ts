import type { WalletNode } from '../../../shared/contract/chain.ts';
import type { HttpClient } from '../http/client.ts';
import type { Logger } from '../logging/logger.ts';
import type { Clock } from '../system/clock.ts';
import type { Cooldowns } from './cooldowns.ts';
import type { ChainMemory } from './functions.ts';
import type { OwnNode } from './layout.ts';
import type { ReadableNetwork } from './network.ts';
import { createReadLoop, type ReadLoop } from './read-loop.ts';
import { type ChainRead, type ChainReader, createChainReader } from './reader.ts';
import { type Answering, createRpcPool, type RpcPool } from './rpc-pool.ts';
import { createNodeScan, type NodeScan } from './scan.ts';
import { createWalletQuestions, type WalletQuestions } from './wallet.ts';
import type { WalletNodes } from './wallet-nodes.ts';

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

/** What asks the chain: there is none where the chain cannot be read. */
export interface ChainReading {
  readonly pool: RpcPool;
  readonly reader: ChainReader;
  readonly loop: ReadLoop;
  readonly scan: NodeScan;
  readonly questions: WalletQuestions;
  stop(): Promise<void>;
}

export function createChainReading(
  options: {
    network: ReadableNetwork;
    /** While somebody watches. */
    watchedIntervalMs: number;
  },
  modules: {
    own: () => OwnFacts;
    follower: ReadFollower;
    nodes: WalletNodes;
    cooldowns: Cooldowns;
    memory: ChainMemory;
    http: HttpClient;
    clock: Clock;
    log: Logger;
    random: () => number;
  },
): ChainReading {
  const { chainId, contracts, abis, ownRpcs, publicRpcs } = options.network;
  const { own, follower, nodes, cooldowns, memory, http, clock, log, random } = modules;
  const pool = createRpcPool({ chainId, own: ownRpcs, others: publicRpcs }, { http, clock, log, random });
  const reader = createChainReader({ contracts, chainId, abis }, { memory, clock });
  const loop = createReadLoop(
    { watchedIntervalMs: options.watchedIntervalMs },
    {
      pool,
      isNeeded: () => own().nodeId !== null,
      read: (answering) =>
        reader.read(answering, {
          own: ownNode(own()),
          nodeIds: nodes.ids(own()).map(({ nodeId }) => nodeId),
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
  const scan = createNodeScan({
    ...{ pool, reader, nodes, memory, clock, log },
    onFound: () => loop.readSoon(),
  });
  const questions = createWalletQuestions({ contracts }, { pool, reader, now: clock.now });
  return {
    ...{ pool, reader, loop, scan, questions },
    async stop() {
      await Promise.all([loop.stop(), scan.stop()]);
    },
  };
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
