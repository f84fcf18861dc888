/** How samples of a balance that only grows become what was earned in each hour. All amounts are wei, all times Unix ms. */

export interface Sample {
  block: number;
  blockMs: number;
  earnedWei: bigint;
}

/** What a claim took away from the balance. */
export interface Payment {
  block: number;
  amountWei: bigint;
  /** False: the claim may have been for another node of the wallet. */
  certain: boolean;
}

export interface RolledUp {
  /** By the start of the hour. */
  hours: Map<number, { earnedWei: bigint; coveredMs: number }>;
  gaps: { fromMs: number; toMs: number; earnedWei: bigint | null }[];
}

export const hourMs = 60 * 60_000;
export const dayMs = 24 * hourMs;
/** Samples further apart belong together no longer: between them only the sum is known. Three reads may fail. */
export const longestStepMs = 20 * 60_000;

/**
 * What was earned between two samples: the balance's growth and what was claimed meanwhile. Null where the balance
 * fell and no claim explains it.
 */
export function earnedBetween(from: Sample, to: Sample, payments: readonly Payment[]): bigint | null {
  const between = payments.filter(({ block }) => block > from.block && block <= to.block);
  const certain = between.reduce((sum, one) => sum + (one.certain ? one.amountWei : 0n), 0n);
  const earned = to.earnedWei - from.earnedWei + certain;
  if (earned >= 0n) return earned;
  // A claim pays all there is: one that is not certain explains the fall if it is at least that much.
  const one = between.find(({ certain: sure, amountWei }) => !sure && amountWei >= from.earnedWei);
  return one && earned + one.amountWei >= 0n ? earned + one.amountWei : null;
}

/** @param samples of one node, by block */
export function rollUp(samples: readonly Sample[], payments: readonly Payment[]): RolledUp {
  const hours: RolledUp['hours'] = new Map();
  const gaps: RolledUp['gaps'] = [];
  samples.forEach((to, index) => {
    const from = samples[index - 1];
    if (from === undefined) return;
    const earnedWei = earnedBetween(from, to, payments);
    const lengthMs = to.blockMs - from.blockMs;
    if (earnedWei === null || lengthMs > longestStepMs || lengthMs <= 0) {
      if (lengthMs > 0) gaps.push({ fromMs: from.blockMs, toMs: to.blockMs, earnedWei });
      return;
    }
    let givenWei = 0n;
    for (let startMs = from.blockMs; startMs < to.blockMs; ) {
      const hour = startMs - (startMs % hourMs);
      const endMs = Math.min(hour + hourMs, to.blockMs);
      const isLast = endMs === to.blockMs;
      const shareWei = isLast
        ? earnedWei - givenWei
        : (earnedWei * BigInt(endMs - startMs)) / BigInt(lengthMs);
      givenWei += shareWei;
      const row = hours.get(hour) ?? { earnedWei: 0n, coveredMs: 0 };
      hours.set(hour, { earnedWei: row.earnedWei + shareWei, coveredMs: row.coveredMs + endMs - startMs });
      startMs = endMs;
    }
  });
  return { hours, gaps };
}
