/** The candidate that a mistyped word probably means, or null when none is near. */
export function nearest(word: string, candidates: readonly string[]): string | null {
  const text = word.slice(0, 40).toLowerCase();
  let best: { name: string; distance: number } | null = null;
  for (const name of candidates) {
    const distance = editDistance(text, name);
    if (best === null || distance < best.distance) best = { name, distance };
  }
  if (best === null) return null;
  // One slip in a short word, two or three in a longer one; or the beginning of a single word.
  if (best.distance <= Math.min(3, Math.floor(best.name.length / 2))) return best.name;
  const begun = candidates.filter((name) => text.length >= 2 && name.startsWith(text));
  return begun.length === 1 ? (begun[0] ?? null) : null;
}

/** Insertions, deletions, changes and swaps of neighbours that lead from one to the other. */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = a[i - 1] === b[j - 1] ? 0 : 1;
      const at = (cells: number[], column: number) => cells[column] ?? 0;
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      row[j] = Math.min(
        at(last, j) + 1,
        at(row, j - 1) + 1,
        at(last, j - 1) + change,
        swapped ? at(beforeLast, j - 2) + 1 : Number.POSITIVE_INFINITY,
      );
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length] ?? 0;
}
