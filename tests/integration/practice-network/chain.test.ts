import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Chain } from '../../practice-network/chain/chain.ts';
import { startChain } from '../../practice-network/chain/chain.ts';
import { cooldownSeconds, weiPerPrlx } from '../../practice-network/registry.ts';

const hashA = `0x${'a1'.repeat(32)}`;
const hashB = `0x${'b2'.repeat(32)}`;
const ratePerSecond = (34_200n * weiPerPrlx) / 86_400n;

let chain: Chain;
beforeEach(async () => {
  chain = await startChain();
});
afterEach(() => chain.stop());

/** Both figures at one and the same block. */
async function bothFigures(nodeId: string): Promise<[bigint, bigint]> {
  const block = await chain.blockNumber();
  return [await chain.earnedWei(nodeId, block), await chain.earnedIndependently(nodeId, block)];
}

async function timestampNow(): Promise<bigint> {
  return chain.rpc.timestamp(await chain.blockNumber());
}

describe('the reference registry', () => {
  it('mints sequential ids from the chosen first one and keeps owner, stake, tier and key hash', async () => {
    const first = await chain.registerNode({ nodeKeyHash: hashA, tier: 3, stakePrlx: 60_000 });
    const second = await chain.registerNode({ nodeKeyHash: hashB, tier: 1, owner: first.owner });
    expect([first.nodeId, second.nodeId]).toEqual(['4217', '4218']);
    expect(await chain.node('4217')).toEqual({
      nodeId: '4217',
      owner: first.owner,
      tier: 3,
      stakeWei: 60_000n * weiPerPrlx,
      nodeKeyHash: hashA,
      staked: true,
      inCooldown: false,
    });
    expect(await chain.nodeByKeyHash(hashB)).toMatchObject({ nodeId: '4218', owner: first.owner });
    expect(await chain.node('9999')).toBeNull();
  });

  it('refuses a stake of one token below the minimum, and tiers 0 and 5', async () => {
    await expect(chain.registerNode({ nodeKeyHash: hashA, tier: 1, stakePrlx: 49_999 })).rejects.toThrow(
      'StakeBelowMinimum',
    );
    await expect(chain.registerNode({ nodeKeyHash: hashA, tier: 0 })).rejects.toThrow('TierOutOfRange');
    await expect(chain.registerNode({ nodeKeyHash: hashA, tier: 5 })).rejects.toThrow('TierOutOfRange');
  });

  it('returns the whole principal after seven days of cooldown and not a second earlier', async () => {
    const { nodeId, owner } = await chain.registerNode({ nodeKeyHash: hashA, tier: 2, stakePrlx: 77_777 });
    expect(await chain.balanceWei(owner)).toBe(0n);
    await expect(chain.withdrawStake(nodeId)).rejects.toThrow('NotInCooldown');
    await chain.requestUnstake(nodeId);
    const endsAt = (await timestampNow()) + BigInt(cooldownSeconds);
    expect(await chain.node(nodeId)).toMatchObject({ staked: true, inCooldown: true });
    // The block that tries to withdraw gets the second before the end, then the end itself.
    await chain.rpc.call('evm_setNextBlockTimestamp', [Number(endsAt) - 1]);
    await expect(chain.withdrawStake(nodeId)).rejects.toThrow('CooldownNotOver');
    await chain.rpc.call('evm_setNextBlockTimestamp', [Number(endsAt)]);
    await chain.withdrawStake(nodeId);
    expect(await chain.balanceWei(owner)).toBe(77_777n * weiPerPrlx);
    expect(await chain.node(nodeId)).toMatchObject({ staked: false, inCooldown: false, stakeWei: 0n });
    await expect(chain.requestUnstake(nodeId)).rejects.toThrow('NotStaked');
  });

  it('lets only the owner unstake, and a cancelled unstake starts over', async () => {
    const { nodeId } = await chain.registerNode({ nodeKeyHash: hashA, tier: 2 });
    const other = await chain.registerNode({ nodeKeyHash: hashB, tier: 2 });
    const asStranger = chain.rpc.send(other.owner, chain.contracts.registry, 'requestUnstake', [
      BigInt(nodeId),
    ]);
    await expect(asStranger).rejects.toThrow('NotNodeOwner');
    await chain.requestUnstake(nodeId);
    await expect(chain.requestUnstake(nodeId)).rejects.toThrow('AlreadyInCooldown');
    await chain.increaseTime(cooldownSeconds);
    await chain.cancelUnstake(nodeId);
    await chain.requestUnstake(nodeId);
    await expect(chain.withdrawStake(nodeId)).rejects.toThrow('CooldownNotOver');
  });
});

describe('the reference rewards', () => {
  it('streams the published rate to a single node for exactly the seconds it was online', async () => {
    const { nodeId } = await chain.registerNode({ nodeKeyHash: hashA, tier: 2 });
    await chain.increaseTime(3_600);
    expect(await bothFigures(nodeId)).toEqual([0n, 0n]);
    await chain.setOnline(nodeId, true);
    const from = await timestampNow();
    await chain.increaseTime(12_345);
    await chain.setOnline(nodeId, false);
    const due = ((await timestampNow()) - from) * ratePerSecond;
    await chain.increaseTime(3_600);
    const [contract, independent] = await bothFigures(nodeId);
    expect(contract).toBe(independent);
    expect(due - contract).toBeGreaterThanOrEqual(0n);
    expect(due - contract).toBeLessThanOrEqual(1n);
  });

  it('shares by stake x multiplier among those online, and both computations agree to the wei at every step', async () => {
    const a = await chain.registerNode({ nodeKeyHash: hashA, tier: 3, stakePrlx: 50_000 });
    const b = await chain.registerNode({ nodeKeyHash: hashB, tier: 2, stakePrlx: 123_457 });
    const steps: [string, () => Promise<unknown>][] = [
      ['a comes online', () => chain.setOnline(a.nodeId, true)],
      ['time passes', () => chain.increaseTime(1_001)],
      ['b comes online', () => chain.setOnline(b.nodeId, true)],
      ['time passes', () => chain.increaseTime(777)],
      ['a is said to be online again', () => chain.setOnline(a.nodeId, true)],
      ['a goes offline', () => chain.setOnline(a.nodeId, false)],
      ['time passes', () => chain.increaseTime(86_399)],
      ['the rate changes', () => chain.setRateWeiPerSecond(1_234_567_890_123_456_789n)],
      ['a comes back', () => chain.setOnline(a.nodeId, true)],
      ['time passes', () => chain.increaseTime(13)],
      ['b claims', () => chain.claim(b.nodeId)],
      ['b unstakes', () => chain.requestUnstake(b.nodeId)],
      ['time passes', () => chain.increaseTime(cooldownSeconds)],
      ['b cancels', () => chain.cancelUnstake(b.nodeId)],
      ['b comes back', () => chain.setOnline(b.nodeId, true)],
      ['many blocks', () => chain.mine(25)],
      ['time passes', () => chain.increaseTime(3)],
    ];
    for (const [step, run] of steps) {
      await run();
      for (const { nodeId } of [a, b]) {
        const [contract, independent] = await bothFigures(nodeId);
        expect(contract, `node ${nodeId} after: ${step}`).toBe(independent);
      }
    }
    expect(await chain.earnedWei(a.nodeId)).toBeGreaterThan(0n);
  });

  it('splits one interval in the exact ratio of the weights', async () => {
    const a = await chain.registerNode({ nodeKeyHash: hashA, tier: 4, stakePrlx: 50_000 });
    const b = await chain.registerNode({ nodeKeyHash: hashB, tier: 1, stakePrlx: 100_000 });
    await chain.setOnline(a.nodeId, true);
    await chain.setOnline(b.nodeId, true);
    const from = await timestampNow();
    const [aBefore, bBefore] = [await chain.earnedWei(a.nodeId), await chain.earnedWei(b.nodeId)];
    await chain.increaseTime(5_000);
    const streamed = ((await timestampNow()) - from) * ratePerSecond;
    // Weights 150,000 and 100,000.
    const offBy = [
      (streamed * 3n) / 5n - ((await chain.earnedWei(a.nodeId)) - aBefore),
      (streamed * 2n) / 5n - ((await chain.earnedWei(b.nodeId)) - bBefore),
    ];
    for (const wei of offBy) expect(wei >= -1n && wei <= 1n).toBe(true);
  });

  it('pays claims to the owner, refuses others, and a claim takes nothing from what comes later', async () => {
    const { nodeId, owner } = await chain.registerNode({ nodeKeyHash: hashA, tier: 1 });
    const other = await chain.registerNode({ nodeKeyHash: hashB, tier: 1 });
    await chain.setOnline(nodeId, true);
    await chain.increaseTime(100);
    const asStranger = chain.rpc.send(other.owner, chain.contracts.rewards, 'claim', [BigInt(nodeId)]);
    await expect(asStranger).rejects.toThrow('NotNodeOwner');
    const poolBefore = await chain.rewardPoolWei();
    const paid = await chain.claim(nodeId);
    expect(await chain.balanceWei(owner)).toBe(paid);
    expect(await chain.rewardPoolWei()).toBe(poolBefore - paid);
    expect(await bothFigures(nodeId)).toEqual([0n, 0n]);
    await chain.increaseTime(50);
    const [contract, independent] = await bothFigures(nodeId);
    expect(contract).toBe(independent);
    expect(await chain.lifetimeEarnedWei(owner)).toBe(paid + contract);
    await expect(chain.claim(other.nodeId)).rejects.toThrow('NothingToClaim');
  });

  it('stops at the bottom of the pool and never promises more than it holds', async () => {
    await chain.stop();
    chain = await startChain({ poolPrlx: 10 });
    const a = await chain.registerNode({ nodeKeyHash: hashA, tier: 3 });
    const b = await chain.registerNode({ nodeKeyHash: hashB, tier: 2 });
    await chain.setOnline(a.nodeId, true);
    await chain.setOnline(b.nodeId, true);
    await chain.increaseTime(1_000_000);
    const [contract, independent] = await bothFigures(a.nodeId);
    expect(contract).toBe(independent);
    const promised = contract + (await chain.earnedWei(b.nodeId));
    const pool = await chain.rewardPoolWei();
    expect(promised).toBeLessThanOrEqual(pool);
    expect(pool - promised).toBeLessThanOrEqual(2n);
    await chain.claim(a.nodeId);
    await chain.claim(b.nodeId);
  });

  it('takes the word on who is online only from the keeper, and never for a node that cools down', async () => {
    const { nodeId, owner } = await chain.registerNode({ nodeKeyHash: hashA, tier: 1 });
    const asOwner = chain.rpc.send(owner, chain.contracts.rewards, 'setOnline', [BigInt(nodeId), true]);
    await expect(asOwner).rejects.toThrow('NotKeeper');
    await chain.setOnline(nodeId, true);
    await chain.requestUnstake(nodeId);
    const [atRequest] = await bothFigures(nodeId);
    await chain.increaseTime(1_000);
    expect(await bothFigures(nodeId)).toEqual([atRequest, atRequest]);
    await expect(chain.setOnline(nodeId, true)).rejects.toThrow('NotServing');
  });
});
