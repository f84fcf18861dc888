import type { Clock, Timer } from '../system/clock.ts';
import type { Journal } from './journal.ts';
import type { UndeliveredRow, UnwrittenRow } from './owed.ts';

/** A row on its way to the coordinator. */
export interface Pending {
  row: UndeliveredRow;
  /** Since boot: only what passes counts, whatever the clock is set to. */
  addedSinceBootMs: number;
  /** A full disk kept it out of the journal: ending the process would lose it. */
  onlyInMemory: boolean;
  /** It reports what was never run. */
  unrun: boolean;
  attempts: number;
  attemptsTooOld: number;
  posting: boolean;
  timer: Timer | null;
  /** Settles with the first attempt, or when there will be none. */
  attempted: PromiseWithResolvers<void>;
  /** How often the end of an outage moved the next attempt forward; bounded, so that one row the coordinator chokes on is not posted after every success. */
  broughtForward: number;
}

/** What the outbox has to deliver, and the figures of it. */
export interface OutboxRows extends Iterable<Pending> {
  add(row: UnwrittenRow, facts?: { onlyInMemory?: boolean; unrun?: boolean }): Pending;
  remove(entry: Pending): void;
  has(entry: Pending): boolean;
  /** True while a row for this request is here. */
  holds(requestId: string): boolean;
  readonly count: number;
  readonly unrun: number;
  readonly inMemory: number;
  readonly oldestAtMs: number | null;
  /** Rows whose last post failed, and since when the oldest waits. */
  readonly waiting: { count: number; sinceMs: number | null };
  /** Puts what memory alone holds into the row that its request was accepted with. @throws NodeError `disk-full` */
  write(): void;
}

export function createOutboxRows(modules: {
  journal: Pick<Journal, 'finish' | 'fail'>;
  clock: Clock;
}): OutboxRows {
  const { journal, clock } = modules;
  const pending = new Map<number, Pending>();
  const requestIds = new Set<string>();
  let unrun = 0;
  let inMemory = 0;
  let nextUnwrittenSeq = -1;

  return {
    [Symbol.iterator]: () => pending.values(),
    add(row, facts = {}) {
      const seq = row.seq ?? nextUnwrittenSeq--;
      const entry = newPending({ ...row, seq }, { ...facts, addedSinceBootMs: clock.sinceBootMs() });
      pending.set(seq, entry);
      requestIds.add(row.requestId);
      if (entry.onlyInMemory) inMemory += 1;
      if (entry.unrun) unrun += 1;
      return entry;
    },
    remove(entry) {
      pending.delete(entry.row.seq);
      requestIds.delete(entry.row.requestId);
      if (entry.onlyInMemory) inMemory -= 1;
      if (entry.unrun) unrun -= 1;
    },
    has: ({ row }) => pending.has(row.seq),
    holds: (requestId) => requestIds.has(requestId),
    get count() {
      return pending.size;
    },
    get unrun() {
      return unrun;
    },
    get inMemory() {
      return inMemory;
    },
    get oldestAtMs() {
      return oldestOf(pending.values());
    },
    get waiting() {
      const rows = [...pending.values()].filter(({ attempts, posting }) => attempts > (posting ? 1 : 0));
      return { count: rows.length, sinceMs: oldestOf(rows) };
    },
    write() {
      for (const entry of pending.values()) {
        const { row } = entry;
        if (!entry.onlyInMemory || row.seq < 0) continue;
        if (row.failure !== null) journal.fail(row.seq, row.failure);
        else journal.finish(row.seq, row);
        entry.onlyInMemory = false;
        inMemory -= 1;
      }
    },
  };
}

function newPending(
  row: UndeliveredRow,
  facts: { addedSinceBootMs: number; onlyInMemory?: boolean; unrun?: boolean },
): Pending {
  return {
    row,
    onlyInMemory: false,
    unrun: false,
    ...facts,
    attempts: 0,
    attemptsTooOld: 0,
    posting: false,
    timer: null,
    attempted: Promise.withResolvers(),
    broughtForward: 0,
  };
}

function oldestOf(entries: Iterable<Pending>): number | null {
  let oldest: number | null = null;
  for (const { row } of entries) oldest = Math.min(oldest ?? row.finishedAtMs, row.finishedAtMs);
  return oldest;
}
