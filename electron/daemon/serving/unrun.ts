import type { Logger } from '../logging/logger.ts';
import type { Clock } from '../system/clock.ts';
import type { FailureCode } from './failure.ts';
import type { Journal } from './journal.ts';
import type { Outbox } from './outbox.ts';

/** A request that gets a failure report instead of being run. */
export interface Unrun {
  requestId: string;
  /** Null when the journal has no row for this attempt. */
  seq: number | null;
  failure: FailureCode;
}

/** Failure reports of what was not run; the next poll does not wait for them. */
export interface UnrunReports {
  /** Owes each its failure report: on disk in one write, however many they are, and then on its way. */
  report(requests: readonly Unrun[]): void;
  /** For how many more a failure report may be owed. */
  room(): number;
  /** How many were owed in this run. */
  readonly count: number;
}

/** Failure reports of what was not run that may wait at a time; beyond, such entries are counted only. */
const mostReports = 64;

/** @param modules `track` follows each delivery; `endsWork`: requests that were taken on are answered with it */
export function createUnrunReports(
  options: { nodeId: string; queueLimit: number },
  modules: {
    journal: Pick<Journal, 'failAll'>;
    outbox: Pick<Outbox, 'reportUnrun' | 'undeliveredReports'>;
    track: (delivery: Promise<void>, endsWork: boolean) => void;
    onDiskFull: () => void;
    clock: Clock;
    log: Logger;
  },
): UnrunReports {
  const { nodeId, queueLimit } = options;
  const { journal, outbox, track, onDiskFull, clock, log } = modules;
  let count = 0;

  function logEach(requests: readonly Unrun[]): void {
    if (requests.length > queueLimit) {
      const failures = [...new Set(requests.map(({ failure }) => failure))].join(', ');
      log.warn('requests-not-run', { count: requests.length, failures });
    } else for (const { requestId, failure } of requests) log.warn('request-not-run', { requestId, failure });
  }

  return {
    report(requests) {
      if (requests.length === 0) return;
      count += requests.length;
      const now = clock.now();
      const owed = { nodeId, acceptedAtMs: now, finishedAtMs: now };
      const rows = requests.map((request) => ({ ...request, ...owed }));
      logEach(requests);
      const accepted = rows.flatMap(({ seq, failure }) => (seq === null ? [] : [{ seq, failure }]));
      try {
        journal.failAll(accepted);
      } catch {
        // Reported anyway; after a crash the row says that a report is owed.
        onDiskFull();
      }
      // A flood of what cannot be run is no reason to ask for more at once.
      track(outbox.reportUnrun(rows), accepted.length > 0 && requests.length <= queueLimit);
    },
    room: () => Math.max(0, mostReports - outbox.undeliveredReports),
    get count() {
      return count;
    },
  };
}
