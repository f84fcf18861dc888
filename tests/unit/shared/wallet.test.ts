import { describe, expect, it } from 'vitest';
import type { CommandOutput } from '../../../shared/contract/commands.ts';
import { weiPerPrlx } from '../../../shared/earnings/stream.ts';
import { consoleUrl } from '../../../shared/links.ts';
import { registrationPlace } from '../../../shared/registration-place.ts';
import { registrationNotes } from '../../../shared/texts/registration-text.ts';
import { walletActions, walletCall, walletCalls } from '../../../shared/wallet/calls.ts';
import { beforeWallet, walletEffect } from '../../../shared/wallet/effects.ts';
import { missingFunds, purchaseFor } from '../../../shared/wallet/funds.ts';
import {
  type Precondition,
  preconditionsWithoutNode,
  type WalletFacts,
  walletPreconditions,
  walletSubject,
} from '../../../shared/wallet/preconditions.ts';
import {
  callInWords,
  effectText,
  preconditionText,
  unknownText,
  walletSteps,
} from '../../../shared/wallet/text.ts';
import { sampleSnapshot } from '../../fixtures/sample-snapshot.ts';

type ClaimRecord = CommandOutput<'earnings.claims'>['claims'][number];

const nowMs = Date.UTC(2026, 10, 27, 12);
const day = 86_400_000;
const contracts = {
  token: `0x${'11'.repeat(20)}`,
  registry: `0x${'22'.repeat(20)}`,
  rewards: `0x${'33'.repeat(20)}`,
};
const nodeKeyHash = `0x${'ab'.repeat(32)}`;
const stakeWei = 50_000n * weiPerPrlx;
const subject = { chainId: 1, contracts, nodeId: '4217', nodeKeyHash, tier: 4, stakeWei };

const origin = { block: 10, blockTimeMs: nowMs, source: 'rpc', readAtMs: nowMs };
const known = (value: string) => ({ known: true as const, value, ...origin });

type Node = NonNullable<WalletFacts['chain']['node']>;
/** A registered node in a state, with so much claimable. */
function facts(
  node: Partial<Node> | null = {},
  claimableWei: WalletFacts['earned']['claimableWei'] = known('5'),
): WalletFacts {
  const { identity, registration, hardware, chain, earned } = sampleSnapshot();
  const base: Node = {
    nodeId: '4217',
    foundBy: ['own'],
    state: 'active',
    saidBy: { chain: 'staked', coordinator: 'online' },
    cooldownEndsAtMs: null,
    cooldownSource: null,
    owner: known('0x'),
    stakeWei: known(String(stakeWei)),
    tier: { ...known(''), value: 4 },
    multiplierTenths: 30,
    claimableWei,
    uptime: null,
  };
  return {
    identity: { ...identity, nodeId: '4217' },
    registration: { ...registration, status: 'registered' },
    hardware: { ...hardware, registrationHold: null },
    chain: { ...chain, node: node === null ? null : { ...base, ...node } },
    earned: { ...earned, claimableWei },
  };
}

describe('a call in words', () => {
  it.each([
    ['approve', 'PRLX.approve(spender, amount)', contracts.token],
    [
      'register',
      'NodeRegistryLocker.registerNode(stakeAmount, hardwareTier, nodeKeyHash)',
      contracts.registry,
    ],
    ['claim', 'OperatorStakeRewardsV2.claim(nodeId)', contracts.rewards],
    ['request-unstake', 'NodeRegistryLocker.requestUnstake(nodeId)', contracts.registry],
    ['cancel-unstake', 'NodeRegistryLocker.cancelUnstake(nodeId)', contracts.registry],
    ['withdraw', 'NodeRegistryLocker.withdrawStake(nodeId)', contracts.registry],
  ] as const)('of %s names contract, function, arguments and chain', (action, words, address) => {
    const call = walletCall(action, subject);
    expect(callInWords(call)).toBe(words);
    expect(call.contract.address).toBe(address);
    expect(call.chain).toEqual({ id: 1, name: 'Ethereum mainnet' });
  });

  it('of approve names the spender and exactly the stake, never more', () => {
    const odd = stakeWei + 1n;
    expect(walletCall('approve', { ...subject, stakeWei: odd }).arguments).toEqual([
      { name: 'spender', value: contracts.registry, note: 'NodeRegistryLocker' },
      { name: 'amount', value: '50000000000000000000001', note: '50,000.000000000000000001 PRLX' },
    ]);
  });

  it('of an unknown node or tier says so instead of a value', () => {
    const unknown = { ...subject, nodeId: null, tier: null };
    expect(walletCall('claim', unknown).arguments).toEqual([{ name: 'nodeId', value: null }]);
    expect(walletCall('register', unknown)).toMatchObject({ prefilled: false, link: `${consoleUrl}/` });
  });

  it('opens the published link for registering, and the root with what to press for the others', () => {
    const link = `${consoleUrl}/operate/nodes/register?keyHash=${nodeKeyHash}&tier=4`;
    expect(walletCall('register', subject)).toMatchObject({
      prefilled: true,
      link,
      walletLink: `https://link.metamask.io/dapp/app.parallelix.io/operate/nodes/register?keyHash=${nodeKeyHash}&tier=4`,
    });
    for (const action of walletActions.filter((one) => one !== 'register')) {
      const call = walletCall(action, subject);
      expect(call).toMatchObject({
        link: `${consoleUrl}/`,
        walletLink: 'https://link.metamask.io/dapp/app.parallelix.io/',
      });
      expect(walletSteps(call).length).toBeGreaterThan(0);
    }
    expect(walletSteps(walletCall('claim', subject)).join(' ')).toContain('node #4217');
  });
});

describe('the place where a key is registered', () => {
  const key = { nodeKeyHash, tier: 4 };
  const link = `${consoleUrl}/operate/nodes/register?keyHash=${nodeKeyHash}&tier=4`;

  it('is the Console for the network’s own contracts, with a warning for others, and unknown without any', () => {
    expect(registrationPlace(key, { official: true })).toEqual({ link, note: null });
    expect(registrationPlace(key, { official: false })).toEqual({ link, note: 'other-console' });
    expect(registrationPlace(key, null)).toEqual({ link: null, note: 'other-network' });
    expect(registrationNotes(null)).toEqual([]);
    expect(registrationNotes('other-console')).toEqual([expect.stringContaining('before you sign')]);
    expect(registrationNotes('other-network')).toEqual([
      expect.stringContaining('nothing for your wallet to sign'),
      expect.stringContaining('Ask whoever runs this coordinator'),
    ]);
  });
});

describe('preconditions', () => {
  const checked = (action: (typeof walletActions)[number], of: WalletFacts, more = {}) =>
    walletPreconditions(action, of, { stakeWei, tried: null, nowMs, ...more });
  const codes = (found: Precondition[]) => found.map(({ code, blocks }) => `${code}${blocks ? '!' : ''}`);
  const cooling = (endsAtMs: number | null, cooldownSource: 'contract' | 'guide' = 'contract') =>
    facts({ state: 'cooling', cooldownEndsAtMs: endsAtMs, cooldownSource });

  it.each([
    ['claim', facts(), []],
    ['claim', facts({}, known('0')), ['nothing-to-claim!']],
    ['claim', facts({}, { known: false, reason: 'unreachable' }), ['claimable-unknown']],
    ['claim', cooling(nowMs + day), ['claim-while-cooling']],
    ['request-unstake', facts(), []],
    ['request-unstake', cooling(nowMs + day), ['already-cooling!']],
    ['request-unstake', facts(null), ['state-unknown']],
    ['cancel-unstake', facts(), ['not-cooling!']],
    ['cancel-unstake', cooling(nowMs + day), []],
    ['cancel-unstake', cooling(nowMs - 1), ['cooldown-over']],
    ['withdraw', facts(), ['not-cooling!']],
    ['withdraw', cooling(nowMs + day), ['cooldown-running!']],
    ['withdraw', cooling(nowMs + day, 'guide'), ['cooldown-running']],
    ['withdraw', cooling(null), ['cooldown-running']],
    ['withdraw', cooling(nowMs), []],
    ['withdraw', facts({ state: 'retired' }), ['withdrawn!']],
    ['claim', facts({ state: 'retired' }), []],
    ['claim', facts({ state: 'retired' }, known('0')), ['nothing-to-claim!']],
    ['cancel-unstake', facts({ state: 'retired' }), ['withdrawn!']],
    ['register', facts(), ['already-registered!']],
  ] as const)('of %s, %#: %j', (action, of, expected) => {
    expect(codes(checked(action, of))).toEqual(expected);
  });

  it('without a running node are what the key record says', () => {
    const without = (
      action: (typeof walletActions)[number],
      change: Partial<Parameters<typeof preconditionsWithoutNode>[1]> = {},
    ) => codes(preconditionsWithoutNode(action, { ...subject, ...change }, { official: true }));
    expect(without('claim')).toEqual(['not-running']);
    expect(without('claim', { nodeId: null })).toEqual(['not-registered!']);
    expect(without('register', { nodeKeyHash: null })).toEqual(['no-key!']);
    expect(without('register', { stakeWei: 1n })).toEqual(['not-running', 'stake-too-small!']);
  });

  it('where no contract is known to be the network’s there is nothing to sign, whatever else is known', () => {
    const found = facts();
    const elsewhere = { ...found, chain: { ...found.chain, chainId: null, contracts: null } };
    for (const action of walletActions) {
      expect(codes(checked(action, elsewhere))).toEqual(['other-network!']);
      expect(codes(preconditionsWithoutNode(action, subject, null))).toEqual(['other-network!']);
      expect(walletCalls(action, walletSubject(elsewhere, stakeWei))).toEqual([]);
    }
  });

  it('contracts that the operator named are told apart from those of the Console', () => {
    const found = facts();
    const named = { ...found, chain: { ...found.chain, contracts: { ...contracts, official: false } } };
    expect(codes(checked('claim', named))).toEqual(['other-console']);
    expect(walletCalls('claim', walletSubject(named, stakeWei))).toMatchObject([
      { contract: { address: contracts.rewards } },
    ]);
    expect(codes(preconditionsWithoutNode('claim', subject, { official: false }))).toEqual([
      'other-console',
      'not-running',
    ]);
  });

  it('of registering: the stake, and a GPU that may be out of order', () => {
    const registered = facts();
    const open = {
      ...registered,
      registration: { ...registered.registration, status: 'not-registered' as const },
    };
    expect(codes(checked('register', open))).toEqual([]);
    expect(codes(checked('approve', open, { stakeWei: stakeWei - 1n }))).toEqual(['stake-too-small!']);
  });

  it('a call that the contract would refuse is told with its reason, unless something known explains it', () => {
    const tried = {
      outcome: { known: true as const, succeeds: false, revert: 'NotOwner', ...origin },
      callData: null,
      to: null,
      feeWei: { known: false as const, reason: 'not-read-yet' as const },
    };
    expect(checked('claim', facts(), { tried })).toEqual([
      { code: 'would-fail', blocks: true, fact: 'NotOwner' },
    ]);
    expect(codes(checked('claim', facts({}, known('0')), { tried }))).toEqual(['nothing-to-claim!']);
  });

  it('have words, also for a reason that only a newer node knows', () => {
    const every = [
      ...checked('claim', facts({}, { known: false, reason: 'unreachable' })),
      ...checked('withdraw', cooling(nowMs + day)),
      ...preconditionsWithoutNode('claim', subject, { official: false }),
      ...preconditionsWithoutNode('claim', subject, null),
    ];
    for (const one of every) expect(preconditionText(one, nowMs)).toMatch(/^[A-Z].*\.$/);
    expect(unknownText('constructor')).toBe('the reason isn’t known');
  });
});

describe('funds before registering', () => {
  const look = (prlx: bigint, allowance: bigint, ether: bigint) => ({
    prlxWei: known(String(prlx)),
    allowanceWei: known(String(allowance)),
    ethWei: known(String(ether)),
  });

  it('that are missing are told exactly, with what to buy so that enough arrives after 4 %', () => {
    const missing = missingFunds(look(2_000n * weiPerPrlx, 0n, 1n), stakeWei);
    expect(missing).toEqual({
      prlxWei: 48_000n * weiPerPrlx,
      toBuyWei: 50_000n * weiPerPrlx,
      approveWei: stakeWei,
      noEther: false,
    });
    // The least that is enough: one wei less is not.
    const bought = purchaseFor(48_001n);
    expect((bought * 96n) / 100n).toBe(48_001n);
    expect(((bought - 1n) * 96n) / 100n).toBeLessThan(48_001n);
  });

  it('that are there lack nothing; unknown ones stay unknown', () => {
    expect(missingFunds(look(stakeWei, stakeWei, 0n), stakeWei)).toEqual({
      prlxWei: 0n,
      toBuyWei: 0n,
      approveWei: 0n,
      noEther: true,
    });
    const unknown = { known: false as const, reason: 'unreachable' as const };
    expect(missingFunds({ prlxWei: unknown, allowanceWei: unknown, ethWei: unknown }, stakeWei)).toEqual({
      prlxWei: null,
      toBuyWei: null,
      approveWei: null,
      noEther: null,
    });
  });
});

describe('the effect of a wallet', () => {
  const claim = (over: Partial<ClaimRecord> = {}): ClaimRecord => ({
    transactionHash: '0x01',
    logIndex: 0,
    block: 5,
    blockTimeMs: nowMs,
    amountWei: '1500000000000000000',
    owner: '0x',
    nodeId: '4217',
    unknownNode: null,
    ...over,
  });

  it('of a claim is the new record; another node’s is none of ours', () => {
    const before = beforeWallet('claim', facts(), [claim()]);
    expect(walletEffect(before, facts(), [claim()])).toBeNull();
    expect(
      walletEffect(before, facts(), [claim({ transactionHash: '0x02', nodeId: '9' }), claim()]),
    ).toBeNull();
    const effect = walletEffect(before, facts(), [claim({ transactionHash: '0x02' }), claim()]);
    expect(effect).toEqual({ kind: 'claimed', wei: 1_500_000_000_000_000_000n, transactionHash: '0x02' });
    expect(effectText(effect as NonNullable<typeof effect>, nowMs)).toBe('Claimed 1.5 PRLX.');
  });

  it('of a claim shows by the amount that fell while no record has come, and not by one that is unknown', () => {
    const before = beforeWallet('claim', facts({}, known('100')), []);
    expect(walletEffect(before, facts({}, known('101')), [])).toBeNull();
    expect(walletEffect(before, facts({}, { known: false, reason: 'unreachable' }), [])).toBeNull();
    expect(walletEffect(before, facts({}, known('3')), [])).toMatchObject({ kind: 'claimed', wei: null });
  });

  it('of the others is the state that the chain shows', () => {
    const of = (action: (typeof walletActions)[number], after: WalletFacts) =>
      walletEffect(beforeWallet(action, facts(), []), after, []);
    expect(of('request-unstake', facts())).toBeNull();
    expect(of('request-unstake', facts({ state: 'cooling', cooldownEndsAtMs: 7 }))).toEqual({
      kind: 'cooling',
      endsAtMs: 7,
    });
    expect(of('cancel-unstake', facts())).toEqual({ kind: 'staked' });
    expect(of('cancel-unstake', facts({ saidBy: { chain: 'cooling', coordinator: null } }))).toBeNull();
    expect(of('withdraw', facts())).toBeNull();
    expect(of('withdraw', facts({ state: 'retired' }))).toEqual({ kind: 'withdrawn' });
    expect(of('register', facts())).toEqual({ kind: 'registered', nodeId: '4217' });
  });
});
