import { type Clock, localMidnight } from '../system/clock.ts';
import type { Journal } from './journal.ts';

/** Answers delivered since midnight, local time, those of earlier runs with them. */
export interface ServedToday {
  /** One more was delivered and is in the journal, or soon will be. */
  add(): void;
  /** Null while the journal cannot be read. */
  count(): number | null;
}

/** Reads the journal once a day; in between it counts along. */
export function createServedToday(modules: {
  journal: Pick<Journal, 'deliveredSince'>;
  clock: Clock;
}): ServedToday {
  const { journal, clock } = modules;
  let day: { midnightMs: number; count: number } | null = null;

  function today(): { midnightMs: number; count: number } | null {
    const midnightMs = localMidnight(clock.now());
    if (day?.midnightMs === midnightMs) return day;
    try {
      day = { midnightMs, count: journal.deliveredSince(midnightMs) };
    } catch {
      day = null;
    }
    return day;
  }

  return {
    add() {
      // Read for the first time it may hold this one already.
      const known = day;
      const present = today();
      if (present !== null && present === known) present.count += 1;
    },
    count: () => today()?.count ?? null,
  };
}
