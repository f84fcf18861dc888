/** One registered node, as the registry contract knows it. */
export interface NodeRecord {
  /** Digits, as on the wire. */
  nodeId: string;
  owner: string;
  tier: number;
  stakeWei: bigint;
  nodeKeyHash: string;
  /** False after the stake was withdrawn. */
  staked: boolean;
  inCooldown: boolean;
}

export interface Registration {
  nodeKeyHash: string;
  /** 1–4. */
  tier: number;
  /** Whole tokens. Default: the minimum, 50,000. */
  stakePrlx?: number | undefined;
  /** The staking wallet. Default: a fresh one per node. */
  owner?: string | undefined;
}

/**
 * What the coordinator, the demos and the tests need of the chain. Two implementations: the contracts on a
 * real EVM, and one in memory for tests that have nothing to do with the chain and should start at once.
 */
export interface NodeRegistry {
  node(nodeId: string): Promise<NodeRecord | null>;
  /** The latest registration under that hash, staked ones first. */
  nodeByKeyHash(nodeKeyHash: string): Promise<NodeRecord | null>;
  /** Tells the rewards contract that a node is (no longer) online. */
  setOnline(nodeId: string, online: boolean): Promise<void>;
  /** Everything an owner's nodes ever earned, claimed or not, wei. */
  lifetimeEarnedWei(owner: string): Promise<bigint>;
  registerNode(registration: Registration): Promise<{ nodeId: string; owner: string }>;
  requestUnstake(nodeId: string): Promise<void>;
  cancelUnstake(nodeId: string): Promise<void>;
  /** Fails before the cooldown is over. */
  withdrawStake(nodeId: string): Promise<void>;
}

export const minimumStakePrlx = 50_000;
export const cooldownSeconds = 7 * 24 * 60 * 60;
export const weiPerPrlx = 10n ** 18n;
