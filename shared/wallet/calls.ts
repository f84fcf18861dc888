import { formatPrlx, withoutZeros } from '../format.ts';
import { consoleUrl, inWalletBrowser, registerLink } from '../links.ts';

/** What a wallet can do for a node. This app describes it and opens the Console; the wallet signs. [network.md 9.1] */
export const walletActions = [
  'approve',
  'register',
  'claim',
  'request-unstake',
  'cancel-unstake',
  'withdraw',
] as const;
export type WalletAction = (typeof walletActions)[number];

export interface WalletNetwork {
  chainId: number;
  contracts: { token: string; registry: string; rewards: string };
}

/** What a call is about; a part that is not known is null, and its argument says so. */
export interface WalletSubject extends WalletNetwork {
  nodeId: string | null;
  nodeKeyHash: string | null;
  tier: number | null;
  /** What is to be staked, exact. */
  stakeWei: bigint;
}

/**
 * A call in words. Names and order of the arguments are the documented ones; their Solidity types are not
 * published, so nothing is encoded. [network.md 9.1]
 */
export interface WalletCall {
  action: WalletAction;
  contract: { name: string; address: string };
  function: string;
  /** `value` null: not known yet. */
  arguments: readonly { name: string; value: string | null; note?: string }[];
  chain: { id: number; name: string };
  /** The published deep link, else the root of the Console. */
  link: string;
  /** The same page inside the wallet's own browser. */
  walletLink: string;
  /** The form arrives filled in. */
  prefilled: boolean;
}

const names = { token: 'PRLX', registry: 'NodeRegistryLocker', rewards: 'OperatorStakeRewardsV2' } as const;

/** What the wallet is asked for, one after another: registering is two calls. None where no contract is known. */
export function walletCalls(action: WalletAction, subject: WalletSubject | null): WalletCall[] {
  if (subject === null) return [];
  const actions: readonly WalletAction[] = action === 'register' ? ['approve', 'register'] : [action];
  return actions.map((one) => walletCall(one, subject));
}

/** The call of an action, with what to open for it. */
export function walletCall(action: WalletAction, subject: WalletSubject): WalletCall {
  const { chainId, contracts, nodeId, nodeKeyHash, tier, stakeWei } = subject;
  const prefilled = action === 'register' && nodeKeyHash !== null && tier !== null;
  const link = prefilled ? registerLink(nodeKeyHash, tier) : `${consoleUrl}/`;
  const of = (contract: keyof typeof names, name: string, args: WalletCall['arguments']): WalletCall => ({
    action,
    contract: { name: names[contract], address: contracts[contract] },
    function: name,
    arguments: args,
    chain: { id: chainId, name: chainName(chainId) },
    link,
    walletLink: inWalletBrowser(link),
    prefilled,
  });
  const stake = { value: String(stakeWei), note: `${exactPrlx(stakeWei)} PRLX` };
  const node = [{ name: 'nodeId', value: nodeId }];
  switch (action) {
    case 'approve':
      return of('token', 'approve', [
        { name: 'spender', value: contracts.registry, note: names.registry },
        { name: 'amount', ...stake },
      ]);
    case 'register':
      return of('registry', 'registerNode', [
        { name: 'stakeAmount', ...stake },
        { name: 'hardwareTier', value: tier === null ? null : String(tier) },
        { name: 'nodeKeyHash', value: nodeKeyHash },
      ]);
    case 'claim':
      return of('rewards', 'claim', node);
    case 'request-unstake':
      return of('registry', 'requestUnstake', node);
    case 'cancel-unstake':
      return of('registry', 'cancelUnstake', node);
    case 'withdraw':
      return of('registry', 'withdrawStake', node);
  }
}

function chainName(chainId: number): string {
  return chainId === 1 ? 'Ethereum mainnet' : 'another chain';
}

/** Every digit there is, and no zeros that say nothing. */
export function exactPrlx(wei: bigint): string {
  return withoutZeros(formatPrlx(wei, 18));
}
