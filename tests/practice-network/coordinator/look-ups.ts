import { formatUnits } from 'ethers/utils';
import type { NodeRegistry } from '../registry.ts';
import { weiPerPrlx } from '../registry.ts';
import type { Answer } from './answer.ts';
import { refuse } from './answer.ts';

/** GET /operator/stats/<owner> [network.md 6.4]: what all nodes of the wallet ever earned, whole tokens as text. */
export async function lookUpStats(registry: NodeRegistry, owner: string): Promise<Answer> {
  if (!/^0x[0-9a-fA-F]{40}$/.test(owner)) return refuse(400, 'bad_address');
  try {
    const lifetimeEarningsPrlx = formatUnits(await registry.lifetimeEarnedWei(owner), 18);
    return { status: 200, body: { lifetimeEarningsPrlx } };
  } catch {
    return refuse(502, 'rpc_error');
  }
}

/** GET /operator/node-by-keyhash/<hash> [network.md 6.4]; 404 until the node is registered. */
export async function lookUpKeyHash(registry: NodeRegistry, nodeKeyHash: string): Promise<Answer> {
  if (!/^0x[0-9a-f]{64}$/.test(nodeKeyHash)) return refuse(400, 'bad_key_hash');
  try {
    const node = await registry.nodeByKeyHash(nodeKeyHash);
    if (!node?.staked) return refuse(404, 'not_registered');
    const stakePrlx = Number(node.stakeWei / weiPerPrlx);
    return { status: 200, body: { nodeId: node.nodeId, owner: node.owner, tier: node.tier, stakePrlx } };
  } catch {
    return refuse(502, 'rpc_error');
  }
}
