import { isTier, type Tier, tiers } from '../../../shared/hardware/tiers.ts';
import type { BadgeCode, Params, StateCode } from '../../../shared/states/states.ts';

/** What the chain says of the tier, against what this machine shows. */
export type TierMatch = 'same' | 'declared-higher' | 'declared-lower' | 'unknown';

/** @param declared the tier of the registration; null, or none of the network's tiers: not known */
export function matchTier(declared: number | null, probed: Tier): TierMatch {
  if (!isTier(declared)) return 'unknown';
  if (declared === probed) return 'same';
  return declared > probed ? 'declared-higher' : 'declared-lower';
}

/** How declared and probed tier stand to each other, and what follows from it. */
export interface TierStanding {
  declared: Tier | null;
  probed: Tier;
  match: TierMatch;
  /** The operator serves although the chain says a higher tier than this machine shows. */
  accepted: boolean;
  /** No work is taken; heartbeats go on, with `available: false` and the probed tier. */
  blocksServing: boolean;
  /** The row of `states.md` that this brings about, if it is the highest. */
  state: { code: Extract<StateCode, 'tier-high' | 'tier-low'>; params: Params } | null;
  badge: { code: Extract<BadgeCode, 'tier-accepted'>; params: Params } | null;
}

/**
 * Declared above probed: the network may zero the uptime, so nothing is served unless the operator accepts the risk.
 * Declared below: a notice of what is left unearned. Not known: the node serves, because a look-up that fails must
 * cost no work. [network.md 3.2]
 */
export function tierStanding(facts: {
  declared: number | null;
  probed: Tier;
  accepted: boolean;
}): TierStanding {
  const { probed, accepted } = facts;
  const declared = isTier(facts.declared) ? facts.declared : null;
  const match = matchTier(declared, probed);
  const higher = match === 'declared-higher';
  const blocksServing = higher && !accepted;
  const params = { a: declared, b: probed };
  let state: TierStanding['state'] = null;
  if (blocksServing) state = { code: 'tier-high', params };
  if (match === 'declared-lower' && declared !== null) {
    state = { code: 'tier-low', params: { ...params, x: multiplier(declared), y: multiplier(probed) } };
  }
  const badge = higher && accepted ? ({ code: 'tier-accepted', params } as const) : null;
  return { declared, probed, match, accepted, blocksServing: blocksServing, state, badge };
}

/** `2.5`, for "2.5×". */
function multiplier(tier: Tier): string {
  return (tiers[tier].multiplierTenths / 10).toFixed(1);
}
