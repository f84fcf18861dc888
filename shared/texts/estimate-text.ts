import type { EstimateFault, EstimateField } from '../earnings/estimate-fields.ts';
import { formatShare, formatUsd } from '../earnings/estimate-fields.ts';
import { guideExample } from '../earnings/guide-example.ts';
import { formatPrlx } from '../format.ts';

/** What an estimate says besides its figures, the same in the window and on the command line. */

export const estimateCaveats = [
  'This is a calibration, not a forecast: your share falls as more stake comes online.',
  'You’re paid for uptime, not a yield on your stake.',
  'The stream of 34,200 PRLX a day is the guide’s figure and ends after 24 months.',
] as const;

export const weightSourceText = {
  observed: 'The total weight is derived from your own node’s rate.',
  guide: 'The total weight isn’t known yet, so the guide’s example is used instead.',
} as const;

/** What the guide gives for its example, and what is worked out from it. */
export const guideExampleLines = [
  `The guide gives ${formatPrlx(guideExample.grossWei, 0)} PRLX, ${formatUsd(guideExample.costMicroUsd).slice(0, -3)} cost and 99.5 % uptime.`,
  `Solved for: a share of ${formatShare(17_791n)}. The guide gives neither stake nor total weight.`,
  `The guide calls ${guideExample.hardware} tier ${guideExample.tier}; this app detects tier ${guideExample.probedTier}.`,
] as const;

export const estimateLabels: Readonly<Record<EstimateField, string>> = {
  stake: 'Stake',
  tier: 'Tier',
  uptime: 'Uptime',
  totalWeight: 'Total online weight',
  growth: 'Growth of total per month',
  wattsReady: 'Power, waiting',
  wattsLoaded: 'Power, answering',
  loaded: 'Time spent answering',
  kwhPrice: 'Price per kWh',
  monthlyCost: 'Other cost per month',
  hardwareCost: 'Hardware cost, once',
  tokenPrice: 'PRLX price',
};

const outOfRange: Partial<Record<EstimateField, string>> = {
  stake: 'Enter more than 0.',
  tier: 'Enter a tier from 1 to 4.',
  uptime: 'Enter a percentage from 0 to 100.',
  loaded: 'Enter a percentage from 0 to 100.',
  totalWeight: 'Enter at least your own weight. It’s part of the total.',
};

export function estimateFaultText({ field, reason }: EstimateFault): string {
  if (reason === 'not-a-number') return 'Enter a number such as 1234.5.';
  return outOfRange[field] ?? 'Enter 0 or more.';
}
