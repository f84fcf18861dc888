import { isNodeError } from '../../../shared/errors.ts';
import type { Clock, Timer } from '../clock.ts';
import type { Outcome } from '../coordinator/answer.ts';
import type { CoordinatorClient } from '../coordinator/client.ts';
import type { Logger } from '../diagnostics/logger.ts';
import type { NodeKey } from '../identity/node-key.ts';
import { failureTexts } from './failure.ts';
import type { Journal, UndeliveredRow } from './journal.ts';

export interface OutboxOptions {
  retryMinMs: number;
  retryMaxMs: number;
  /** How far a wait is varied up and down, as a fraction. */
  jitter: number;
  retryAfterMaxMs: number;
  /** After this long without acknowledgement a row is given up: it stays, as *expired*. */
  giveUpMs: number;
}

/** A row that a full disk kept out of the journal, wholly (`seq` null) or in its last step. */
export type UnwrittenRow = Omit<UndeliveredRow, 'seq'> & { seq: number | null };

interface Pending {
  row: UndeliveredRow;
  /** False while the answer or report is only in memory. */
  written: boolean;
  attempts: number;
  posting: boolean;
  timer: Timer | null;
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
  /** Tries everything that waits, once, now. */
  flush(): Promise<void>;
  onChange(listener: (change: OutboxChange) => void): void;
  stop(): Promise<void>;
}

export type OutboxChange =
  | { kind: 'delivered'; row: UndeliveredRow }
  | { kind: 'reported'; row: UndeliveredRow }
  | { kind: 'refused' | 'expired'; row: UndeliveredRow; reason: string }
  | { kind: 'waiting'; row: UndeliveredRow; reason: string }
  | { kind: 'unwritable' };

/** Posts under way at once when many rows wait; keeps a slow coordinator from holding up all the rest. */
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
  let nextUnwrittenSeq = -1;
  let outage = false;

  const tell = (change: OutboxChange) => {
    for (const listener of listeners) listener(change);
  };

  function send(row: UndeliveredRow): Promise<Outcome> {
    const signed = { nodeId: row.nodeId, requestId: row.requestId, ...nodeKey.signResult(row.requestId) };
    const { nodeId, requestId, message, signature } = signed;
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

  function end(
    entry: Pending,
    state: 'delivered' | 'reported' | 'refused' | 'expired',
    outcome: string,
  ): void {
    const { row } = entry;
    entry.timer?.cancel();
    pending.delete(row.seq);
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
    const backoff = Math.min(options.retryMaxMs, options.retryMinMs * 2 ** Math.min(entry.attempts - 1, 16));
    const wait =
      retryAfterMs === null
        ? backoff * (1 + options.jitter * (2 * random() - 1))
        : Math.max(options.retryMinMs, Math.min(retryAfterMs, options.retryAfterMaxMs));
    entry.timer = clock.after(wait, () => start(entry));
  }

  /** The coordinator answers again: what waited for that need not wait longer. */
  function bringForward(): void {
    for (const entry of pending.values()) {
      if (entry.posting || !entry.timer || entry.broughtForward >= 3) continue;
      entry.broughtForward += 1;
      entry.timer.cancel();
      entry.timer = clock.after(0, () => start(entry));
    }
  }

  async function post(entry: Pending): Promise<void> {
    const { row } = entry;
    if (clock.now() - row.finishedAtMs > options.giveUpMs) {
      end(entry, 'expired', 'too-old');
      log.warn('outbox-expired', { requestId: row.requestId, attempts: entry.attempts });
      tell({ kind: 'expired', row, reason: 'too-old' });
      return;
    }
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
      log.warn('outbox-refused', { requestId: row.requestId, reason: outcome.reason, failure: row.failure });
      tell({ kind: 'refused', row, reason: outcome.reason });
      return;
    }
    if (stopping.signal.aborted) return;
    outage = true;
    schedule(entry, outcome.retryAfterMs);
    log.warn('outbox-waiting', {
      requestId: row.requestId,
      reason: outcome.reason,
      attempts: entry.attempts,
    });
    tell({ kind: 'waiting', row, reason: outcome.reason });
  }

  /** Posts `entry` unless it is being posted; with too many under way it waits its turn. */
  function start(entry: Pending, urgent = false): Promise<void> {
    entry.timer?.cancel();
    entry.timer = null;
    if (entry.posting || stopping.signal.aborted || !pending.has(entry.row.seq)) return Promise.resolve();
    if (!urgent && posts.size >= parallelPosts) {
      entry.timer = clock.after(options.retryMinMs, () => start(entry));
      return Promise.resolve();
    }
    const work = post(entry);
    posts.add(work);
    return work.finally(() => posts.delete(work));
  }

  function add(row: UndeliveredRow, written = true): Pending {
    const entry: Pending = { row, written, attempts: 0, posting: false, timer: null, broughtForward: 0 };
    pending.set(row.seq, entry);
    return entry;
  }

  return {
    deliver: (row) => start(add(row), true),
    deliverFromMemory: (row) => start(add({ ...row, seq: row.seq ?? nextUnwrittenSeq-- }, false), true),
    resume(rows) {
      for (const row of rows) {
        const entry = add(row);
        entry.timer = clock.after(0, () => start(entry));
      }
    },
    holds: (requestId) => [...pending.values()].some(({ row }) => row.requestId === requestId),
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
      return [...pending.values()].filter(({ written }) => !written).length;
    },
    async flush() {
      try {
        writeEnds();
      } catch {
        // Still no room; told when it was first noticed.
      }
      await Promise.all([...pending.values()].map((entry) => start(entry, true)));
    },
    onChange: (listener) => void listeners.push(listener),
    async stop() {
      stopping.abort();
      for (const { timer } of pending.values()) timer?.cancel();
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
