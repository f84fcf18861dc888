import { type Tier, tiers } from '../../../shared/hardware/tiers.ts';

/** What the tier is decided from. `vramGb` null: there is a GPU, its memory is not reported. */
export interface TierFacts {
  gpu: boolean;
  vramGb: number | null;
  platform: NodeJS.Platform;
}

/** A tier with the arithmetic that led to it, as data: an interface can write it out as text. */
export interface TierDecision {
  tier: Tier;
  label: string;
  /** Reward multiplier in tenths (25 = 2.5×), exact. */
  multiplierTenths: number;
  arithmetic: {
    gpu: boolean;
    vramGb: number | null;
    /** The threshold that was reached, GB; null where none was. */
    thresholdGb: number | null;
    /** The threshold of the next tier up, GB; null where there is none. */
    nextThresholdGb: number | null;
    /** The tier before Apple's cap; differs from the result only on macOS. */
    uncappedTier: Tier;
  };
}

/** Memory from which a GPU counts as the tier, highest first. [network.md 3.1] */
const thresholds: readonly { tier: Tier; fromGb: number }[] = [
  { tier: 4, fromGb: 40 },
  { tier: 3, fromGb: 16 },
];
const highestTierOnMac: Tier = 3;

/**
 * The hardware tier by the official client's rule: no GPU is tier 1; a GPU is tier 2, from 16 GB tier 3, from
 * 40 GB tier 4, on macOS never above 3. Memory that is not reported makes tier 2. [network.md 3.1]
 */
export function tierOf({ gpu, vramGb, platform }: TierFacts): TierDecision {
  const reached =
    gpu && vramGb !== null ? thresholds.find((threshold) => vramGb >= threshold.fromGb) : undefined;
  const uncappedTier: Tier = reached?.tier ?? (gpu ? 2 : 1);
  const tier = platform === 'darwin' && uncappedTier > highestTierOnMac ? highestTierOnMac : uncappedTier;
  const next = thresholds.findLast((threshold) => threshold.tier > tier);
  const capped = platform === 'darwin' && tier === highestTierOnMac;
  return {
    tier,
    ...tiers[tier],
    arithmetic: {
      gpu,
      vramGb,
      thresholdGb: reached?.fromGb ?? null,
      nextThresholdGb: gpu && next && !capped ? next.fromGb : null,
      uncappedTier,
    },
  };
}
