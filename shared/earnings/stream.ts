import { type Tier, tiers } from '../hardware/tiers.ts';

/** What the guide says of the stream of rewards; none of it is read from a contract. */

export const weiPerPrlx = 10n ** 18n;

/** Tokens streamed to all online nodes a day, rounded by the guide. [network.md 9.3] */
export const guidePrlxPerDay = 34_200n;

/** The least that registers a node. [network.md 2] */
export const minimumStakePrlx = 50_000n;

/** Share of a purchase that the token keeps on a DEX; transfers between wallets keep nothing. [network.md 9.3] */
export const dexFeePercent = 4n;

/**
 * Stake × multiplier in tenths of a wei, so that it is a whole number. [network.md 9.3]
 *
 * @param stakeWei the stake of one node
 */
export function weightTenths(stakeWei: bigint, tier: Tier): bigint {
  return stakeWei * BigInt(tiers[tier].multiplierTenths);
}
