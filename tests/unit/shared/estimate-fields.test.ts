import { describe, expect, it } from 'vitest';
import { defaultEstimate } from '../../../shared/earnings/estimate-defaults.ts';
import {
  estimateTexts,
  formatShare,
  formatUsd,
  readEstimate,
} from '../../../shared/earnings/estimate-fields.ts';
import { guideExampleInput } from '../../../shared/earnings/guide-example.ts';
import { weiPerPrlx } from '../../../shared/earnings/stream.ts';

const texts = estimateTexts(guideExampleInput());

describe('what is typed into an estimate', () => {
  it('is read as it was written', () => {
    expect(readEstimate(texts)).toEqual({ input: guideExampleInput() });
    expect(texts).toMatchObject({ stake: '50000', uptime: '99.5', monthlyCost: '1800', tokenPrice: '' });
  });

  it('may have its thousands set apart, and spaces around', () => {
    expect(readEstimate({ ...texts, stake: ' 120,500.25 ' })).toMatchObject({
      input: { stakeWei: (120_500n * weiPerPrlx * 4n + weiPerPrlx) / 4n },
    });
  });

  it.each<[Partial<typeof texts>, object]>([
    [{ stake: '' }, { field: 'stake', reason: 'not-a-number' }],
    [{ stake: '5e4' }, { field: 'stake', reason: 'not-a-number' }],
    [{ stake: '1,00' }, { field: 'stake', reason: 'not-a-number' }],
    [{ stake: '-1' }, { field: 'stake', reason: 'not-a-number' }],
    [{ stake: '9'.repeat(25) }, { field: 'stake', reason: 'not-a-number' }],
    [{ stake: '0' }, { field: 'stake', reason: 'out-of-range' }],
    [{ tier: '5' }, { field: 'tier', reason: 'out-of-range' }],
    [{ uptime: '100.01' }, { field: 'uptime', reason: 'out-of-range' }],
    [{ uptime: '99.999' }, { field: 'uptime', reason: 'not-a-number' }],
    [{ totalWeight: '100' }, { field: 'totalWeight', reason: 'out-of-range' }],
    [{ tokenPrice: 'much' }, { field: 'tokenPrice', reason: 'not-a-number' }],
  ])('%o is told by its field', (change, fault) => {
    expect(readEstimate({ ...texts, ...change })).toEqual({ fault });
  });

  it('starts from what is known, and says where the total weight comes from', () => {
    const unknown = { stakeWei: null, tier: null, uptimeBp: null, totalWeightWei: null };
    expect(defaultEstimate(unknown)).toMatchObject({
      weightFrom: 'guide',
      input: { stakeWei: 50_000n * weiPerPrlx, tier: 1, uptimeBp: 9950n, fixedMicroUsdPerMonth: 0n },
    });
    expect(defaultEstimate({ ...unknown, tier: 4, totalWeightWei: 9n * weiPerPrlx })).toMatchObject({
      weightFrom: 'observed',
      input: { tier: 4, totalWeightWei: 9n * weiPerPrlx },
    });
  });
});

describe('money and shares', () => {
  it.each([
    [97_751n, '$0.098'],
    [-97_751n, '-$0.098'],
    [0n, '$0.000'],
    [21_600_000_000n, '$21,600.00'],
    [1_234_565_000n, '$1,234.57'],
    [999_999n, '$1.000'],
  ])('%d millionths of a dollar are %s', (amount, text) => expect(formatUsd(amount)).toBe(text));

  it('a share has three decimals', () => {
    expect(formatShare(17_791n)).toBe('1.779 %');
    expect(formatShare(1_000_000n)).toBe('100.000 %');
    expect(formatShare(9n)).toBe('0.000 %');
  });
});
