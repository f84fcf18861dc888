import type { UnknownReason } from '../contract/chain.ts';
import { formatDuration, formatPrlx, formatTime, withoutZeros } from '../format.ts';
import { translatable } from '../language.ts';
import { registrationWords } from '../texts/registration-text.ts';
import type { WalletAction, WalletCall } from './calls.ts';
import { exactPrlx } from './calls.ts';
import type { Cooldown } from './chain-time.ts';
import type { WalletEffect } from './effects.ts';
import type { Precondition, PreconditionCode } from './preconditions.ts';

type Fact = Precondition['fact'];
/** How a moment is said at the end of a sentence; null where it isn't known. */
type Until = string | null;

/** What is said of wallet actions, the same in windows and on the command line. */
export interface WalletWords {
  titles: Readonly<Record<WalletAction, string>>;
  /** What it does, in a sentence or two. */
  meanings: Readonly<Record<WalletAction, string>>;
  /** What to press once the Console is open. Names of its pages are published, paths are not. [network.md 10] */
  steps: Readonly<Record<WalletAction, (nodeId: string | null, prefilled: boolean) => readonly string[]>>;
  /** What nobody has published about a call; null where nothing is open. */
  doubts: Readonly<Record<WalletAction, string | null>>;
  preconditions: Readonly<Record<PreconditionCode, (fact: Fact, until: Until) => string>>;
  /** Why a figure is not known, as the end of a sentence. */
  reasons: Readonly<Record<UnknownReason, string>>;
  reasonUnknown: string;
  effects: {
    readonly [K in WalletEffect['kind']]: (fact: string | null) => string;
  };
  cooldown: (left: string) => string;
  withdrawable: Readonly<Record<Cooldown['source'], string>>;
}

const connect = 'Connect the wallet that owns the node.';
const node = (id: string | null) => (id === null ? 'your node' : `node #${id}`);
const runsUntil = (until: Until) => (until === null ? '' : ` until ${until}`);

export const walletWords = translatable<WalletWords>({
  titles: {
    approve: 'Approve PRLX',
    register: 'Register node',
    claim: 'Claim rewards',
    'request-unstake': 'Request unstake',
    'cancel-unstake': 'Cancel unstake',
    withdraw: 'Withdraw stake',
  },
  meanings: {
    approve: 'Lets the registry take exactly this amount from your wallet, once.',
    register: 'Locks your stake and registers this node key. You get the full stake back when you leave.',
    claim: 'Sends what your node has earned to your wallet. Your node keeps running.',
    'request-unstake':
      'Your node stops earning and a 7-day cooldown starts. You can cancel it until it ends.',
    'cancel-unstake': 'Ends the cooldown. Your node goes back online by itself and earns again.',
    withdraw: 'Returns your full stake to your wallet. There is no slashing.',
  },
  steps: {
    approve: () => [
      'Enter the stake amount.',
      'Approve PRLX. Check spender and amount in your wallet first.',
    ],
    register: (_, prefilled) => [
      prefilled ? 'Tier and key are filled in.' : 'Open My Nodes and register a node.',
      'Approve PRLX, then confirm the registration.',
    ],
    claim: (id) => [connect, `Open Rewards and claim for ${node(id)}.`],
    'request-unstake': (id) => [connect, `Open My Nodes, choose ${node(id)} and request unstake.`],
    'cancel-unstake': (id) => [connect, `Open My Nodes, choose ${node(id)} and cancel the unstake.`],
    withdraw: (id) => [connect, `Open My Nodes, choose ${node(id)} and withdraw the stake.`],
  },
  doubts: {
    approve: 'The guide doesn’t name the spender. It should be the registry shown here.',
    register: null,
    claim: null,
    'request-unstake':
      'ParalleliX hasn’t said whether you can still claim during the cooldown, so claim first.',
    'cancel-unstake': null,
    withdraw: 'ParalleliX hasn’t said whether withdrawing also claims, so claim first.',
  },
  preconditions: {
    'other-network': () => registrationWords()['other-network'],
    'other-console': () => registrationWords()['other-console'],
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
    'already-cooling': (_, until) => `Unstake was requested; the cooldown runs${runsUntil(until)}.`,
    'not-cooling': () => 'No unstake was requested for this node.',
    'cooldown-running': (_, until) => `The cooldown runs${runsUntil(until)}.`,
    'cooldown-over': () => 'The cooldown is over. ParalleliX hasn’t said whether it can still be cancelled.',
    withdrawn: () => 'The stake of this node was withdrawn.',
    'would-fail': (revert) =>
      revert === null
        ? 'The contract would refuse this call now.'
        : `The contract would refuse this: ${revert}.`,
  },
  reasons: {
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
    'range-too-wide': 'the Ethereum server gives too few blocks at once',
    'too-few-samples': 'not measured long enough yet',
    'pool-empty': 'the reward pool is empty',
    'not-published': 'it isn’t published',
  },
  reasonUnknown: 'the reason isn’t known',
  effects: {
    registered: (nodeId) => (nodeId === null ? 'Registered.' : `Registered as node #${nodeId}.`),
    claimed: (amount) => (amount === null ? 'Claimed.' : `Claimed ${amount} PRLX.`),
    cooling: (until) => `Unstake requested. The cooldown runs${runsUntil(until)}.`,
    staked: () => 'Unstake cancelled. Your node is staked again.',
    withdrawn: () => 'Your stake was withdrawn to your wallet.',
  },
  cooldown: (left) => `Unstaking: ${left} left`,
  withdrawable: { contract: 'Ready to withdraw', guide: 'Ready to withdraw, by the guide’s 7 days' },
});

/** What to press once the Console is open. */
export function walletSteps({ action, prefilled, arguments: args }: WalletCall): readonly string[] {
  const id = args.find(({ name }) => name === 'nodeId')?.value;
  return walletWords().steps[action](id == null ? null : String(id), prefilled);
}

/** `claim(nodeId)`: as documented, without types. */
export function callInWords({ contract, function: name, arguments: args }: WalletCall): string {
  return `${contract.name}.${name}(${args.map((one) => one.name).join(', ')})`;
}

const momentOf = (fact: Fact, nowMs: number): Until =>
  typeof fact === 'number' ? formatTime(fact, nowMs) : null;

export function preconditionText({ code, fact }: Precondition, nowMs: number): string {
  return walletWords().preconditions[code](fact, momentOf(fact, nowMs));
}

/** Why a figure is not known, as the end of a sentence. */
export function unknownText(reason: unknown): string {
  const { reasons, reasonUnknown } = walletWords();
  return typeof reason === 'string' && Object.hasOwn(reasons, reason)
    ? reasons[reason as UnknownReason]
    : reasonUnknown;
}

/** What the chain showed after a wallet was opened. */
export function effectText(effect: WalletEffect, nowMs: number): string {
  return walletWords().effects[effect.kind](factOf(effect, nowMs));
}

function factOf(effect: WalletEffect, nowMs: number): string | null {
  if (effect.kind === 'registered') return effect.nodeId;
  if (effect.kind === 'claimed') return effect.wei === null ? null : exactPrlx(effect.wei);
  return effect.kind === 'cooling' ? momentOf(effect.endsAtMs, nowMs) : null;
}

/** `Unstaking: 6 d 3 h left`, and what comes after it. */
export function cooldownText({ leftMs, source }: Cooldown): string {
  const { cooldown, withdrawable } = walletWords();
  return leftMs > 0 ? cooldown(formatDuration(leftMs)) : withdrawable[source];
}

/** `0.0012 ETH`, with no more digits than a fee needs. */
export function formatEther(wei: bigint): string {
  return `${withoutZeros(formatPrlx(wei, 6))} ETH`;
}
