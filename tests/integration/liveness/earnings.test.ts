import { describe, expect, it } from 'vitest';
import { startLiveness } from '../../fixtures/liveness.ts';

const prlx = (tokens: string) =>
  BigInt(tokens.replace('.', '')) * 10n ** (18n - BigInt(tokens.split('.')[1]?.length ?? 0));

describe('earnings as the coordinator states them', () => {
  it('are read every 30 s, to the last wei, and carry the time of the reading', async () => {
    const { clock, memory, snapshot, sent } = await startLiveness();
    const { owner } = snapshot().identity;
    if (owner === null) throw new Error('the owner is not known yet');
    memory.setLifetimeEarned(owner, 123_456_789_012_345_678_901_234_567n);
    await clock.advance(2000);
    expect(snapshot().earnings).toEqual({
      lifetimePrlx: '123456789.012345678901234567',
      source: 'coordinator',
      asOfMs: clock.now(),
    });
    await clock.advance(88_000);
    expect(sent.times(`/api/operator/stats/${owner}`)).toEqual([2000, 32_000, 62_000]);
    expect(snapshot().earnings.asOfMs).toBe(clock.now() - 28_000);
  });

  it('are unknown, not zero, and not asked for, while the owner is unknown', async () => {
    const { clock, snapshot, sent } = await startLiveness({ register: false });
    await clock.advance(120_000);
    expect(sent.times('/api/operator/stats/')).toEqual([]);
    expect(snapshot().earnings).toEqual({ lifetimePrlx: null, source: 'coordinator', asOfMs: null });
  });

  it('keep their last figure with its time while the coordinator fails, which is asked ever less often', async () => {
    const { clock, coordinator, memory, snapshot, sent } = await startLiveness();
    const { owner } = snapshot().identity;
    memory.setLifetimeEarned(String(owner), prlx('1.5'));
    await clock.advance(2000);
    const { asOfMs } = snapshot().earnings;
    coordinator.setFaults({ stats: { status: { code: 503 } } });
    await clock.advance(300_000);
    expect(snapshot().earnings).toMatchObject({ lifetimePrlx: '1.5', asOfMs });
    const times = sent.times('/api/operator/stats/', 32_000);
    const waits = times.slice(1).map((time, index) => time - (times[index] ?? 0));
    waits.forEach((wait, index) => {
      const planned = Math.min(30_000, 2000 * 2 ** index);
      expect(wait).toBeGreaterThanOrEqual(planned * 0.8);
      expect(wait).toBeLessThanOrEqual(planned * 1.2);
    });
    expect(waits.length).toBeGreaterThan(8);
    coordinator.clearFaults();
    await clock.advance(37_000);
    expect(snapshot().earnings.asOfMs).toBeGreaterThan(asOfMs ?? 0);
  });

  it('wait as long as Retry-After says, a minute at most', async () => {
    const { clock, coordinator, sent } = await startLiveness();
    coordinator.setFaults({ stats: { times: 1, status: { code: 429, retryAfter: 50 } } });
    await clock.advance(60_000);
    expect(sent.times('/api/operator/stats/')).toEqual([2000, 52_000]);
    coordinator.setFaults({ stats: { times: 1, status: { code: 429, retryAfter: 3600 } } });
    await clock.advance(90_000);
    expect(sent.times('/api/operator/stats/', 53_000)).toEqual([82_000, 142_000]);
  });

  it('of one wallet are not shown for another', async () => {
    const { clock, coordinator, memory, node, snapshot } = await startLiveness();
    const { owner } = snapshot().identity;
    memory.setLifetimeEarned(String(owner), prlx('7.25'));
    await clock.advance(9000);
    expect(snapshot().earnings.lifetimePrlx).toBe('7.25');
    await memory.withdrawStake(node.nodeId);
    const again = await memory.registerNode({ nodeKeyHash: node.host.identity.key.nodeKeyHash, tier: 1 });
    memory.setLifetimeEarned(again.owner, prlx('0.5'));
    await clock.advanceUntil('the new node online', () => coordinator.isOnline(again.nodeId));
    expect(snapshot().identity.owner).toBe(again.owner);
    expect(snapshot().earnings).toMatchObject({ lifetimePrlx: null, asOfMs: null });
    await clock.advance(30_000);
    expect(snapshot().earnings.lifetimePrlx).toBe('0.5');
  });

  it('that are not stated, or not understood, leave the last figure alone', async () => {
    const { clock, coordinator, memory, snapshot } = await startLiveness();
    memory.setLifetimeEarned(String(snapshot().identity.owner), prlx('2.0'));
    await clock.advance(2000);
    const before = snapshot().earnings;
    for (const rawBody of [
      {},
      { lifetimeEarningsPrlx: null },
      { lifetimeEarningsPrlx: 'many' },
      '[1,2',
      '',
    ]) {
      coordinator.setFaults({ stats: { rawBody } });
      await clock.advance(40_000);
      expect(snapshot().earnings).toEqual(before);
    }
  });
});
