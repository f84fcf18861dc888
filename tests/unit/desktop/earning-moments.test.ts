import { describe, expect, it } from 'vitest';
import { createEarningMoments } from '../../../electron/desktop/notifications/earning-moments.ts';
import { sampleEarned, unknownEarned } from '../../fixtures/sample-earnings.ts';
import { sampleSnapshot } from '../../fixtures/sample-snapshot.ts';

function fixture() {
  const told: string[] = [];
  const moments = createEarningMoments((title) => told.push(title));
  const earned = sampleEarned(0);
  const identity = sampleSnapshot().identity;
  const see = (claimable: string | null, ever = claimable, nodeId = '4217') => {
    const figures = structuredClone(earned);
    if (claimable === null || ever === null)
      moments.update({ earned: unknownEarned(), identity: { ...identity, nodeId } });
    else {
      if (figures.claimableWei.known) figures.claimableWei.value = claimable;
      if (figures.everWei.known) figures.everWei.value = ever;
      moments.update({ earned: figures, identity: { ...identity, nodeId } });
    }
  };
  return { told, see };
}

describe('a moment of earning', () => {
  it('is the first PRLX, once, and not again after a claim', () => {
    const { told, see } = fixture();
    see(null);
    see('0');
    see('5');
    see('9');
    see('0', '9');
    see('3', '12');
    expect(told).toEqual(['First PRLX earned', 'Rewards claimed']);
  });

  it('is each claim once, also over a time in which nothing was known', () => {
    const { told, see } = fixture();
    see('100');
    see(null);
    see('2', '102');
    see('4', '104');
    expect(told).toEqual(['Rewards claimed']);
  });

  it('is nothing that was there before the app watched, and nothing of another node', () => {
    const { told, see } = fixture();
    see('100');
    see('7', '7', '9999');
    expect(told).toEqual([]);
  });
});
