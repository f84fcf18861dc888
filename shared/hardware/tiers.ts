import { formatDecimal } from '../format.ts';
import { translatable } from '../language.ts';

export type Tier = 1 | 2 | 3 | 4;

/** Names and reward multipliers of the four hardware tiers; tenths, so that no float enters money. [network.md 3.1] */
export const tiers: Readonly<Record<Tier, { label: string; multiplierTenths: number }>> = {
  1: { label: 'CPU', multiplierTenths: 10 },
  2: { label: 'GPU · entry', multiplierTenths: 15 },
  3: { label: 'GPU · high', multiplierTenths: 25 },
  4: { label: 'GPU · datacenter', multiplierTenths: 30 },
};

export function isTier(value: unknown): value is Tier {
  return value === 1 || value === 2 || value === 3 || value === 4;
}

/** What people read of tiers. */
export interface TierWords {
  tier: (tier: number) => string;
  labels: Readonly<Record<Tier, string>>;
}
export const tierWords = translatable<TierWords>({
  tier: (tier) => `tier ${tier}`,
  labels: { 1: tiers[1].label, 2: tiers[2].label, 3: tiers[3].label, 4: tiers[4].label },
});

/** `tier 3 (GPU · high, 2.5×)`. */
export function describeTier(tier: Tier): string {
  const { multiplierTenths } = tiers[tier];
  const label = tierWords().labels[tier];
  return `${tierWords().tier(tier)} (${label}, ${formatDecimal(multiplierTenths / 10, 1)}×)`;
}
