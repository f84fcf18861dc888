import * as z from 'zod';
import type { WalletNode } from '../../../shared/contract/chain.ts';
import type { CommandOutput } from '../../../shared/contract/commands.ts';
import { isNodeId } from '../../../shared/ids.ts';
import type { ChainMemory } from './functions.ts';

type FoundBy = WalletNode['foundBy'][number];
type Totals = CommandOutput<'nodes.ofWallet'>['totals'];

/** Node ids that may be the wallet's, each with how it is known; kept over a restart. */
export interface WalletNodes {
  /** In the order of their ids. */
  ids(own: { nodeId: string | null; byCoordinator: boolean }): { nodeId: string; foundBy: FoundBy[] }[];
  /** Null when it was added; else why not. */
  add(nodeId: string, foundBy: 'typed-in' | 'scan'): 'listed' | 'full' | null;
  remove(nodeId: string): boolean;
}

/** More are not read with every block. */
const mostNodes = 50;
const keptSchema = z.array(
  z.object({ nodeId: z.string().refine(isNodeId), foundBy: z.enum(['typed-in', 'scan']) }),
);
const key = 'wallet-nodes';

export function createWalletNodes(modules: { memory: ChainMemory }): WalletNodes {
  const { memory } = modules;
  const saved = keptSchema.safeParse(JSON.parse(memory.get(key) ?? '[]'));
  let known = saved.success ? saved.data : [];

  function save(next: typeof known): void {
    known = next;
    memory.set(key, JSON.stringify(known));
  }

  return {
    ids({ nodeId, byCoordinator }) {
      const found = new Map<string, FoundBy[]>();
      const add = (id: string, by: FoundBy) => found.set(id, [...(found.get(id) ?? []), by]);
      if (nodeId !== null) add(nodeId, 'own');
      if (nodeId !== null && byCoordinator) add(nodeId, 'coordinator');
      for (const one of known) add(one.nodeId, one.foundBy);
      return [...found]
        .map(([id, foundBy]) => ({ nodeId: id, foundBy }))
        .sort((a, b) => (BigInt(a.nodeId) < BigInt(b.nodeId) ? -1 : 1));
    },
    add(nodeId, foundBy) {
      if (known.some((one) => one.nodeId === nodeId && one.foundBy === foundBy)) return 'listed';
      if (known.length >= mostNodes) return 'full';
      save([...known, { nodeId, foundBy }]);
      return null;
    },
    remove(nodeId) {
      const left = known.filter((one) => one.nodeId !== nodeId);
      const removed = left.length < known.length;
      if (removed) save(left);
      return removed;
    },
  };
}

/** As on the Console's dashboard, each sum with of how many nodes it is. */
export function totalsOf(nodes: readonly WalletNode[]): Totals {
  const sum = (values: (string | null)[]) => {
    const known = values.filter((value) => value !== null);
    return { wei: String(known.reduce((total, value) => total + BigInt(value), 0n)), of: known.length };
  };
  const stake = sum(nodes.map(({ stakeWei }) => (stakeWei.known ? stakeWei.value : null)));
  const claimable = sum(nodes.map(({ claimableWei }) => (claimableWei.known ? claimableWei.value : null)));
  const uptimes = nodes.flatMap(({ uptime }) => (uptime === null ? [] : [uptime.share]));
  return {
    online: nodes.filter(({ state }) => state === 'active').length,
    onlineKnown: nodes.filter(({ state }) => state !== 'registered' && state !== 'unknown').length,
    all: nodes.length,
    averageUptime: uptimes.length === 0 ? null : uptimes.reduce((a, b) => a + b, 0) / uptimes.length,
    uptimeKnown: uptimes.length,
    ...{ stakeWei: stake.wei, stakeKnown: stake.of },
    ...{ claimableWei: claimable.wei, claimableKnown: claimable.of },
  };
}
