import { isNodeError } from '../../../shared/errors.ts';
import type { CoordinatorClient } from '../coordinator/client.ts';
import type { NodeKey } from '../identity/node-key.ts';
import type { Logger } from '../logging/logger.ts';
import { backoffMs } from '../system/backoff.ts';
import type { Clock, Timer } from '../system/clock.ts';
import type { Journal } from './journal.ts';
import type { AnswerRow, FailureRow, UndeliveredRow, UnwrittenRow } from './owed.ts';
import { createPosts } from './posts.ts';
import { createRowEnds, type EndState } from './row-ends.ts';
import { createTurns } from './turns.ts';

export interface OutboxOptions {
  retryMinMs: number;
  retryMaxMs: number;
  /** How far a wait is varied up and down, as a fraction. */
  jitter: number;
  retryAfterMaxMs: number;
  /** After this much elapsed time without acknowledgement a row gets its last attempts; then it stays, as *expired*. */
  giveUpMs: number;
}

/** A computer that slept past the limit has no network in its first moments; what it finished still gets its chance. */
const attemptsWhenTooOld = 3;

interface Pending {
  row: UndeliveredRow;
  /** Since boot: only what passes counts, whatever the clock is set to. */
  addedSinceBootMs: number;
  /** A full disk kept it out of the journal: ending the process would lose it. */
  onlyInMemory: boolean;
  attempts: number;
  attemptsTooOld: number;
  posting: boolean;
  timer: Timer | null;
  /** Settles with the first attempt, or when there will be none. */
  attempted: PromiseWithResolvers<void>;
  /** How often the end of an outage moved the next attempt forward; bounded, so that one row the coordinator chokes on is not posted after every success. */
  broughtForward: number;
}

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

export type OutboxChange =
  | { kind: 'delivered'; row: AnswerRow }
  | { kind: 'reported'; row: FailureRow }
  | { kind: 'refused'; row: UndeliveredRow; reason: string; status: number }
  | { kind: 'expired'; row: UndeliveredRow; reason: string }
  | { kind: 'waiting'; row: UndeliveredRow; reason: string }
  | { kind: 'unwritable' };

/** Posts under way at once when many rows wait; those of requests just run come on top. */
const parallelPosts = 4;

export function createOutbox(
  options: OutboxOptions,
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
  const pending = new Map<number, Pending>();
  const listeners: ((change: OutboxChange) => void)[] = [];
  const stopping = new AbortController();
  const posts = new Set<Promise<void>>();
  const pendingIds = new Set<string>();
  const unrun = new Set<Pending>();
  const outgoing = createPosts({ coordinator, nodeKey });
  const ends = createRowEnds({ journal, log });
  const turns = createTurns<Pending>({ atOnce: parallelPosts }, { start });
  let onlyInMemory = 0;
  let nextUnwrittenSeq = -1;
  let outage = false;

  const emit = (change: OutboxChange) => {
    for (const listener of listeners) listener(change);
  };

  /** What memory alone holds, into the row that its request was accepted with. */
  function writeAnswers(): void {
    for (const entry of pending.values()) {
      const { row } = entry;
      if (!entry.onlyInMemory || row.seq < 0) continue;
      if (row.failure !== null) journal.fail(row.seq, row.failure);
      else journal.finish(row.seq, row);
      entry.onlyInMemory = false;
      onlyInMemory -= 1;
    }
  }

  function end(entry: Pending, state: EndState, outcome: string): void {
    const { row } = entry;
    entry.timer?.cancel();
    pending.delete(row.seq);
    outgoing.forget(row.requestId);
    pendingIds.delete(row.requestId);
    unrun.delete(entry);
    if (entry.onlyInMemory) onlyInMemory -= 1;
    if (row.seq >= 0 && !ends.end(row, state, outcome)) emit({ kind: 'unwritable' });
  }

  function schedule(entry: Pending, retryAfterMs: number | null): void {
    const { retryMinMs: minMs, retryMaxMs: maxMs, jitter } = options;
    const wait =
      retryAfterMs === null
        ? backoffMs({ minMs, maxMs, jitter }, entry.attempts, random)
        : Math.max(options.retryMinMs, Math.min(retryAfterMs, options.retryAfterMaxMs));
    entry.timer = clock.after(wait, () => startInTurn(entry));
  }

  /** The coordinator answers again: what waited for that need not wait longer. */
  function bringForward(): void {
    for (const entry of pending.values()) {
      if (entry.posting || !entry.timer || entry.broughtForward >= 3) continue;
      entry.broughtForward += 1;
      startInTurn(entry);
    }
  }

  async function post(entry: Pending): Promise<void> {
    const { row } = entry;
    const ageMs = (row.ageMs ?? 0) + clock.sinceBootMs() - entry.addedSinceBootMs;
    if (ageMs > options.giveUpMs) entry.attemptsTooOld += 1;
    entry.posting = true;
    entry.attempts += 1;
    const outcome = await outgoing.send(row, stopping.signal).catch((error: unknown) => {
      log.error('outbox-row-unpostable', { seq: row.seq, error: String(error) });
      return null;
    });
    entry.posting = false;
    if (outcome === null) return end(entry, 'refused', 'damaged-row');
    if (outcome.kind === 'accepted') {
      const change = acknowledged(row);
      const wasRun = !unrun.has(entry);
      end(entry, change.kind, `http_${outcome.status}`);
      const facts = { requestId: row.requestId, attempts: entry.attempts, failure: row.failure };
      if (wasRun) log.info(change.kind, facts);
      else log.debug(change.kind, facts);
      emit(change);
      if (outage) {
        outage = false;
        bringForward();
      }
      return;
    }
    if (outcome.kind === 'refused') {
      end(entry, row.failure ? 'reported' : 'refused', outcome.reason);
      const { reason, status } = outcome;
      log.warn('outbox-refused', { requestId: row.requestId, reason, status, failure: row.failure });
      emit({ kind: 'refused', row, reason, status });
      return;
    }
    if (stopping.signal.aborted) return;
    outage = true;
    if (entry.attemptsTooOld >= attemptsWhenTooOld) {
      end(entry, 'expired', 'too-old');
      log.warn('outbox-expired', { requestId: row.requestId, attempts: entry.attempts });
      emit({ kind: 'expired', row, reason: 'too-old' });
      return;
    }
    schedule(entry, outcome.retryAfterMs);
    log.warn('outbox-waiting', {
      requestId: row.requestId,
      reason: outcome.reason,
      attempts: entry.attempts,
    });
    emit({ kind: 'waiting', row, reason: outcome.reason });
  }

  /** Posts `entry` now, unless it is being posted or has ended. */
  function start(entry: Pending): Promise<void> {
    entry.timer?.cancel();
    entry.timer = null;
    turns.remove(entry);
    if (entry.posting) return Promise.resolve();
    if (stopping.signal.aborted || !pending.has(entry.row.seq)) {
      entry.attempted.resolve();
      return Promise.resolve();
    }
    const work = post(entry).finally(() => {
      posts.delete(work);
      entry.attempted.resolve();
    });
    posts.add(work);
    return work;
  }

  /** Posts `entry` when its turn comes. */
  function startInTurn(entry: Pending): void {
    entry.timer?.cancel();
    entry.timer = null;
    turns.add(entry);
  }

  function add(row: UnwrittenRow, inMemory = false): Pending {
    const entry = newPending({ ...row, seq: row.seq ?? nextUnwrittenSeq-- }, inMemory, clock.sinceBootMs());
    pending.set(entry.row.seq, entry);
    pendingIds.add(row.requestId);
    if (inMemory) onlyInMemory += 1;
    return entry;
  }

  return {
    deliver: (row) => start(add(row)),
    deliverFromMemory: (row) => start(add(row, true)),
    async reportUnrun(rows) {
      const entries = rows.map((row) => add(row));
      for (const entry of entries) unrun.add(entry);
      for (const entry of entries) startInTurn(entry);
      await Promise.all(entries.map(({ attempted }) => attempted.promise));
    },
    resume(rows) {
      for (const row of rows) startInTurn(add(row));
    },
    holds: (requestId) => pendingIds.has(requestId),
    get undelivered() {
      return pending.size;
    },
    get undeliveredReports() {
      return unrun.size;
    },
    get oldestAtMs() {
      return oldestOf(pending.values());
    },
    get waiting() {
      const rows = [...pending.values()].filter(({ attempts, posting }) => attempts > (posting ? 1 : 0));
      return { count: rows.length, sinceMs: oldestOf(rows) };
    },
    get inMemory() {
      return onlyInMemory;
    },
    catchUp() {
      try {
        ends.write();
        writeAnswers();
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
      const entries = [...pending.values()].filter(({ posting }) => !posting);
      for (const entry of entries) {
        if (entry.attempts > 0) entry.attempted = Promise.withResolvers();
        startInTurn(entry);
      }
      await Promise.all(entries.map(({ attempted }) => attempted.promise));
    },
    onChange: (listener) => void listeners.push(listener),
    async stop() {
      stopping.abort();
      turns.clear();
      for (const { timer, attempted } of pending.values()) {
        timer?.cancel();
        attempted.resolve();
      }
      await Promise.allSettled(posts);
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

function newPending(row: UndeliveredRow, onlyInMemory: boolean, addedSinceBootMs: number): Pending {
  return {
    row,
    addedSinceBootMs,
    onlyInMemory,
    attempts: 0,
    attemptsTooOld: 0,
    posting: false,
    timer: null,
    attempted: Promise.withResolvers(),
    broughtForward: 0,
  };
}

function acknowledged(row: UndeliveredRow): OutboxChange & { kind: 'delivered' | 'reported' } {
  return row.failure === null ? { kind: 'delivered', row } : { kind: 'reported', row };
}

function oldestOf(entries: Iterable<Pending>): number | null {
  let oldest: number | null = null;
  for (const { row } of entries) oldest = Math.min(oldest ?? row.finishedAtMs, row.finishedAtMs);
  return oldest;
}
