import type { UnknownReason } from '../contract/chain.ts';
import { formatDuration, formatPrlx, formatTime } from '../format.ts';
import type { WalletAction, WalletCall } from './calls.ts';
import { exactPrlx } from './calls.ts';
import type { Cooldown } from './chain-time.ts';
import type { WalletEffect } from './effects.ts';
import type { Precondition, PreconditionCode } from './preconditions.ts';

/** What is said of wallet actions, the same in windows and on the command line. */

export const walletTitles: Readonly<Record<WalletAction, string>> = {
  approve: 'Approve PRLX',
  register: 'Register node',
  claim: 'Claim rewards',
  'request-unstake': 'Request unstake',
  'cancel-unstake': 'Cancel unstake',
  withdraw: 'Withdraw stake',
};

/** What it does, in a sentence or two. */
export const walletMeanings: Readonly<Record<WalletAction, string>> = {
  approve: 'Lets the registry take exactly this amount from your wallet, once.',
  register: 'Locks your stake and registers this node key. You get the full stake back when you leave.',
  claim: 'Sends what your node has earned to your wallet. Your node keeps running.',
  'request-unstake': 'Your node stops earning and a 7-day cooldown starts. You can cancel it until it ends.',
  'cancel-unstake': 'Ends the cooldown. Your node goes back online by itself and earns again.',
  withdraw: 'Returns your full stake to your wallet. There is no slashing.',
};

/** What to press once the Console is open. Names of its pages are published, paths are not. [network.md 10] */
export function walletSteps({ action, prefilled, arguments: args }: WalletCall): string[] {
  const id = args.find(({ name }) => name === 'nodeId')?.value;
  const node = id == null ? 'your node' : `node #${id}`;
  const connect = 'Connect the wallet that owns the node.';
  switch (action) {
    case 'approve':
      return ['Enter the stake amount.', 'Approve PRLX. Check spender and amount in your wallet first.'];
    case 'register':
      return [
        prefilled ? 'Tier and key are filled in.' : 'Open My Nodes and register a node.',
        'Approve PRLX, then confirm the registration.',
      ];
    case 'claim':
      return [connect, `Open Rewards and claim for ${node}.`];
    case 'request-unstake':
      return [connect, `Open My Nodes, choose ${node} and request unstake.`];
    case 'cancel-unstake':
      return [connect, `Open My Nodes, choose ${node} and cancel the unstake.`];
    case 'withdraw':
      return [connect, `Open My Nodes, choose ${node} and withdraw the stake.`];
  }
}

/** What nobody has published about a call; null where nothing is open. */
export const walletDoubts: Readonly<Record<WalletAction, string | null>> = {
  approve: 'The guide doesn’t name the spender. It should be the registry shown here.',
  register: null,
  claim: null,
  'request-unstake':
    'ParalleliX hasn’t said whether you can still claim during the cooldown, so claim first.',
  'cancel-unstake': null,
  withdraw: 'ParalleliX hasn’t said whether withdrawing also claims, so claim first.',
};

/** `claim(nodeId)`: as documented, without types. */
export function callInWords({ contract, function: name, arguments: args }: WalletCall): string {
  return `${contract.name}.${name}(${args.map((one) => one.name).join(', ')})`;
}

type Words = (fact: Precondition['fact'], nowMs: number) => string;
const until = (fact: Precondition['fact'], nowMs: number) =>
  typeof fact === 'number' ? ` until ${formatTime(fact, nowMs)}` : '';

const preconditionWords: Readonly<Record<PreconditionCode, Words>> = {
  'other-network': () =>
    'This coordinator’s contracts aren’t known, so there’s nothing for your wallet to sign.',
  'other-console': () =>
    'The Console acts on ParalleliX’s own contracts. Compare contract and chain before you sign.',
  'not-running': () => 'Not checked: your node isn’t running.',
  'no-key': () => 'Create a node key first.',
  'not-registered': () => 'This node isn’t registered yet.',
  'already-registered': (id) => (id === null ? 'This key is registered.' : `Registered as node #${id}.`),
  'registration-held': () => 'A GPU may be undetected. Check your hardware before registering.',
  'stake-too-small': () => 'The minimum stake is 50,000 PRLX.',
  'state-unknown': () => 'Not checked: the state of your node isn’t known yet.',
  'nothing-to-claim': () => 'There’s nothing to claim.',
  'claimable-unknown': (reason) => `The claimable amount isn’t known: ${unknownText(reason)}.`,
  'claim-while-cooling': () => 'ParalleliX hasn’t said whether claims work during the cooldown.',
  'already-cooling': (end, nowMs) => `Unstake was requested; the cooldown runs${until(end, nowMs)}.`,
  'not-cooling': () => 'No unstake was requested for this node.',
  'cooldown-running': (end, nowMs) => `The cooldown runs${until(end, nowMs)}.`,
  'cooldown-over': () => 'The cooldown is over. ParalleliX hasn’t said whether it can still be cancelled.',
  withdrawn: () => 'The stake of this node was withdrawn.',
  'would-fail': (revert) =>
    revert === null
      ? 'The contract would refuse this call now.'
      : `The contract would refuse this: ${revert}.`,
};

export function preconditionText({ code, fact }: Precondition, nowMs: number): string {
  return preconditionWords[code](fact, nowMs);
}

/** Why a figure is not known, as the end of a sentence. */
const reasonWords: Readonly<Record<UnknownReason, string>> = {
  'not-read-yet': 'it hasn’t been read yet',
  'not-registered': 'your node isn’t registered yet',
  'other-network': 'this network’s contracts aren’t known',
  'no-rpc': 'no Ethereum server is set',
  'no-code': 'there is no contract at its address',
  'function-absent': 'the contract lacks this function',
  'layout-unproven': 'the contract’s format isn’t published and couldn’t be proven',
  contradicted: 'what was read contradicts itself',
  unreachable: 'no Ethereum server answers',
  'rate-limited': 'the Ethereum servers limit requests',
  'not-an-rpc': 'the Ethereum server gave an invalid answer',
  'other-chain': 'the Ethereum server is on another chain',
  'history-pruned': 'the Ethereum server no longer has these blocks',
  'too-few-samples': 'not measured long enough yet',
  'pool-empty': 'the reward pool is empty',
  'not-published': 'it isn’t published',
};

export function unknownText(reason: unknown): string {
  return typeof reason === 'string' && Object.hasOwn(reasonWords, reason)
    ? reasonWords[reason as UnknownReason]
    : 'the reason isn’t known';
}

/** What the chain showed after a wallet was opened. */
export function effectText(effect: WalletEffect, nowMs: number): string {
  switch (effect.kind) {
    case 'registered':
      return effect.nodeId === null ? 'Registered.' : `Registered as node #${effect.nodeId}.`;
    case 'claimed':
      return effect.wei === null ? 'Claimed.' : `Claimed ${exactPrlx(effect.wei)} PRLX.`;
    case 'cooling':
      return `Unstake requested. The cooldown runs${until(effect.endsAtMs, nowMs)}.`;
    case 'staked':
      return 'Unstake cancelled. Your node is staked again.';
    case 'withdrawn':
      return 'Your stake was withdrawn to your wallet.';
  }
}

/** `Unstaking: 6 d 3 h left`, and what comes after it. */
export function cooldownText({ leftMs, source }: Cooldown): string {
  if (leftMs > 0) return `Unstaking: ${formatDuration(leftMs)} left`;
  return source === 'contract' ? 'Ready to withdraw' : 'Ready to withdraw, by the guide’s 7 days';
}

/** `0.0012 ETH`, with no more digits than a fee needs. */
export function formatEther(wei: bigint): string {
  return `${formatPrlx(wei, 6).replace(/\.?0+$/, '')} ETH`;
}
