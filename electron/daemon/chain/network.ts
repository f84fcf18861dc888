import type { Settings } from '../storage/settings.ts';
import { ethereum } from './ethereum.ts';
import type { Contracts } from './functions.ts';
import { officialAbis, type VerifiedAbis } from './verified-abi.ts';

interface KnownContracts {
  readonly chainId: number;
  readonly contracts: Contracts;
  /** ABIs of these contracts, where their sources are verified. */
  readonly abis: VerifiedAbis;
  /** They are the network's own, which its Console acts on. */
  readonly official: boolean;
}

/** A chain that can be read. */
export interface ReadableNetwork extends KnownContracts {
  readonly kind: 'readable';
  /** The operator's own, asked first. */
  readonly ownRpcs: readonly string[];
  readonly publicRpcs: readonly string[];
}

/** Which contracts are this network's, and whether there is anybody to ask about them. */
export type ChainNetwork =
  | ReadableNetwork
  /** A wallet can be told what to do; what the chain says of it is not known. */
  | (KnownContracts & { readonly kind: 'no-rpc' })
  /** Nothing on any chain is known to be this network's: nothing is read, and nothing may be signed. */
  | { readonly kind: 'other-network' };

/** The contracts that are known to be the network's; null: none. */
export function knownContracts(network: ChainNetwork): KnownContracts | null {
  return network.kind === 'other-network' ? null : network;
}

/**
 * The official contracts say nothing about a node of another coordinator, and public RPCs learn nothing of it: there
 * the operator names the contracts and an RPC. [network.md 9]
 */
export function chainNetwork({
  coordinatorUrl,
  rpcUrl,
  chain,
}: Pick<Settings, 'coordinatorUrl' | 'rpcUrl' | 'chain'>): ChainNetwork {
  const isOfficialCoordinator = coordinatorUrl === ethereum.coordinator;
  const { token, registry, rewards } = chain;
  const named = token !== null && registry !== null && rewards !== null;
  if (!named && !isOfficialCoordinator) return { kind: 'other-network' };
  const known: KnownContracts = named
    ? { chainId: chain.id, contracts: { token, registry, rewards }, abis: {}, official: false }
    : { chainId: ethereum.chainId, contracts: ethereum.contracts, abis: officialAbis, official: true };
  const publicRpcs = isOfficialCoordinator && chain.publicRpcs ? ethereum.rpcs.map(({ url }) => url) : [];
  const ownRpcs = [rpcUrl, chain.secondRpcUrl].filter((url) => url !== null);
  if (ownRpcs.length + publicRpcs.length === 0) return { ...known, kind: 'no-rpc' };
  return { ...known, kind: 'readable', ownRpcs, publicRpcs };
}
