import * as z from 'zod';
import type { Estimate, EstimateInput } from '../../../shared/earnings/estimate.ts';
import { document } from './documents.ts';

const whole = z.string().regex(/^-?\d+$/);

/** What `estimate --json` prints: wei, millionths of a dollar, and hundredths of a percent, as decimal text. */
export const estimateDocument = z.strictObject({
  ...document('estimate'),
  /** `guide`: solved for from the guide's example, because nothing is observed. */
  weightFrom: z.enum(['given', 'observed', 'guide']),
  input: z.strictObject({
    stakeWei: whole,
    tier: z.number(),
    uptimeBp: whole,
    totalWeightWei: whole,
    monthlyGrowthBp: whole,
    wattsReady: whole,
    wattsLoaded: whole,
    loadedBp: whole,
    microUsdPerKwh: whole,
    fixedMicroUsdPerMonth: whole,
    hardwareMicroUsd: whole,
    microUsdPerPrlx: whole.nullable(),
  }),
  grossWei: whole,
  runningMicroUsd: whole,
  hardwareMicroUsd: whole,
  netMicroUsd: whole.nullable(),
  breakEvenMicroUsd: whole.nullable(),
  breakEvenWithHardwareMicroUsd: whole.nullable(),
  months: z.array(
    z.strictObject({
      month: z.number(),
      totalWeightWei: whole,
      sharePpm: whole,
      grossWei: whole,
      costMicroUsd: whole,
      netMicroUsd: whole.nullable(),
    }),
  ),
});

type Document = z.input<typeof estimateDocument>;

export function estimateDocumentOf(
  input: EstimateInput,
  estimate: Estimate,
  weightFrom: Document['weightFrom'],
): Document {
  const { months, ...year } = estimate;
  return {
    schemaVersion: 1,
    document: 'estimate',
    weightFrom,
    input: asText(input) as Document['input'],
    ...(asText(year) as Omit<Document, 'schemaVersion' | 'document' | 'weightFrom' | 'input' | 'months'>),
    months: months.map((month) => asText(month) as Document['months'][number]),
  };
}

/** JSON has no whole numbers of that size. */
function asText(of: object): unknown {
  return Object.fromEntries(
    Object.entries(of).map(([name, value]) => [name, typeof value === 'bigint' ? String(value) : value]),
  );
}
