import { isNodeError } from '../../../shared/errors.ts';
import type { Outcome } from '../coordinator/answer.ts';
import type { CoordinatorClient } from '../coordinator/client.ts';
import type { NodeKey, SignedMessage } from '../identity/node-key.ts';
import type { Logger } from '../logging/logger.ts';
import { backoffMs } from '../system/backoff.ts';
import type { Clock, Timer } from '../system/clock.ts';
import { type FailureCode, failureTexts } from './failure.ts';
import type { Journal, UndeliveredRow } from './journal.ts';

export interface OutboxOptions {
  retryMinMs: number;
  retryMaxMs: number;
  /** How far a wait is varied up and down, as a fraction. */
  jitter: number;
  retryAfterMaxMs: number;
  /** After this long without acknowledgement a row gets its last attempts; then it stays, as *expired*. */
  giveUpMs: number;
}

/** A row that a full disk kept out of the journal, wholly (`seq` null) or in its last step. */
export type UnwrittenRow = Omit<UndeliveredRow, 'seq'> & { seq: number | null };

/** The row of a request that failed: it owes a report, and holds nothing of an answer. */
export function failureRow<Seq extends number | null>(
  request: Pick<UndeliveredRow, 'nodeId' | 'requestId' | 'acceptedAtMs' | 'finishedAtMs'> & {
    seq: Seq;
    failure: FailureCode;
  },
): Omit<UndeliveredRow, 'seq' | 'failure'> & { seq: Seq; failure: FailureCode } {
  const nothing = { model: null, result: null, poe: null };
  return { ...request, ...nothing, generationMs: null, inputTokens: null, outputTokens: null };
}

/** A computer that slept past the limit has no network in its first moments; what it finished still gets its chance. */
const attemptsWhenTooOld = 3;

interface Pending {
  row: UndeliveredRow;
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
  /** Takes over what an earlier run left, and posts it. */
  resume(rows: readonly UndeliveredRow[]): void;
  /** True while a row for this request waits here. */
  holds(requestId: string): boolean;
  readonly undelivered: number;
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
  | { kind: 'delivered'; row: UndeliveredRow }
  | { kind: 'reported'; row: UndeliveredRow }
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
  /** Ends that a full disk kept from being written; retried before anything else ends. */
  const unwrittenEnds = new Map<
    number,
    { state: 'delivered' | 'reported' | 'refused' | 'expired'; outcome: string }
  >();
  const listeners: ((change: OutboxChange) => void)[] = [];
  const stopping = new AbortController();
  const posts = new Set<Promise<void>>();
  /** What is due and waits for its turn, in order. */
  const line = new Set<Pending>();
  const pendingIds = new Set<string>();
  const signatures = new Map<string, SignedMessage>();
  let postsInTurn = 0;
  let onlyInMemory = 0;
  let nextUnwrittenSeq = -1;
  let outage = false;

  const tell = (change: OutboxChange) => {
    for (const listener of listeners) listener(change);
  };

  function send(row: UndeliveredRow): Promise<Outcome> {
    const { nodeId, requestId } = row;
    const { message, signature } = signatures.get(requestId) ?? nodeKey.signResult(requestId);
    if (row.failure) {
      const error = failureTexts[row.failure];
      return coordinator.failure({ nodeId, requestId, error, message, signature }, stopping.signal);
    }
    return coordinator.result(
      {
        nodeId,
        requestId,
        result: row.result ?? '',
        poe: row.poe ?? '',
        model: row.model ?? '',
        ms: row.generationMs ?? 0,
        inputTokens: row.inputTokens,
        outputTokens: row.outputTokens,
        message,
        signature,
      },
      stopping.signal,
    );
  }

  function writeEnds(): void {
    for (const [seq, end] of unwrittenEnds) {
      journal.close(seq, end.state, end.outcome);
      unwrittenEnds.delete(seq);
    }
  }

  /** What memory alone holds, into the row that its request was accepted with. */
  function writeAnswers(): void {
    for (const entry of pending.values()) {
      const { seq, failure, inputTokens, outputTokens } = entry.row;
      if (!entry.onlyInMemory || seq < 0) continue;
      if (failure) journal.fail(seq, failure);
      else {
        const { model, result, poe, generationMs } = entry.row;
        const work = { model: model ?? '', result: result ?? '', poe: poe ?? '' };
        journal.finish(seq, { ...work, generationMs: generationMs ?? 0, inputTokens, outputTokens });
      }
      entry.onlyInMemory = false;
      onlyInMemory -= 1;
    }
  }

  function end(
    entry: Pending,
    state: 'delivered' | 'reported' | 'refused' | 'expired',
    outcome: string,
  ): void {
    const { row } = entry;
    entry.timer?.cancel();
    pending.delete(row.seq);
    signatures.delete(row.requestId);
    pendingIds.delete(row.requestId);
    if (entry.onlyInMemory) onlyInMemory -= 1;
    if (row.seq < 0) return;
    unwrittenEnds.set(row.seq, { state, outcome });
    try {
      writeEnds();
    } catch (error) {
      log.error('journal-end-unwritten', {
        requestId: row.requestId,
        code: isNodeError(error) ? error.code : 'unknown',
      });
      tell({ kind: 'unwritable' });
    }
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
    if (clock.now() - row.finishedAtMs > options.giveUpMs) entry.attemptsTooOld += 1;
    entry.posting = true;
    entry.attempts += 1;
    const outcome = await send(row);
    entry.posting = false;
    if (outcome.kind === 'accepted') {
      const state = row.failure ? 'reported' : 'delivered';
      end(entry, state, `http_${outcome.status}`);
      log.info(state, { requestId: row.requestId, attempts: entry.attempts, failure: row.failure });
      tell({ kind: state, row });
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
      tell({ kind: 'refused', row, reason, status });
      return;
    }
    if (stopping.signal.aborted) return;
    outage = true;
    if (entry.attemptsTooOld >= attemptsWhenTooOld) {
      end(entry, 'expired', 'too-old');
      log.warn('outbox-expired', { requestId: row.requestId, attempts: entry.attempts });
      tell({ kind: 'expired', row, reason: 'too-old' });
      return;
    }
    schedule(entry, outcome.retryAfterMs);
    log.warn('outbox-waiting', {
      requestId: row.requestId,
      reason: outcome.reason,
      attempts: entry.attempts,
    });
    tell({ kind: 'waiting', row, reason: outcome.reason });
  }

  /** Posts `entry` now, unless it is being posted or has ended. */
  function start(entry: Pending): Promise<void> {
    entry.timer?.cancel();
    entry.timer = null;
    line.delete(entry);
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
    line.add(entry);
    startNext();
  }

  function startNext(): void {
    for (const entry of line) {
      if (postsInTurn >= parallelPosts) return;
      postsInTurn += 1;
      void start(entry).finally(() => {
        postsInTurn -= 1;
        startNext();
      });
    }
  }

  function add(row: UnwrittenRow, inMemory = false): Pending {
    const entry: Pending = {
      row: { ...row, seq: row.seq ?? nextUnwrittenSeq-- },
      onlyInMemory: inMemory,
      attempts: 0,
      attemptsTooOld: 0,
      posting: false,
      timer: null,
      attempted: Promise.withResolvers(),
      broughtForward: 0,
    };
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
    get oldestAtMs() {
      let oldest: number | null = null;
      for (const { row } of pending.values()) oldest = Math.min(oldest ?? row.finishedAtMs, row.finishedAtMs);
      return oldest;
    },
    get waiting() {
      const rows = [...pending.values()].filter(({ attempts, posting }) => attempts > (posting ? 1 : 0));
      return {
        count: rows.length,
        sinceMs: rows.length ? Math.min(...rows.map(({ row }) => row.finishedAtMs)) : null,
      };
    },
    get inMemory() {
      return onlyInMemory;
    },
    catchUp() {
      try {
        writeEnds();
        writeAnswers();
        return true;
      } catch {
        tell({ kind: 'unwritable' });
        return false;
      }
    },
    sign(requestId) {
      signatures.set(requestId, nodeKey.signResult(requestId));
    },
    async flush() {
      try {
        writeEnds();
      } catch {
        // Still no room; told when it was first noticed.
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
      line.clear();
      for (const { timer, attempted } of pending.values()) {
        timer?.cancel();
        attempted.resolve();
      }
      await Promise.allSettled(posts);
      try {
        writeEnds();
      } catch (error) {
        log.error('journal-ends-lost', {
          count: unwrittenEnds.size,
          code: isNodeError(error) ? error.code : 'unknown',
        });
      }
    },
  };
}
