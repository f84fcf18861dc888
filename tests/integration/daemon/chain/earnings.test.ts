import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Snapshot } from '../../../../shared/contract/snapshot.ts';
import { type NodeUnderTest, startNode } from '../../../fixtures/node-under-test.ts';
import type { Chain } from '../../../practice-network/chain/chain.ts';
import { type PracticeNetwork, startPracticeNetwork } from '../../../practice-network/practice-network.ts';

describe('a node on a chain that says what it earns', () => {
  let network: PracticeNetwork;
  let chain: Chain;
  let node: NodeUnderTest;
  const handlers = () => node.host.daemon.handlers;
  const snapshot = () => node.host.daemon.snapshot();

  beforeAll(async () => {
    network = await startPracticeNetwork();
    if (network.chain === null) throw new Error('no chain');
    chain = network.chain;
    const { prlx, registry, rewards } = chain.addresses;
    node = await startNode(network, {
      tier: 3,
      settings: {
        rpcUrl: network.urls.rpcUrl,
        'chain.id': chain.chainId,
        'chain.token': prlx,
        'chain.registry': registry,
        'chain.rewards': rewards,
      },
    });
  });
  afterAll(async () => {
    await node.stop();
    await network.stop();
    rmSync(dirname(node.paths.stateDir), { recursive: true, force: true });
  });

  /** Watches until the newest read shows it. */
  async function seen(what: string, check: (snapshot: Snapshot) => boolean): Promise<Snapshot> {
    await expect
      .poll(
        async () => {
          await handlers()['chain.watch']({ forMs: 60_000 });
          return check(snapshot());
        },
        { timeout: 60_000, message: what, interval: 200 },
      )
      .toBe(true);
    return snapshot();
  }

  it('shows the balance to the wei, claims with their node, and the cooldown to its end', async () => {
    const { nodeId } = node;
    await seen(
      'online',
      ({ chain: { node: own } }) => own?.state === 'active' || own?.state === 'registered',
    );
    await chain.increaseTime(60);
    const first = await seen(
      'earned',
      ({ earned }) => earned.claimableWei.known && earned.claimableWei.value !== '0',
    );
    const { claimableWei } = first.earned;
    if (!claimableWei.known) throw new Error(claimableWei.reason);
    expect(claimableWei.value).toBe(String(await chain.earnedWei(nodeId, claimableWei.block)));
    expect(first.chain.node).toMatchObject({
      owner: { known: true },
      tier: { value: 3 },
      multiplierTenths: 25,
    });

    const paid = await chain.claim(nodeId);
    const afterClaim = await chain.blockNumber();
    await seen('claim', ({ chain: { head } }) => head !== null && head.block >= afterClaim);
    const { claims, scanned } = await handlers()['earnings.claims']({ before: null, limit: 50 });
    expect(claims).toMatchObject([{ amountWei: String(paid), nodeId }]);
    expect(scanned).toMatchObject({ fromBlock: 0, complete: true });

    await chain.increaseTime(120);
    const rated = await seen('rate', ({ earned }) => earned.ratePerDayWei.known);
    expect(rated.earned.record.samples).toBeGreaterThan(1);
    expect(await handlers()['wallet.tryCall']({ call: 'withdrawStake', nodeId })).toMatchObject({
      outcome: { known: true, succeeds: false },
    });
    const { outcome, callData } = await handlers()['wallet.tryCall']({ call: 'requestUnstake', nodeId });
    expect(outcome).toMatchObject({ known: true, succeeds: true });
    expect(callData).toMatch(/^0x[0-9a-f]{72}$/);

    await chain.requestUnstake(nodeId);
    const cooling = await seen(
      'cooling',
      ({ chain: { node: own } }) => own?.state === 'cooling' && own.cooldownEndsAtMs !== null,
    );
    expect(cooling.chain.node).toMatchObject({ cooldownSource: 'contract', saidBy: { chain: 'cooling' } });
    await chain.cancelUnstake(nodeId);
    await seen('cancelled', ({ chain: { node: own } }) => own?.saidBy.chain === 'staked');
    await chain.requestUnstake(nodeId);
    await chain.increaseTime(7 * 86_400);
    await chain.withdrawStake(nodeId);
    await seen('withdrawn', ({ chain: { node: own } }) => own?.state === 'retired');

    const { text } = await handlers()['earnings.export']({ format: 'csv', nodeId: null, cursor: null });
    expect(text).toContain(String(paid));
    expect((await handlers()['nodes.ofWallet']({})).nodes.map((one) => one.nodeId)).toEqual([nodeId]);
  });
});
