import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { longestStepMs } from '../../../../electron/daemon/earnings/roll-up.ts';
import { minimumStakePrlx, weightTenths } from '../../../../shared/earnings/stream.ts';
import { type ChainNode, startChainNode } from '../../../fixtures/chain/chain-node.ts';
import { weiPerPrlx } from '../../../practice-network/registry.ts';

describe('a node on a chain that says what it earns', () => {
  let fixture: ChainNode;
  const handlers = () => fixture.node.host.daemon.handlers;

  beforeAll(async () => {
    fixture = await startChainNode({ others: 2 });
  });
  afterAll(() => fixture.stop());

  it('shows the balance to the wei, claims with their node, and the cooldown to its end', async () => {
    const { nodeId, chain, snapshot, pass } = fixture;
    await pass(64);
    const { earned, chain: seen } = snapshot();
    const { claimableWei } = earned;
    if (!claimableWei.known) throw new Error(claimableWei.reason);
    expect(claimableWei.value).not.toBe('0');
    expect(claimableWei.value).toBe(String(await chain.earnedWei(nodeId, claimableWei.block)));
    expect(seen.node).toMatchObject({ state: 'active', owner: { known: true }, tier: { value: 1 } });
    expect(seen.node).toMatchObject({ multiplierTenths: 10 });

    const paid = await chain.claim(nodeId);
    await pass(8);
    const { claims, scanned } = await handlers()['earnings.claims']({ before: null, limit: 50 });
    expect(claims).toMatchObject([{ amountWei: String(paid), nodeId }]);
    expect(scanned).toMatchObject({ fromBlock: 0, complete: true });

    await pass(120);
    expect(snapshot().earned.ratePerDayWei).toMatchObject({ known: true });
    expect(snapshot().earned.record.samples).toBeGreaterThan(1);
    expect(await handlers()['wallet.tryCall']({ call: 'withdrawStake', nodeId })).toMatchObject({
      outcome: { known: true, succeeds: false },
    });
    const { outcome, callData } = await handlers()['wallet.tryCall']({ call: 'requestUnstake', nodeId });
    expect(outcome).toMatchObject({ known: true, succeeds: true });
    expect(callData).toMatch(/^0x[0-9a-f]{72}$/);
  });

  it('observes what is paid into the pool, once two payments are a day apart', async () => {
    const { chain, snapshot, pass } = fixture;
    const observed = () => snapshot().earned.observedStreamPerDayWei;
    expect(observed()).toEqual({ known: false, reason: 'too-few-samples' });
    await pass(64);
    const funded = await chain.rpc.logs(chain.contracts.rewards);
    const first = funded.find(({ name }) => name === 'PoolFunded');
    await chain.increaseTime(2 * 86_400);
    await chain.fund(1000n * weiPerPrlx);
    const last = await chain.blockNumber();
    await pass(8);
    const passedS = (await chain.rpc.timestamp(last)) - (await chain.rpc.timestamp(first?.blockNumber ?? 0));
    expect(observed()).toMatchObject({
      known: true,
      basis: 'deposits',
      value: String((1000n * weiPerPrlx * 86_400n) / passedS),
    });
  });

  it('puts what was earned where the chain’s own time puts it', async () => {
    const { chain, snapshot, pass } = fixture;
    // The chain is days ahead of this computer's clock by now.
    await pass(120);
    const { points } = await handlers()['earnings.series']({ range: 'day', nodeId: null });
    const { head } = snapshot().chain;
    const headMs = head?.blockTimeMs ?? 0;
    // The points go on to now, which may lie in an hour after the newest block's or the newest sample's.
    const newest = points.filter(({ earnedWei }) => earnedWei !== null).at(-1);
    expect(newest?.startMs).toBeLessThanOrEqual(headMs);
    expect((newest?.endMs ?? 0) + longestStepMs).toBeGreaterThan(headMs);
    expect(await chain.rpc.timestamp(head?.block ?? 0)).toBe(BigInt((head?.blockTimeMs ?? 0) / 1000));
  });

  it('finds the other nodes of the wallet by a scan, and lists what is typed in', async () => {
    const { nodeId, owner, clock, pass } = fixture;
    const ids = async () =>
      (await handlers()['nodes.ofWallet']({})).nodes.map((one) => [one.nodeId, ...one.foundBy]);
    const [first, second] = [1n, 2n].map((step) => String(BigInt(nodeId) + step));
    const own = [nodeId, 'own', 'coordinator'];
    expect(await ids()).toEqual([own]);
    expect(await handlers()['nodes.add']({ nodeId: '1' })).toEqual({ added: true, reason: null });
    expect(await handlers()['nodes.add']({ nodeId: '1' })).toEqual({ added: false, reason: 'listed' });
    expect(await handlers()['nodes.scan']({})).toEqual({ started: true, reason: null });
    expect(await handlers()['nodes.scan']({})).toEqual({ started: false, reason: null });
    await clock.advance(60_000);
    const { scan, owner: wallet } = await handlers()['nodes.ofWallet']({});
    expect(scan).toMatchObject({ done: true, running: false });
    expect(wallet?.toLowerCase()).toBe(owner.toLowerCase());
    expect(await ids()).toEqual([['1', 'typed-in'], own, [first, 'scan'], [second, 'scan']]);
    await pass(8);
    const { nodes, totals } = await handlers()['nodes.ofWallet']({});
    expect(nodes.at(-1)).toMatchObject({ state: 'registered', tier: { value: 4 }, multiplierTenths: 30 });
    expect(totals).toMatchObject({ all: 4, stakeKnown: 4, stakeWei: String(150_000n * weiPerPrlx) });
    expect(await handlers()['nodes.remove']({ nodeId: '1' })).toEqual({ removed: true });
    expect(await handlers()['nodes.remove']({ nodeId })).toEqual({ removed: false });
  });

  it('exports each day with the weight it had', async () => {
    const { nodeId } = fixture;
    const { text } = await handlers()['earnings.export']({ format: 'json', nodeId, cursor: null });
    const lines = JSON.parse(text) as { kind: string; node: string; weight: string; wei: string }[];
    const weight = weightTenths(minimumStakePrlx * weiPerPrlx, 1) / 10n / weiPerPrlx;
    const earned = lines.filter(({ kind, wei }) => kind === 'earned' && wei !== '');
    expect(earned.length).toBeGreaterThan(0);
    for (const line of earned)
      expect(line).toMatchObject({ node: nodeId, weight: `${weight}.${'0'.repeat(18)}` });
    expect(lines.filter(({ kind }) => kind === 'claimed')).toHaveLength(1);
  });

  it('follows unstaking to its end', async () => {
    const { nodeId, chain, snapshot, pass } = fixture;
    await chain.requestUnstake(nodeId);
    await pass(8);
    expect(snapshot().chain.node).toMatchObject({
      ...{ state: 'cooling', cooldownSource: 'contract', saidBy: { chain: 'cooling' } },
    });
    expect(snapshot().chain.node?.cooldownEndsAtMs).not.toBeNull();
    await chain.cancelUnstake(nodeId);
    await pass(8);
    expect(snapshot().chain.node?.saidBy.chain).toBe('staked');
    await chain.requestUnstake(nodeId);
    await chain.increaseTime(7 * 86_400);
    await chain.withdrawStake(nodeId);
    await pass(8);
    expect(snapshot().chain.node?.state).toBe('retired');
  });
});
