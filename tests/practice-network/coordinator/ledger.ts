import type { ChangeSignal } from '../change-signal.ts';
import { createChangeSignal } from '../change-signal.ts';

/* All times are performance.now() of the coordinator's process, in ms. */

export interface HeartbeatSeen {
  atMs: number;
  nodeId: string | null;
  status: number;
  accepted: boolean;
  /** Why it was refused, as answered. */
  reason: string | null;
  body: unknown;
}

export interface PollSeen {
  atMs: number;
  nodeId: string | null;
  /** The requests handed out in this answer. */
  dispatched: string[];
}

export interface ResultSeen {
  atMs: number;
  requestId: string;
  nodeId: string;
  status: number;
  accepted: boolean;
  reason: string | null;
  poeVerified: boolean;
  late: boolean;
  /** The request had been answered before. */
  duplicate: boolean;
  /** The request had been answered before, and the node had been told so with a 2xx. */
  afterAcknowledgement: boolean;
  /** When a 2xx answer had been written out completely. */
  acknowledgedAtMs: number | null;
  model: string;
  result: string;
  ms: number;
  inputTokens: number | null;
  outputTokens: number | null;
}

export interface FailureSeen {
  atMs: number;
  requestId: string;
  nodeId: string;
  status: number;
  accepted: boolean;
  reason: string | null;
  /** More failure reports than dispatches. */
  duplicate: boolean;
  acknowledgedAtMs: number | null;
  error: string;
}

/** Something a strict coordinator would complain of, whether it was refused or not. */
export interface Violation {
  atMs: number;
  endpoint: string;
  rule: string;
  detail: string;
}

export interface WorkRecord {
  requestId: string;
  prompt: string;
  system: string | null;
  model: string | null;
  submittedAtMs: number;
  /** Every time the request stood in an inbox answer. `atMs`: when that answer was written. */
  dispatches: { nodeId: string; atMs: number }[];
  results: ResultSeen[];
  failures: FailureSeen[];
  /** `failed`: reported as failed and not requeued any more. */
  outcome: 'open' | 'answered' | 'failed';
  endedAtMs: number | null;
}

/** The exact account of everything that happened between the coordinator and its nodes. */
export interface Ledger {
  readonly heartbeats: readonly HeartbeatSeen[];
  readonly polls: readonly PollSeen[];
  readonly work: readonly WorkRecord[];
  readonly results: readonly ResultSeen[];
  readonly failures: readonly FailureSeen[];
  readonly violations: readonly Violation[];
  /** Results and failure reports that came again although the node had had its 2xx. Must be 0. */
  readonly deliveredTwiceAfterAcknowledgement: number;
  request(requestId: string): WorkRecord | null;
  /** Waits until `check` gives something; looked at again after every event. */
  when: ChangeSignal['when'];
  summary(): LedgerSummary;
}

export interface LedgerSummary {
  heartbeatsAccepted: number;
  heartbeatsRefused: number;
  polls: number;
  submitted: number;
  open: number;
  answered: number;
  failed: number;
  dispatches: number;
  resultsAccepted: number;
  resultsWithoutValidPoe: number;
  failureReportsAccepted: number;
  deliveredTwiceAfterAcknowledgement: number;
  violations: number;
  inputTokens: number;
  outputTokens: number;
}

export interface LedgerBook extends Ledger {
  heartbeat(entry: HeartbeatSeen): void;
  poll(entry: PollSeen): void;
  submitted(entry: WorkRecord): void;
  result(entry: ResultSeen): void;
  failure(entry: FailureSeen): void;
  violation(endpoint: string, rule: string, detail: string): void;
  /** After a change inside a record. */
  changed(): void;
}

export function createLedger(): LedgerBook {
  const heartbeats: HeartbeatSeen[] = [];
  const polls: PollSeen[] = [];
  const work = new Map<string, WorkRecord>();
  const results: ResultSeen[] = [];
  const failures: FailureSeen[] = [];
  const violations: Violation[] = [];
  const signal = createChangeSignal();

  const twice = () =>
    results.filter((seen) => seen.afterAcknowledgement).length +
    failures.filter((seen) => seen.duplicate).length;

  function append<T>(list: T[], entry: T): void {
    list.push(entry);
    signal.notify();
  }

  return {
    heartbeats,
    polls,
    get work() {
      return [...work.values()];
    },
    results,
    failures,
    violations,
    get deliveredTwiceAfterAcknowledgement() {
      return twice();
    },
    request: (requestId) => work.get(requestId) ?? null,
    when: signal.when,
    heartbeat: (entry) => append(heartbeats, entry),
    poll: (entry) => append(polls, entry),
    submitted(entry) {
      work.set(entry.requestId, entry);
      signal.notify();
    },
    result(entry) {
      work.get(entry.requestId)?.results.push(entry);
      append(results, entry);
    },
    failure(entry) {
      work.get(entry.requestId)?.failures.push(entry);
      append(failures, entry);
    },
    violation: (endpoint, rule, detail) =>
      append(violations, { atMs: performance.now(), endpoint, rule, detail }),
    changed: signal.notify,
    summary() {
      const records = [...work.values()];
      const accepted = results.filter((seen) => seen.accepted && !seen.duplicate);
      const sum = (numbers: (number | null)[]) =>
        numbers.reduce<number>((total, one) => total + (one ?? 0), 0);
      return {
        heartbeatsAccepted: heartbeats.filter((beat) => beat.accepted).length,
        heartbeatsRefused: heartbeats.filter((beat) => !beat.accepted).length,
        polls: polls.length,
        submitted: records.length,
        open: records.filter((record) => record.outcome === 'open').length,
        answered: records.filter((record) => record.outcome === 'answered').length,
        failed: records.filter((record) => record.outcome === 'failed').length,
        dispatches: sum(records.map((record) => record.dispatches.length)),
        resultsAccepted: accepted.length,
        resultsWithoutValidPoe: results.filter((seen) => !seen.poeVerified).length,
        failureReportsAccepted: failures.filter((seen) => seen.accepted && !seen.duplicate).length,
        deliveredTwiceAfterAcknowledgement: twice(),
        violations: violations.length,
        inputTokens: sum(accepted.map((seen) => seen.inputTokens)),
        outputTokens: sum(accepted.map((seen) => seen.outputTokens)),
      };
    },
  };
}
