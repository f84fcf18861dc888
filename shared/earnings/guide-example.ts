import { type EstimateInput, totalWeightFor } from './estimate.ts';
import { minimumStakePrlx, weiPerPrlx } from './stream.ts';

/**
 * The guide's illustrative year 1. It gives three figures and the price that follows from two of them; it gives
 * neither the stake nor the total weight, so only their quotient can be solved for. [network.md 9.3]
 */
export const guideExample = {
  /** Given. */
  grossWei: 220_970n * weiPerPrlx,
  costMicroUsd: 21_600_000_000n,
  uptimeBp: 9950n,
  /** What the guide calls 4 × H100; `probe` says 4 for one of 80 GB. [network.md 3.2] */
  tier: 3,
  probedTier: 4,
  hardware: '4 × H100',
} as const;

/** As an input: the least stake stands for the one that is not given, and the total is solved for. */
export function guideExampleInput(): EstimateInput {
  const node = {
    stakeWei: minimumStakePrlx * weiPerPrlx,
    tier: guideExample.tier,
    uptimeBp: guideExample.uptimeBp,
  };
  return {
    ...node,
    totalWeightWei: totalWeightFor(node, guideExample.grossWei),
    monthlyGrowthBp: 0n,
    wattsReady: 0n,
    wattsLoaded: 0n,
    loadedBp: 0n,
    microUsdPerKwh: 0n,
    // Power and bandwidth in one figure, as the guide has them.
    fixedMicroUsdPerMonth: guideExample.costMicroUsd / 12n,
    hardwareMicroUsd: 0n,
    microUsdPerPrlx: null,
  };
}
