import type { EstimateFault, EstimateField } from '../earnings/estimate-fields.ts';
import { formatShare, formatUsd } from '../earnings/estimate-fields.ts';
import { guideExample } from '../earnings/guide-example.ts';
import { formatPrlx } from '../format.ts';
import { translatable } from '../language.ts';

/** What an estimate says besides its figures, the same in the window and on the command line. */
export interface EstimateWords {
  caveats: readonly string[];
  weightSource: Readonly<Record<'observed' | 'guide', string>>;
  /** What the guide gives for its example, and what is worked out from it. */
  guideExample: (figures: { gross: string; cost: string; share: string }) => readonly string[];
  labels: Readonly<Record<EstimateField, string>>;
  outOfRange: { readonly [Field in EstimateField]?: string };
  negative: string;
  notANumber: string;
}

export const estimateWords = translatable<EstimateWords>({
  caveats: [
    'This is a calibration, not a forecast: your share falls as more stake comes online.',
    'You’re paid for uptime, not a yield on your stake.',
    'The stream of 34,200 PRLX a day is the guide’s figure and ends after 24 months.',
  ],
  weightSource: {
    observed: 'The total weight is derived from your own node’s rate.',
    guide: 'The total weight isn’t known yet, so the guide’s example is used instead.',
  },
  guideExample: ({ gross, cost, share }) => [
    `The guide gives ${gross} PRLX, ${cost} cost and 99.5 % uptime.`,
    `Solved for: a share of ${share}. The guide gives neither stake nor total weight.`,
    `The guide calls ${guideExample.hardware} tier ${guideExample.tier}; this app detects tier ${guideExample.probedTier}.`,
  ],
  labels: {
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
  },
  outOfRange: {
    stake: 'Enter more than 0.',
    tier: 'Enter a tier from 1 to 4.',
    uptime: 'Enter a percentage from 0 to 100.',
    loaded: 'Enter a percentage from 0 to 100.',
    totalWeight: 'Enter at least your own weight. It’s part of the total.',
  },
  negative: 'Enter 0 or more.',
  notANumber: 'Enter a number such as 1234.5.',
});

export function guideExampleLines(): readonly string[] {
  return estimateWords().guideExample({
    gross: formatPrlx(guideExample.grossWei, 0),
    cost: formatUsd(guideExample.costMicroUsd).slice(0, -3),
    share: formatShare(17_791n),
  });
}

export function estimateFaultText({ field, reason }: EstimateFault): string {
  const { outOfRange, negative, notANumber } = estimateWords();
  return reason === 'not-a-number' ? notANumber : (outOfRange[field] ?? negative);
}
