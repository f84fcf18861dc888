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

/** `tier 3 (GPU · high, 2.5×)`. */
export function describeTier(tier: Tier): string {
  const { label, multiplierTenths } = tiers[tier];
  return `tier ${tier} (${label}, ${(multiplierTenths / 10).toFixed(1)}×)`;
}
