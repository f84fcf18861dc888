import { randomBytes } from 'node:crypto';
import { AbiCoder, Interface } from 'ethers/abi';
import type { NodeRecord, NodeRegistry } from '../registry.ts';
import { minimumStakePrlx, weiPerPrlx } from '../registry.ts';
import { startAnvil } from './anvil.ts';
import type { ChangeSource, CompiledContract } from './compile.ts';
import { compileContracts } from './compile.ts';
import { earnedFromEvents } from './independent.ts';
import type { Contract, Rpc } from './rpc.ts';
import { createRpc } from './rpc.ts';

export interface ChainOptions {
  port?: number | undefined;
  chainId?: number | undefined;
  /** The id of the first node registered. Default 4217. */
  firstNodeId?: number | undefined;
  /** Seconds between blocks besides those that transactions cause. Default: none. */
  blockTimeS?: number | undefined;
  /** Whole tokens put into the reward pool at the start. Default 25,000,000. */
  poolPrlx?: number | undefined;
  /** Compiles the reference contracts with another source. */
  changeSource?: ChangeSource | undefined;
  /** Whole tokens streamed a day, as published (~34,200). */
  prlxPerDay?: number | undefined;
}

/** A real EVM with the reference contracts; the registry the coordinator reads and writes. */
export interface Chain extends NodeRegistry {
  readonly rpcUrl: string;
  readonly chainId: number;
  /** Not mainnet's: the reference contracts live only here. */
  readonly addresses: { prlx: string; registry: string; rewards: string };
  /** JSON ABIs of the reference contracts. */
  readonly abis: { prlx: string; registry: string; rewards: string };
  readonly rpc: Rpc;
  readonly contracts: { prlx: Contract; registry: Contract; rewards: Contract };
  blockNumber(): Promise<number>;
  /** `earned(nodeId)` as the contract says it at that block (default: the newest), wei. */
  earnedWei(nodeId: string, atBlock?: number): Promise<bigint>;
  /** The same figure worked out from events and block timestamps, without the contract's arithmetic, wei. */
  earnedIndependently(nodeId: string, atBlock?: number): Promise<bigint>;
  /** Claims as the owner; wei paid. */
  claim(nodeId: string): Promise<bigint>;
  balanceWei(address: string): Promise<bigint>;
  rewardPoolWei(): Promise<bigint>;
  setRateWeiPerSecond(rate: bigint): Promise<void>;
  /** Pays into the reward pool, as a keeper does. */
  fund(wei: bigint): Promise<void>;
  /** Moves the chain's clock and mines one block. */
  increaseTime(seconds: number): Promise<void>;
  mine(blocks?: number): Promise<void>;
  stop(): Promise<void>;
}

const admin = '0x00000000000000000000000000000000000ad314';
const keeper = '0x0000000000000000000000000000000000c00d14';
const secondsPerDay = 86_400n;

export async function startChain(options: ChainOptions = {}): Promise<Chain> {
  const chainId = options.chainId ?? 31_337;
  const [compiled, anvil] = await Promise.all([
    compileContracts(options.changeSource),
    startAnvil({ port: options.port, chainId, blockTimeS: options.blockTimeS }),
  ]);
  const rpc = createRpc(anvil.rpcUrl);
  try {
    const contracts = await deploy(rpc, compiled, options);
    return createChain(rpc, chainId, anvil, contracts);
  } catch (cause) {
    await anvil.stop();
    throw cause;
  }
}

type Contracts = Chain['contracts'];

async function deploy(
  rpc: Rpc,
  compiled: Awaited<ReturnType<typeof compileContracts>>,
  options: ChainOptions,
): Promise<Contracts> {
  const place = async (
    { abi, bytecode }: CompiledContract,
    types: string[],
    values: unknown[],
  ): Promise<Contract> => {
    const args = AbiCoder.defaultAbiCoder().encode(types, values).slice(2);
    return { address: await rpc.deploy(admin, bytecode + args), abi: new Interface(JSON.stringify(abi)) };
  };
  await fuel(rpc, admin);
  await fuel(rpc, keeper);
  const prlx = await place(compiled.PRLX, [], []);
  const firstNodeId = options.firstNodeId ?? 4217;
  const registry = await place(
    compiled.NodeRegistryLocker,
    ['address', 'uint256'],
    [prlx.address, firstNodeId],
  );
  const rate = (BigInt(options.prlxPerDay ?? 34_200) * weiPerPrlx) / secondsPerDay;
  const rewards = await place(
    compiled.OperatorStakeRewardsV2,
    ['address', 'address', 'address', 'uint256'],
    [prlx.address, registry.address, keeper, rate],
  );
  await rpc.send(admin, registry, 'setRewards', [rewards.address]);
  const poolWei = BigInt(options.poolPrlx ?? 25_000_000) * weiPerPrlx;
  await rpc.send(admin, prlx, 'approve', [rewards.address, poolWei]);
  await rpc.send(admin, rewards, 'fund', [poolWei]);
  return { prlx, registry, rewards };
}

/** Ether for gas; every account is impersonated, so no key exists. */
async function fuel(rpc: Rpc, address: string): Promise<void> {
  await rpc.call('anvil_setBalance', [address, '0x56bc75e2d63100000']);
}

function createChain(
  rpc: Rpc,
  chainId: number,
  anvil: { rpcUrl: string; stop(): Promise<void> },
  contracts: Contracts,
): Chain {
  const { prlx, registry, rewards } = contracts;

  async function node(nodeId: string, atBlock?: number): Promise<NodeRecord | null> {
    const block = atBlock ?? (await rpc.blockNumber());
    const words = await rpc.read(registry, 'nodes', [BigInt(nodeId)], block);
    const [owner, stakeWei, tier, nodeKeyHash, staked, inCooldown] = words as [
      string,
      bigint,
      bigint,
      string,
      boolean,
      boolean,
    ];
    if (BigInt(owner) === 0n) return null;
    return {
      nodeId,
      owner: owner.toLowerCase(),
      tier: Number(tier),
      stakeWei,
      nodeKeyHash,
      staked,
      inCooldown,
    };
  }

  async function asOwner(nodeId: string, contract: Contract, name: string) {
    const found = await node(nodeId);
    if (!found) throw new Error(`practice network: no node ${nodeId}`);
    return { receipt: await rpc.send(found.owner, contract, name, [BigInt(nodeId)]), owner: found.owner };
  }

  async function registrations(): Promise<Record<string, unknown>[]> {
    const logs = await rpc.logs(registry);
    return logs.filter((log) => log.name === 'NodeRegistered').map((log) => log.args);
  }

  async function earnedWei(nodeId: string, atBlock?: number): Promise<bigint> {
    const block = atBlock ?? (await rpc.blockNumber());
    const [wei] = await rpc.read(rewards, 'earned', [BigInt(nodeId)], block);
    return wei as bigint;
  }

  return {
    rpcUrl: anvil.rpcUrl,
    chainId,
    addresses: { prlx: prlx.address, registry: registry.address, rewards: rewards.address },
    abis: {
      prlx: prlx.abi.formatJson(),
      registry: registry.abi.formatJson(),
      rewards: rewards.abi.formatJson(),
    },
    rpc,
    contracts,
    blockNumber: rpc.blockNumber,
    node: (nodeId) => node(nodeId),
    async nodeByKeyHash(nodeKeyHash) {
      const ids = (await registrations())
        .filter((args) => args.nodeKeyHash === nodeKeyHash.toLowerCase())
        .map((args) => String(args.nodeId));
      const records = await Promise.all(ids.map((id) => node(id)));
      return records.findLast((record) => record?.staked) ?? records.at(-1) ?? null;
    },
    async setOnline(nodeId, online) {
      await rpc.send(keeper, rewards, 'setOnline', [BigInt(nodeId), online]);
    },
    async lifetimeEarnedWei(owner) {
      const own = (await registrations()).filter(
        (args) => String(args.owner).toLowerCase() === owner.toLowerCase(),
      );
      const ids = own.map((args) => args.nodeId as bigint);
      const open = await Promise.all(ids.map((id) => earnedWei(String(id))));
      const claims = (await rpc.logs(rewards)).filter((log) => log.name === 'Claimed');
      const paid = claims.filter((log) => ids.includes(log.args.nodeId as bigint));
      const sum = (amounts: bigint[]) => amounts.reduce((total, one) => total + one, 0n);
      return sum(open) + sum(paid.map((log) => log.args.amount as bigint));
    },
    async registerNode({ nodeKeyHash, tier, stakePrlx = minimumStakePrlx, owner }) {
      const wallet = (owner ?? `0x${randomBytes(20).toString('hex')}`).toLowerCase();
      const stakeWei = BigInt(stakePrlx) * weiPerPrlx;
      await fuel(rpc, wallet);
      await rpc.send(admin, prlx, 'transfer', [wallet, stakeWei]);
      await rpc.send(wallet, prlx, 'approve', [registry.address, stakeWei]);
      const receipt = await rpc.send(wallet, registry, 'registerNode', [stakeWei, tier, nodeKeyHash]);
      const log = receipt.logs
        .map((entry) => registry.abi.parseLog(entry))
        .find((entry) => entry?.name === 'NodeRegistered');
      return { nodeId: String(log?.args.nodeId), owner: wallet };
    },
    requestUnstake: async (nodeId) => void (await asOwner(nodeId, registry, 'requestUnstake')),
    cancelUnstake: async (nodeId) => void (await asOwner(nodeId, registry, 'cancelUnstake')),
    withdrawStake: async (nodeId) => void (await asOwner(nodeId, registry, 'withdrawStake')),
    earnedWei,
    async earnedIndependently(nodeId, atBlock) {
      const block = atBlock ?? (await rpc.blockNumber());
      const logs = [...(await rpc.logs(registry)), ...(await rpc.logs(rewards))].filter(
        (log) => log.blockNumber <= block,
      );
      const blocks = [...new Set(logs.map((log) => log.blockNumber))];
      const times = new Map(
        await Promise.all(blocks.map(async (each) => [each, await rpc.timestamp(each)] as const)),
      );
      const events = logs.map((log) => ({ ...log, timestamp: times.get(log.blockNumber) ?? 0n }));
      return earnedFromEvents(events, BigInt(nodeId), await rpc.timestamp(block));
    },
    async claim(nodeId) {
      const { receipt } = await asOwner(nodeId, rewards, 'claim');
      const logs = receipt.logs.filter(
        (entry) => entry.address.toLowerCase() === rewards.address.toLowerCase(),
      );
      const log = logs.map((entry) => rewards.abi.parseLog(entry)).find((entry) => entry?.name === 'Claimed');
      return (log?.args.amount as bigint | undefined) ?? 0n;
    },
    async balanceWei(address) {
      const [wei] = await rpc.read(prlx, 'balanceOf', [address], await rpc.blockNumber());
      return wei as bigint;
    },
    async rewardPoolWei() {
      const [wei] = await rpc.read(rewards, 'rewardPoolBalance', [], await rpc.blockNumber());
      return wei as bigint;
    },
    async fund(wei) {
      await rpc.send(admin, prlx, 'approve', [rewards.address, wei]);
      await rpc.send(admin, rewards, 'fund', [wei]);
    },
    setRateWeiPerSecond: async (rate) => void (await rpc.send(admin, rewards, 'setRate', [rate])),
    async increaseTime(seconds) {
      await rpc.call('evm_increaseTime', [seconds]);
      await rpc.call('evm_mine');
    },
    mine: async (blocks = 1) => void (await rpc.call('anvil_mine', [blocks])),
    stop: anvil.stop,
  };
}
