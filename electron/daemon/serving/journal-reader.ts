import type { RequestRecord } from '../../../shared/contract/records.ts';
import type { Elapsed } from './elapsed.ts';
import type { FailureCode } from './failure.ts';
import type { FinishedWork, UndeliveredRow } from './owed.ts';
import type { Statements } from './statements.ts';

/** Who serves: rows of anybody else are listed and never posted. */
export interface ServingIdentity {
  nodeId: string;
  nodeAddress: string;
  nodeKeyHash: string;
}

export type RowState = 'accepted' | 'finished' | 'failed' | 'delivered' | 'reported' | 'refused' | 'expired';

/** `delivered`, `expired` and `refused` count the journal's whole life, pruned rows included. */
export interface JournalCounts {
  undelivered: number;
  oldestUndeliveredAtMs: number | null;
  foreign: number;
  delivered: number;
  expired: number;
  refused: number;
}

/** What the journal can be asked. */
export interface JournalReader {
  /** Rows of this identity that wait for delivery, oldest first. */
  undelivered(): UndeliveredRow[];
  counts(): JournalCounts;
  /** Results of this node acknowledged at or after `fromMs`, as far as their rows are still kept. */
  deliveredSince(fromMs: number): number;
  /** The newest requests of this identity, newest first, without any text of theirs. */
  recent(limit: number, beforeSeq: number | null): RequestRecord[];
  /** Something was written. */
  forgetCounts(): void;
}

type Nullable<Of> = { [Name in keyof Of]: Of[Name] | null };
/** A row as the journal has it: what a failure report has no use for is empty. */
type OpenRow = Pick<UndeliveredRow, 'seq' | 'nodeId' | 'requestId' | 'acceptedAtMs' | 'finishedAtMs'> &
  Nullable<FinishedWork> & { failure: FailureCode | null; finishedElapsedMs: number | null };

/** A number that the disk has changed may be one that cannot be read at all, and would hide every other row. */
const bounded = (column: string) => `MIN(MAX(${column}, 0), ${Number.MAX_SAFE_INTEGER})`;

function owedBy(row: OpenRow, elapsedMs: number): UndeliveredRow {
  const {
    failure,
    model,
    result,
    poe,
    generationMs,
    inputTokens,
    outputTokens,
    finishedElapsedMs,
    ...known
  } = row;
  const owed = { ...known, ageMs: Math.max(0, elapsedMs - (finishedElapsedMs ?? elapsedMs)) };
  if (failure !== null) return { ...owed, failure };
  const answer = { model: model ?? '', result: result ?? '', poe: poe ?? '' };
  return { ...owed, failure, ...answer, generationMs: generationMs ?? 0, inputTokens, outputTokens };
}

export function createJournalReader(
  { identity }: { identity: ServingIdentity },
  { statements, elapsed }: { statements: Statements; elapsed: Elapsed },
): JournalReader {
  const { sql, durably } = statements;
  /** Counting reads the disk, and every report contains the counts. */
  let counted: JournalCounts | null = null;

  return {
    forgetCounts() {
      counted = null;
    },

    undelivered() {
      return durably(
        () =>
          sql(
            `SELECT seq, node_id AS nodeId, request_id AS requestId, ${bounded('accepted_ms')} AS acceptedAtMs,
               ${bounded('finished_ms')} AS finishedAtMs, ${bounded('finished_elapsed_ms')} AS finishedElapsedMs,
               error_code AS failure, model, result, poe, ${bounded('generation_ms')} AS generationMs,
               ${bounded('input_tokens')} AS inputTokens, ${bounded('output_tokens')} AS outputTokens
             FROM requests WHERE node_address = ? AND node_id = ? AND state IN ('finished', 'failed')
               AND seq BETWEEN 1 AND ${Number.MAX_SAFE_INTEGER} ORDER BY seq`,
          ).all(identity.nodeAddress, identity.nodeId) as unknown as OpenRow[],
      ).map((row) => owedBy(row, elapsed.ms()));
    },

    counts() {
      counted ??= durably(() => {
        const open = sql(
          `SELECT
             COUNT(*) FILTER (WHERE own AND state != 'accepted') AS undelivered,
             MIN(finished_ms) FILTER (WHERE own AND state != 'accepted') AS oldestUndeliveredAtMs,
             COUNT(*) FILTER (WHERE NOT own) AS "foreign"
           FROM (SELECT state, finished_ms, node_address = ? AND node_id = ? AS own FROM requests
                 WHERE state IN ('accepted', 'finished', 'failed'))`,
        ).get(identity.nodeAddress, identity.nodeId) as unknown as Pick<
          JournalCounts,
          'undelivered' | 'oldestUndeliveredAtMs' | 'foreign'
        >;
        const closed = sql('SELECT state, count FROM tallies WHERE node_address = ? AND node_id = ?').all(
          identity.nodeAddress,
          identity.nodeId,
        ) as { state: string; count: number }[];
        const tally = (state: RowState) => closed.find((row) => row.state === state)?.count ?? 0;
        return {
          ...open,
          delivered: tally('delivered'),
          expired: tally('expired'),
          refused: tally('refused'),
        };
      });
      return counted;
    },

    deliveredSince(fromMs) {
      return durably(() => {
        const row = sql(
          `SELECT COUNT(*) AS count FROM requests
           WHERE closed_ms >= ? AND state = 'delivered' AND node_address = ? AND node_id = ?`,
        ).get(fromMs, identity.nodeAddress, identity.nodeId) as { count: number };
        return row.count;
      });
    },

    recent(limit, beforeSeq) {
      return durably(
        () =>
          sql(
            `SELECT seq, request_id AS requestId, state, model, accepted_ms AS acceptedAtMs,
               finished_ms AS finishedAtMs, closed_ms AS closedAtMs, generation_ms AS generationMs,
               input_tokens AS inputTokens, output_tokens AS outputTokens, poe, error_code AS failure
             FROM requests WHERE node_address = ? AND node_id = ? AND seq < ? ORDER BY seq DESC LIMIT ?`,
          ).all(
            identity.nodeAddress,
            identity.nodeId,
            beforeSeq ?? Number.MAX_SAFE_INTEGER,
            limit,
          ) as unknown as RequestRecord[],
      );
    },
  };
}
