import { formatPrlx, forms, localNumber } from '../format.ts';
import { isTier } from '../hardware/tiers.ts';
import { type EstimateInput, estimateFault } from './estimate.ts';

/** What is typed into an estimate: every field as text, with the whole number that it stands for. */
export const estimateFields = {
  stake: { of: 'stakeWei', unit: 'PRLX', decimals: 18 },
  tier: { of: 'tier', unit: '', decimals: 0 },
  uptime: { of: 'uptimeBp', unit: '%', decimals: 2 },
  totalWeight: { of: 'totalWeightWei', unit: 'PRLX', decimals: 18 },
  growth: { of: 'monthlyGrowthBp', unit: '%', decimals: 2 },
  wattsReady: { of: 'wattsReady', unit: 'W', decimals: 0 },
  wattsLoaded: { of: 'wattsLoaded', unit: 'W', decimals: 0 },
  loaded: { of: 'loadedBp', unit: '%', decimals: 2 },
  kwhPrice: { of: 'microUsdPerKwh', unit: '$', decimals: 6 },
  monthlyCost: { of: 'fixedMicroUsdPerMonth', unit: '$', decimals: 6 },
  hardwareCost: { of: 'hardwareMicroUsd', unit: '$', decimals: 6 },
  tokenPrice: { of: 'microUsdPerPrlx', unit: '$', decimals: 6 },
} as const satisfies Record<string, { of: keyof EstimateInput; unit: string; decimals: number }>;

export type EstimateField = keyof typeof estimateFields;
export const estimateFieldNames = Object.keys(estimateFields) as EstimateField[];
export type EstimateTexts = Record<EstimateField, string>;

/** `not-a-number`: or one with too many digits; `out-of-range`: a number that cannot be. */
export interface EstimateFault {
  field: EstimateField;
  reason: 'not-a-number' | 'out-of-range';
}

/**
 * Reads what was typed. An empty price of the token is "not known"; no other field may be empty.
 *
 * @returns the input, or the first field at fault
 */
export function readEstimate(texts: EstimateTexts): { input: EstimateInput } | { fault: EstimateFault } {
  const values: Partial<Record<keyof EstimateInput, bigint | null>> = {};
  for (const field of estimateFieldNames) {
    const { of, decimals } = estimateFields[field];
    const text = texts[field].trim();
    const value = field === 'tokenPrice' && text === '' ? null : readDecimal(text, decimals);
    if (value === undefined) return { fault: { field, reason: 'not-a-number' } };
    values[of] = value;
  }
  const tier = Number(values.tier);
  if (!isTier(tier)) return { fault: { field: 'tier', reason: 'out-of-range' } };
  const input = { ...values, tier } as EstimateInput;
  const fault = estimateFault(input);
  if (fault === null) return { input };
  const field = estimateFieldNames.find((name) => estimateFields[name].of === fault) ?? 'stake';
  return { fault: { field, reason: 'out-of-range' } };
}

/** An input as it would be typed. */
export function estimateTexts(input: EstimateInput): EstimateTexts {
  const text = (field: EstimateField) => {
    const { of, decimals } = estimateFields[field];
    const value = input[of];
    return value === null ? '' : writeDecimal(BigInt(value), decimals);
  };
  return Object.fromEntries(estimateFieldNames.map((field) => [field, text(field)])) as EstimateTexts;
}

/** A decimal number, thousands set apart or not, as a whole number of its last place; undefined when it is none. */
function readDecimal(text: string, decimals: number): bigint | undefined {
  const { group, decimal } = forms();
  const number = new RegExp(`^(\\d{1,3}(?:\\${group}\\d{3})+|\\d{1,24})(?:\\${decimal}(\\d*))?$`);
  const match = number.exec(text);
  const fraction = match?.[2] ?? '';
  if (!match || fraction.length > decimals) return undefined;
  return BigInt((match[1] ?? '').replaceAll(group, '') + fraction.padEnd(decimals, '0'));
}

function writeDecimal(value: bigint, decimals: number): string {
  const digits = String(value).padStart(decimals + 1, '0');
  const whole = digits.slice(0, digits.length - decimals);
  const fraction = decimals === 0 ? '' : digits.slice(-decimals).replace(/0+$/, '');
  return fraction === '' ? whole : `${whole}${forms().decimal}${fraction}`;
}

/** Millionths of a dollar for people: `$0.098` below a dollar, else `$1,234.50`. */
export function formatUsd(microUsd: bigint): string {
  const sign = microUsd < 0n ? '-' : '';
  const abs = microUsd < 0n ? -microUsd : microUsd;
  // Below a dollar three decimals, above it cents; half up.
  const [places, step] = abs < 1_000_000n ? [3, 1_000n] : [2, 10_000n];
  const rounded = ((abs + step / 2n) / step) * step;
  return `${sign}$${formatPrlx(rounded * 10n ** 12n, places)}`;
}

/** Millionths as a percentage with three decimals, `1.779 %`. */
export function formatShare(ppm: bigint): string {
  const thousandths = ppm / 10n;
  return `${localNumber(`${thousandths / 1000n}.${String(thousandths % 1000n).padStart(3, '0')}`)} %`;
}
