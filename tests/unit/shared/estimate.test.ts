import { describe, expect, it } from 'vitest';
import { type EstimateInput, estimateFault, estimateYear } from '../../../shared/earnings/estimate.ts';
import { guideExample, guideExampleInput } from '../../../shared/earnings/guide-example.ts';
import { guidePrlxPerDay, weightTenths, weiPerPrlx } from '../../../shared/earnings/stream.ts';
import { formatPrlx } from '../../../shared/format.ts';

const usd = 1_000_000n;
const sum = (amounts: readonly bigint[]) => amounts.reduce((total, one) => total + one, 0n);

describe('the example of the guide', () => {
  const estimate = estimateYear(guideExampleInput());

  it('yields what the guide gives: 220,970 PRLX, $21,600 and about $0.098 a token', () => {
    expect(formatPrlx(estimate.grossWei, 0)).toBe('220,970');
    expect(estimate.runningMicroUsd).toBe(21_600n * usd);
    // 21,600 / 220,970 = 0.09775…
    expect(estimate.breakEvenMicroUsd).toBe(97_751n);
    expect((Number(estimate.breakEvenMicroUsd) / 1e6).toFixed(3)).toBe('0.098');
  });

  it('is solved for a share of 1.779 %, every month, because nothing is said of growth', () => {
    for (const month of estimate.months) expect((Number(month.sharePpm) / 10_000).toFixed(3)).toBe('1.779');
  });

  it('calls the hardware tier 3 where the probe says 4, and at tier 4 the same stake receives more', () => {
    expect([guideExample.tier, guideExample.probedTier]).toEqual([3, 4]);
    const probed = estimateYear({ ...guideExampleInput(), tier: guideExample.probedTier });
    expect(probed.grossWei * 25n).toBeGreaterThan(estimate.grossWei * 29n);
  });
});

const plain: EstimateInput = {
  stakeWei: 50_000n * weiPerPrlx,
  tier: 1,
  uptimeBp: 10_000n,
  totalWeightWei: 50_000n * weiPerPrlx,
  monthlyGrowthBp: 0n,
  wattsReady: 0n,
  wattsLoaded: 0n,
  loadedBp: 0n,
  microUsdPerKwh: 0n,
  fixedMicroUsdPerMonth: 0n,
  hardwareMicroUsd: 0n,
  microUsdPerPrlx: null,
};

describe('an estimate', () => {
  it('of the only node, always online, is the whole stream to the wei', () => {
    expect(estimateYear(plain).grossWei).toBe(guidePrlxPerDay * 365n * weiPerPrlx);
  });

  it('has months that add up to the year to the wei, also with growth that divides badly', () => {
    const grown = estimateYear({
      ...plain,
      tier: 3,
      totalWeightWei: 7_026_123n * weiPerPrlx + 7n,
      monthlyGrowthBp: 333n,
      uptimeBp: 9_871n,
    });
    expect(grown.months).toHaveLength(12);
    expect(sum(grown.months.map(({ grossWei }) => grossWei))).toBe(grown.grossWei);
    for (const [index, month] of grown.months.entries())
      if (index > 0) expect(month.grossWei).toBeLessThan(grown.months[index - 1]?.grossWei ?? 0n);
  });

  it('lets the total grow from the second month on: 100 % a month halves what is received', () => {
    const { months } = estimateYear({
      ...plain,
      totalWeightWei: 200_000n * weiPerPrlx,
      monthlyGrowthBp: 10_000n,
    });
    const [first = 0n, second = 0n, third = 0n] = months.map(({ grossWei }) => grossWei);
    expect(first - 2n * second).toBe(0n);
    expect(first - 4n * third).toBe(0n);
    expect(months[2]?.totalWeightWei).toBe(800_000n * weiPerPrlx);
    expect(months.slice(0, 3).map(({ sharePpm }) => sharePpm)).toEqual([250_000n, 125_000n, 62_500n]);
  });

  it('costs power around the clock, ready and loaded in their parts, beside what is fixed', () => {
    // 100 W for three quarters and 400 W for a quarter: 175 W × 730 h = 127.75 kWh a month, at $0.30.
    const powered = estimateYear({
      ...plain,
      wattsReady: 100n,
      wattsLoaded: 400n,
      loadedBp: 2_500n,
      microUsdPerKwh: 300_000n,
      fixedMicroUsdPerMonth: 10n * usd,
    });
    expect(powered.months[0]?.costMicroUsd).toBe(38_325_000n + 10n * usd);
    expect(powered.runningMicroUsd).toBe(12n * 48_325_000n);
  });

  it('knows no worth without a price, and with one subtracts running cost and hardware', () => {
    expect(estimateYear(plain).netMicroUsd).toBeNull();
    expect(estimateYear(plain).months.every(({ netMicroUsd }) => netMicroUsd === null)).toBe(true);
    const priced = estimateYear({
      ...plain,
      microUsdPerPrlx: 100_000n,
      fixedMicroUsdPerMonth: 1_000n * usd,
      hardwareMicroUsd: 4_000n * usd,
    });
    // 12,483,000 PRLX at $0.10.
    expect(priced.netMicroUsd).toBe(1_248_300n * usd - 16_000n * usd);
    expect(priced.breakEvenMicroUsd).toBe(961n);
    expect(priced.breakEvenWithHardwareMicroUsd).toBe(1_282n);
  });

  it('breaks even at no price when the node is never online', () => {
    const never = estimateYear({ ...plain, uptimeBp: 0n, fixedMicroUsdPerMonth: usd });
    expect(never.grossWei).toBe(0n);
    expect(never.breakEvenMicroUsd).toBeNull();
  });
});

describe('what cannot be estimated', () => {
  it.each<[Partial<EstimateInput>, keyof EstimateInput | null]>([
    [{}, null],
    [{ stakeWei: 0n }, 'stakeWei'],
    [{ uptimeBp: 10_001n }, 'uptimeBp'],
    [{ loadedBp: -1n }, 'loadedBp'],
    [{ totalWeightWei: 50_000n * weiPerPrlx - 1n }, 'totalWeightWei'],
    [{ tier: 3 }, 'totalWeightWei'],
    [{ monthlyGrowthBp: -1n }, 'monthlyGrowthBp'],
    [{ wattsLoaded: -1n }, 'wattsLoaded'],
    [{ microUsdPerPrlx: -1n }, 'microUsdPerPrlx'],
  ])('%o is refused for %s', (change, fault) => {
    expect(estimateFault({ ...plain, ...change })).toBe(fault);
  });

  it('weight is stake times multiplier', () => {
    expect(weightTenths(100_000n * weiPerPrlx, 3)).toBe(2_500_000n * weiPerPrlx);
  });
});
