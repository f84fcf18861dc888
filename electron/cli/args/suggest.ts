import { closest, distance } from 'fastest-levenshtein';

/** The candidate that a mistyped word probably means, or null when none is near. */
export function nearest(word: string, candidates: readonly string[]): string | null {
  if (candidates.length === 0) return null;
  const text = word.slice(0, 40).toLowerCase();
  const best = closest(text, candidates);
  // One slip in a short word, two or three in a longer one; or the beginning of a single word.
  if (distance(text, best) <= Math.min(3, Math.floor(best.length / 2))) return best;
  const begun = candidates.filter((name) => text.length >= 2 && name.startsWith(text));
  return begun.length === 1 ? (begun[0] ?? null) : null;
}
