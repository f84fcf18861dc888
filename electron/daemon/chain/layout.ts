/** What is known of our own node from its key and the coordinator, to prove a layout with. */
export interface OwnNode {
  nodeId: bigint;
  nodeKeyHash: string;
  owner: string;
  stakeWei: bigint | null;
  tier: number | null;
  /** Its heartbeats are accepted: it is staked, and not in its cooldown. */
  online: boolean;
}

/** In which word of an answer a fact stands; null where that is not proven. */
export interface NodeLayout {
  readonly words: number;
  readonly owner: number;
  readonly nodeKeyHash: number | null;
  readonly stake: number | null;
  readonly tier: number | null;
  readonly inCooldown: number | null;
}

/**
 * The layout that our own node's words prove, or null. Every fact that is known must stand there, in a word of its
 * own: what holds only some of them means something else. A fact that several words could be is left open.
 *
 * @param hasKeyHash whether the function is documented to give the nodeKeyHash [network.md 9.1]
 */
export function proveLayout(words: readonly bigint[], own: OwnNode, hasKeyHash: boolean): NodeLayout | null {
  const taken = new Set<number>();
  /** The one place of a value; null where several hold it; undefined where none does. */
  const place = (value: bigint | null): number | null | undefined => {
    if (value === null) return null;
    const places = words.flatMap((word, index) => (word === value && !taken.has(index) ? [index] : []));
    if (places.length === 0) return undefined;
    if (places.length > 1) return null;
    taken.add(places[0] as number);
    return places[0];
  };
  const nodeKeyHash = hasKeyHash ? place(BigInt(own.nodeKeyHash)) : null;
  const owner = place(BigInt(own.owner));
  const stake = place(own.stakeWei);
  const tier = place(own.tier === null ? null : BigInt(own.tier));
  if (nodeKeyHash === undefined || stake === undefined || tier === undefined) return null;
  if (owner === undefined || owner === null || (hasKeyHash && nodeKeyHash === null)) return null;
  // Without the key's hash, owner and stake together have to do.
  if (!hasKeyHash && stake === null) return null;
  const zeros = words.flatMap((word, index) => (word === 0n && !taken.has(index) ? [index] : []));
  const inCooldown = own.online && zeros.length === 1 ? (zeros[0] as number) : null;
  return { words: words.length, owner, nodeKeyHash, stake, tier, inCooldown };
}

/** A layout that later answers have proven further. */
export function moreProven(known: NodeLayout, now: NodeLayout | null): NodeLayout {
  if (now === null || now.owner !== known.owner || now.words !== known.words) return known;
  return {
    ...known,
    stake: known.stake ?? now.stake,
    tier: known.tier ?? now.tier,
    inCooldown: known.inCooldown ?? now.inCooldown,
  };
}

/**
 * Which of the words that could be the tier are it: where any node has more than a flag can be. Needs words of other
 * nodes; null while they leave it open.
 */
export function tierAmong(
  words: readonly bigint[],
  own: OwnNode,
  others: readonly (readonly bigint[])[],
): number | null {
  if (own.tier === null) return null;
  const candidates = words.flatMap((word, index) => (word === BigInt(own.tier as number) ? [index] : []));
  const tiers = candidates.filter(
    (index) =>
      others.some((other) => (other[index] ?? 0n) > 1n) &&
      others.every((other) => (other[index] ?? 0n) <= 4n),
  );
  return tiers.length === 1 ? (tiers[0] as number) : null;
}

const dayS = 86_400n;

/** The one word that can be the end of a running cooldown, Unix s: at most eight days after the block. */
export function cooldownEnd(words: readonly bigint[], blockTimeS: bigint): bigint | null {
  const ends = words.filter((word) => word > blockTimeS && word <= blockTimeS + 8n * dayS);
  return ends.length === 1 ? (ends[0] as bigint) : null;
}
