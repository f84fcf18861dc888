import { isNodeError } from '../../../shared/errors.ts';
import type { CoordinatorClient } from '../coordinator/client.ts';
import type { NodeKey } from '../identity/node-key.ts';
import type { Logger } from '../logging/logger.ts';
import type { Clock } from '../system/clock.ts';
import { type Conclusion, logConclusion, type OutboxChange } from './conclusion.ts';
import type { Journal } from './journal.ts';
import { createOutboxRows, type Pending } from './outbox-rows.ts';
import type { UndeliveredRow, UnwrittenRow } from './owed.ts';
import { createPosting, type PostingOptions } from './posting.ts';
import { createPosts } from './posts.ts';
import { createRowEnds, type EndState } from './row-ends.ts';

/**
 * Delivers finished answers and failure reports: each is posted until it is acknowledged, refused
 * for good, or too old. Never more than one post of the same row at a time.
 */
export interface Outbox {
  /** Posts a journal row for the first time; resolves after that one attempt, delivered or not. */
  deliver(row: UndeliveredRow): Promise<void>;
  /** The same for what could not be written to disk; memory keeps it until it is acknowledged. */
  deliverFromMemory(row: UnwrittenRow): Promise<void>;
  /**
   * Reports requests that were never run, a few at a time, however many an inbox answer brought; resolves when each
   * was tried once. A row without `seq` is one the journal need not know of: if lost, the inbox brings it again.
   */
  reportUnrun(rows: readonly UnwrittenRow[]): Promise<void>;
  /** Recovers what an earlier run left, and posts it. */
  resume(rows: readonly UndeliveredRow[]): void;
  /** True while a row for this request waits here. */
  holds(requestId: string): boolean;
  readonly undelivered: number;
  /** How many of these only report what was never run. */
  readonly undeliveredReports: number;
  readonly oldestAtMs: number | null;
  /** Rows whose last post failed, and since when the oldest waits. */
  readonly waiting: { count: number; sinceMs: number | null };
  /** Rows that only memory holds; while there are any, ending the process would lose them. */
  readonly inMemory: number;
  /** Writes down what a full disk kept from being written; false when there is no room still. Never throws. */
  catchUp(): boolean;
  /** Signs for a request that is being run, so that its answer need not wait for it. Each is delivered later. */
  sign(requestId: string): void;
  /** Tries everything that waits, once, now. */
  flush(): Promise<void>;
  onChange(listener: (change: OutboxChange) => void): void;
  stop(): Promise<void>;
}

export function createOutbox(
  options: PostingOptions,
  modules: {
    journal: Journal;
    coordinator: CoordinatorClient;
    nodeKey: NodeKey;
    clock: Clock;
    log: Logger;
    random: () => number;
  },
): Outbox {
  const { journal, coordinator, nodeKey, clock, log, random } = modules;
  const listeners: ((change: OutboxChange) => void)[] = [];
  const rows = createOutboxRows({ journal, clock });
  const outgoing = createPosts({ coordinator, nodeKey });
  const ends = createRowEnds({ journal, log });
  const posting = createPosting(options, {
    ...{ rows, posts: outgoing, clock, log, random },
    onConclusion: conclude,
  });

  const emit = (change: OutboxChange) => {
    for (const listener of listeners) listener(change);
  };

  function close(entry: Pending, state: EndState, outcome: string): void {
    const { row } = entry;
    entry.timer?.cancel();
    rows.remove(entry);
    outgoing.forget(row.requestId);
    if (row.seq >= 0 && !ends.end(row, state, outcome)) emit({ kind: 'unwritable' });
  }

  function conclude(entry: Pending, { end, change }: Conclusion): void {
    if (end !== null) close(entry, end.state, end.outcome);
    if (change === null) return;
    logConclusion(change, entry, { log });
    emit(change);
  }

  return {
    deliver: (row) => posting.now(rows.add(row)),
    deliverFromMemory: (row) => posting.now(rows.add(row, { onlyInMemory: true })),
    async reportUnrun(unrun) {
      const entries = unrun.map((row) => rows.add(row, { unrun: true }));
      for (const entry of entries) posting.inTurn(entry);
      await Promise.all(entries.map(({ attempted }) => attempted.promise));
    },
    resume(undelivered) {
      for (const row of undelivered) posting.inTurn(rows.add(row));
    },
    holds: rows.holds,
    get undelivered() {
      return rows.count;
    },
    get undeliveredReports() {
      return rows.unrun;
    },
    get oldestAtMs() {
      return rows.oldestAtMs;
    },
    get waiting() {
      return rows.waiting;
    },
    get inMemory() {
      return rows.inMemory;
    },
    catchUp() {
      try {
        ends.write();
        rows.write();
        return true;
      } catch {
        emit({ kind: 'unwritable' });
        return false;
      }
    },
    sign: outgoing.sign,
    async flush() {
      try {
        ends.write();
      } catch {
        // Still no room; reported when it was first noticed.
      }
      const entries = [...rows].filter(({ posting }) => !posting);
      for (const entry of entries) {
        if (entry.attempts > 0) entry.attempted = Promise.withResolvers();
        posting.inTurn(entry);
      }
      await Promise.all(entries.map(({ attempted }) => attempted.promise));
    },
    onChange: (listener) => void listeners.push(listener),
    async stop() {
      await posting.stop();
      try {
        ends.write();
      } catch (error) {
        log.error('journal-ends-lost', {
          count: ends.unwritten,
          code: isNodeError(error) ? error.code : 'unknown',
        });
      }
    },
  };
}
