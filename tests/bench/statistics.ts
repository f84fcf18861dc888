/** What is said of a set of measurements. */
export interface Spread {
  count: number;
  median: number;
  p99: number;
  least: number;
  greatest: number;
}

/** @throws Error when there is nothing to say anything of */
export function spreadOf(samples: readonly number[]): Spread {
  const sorted = [...samples].sort((a, b) => a - b);
  if (sorted.length === 0) throw new Error('nothing was measured');
  return {
    count: sorted.length,
    median: quantile(sorted, 0.5),
    p99: quantile(sorted, 0.99),
    least: quantile(sorted, 0),
    greatest: quantile(sorted, 1),
  };
}

/** Nearest rank: always a value that was measured, and with fewer than 100 of them p99 is the greatest. */
function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}
