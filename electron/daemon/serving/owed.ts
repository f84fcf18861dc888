import type { FailureCode } from './failure.ts';

/** What belongs to a request that was taken on, whatever came of it. */
interface OwedRow {
  seq: number;
  nodeId: string;
  requestId: string;
  acceptedAtMs: number;
  finishedAtMs: number;
  /** How long it had waited when it was read from the journal, by elapsed time; a new one has not. */
  ageMs?: number;
}

export interface FinishedWork {
  model: string;
  result: string;
  poe: string;
  generationMs: number;
  inputTokens: number | null;
  outputTokens: number | null;
}

/** A finished answer that the coordinator has not acknowledged. */
export interface AnswerRow extends OwedRow, FinishedWork {
  failure: null;
}

/** A failure report that it has not acknowledged. */
export interface FailureRow extends OwedRow {
  failure: FailureCode;
}

/** What is owed to the coordinator: every post is made from one of these. */
export type UndeliveredRow = AnswerRow | FailureRow;

type OfUnwritten<Row> = Row extends OwedRow ? Omit<Row, 'seq'> & { seq: number | null } : never;
/** A row that a full disk kept out of the journal, wholly (`seq` null) or in its last step. */
export type UnwrittenRow = OfUnwritten<UndeliveredRow>;
