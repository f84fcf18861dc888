const deepest = 64;

/**
 * Whether a value is larger than `limit`: each character of a string or key counts, and each value. The walk ends with
 * the limit, whatever was sent, so it never costs more than a message that is allowed. What no schema has (binary
 * data, maps, circles) is always too large.
 */
export function exceeds(value: unknown, limit: number): boolean {
  let left = limit;
  const spend = (cost: number): boolean => {
    left -= cost;
    return left < 0;
  };
  const walk = (part: unknown, depth: number): boolean => {
    if (typeof part === 'string') return spend(part.length + 1);
    if (typeof part !== 'object' || part === null) return spend(1);
    if (depth > deepest || spend(1)) return true;
    if (Array.isArray(part)) {
      // An array can be long and hold nothing.
      if (part.length > left) return true;
      return part.some((one) => walk(one, depth + 1)) || spend(part.length);
    }
    const prototype: unknown = Object.getPrototypeOf(part);
    if (prototype !== Object.prototype && prototype !== null) return true;
    for (const key in part) {
      if (spend(key.length + 1)) return true;
      if (walk((part as Record<string, unknown>)[key], depth + 1)) return true;
    }
    return false;
  };
  return walk(value, 0);
}
