import type { Tier } from '../hardware/tiers.ts';
import { guidePrlxPerDay, weightTenths, weiPerPrlx } from './stream.ts';

/**
 * A year in advance: what one node would receive of the stream, and what it would cost. Whole numbers
 * throughout: wei for the token, millionths of a dollar for money, hundredths of a percent for shares.
 * Pay is for uptime; nothing here is a forecast. [network.md 9.3]
 */
export interface EstimateInput {
  stakeWei: bigint;
  tier: Tier;
  /** 9950 is 99.5 %. */
  uptimeBp: bigint;
  /** Stake × multiplier of all online nodes, this one with them, in wei. */
  totalWeightWei: bigint;
  /** By how much that grows every month, from the second on; 500 is 5 %. */
  monthlyGrowthBp: bigint;
  wattsReady: bigint;
  wattsLoaded: bigint;
  /** The part of the time in which requests run; 10 000 is always. */
  loadedBp: bigint;
  microUsdPerKwh: bigint;
  fixedMicroUsdPerMonth: bigint;
  /** Paid once. */
  hardwareMicroUsd: bigint;
  /** Typed by the person; null: not known, and then nothing is worth anything known. */
  microUsdPerPrlx: bigint | null;
}

export interface EstimateMonth {
  /** 1 to 12. */
  month: number;
  totalWeightWei: bigint;
  /** Share of the stream while online, in millionths, rounded. */
  sharePpm: bigint;
  grossWei: bigint;
  costMicroUsd: bigint;
  /** What it is worth less the running cost; null without a price of the token. */
  netMicroUsd: bigint | null;
}

export interface Estimate {
  months: readonly EstimateMonth[];
  grossWei: bigint;
  /** Power and fixed cost of the year, without the hardware. */
  runningMicroUsd: bigint;
  hardwareMicroUsd: bigint;
  /** Worth less running cost less hardware; null without a price of the token. */
  netMicroUsd: bigint | null;
  /** The price of a token at which the year pays its running cost; null when nothing is earned. */
  breakEvenMicroUsd: bigint | null;
  /** The same with the hardware paid in this one year. */
  breakEvenWithHardwareMicroUsd: bigint | null;
}

const months = 12;
const daysPerYear = 365n;
const whole = 10_000n;
const ppm = 1_000_000n;
/** 365 × 24 / 12. */
const hoursPerMonth = 730n;

const guideWeiPerMonth = (guidePrlxPerDay * weiPerPrlx * daysPerYear) / BigInt(months);

/** The field of an input that cannot be; null when all can. */
export function estimateFault(input: EstimateInput): keyof EstimateInput | null {
  const { stakeWei, tier, totalWeightWei, uptimeBp, loadedBp } = input;
  if (stakeWei <= 0n) return 'stakeWei';
  if (uptimeBp < 0n || uptimeBp > whole) return 'uptimeBp';
  if (loadedBp < 0n || loadedBp > whole) return 'loadedBp';
  // The node is a part of the total.
  if (totalWeightWei * 10n < weightTenths(stakeWei, tier)) return 'totalWeightWei';
  const notNegative = [
    'monthlyGrowthBp',
    'wattsReady',
    'wattsLoaded',
    'microUsdPerKwh',
    'fixedMicroUsdPerMonth',
    'hardwareMicroUsd',
  ] as const;
  if (input.microUsdPerPrlx !== null && input.microUsdPerPrlx < 0n) return 'microUsdPerPrlx';
  return notNegative.find((name) => input[name] < 0n) ?? null;
}

/**
 * The year and its months. Months add up to the year to the wei: each is the difference of two exact sums,
 * cut once.
 *
 * @param input one that `estimateFault` finds nothing in
 */
export function estimateYear(input: EstimateInput): Estimate {
  const { stakeWei, tier, uptimeBp, totalWeightWei, monthlyGrowthBp, microUsdPerPrlx, hardwareMicroUsd } =
    input;
  const own = weightTenths(stakeWei, tier);
  const total = totalWeightWei * 10n;
  const costMicroUsd = monthlyCost(input);
  const grown = whole + monthlyGrowthBp;

  const rows: EstimateMonth[] = [];
  // Sum of (1 / grown)^k, as a fraction over grown^(month - 1).
  let sum = 0n;
  let denominator = 1n;
  let before = 0n;
  for (let month = 1; month <= months; month += 1) {
    if (month > 1) denominator *= grown;
    sum = sum * (month > 1 ? grown : 1n) + whole ** BigInt(month - 1);
    const earned = (guideWeiPerMonth * uptimeBp * own * sum) / (whole * total * denominator);
    const grossWei = earned - before;
    before = earned;
    const weight = (totalWeightWei * denominator) / whole ** BigInt(month - 1);
    rows.push({
      month,
      totalWeightWei: weight,
      sharePpm: rounded(own * ppm * whole ** BigInt(month - 1), total * denominator),
      grossWei,
      costMicroUsd,
      netMicroUsd: microUsdPerPrlx === null ? null : worth(grossWei, microUsdPerPrlx) - costMicroUsd,
    });
  }
  const runningMicroUsd = costMicroUsd * BigInt(months);
  const breakEven = (cost: bigint) => (before === 0n ? null : rounded(cost * weiPerPrlx, before));
  return {
    months: rows,
    grossWei: before,
    runningMicroUsd,
    hardwareMicroUsd,
    netMicroUsd:
      microUsdPerPrlx === null ? null : worth(before, microUsdPerPrlx) - runningMicroUsd - hardwareMicroUsd,
    breakEvenMicroUsd: breakEven(runningMicroUsd),
    breakEvenWithHardwareMicroUsd: breakEven(runningMicroUsd + hardwareMicroUsd),
  };
}

/** Power around the clock, whatever the uptime: a computer that is offline is mostly still on. */
function monthlyCost(input: EstimateInput): bigint {
  const { wattsReady, wattsLoaded, loadedBp, microUsdPerKwh, fixedMicroUsdPerMonth } = input;
  const wattShares = wattsReady * (whole - loadedBp) + wattsLoaded * loadedBp;
  return rounded(wattShares * hoursPerMonth * microUsdPerKwh, whole * 1000n) + fixedMicroUsdPerMonth;
}

const worth = (wei: bigint, microUsdPerPrlx: bigint) => (wei * microUsdPerPrlx) / weiPerPrlx;

/** Half up; neither is negative. */
function rounded(numerator: bigint, denominator: bigint): bigint {
  return (2n * numerator + denominator) / (2n * denominator);
}

/** The total at which a stake of that weight receives so much in a year without growth: how the guide's example is read. */
export function totalWeightFor(
  { stakeWei, tier, uptimeBp }: Pick<EstimateInput, 'stakeWei' | 'tier' | 'uptimeBp'>,
  yearWei: bigint,
): bigint {
  const stream = guideWeiPerMonth * BigInt(months) * uptimeBp * weightTenths(stakeWei, tier);
  return stream / (whole * yearWei * 10n);
}
