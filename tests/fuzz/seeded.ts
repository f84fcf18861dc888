/** Chance that comes out the same in every run. */
export interface Seeded {
  /** From 0 up to, not including, 1. */
  next(): number;
  /** A whole number from 0 up to, not including, `limit`. */
  below(limit: number): number;
  chance(probability: number): boolean;
  pick<T>(from: readonly T[]): T;
  bytes(length: number): Buffer;
  /** Any JSON value, `leaves` among the values in it and `names` among its keys. */
  json(leaves: readonly unknown[], names: readonly string[], depth?: number): unknown;
}

/** Mulberry32. */
export function seeded(seed: number): Seeded {
  let state = seed;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number) => Math.floor(next() * limit);
  const pick = <T>(from: readonly T[]): T => {
    if (from.length === 0) throw new RangeError('nothing to pick from');
    return from[below(from.length)] as T;
  };

  function json(leaves: readonly unknown[], names: readonly string[], depth = 3): unknown {
    const kind = depth <= 0 ? 0 : below(5);
    if (kind <= 2) return pick(leaves);
    if (kind === 3) return Array.from({ length: below(4) }, () => json(leaves, names, depth - 1));
    // Through text, so that a key `__proto__` becomes an own one, as it does on the wire.
    const entries = Array.from(
      { length: below(6) },
      () => `${JSON.stringify(pick(names))}:${JSON.stringify(json(leaves, names, depth - 1)) ?? 'null'}`,
    );
    return JSON.parse(`{${entries.join(',')}}`);
  }

  return {
    next,
    below,
    chance: (probability) => next() < probability,
    pick,
    bytes: (length) => Buffer.from(Array.from({ length }, () => below(256))),
    json,
  };
}
