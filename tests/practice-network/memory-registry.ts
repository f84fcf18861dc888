import type { NodeRecord, NodeRegistry } from './registry.ts';
import { minimumStakePrlx, weiPerPrlx } from './registry.ts';

export interface MemoryRegistry extends NodeRegistry {
  readonly online: ReadonlySet<string>;
  /** Lifetime earnings are not simulated here: a test says what they are. */
  setLifetimeEarned(owner: string, wei: bigint): void;
  /** While true every read fails, as when the coordinator's own RPC provider is down. */
  failing: boolean;
}

/** A registry without a chain. Withdrawing needs no waiting here; the seven days are the contract's business. */
export function createMemoryRegistry(options: { firstNodeId: number }): MemoryRegistry {
  const nodes = new Map<string, NodeRecord>();
  const online = new Set<string>();
  const lifetime = new Map<string, bigint>();
  let nextId = options.firstNodeId;

  function change(nodeId: string, to: Partial<NodeRecord>): void {
    const node = nodes.get(nodeId);
    if (!node?.staked) throw new Error(`practice network: node ${nodeId} is not staked`);
    nodes.set(nodeId, { ...node, ...to });
  }

  const registry: MemoryRegistry = {
    online,
    failing: false,
    setLifetimeEarned: (owner, wei) => void lifetime.set(owner.toLowerCase(), wei),
    async node(nodeId) {
      if (registry.failing) throw new Error('rpc_error');
      return nodes.get(nodeId) ?? null;
    },
    async nodeByKeyHash(nodeKeyHash) {
      if (registry.failing) throw new Error('rpc_error');
      const found = [...nodes.values()].filter((node) => node.nodeKeyHash === nodeKeyHash.toLowerCase());
      return found.findLast((node) => node.staked) ?? found.at(-1) ?? null;
    },
    async setOnline(nodeId, isOnline) {
      if (isOnline) online.add(nodeId);
      else online.delete(nodeId);
    },
    async lifetimeEarnedWei(owner) {
      return lifetime.get(owner.toLowerCase()) ?? 0n;
    },
    async registerNode({ nodeKeyHash, tier, stakePrlx = minimumStakePrlx, owner }) {
      if (stakePrlx < minimumStakePrlx) throw new Error('practice network: stake below the minimum');
      const nodeId = String(nextId++);
      const wallet = owner ?? `0x${nodeId.padStart(40, '0')}`;
      nodes.set(nodeId, {
        nodeId,
        owner: wallet,
        tier,
        stakeWei: BigInt(stakePrlx) * weiPerPrlx,
        nodeKeyHash: nodeKeyHash.toLowerCase(),
        staked: true,
        inCooldown: false,
      });
      return { nodeId, owner: wallet };
    },
    async requestUnstake(nodeId) {
      change(nodeId, { inCooldown: true });
      online.delete(nodeId);
    },
    async cancelUnstake(nodeId) {
      change(nodeId, { inCooldown: false });
    },
    async withdrawStake(nodeId) {
      change(nodeId, { inCooldown: false, staked: false, stakeWei: 0n });
      online.delete(nodeId);
    },
  };
  return registry;
}
