import type { DatabaseSync } from 'node:sqlite';
import type { Clock } from '../system/clock.ts';
import { createElapsed, readBootId } from './elapsed.ts';
import type { FailureCode } from './failure.ts';
import {
  createJournalReader,
  type JournalReader,
  type RowState,
  type ServingIdentity,
} from './journal-reader.ts';
import type { FinishedWork } from './owed.ts';
import { createStatements } from './statements.ts';

/** What the journal says of an id that the inbox hands out. */
export type Acceptance =
  | { kind: 'accepted'; seq: number; attempt: number }
  /** Under way or waiting for delivery: this entry is answered by what is already there. */
  | { kind: 'in-flight' }
  /** Its result was acknowledged; it is counted and not run. */
  | { kind: 'delivered' }
  /** Failed as often as we try. */
  | { kind: 'exhausted' };

/**
 * Every request from acceptance to acknowledgement, on disk. Prompts never enter it; the text of a
 * result is in it only between *finished* and the row's end. Every write is durable when the call
 * returns. All methods throw NodeError `disk-full` or `database-unusable`.
 */
export interface Journal extends Omit<JournalReader, 'forgetCounts'> {
  /** Takes requests on, in one transaction; the answers are in the order of the ids. */
  accept(requestIds: readonly string[]): Acceptance[];
  /** What `accept` would answer, without writing: works on a full disk. */
  standing(requestId: string): Acceptance['kind'];
  /** The answer is complete: from here on it cannot be lost. */
  finish(seq: number, work: FinishedWork): void;
  /** The request failed; a report is owed. */
  fail(seq: number, failure: FailureCode): void;
  /** The same for many, in one transaction. */
  failAll(requests: readonly { seq: number; failure: FailureCode }[]): void;
  /** Ends a row; the text is erased, the figures stay. */
  close(seq: number, state: 'delivered' | 'reported' | 'refused' | 'expired', outcome: string): void;
  /** After a crash: what was accepted and not finished owes a failure report. Returns how many. */
  recover(): number;
  /**
   * Deletes rows that were closed `days` of elapsed time ago, some thousands at a time so that no heartbeat waits. A
   * clock that is set deletes nothing: a request that is forgotten could be run again.
   */
  prune(days: number): void;
  /** Empties the write-ahead log, which would keep erased text. */
  checkpoint(): void;
  /** Writes down how much time has passed, by which rows age. */
  keepTime(): void;
}

/**
 * The nodeKeyHash of the newest row; where all rows were pruned, the nodeAddress of a tally. Null when
 * there is neither: a key that was ever used must not be replaced unseen.
 */
export function journalNamesKey(database: DatabaseSync): string | null {
  const row = database.prepare('SELECT node_key_hash FROM requests ORDER BY seq DESC LIMIT 1').get() as
    | { node_key_hash: string }
    | undefined;
  if (row !== undefined) return row.node_key_hash;
  const tally = database.prepare('SELECT node_address FROM tallies LIMIT 1').get() as
    | { node_address: string }
    | undefined;
  return tally?.node_address ?? null;
}

/**
 * How many finished answers the network has not got.
 *
 * @param nodeAddress of this node; null counts those of every node that served here
 */
export function undeliveredResults(database: DatabaseSync, nodeAddress: string | null): number {
  const { waiting } = database
    .prepare(
      "SELECT COUNT(*) AS waiting FROM requests WHERE state = 'finished' AND node_address = COALESCE(?, node_address)",
    )
    .get(nodeAddress) as { waiting: number };
  return waiting;
}

export function createJournal(
  options: { identity: ServingIdentity; attempts: number; path: string },
  modules: { database: DatabaseSync; clock: Clock },
): Journal {
  const { identity, attempts, path } = options;
  const { database, clock } = modules;
  const statements = createStatements({ path }, { database });
  const { sql, durably } = statements;
  const elapsed = createElapsed({ bootId: readBootId() }, { statements, clock });
  const reader = createJournalReader({ identity }, { statements, elapsed });

  /** What was counted before a write is out of date, whatever became of it. */
  function write<T>(work: () => T): T {
    reader.forgetCounts();
    return durably(work);
  }

  function inTransaction<T>(work: () => T): T {
    reader.forgetCounts();
    return statements.inTransaction(work);
  }

  function lookUp(requestId: string): { kind: Acceptance['kind']; attempt: number } {
    const previous = sql(
      `SELECT state, attempt FROM requests WHERE node_address = ? AND request_id = ? ORDER BY attempt DESC LIMIT 1`,
    ).get(identity.nodeAddress, requestId) as { state: RowState; attempt: number } | undefined;
    if (!previous) return { kind: 'accepted', attempt: 1 };
    const attempt = previous.attempt + 1;
    if (['accepted', 'finished', 'failed'].includes(previous.state)) return { kind: 'in-flight', attempt };
    if (previous.state === 'delivered') return { kind: 'delivered', attempt };
    return { kind: previous.attempt >= attempts ? 'exhausted' : 'accepted', attempt };
  }

  function acceptOne(requestId: string): Acceptance {
    const { kind, attempt } = lookUp(requestId);
    if (kind !== 'accepted') return { kind };
    const { lastInsertRowid } = sql(
      `INSERT INTO requests (node_id, node_address, node_key_hash, request_id, attempt, state, accepted_ms)
       VALUES (?, ?, ?, ?, ?, 'accepted', ?)`,
    ).run(identity.nodeId, identity.nodeAddress, identity.nodeKeyHash, requestId, attempt, clock.now());
    return { kind, seq: Number(lastInsertRowid), attempt };
  }

  function failOne(seq: number, failure: FailureCode): void {
    sql(
      `UPDATE requests SET state = 'failed', finished_ms = ?, finished_elapsed_ms = ?, error_code = ?
       WHERE seq = ? AND state = 'accepted'`,
    ).run(clock.now(), elapsed.ms(), failure, seq);
  }

  return {
    accept(requestIds) {
      return inTransaction(() => requestIds.map(acceptOne));
    },

    standing(requestId) {
      return durably(() => lookUp(requestId).kind);
    },

    finish(seq, work) {
      write(() =>
        sql(
          `UPDATE requests SET state = 'finished', finished_ms = ?, finished_elapsed_ms = ?, model = ?, result = ?,
             poe = ?, generation_ms = ?, input_tokens = ?, output_tokens = ? WHERE seq = ? AND state = 'accepted'`,
        ).run(
          clock.now(),
          elapsed.ms(),
          work.model,
          work.result,
          work.poe,
          work.generationMs,
          work.inputTokens,
          work.outputTokens,
          seq,
        ),
      );
    },

    fail(seq, failure) {
      write(() => failOne(seq, failure));
    },

    failAll(requests) {
      if (requests.length === 0) return;
      inTransaction(() => {
        for (const { seq, failure } of requests) failOne(seq, failure);
      });
    },

    close(seq, state, outcome) {
      inTransaction(() => {
        sql(
          `UPDATE requests SET state = ?, closed_ms = ?, closed_elapsed_ms = ?, outcome = ?, result = NULL
           WHERE seq = ?`,
        ).run(state, clock.now(), elapsed.ms(), outcome, seq);
        sql(
          `INSERT INTO tallies (node_address, node_id, state, count) VALUES (?, ?, ?, 1)
           ON CONFLICT DO UPDATE SET count = count + 1`,
        ).run(identity.nodeAddress, identity.nodeId, state);
      });
    },

    recover() {
      return write(() =>
        Number(
          sql(
            `UPDATE requests SET state = 'failed', finished_ms = ?, finished_elapsed_ms = ?,
               error_code = 'node-restarted'
             WHERE node_address = ? AND node_id = ? AND state = 'accepted'`,
          ).run(clock.now(), elapsed.ms(), identity.nodeAddress, identity.nodeId).changes,
        ),
      );
    },

    prune(days) {
      durably(() =>
        sql(
          `DELETE FROM requests WHERE seq IN
             (SELECT seq FROM requests WHERE closed_elapsed_ms < ? ORDER BY closed_elapsed_ms LIMIT 2000)`,
        ).run(elapsed.ms() - days * 24 * 60 * 60 * 1000),
      );
    },

    undelivered: reader.undelivered,
    counts: reader.counts,
    deliveredSince: reader.deliveredSince,
    recent: reader.recent,

    checkpoint() {
      durably(() => database.exec('PRAGMA wal_checkpoint(TRUNCATE)'));
    },

    keepTime: elapsed.keep,
  };
}
