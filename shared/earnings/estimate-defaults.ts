import { parsePrlx } from '../format.ts';
import { isTier, type Tier } from '../hardware/tiers.ts';
import type { EstimateInput } from './estimate.ts';
import { guideExample, guideExampleInput } from './guide-example.ts';
import { minimumStakePrlx, weiPerPrlx } from './stream.ts';

/** What is known of a node before anything is typed; null is "not known". */
export interface KnownForEstimate {
  stakeWei: bigint | null;
  tier: Tier | null;
  uptimeBp: bigint | null;
  /** Total online weight as observed by our own node's rate. */
  totalWeightWei: bigint | null;
}

/** `observed`: from our own node's rate; `guide`: solved for from the guide's example, because nothing is observed. */
export type WeightSource = 'observed' | 'guide';

/**
 * An estimate of what is known: the least stake, the uptime of the guide's example and its total where nothing is
 * known. Power and cost are nothing until they are typed.
 */
export function defaultEstimate(known: KnownForEstimate): { input: EstimateInput; weightFrom: WeightSource } {
  const { totalWeightWei } = known;
  const example = guideExampleInput();
  const input = {
    ...example,
    stakeWei: known.stakeWei ?? minimumStakePrlx * weiPerPrlx,
    tier: known.tier ?? 1,
    uptimeBp: known.uptimeBp ?? guideExample.uptimeBp,
    totalWeightWei: totalWeightWei ?? example.totalWeightWei,
    fixedMicroUsdPerMonth: 0n,
  };
  return { input, weightFrom: totalWeightWei === null ? 'guide' : 'observed' };
}

/** The parts of a snapshot that an estimate begins with. */
interface NodeFacts {
  registration: { tier: number | null; stakePrlx: string | null };
  hardware: { tier: number };
  uptime: { last30Days: number | null };
  earned: { impliedOnlineWeight: { known: true; value: string } | { known: false } };
}

/** What a running node knows of itself. */
export function knownOf({ registration, hardware, uptime, earned }: NodeFacts): KnownForEstimate {
  const tier = registration.tier ?? hardware.tier;
  return {
    stakeWei: registration.stakePrlx === null ? null : parsePrlx(registration.stakePrlx),
    tier: isTier(tier) ? tier : null,
    uptimeBp: uptime.last30Days === null ? null : BigInt(Math.round(uptime.last30Days * 10_000)),
    totalWeightWei: earned.impliedOnlineWeight.known ? BigInt(earned.impliedOnlineWeight.value) / 10n : null,
  };
}
