import type { Settings } from '../storage/settings.ts';
import { ethereum } from './ethereum.ts';
import type { Contracts } from './functions.ts';
import { officialAbis, type VerifiedAbis } from './verified-abi.ts';

/** Whom to ask about which contracts; null when nothing on any chain is known to be this network's. */
export interface ChainNetwork {
  readonly chainId: number;
  readonly contracts: Contracts;
  /** ABIs of these contracts, where their sources are verified. */
  readonly abis: VerifiedAbis;
  /** The operator's own, asked first. */
  readonly ownRpcs: readonly string[];
  readonly publicRpcs: readonly string[];
}

/**
 * The official contracts say nothing about a node of another coordinator, and public RPCs learn nothing of it: there
 * the operator names the contracts and an RPC. [network.md 9]
 */
export function chainNetwork({ coordinatorUrl, rpcUrl, chain }: Settings): ChainNetwork | null {
  const official = coordinatorUrl === ethereum.coordinator;
  const { token, registry, rewards } = chain;
  const named = token !== null && registry !== null && rewards !== null ? { token, registry, rewards } : null;
  const contracts = named ?? (official ? ethereum.contracts : null);
  if (contracts === null) return null;
  const publicRpcs = official && chain.publicRpcs ? ethereum.rpcs.map(({ url }) => url) : [];
  const ownRpcs = [rpcUrl, chain.secondRpcUrl].filter((url) => url !== null);
  if (ownRpcs.length + publicRpcs.length === 0) return null;
  const abis = contracts === ethereum.contracts ? officialAbis : {};
  return { chainId: chain.id, contracts, abis, ownRpcs, publicRpcs };
}
