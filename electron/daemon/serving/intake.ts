import { isNodeError } from '../../../shared/errors.ts';
import type { Logger } from '../logging/logger.ts';
import type { Clock } from '../system/clock.ts';
import type { FailureCode } from './failure.ts';
import { type InferenceRequest, judgeInbox } from './inbox.ts';
import type { Acceptance, Journal } from './journal.ts';
import type { Outbox } from './outbox.ts';
import type { Unrun, UnrunReports } from './unrun.ts';

export interface IntakeCounts {
  refusedEntries: number;
  duplicates: number;
  lastRequestAtMs: number | null;
}

/** Judges what the inbox hands out, and takes on what is new. */
export interface Intake {
  readonly counts: Readonly<IntakeCounts>;
  /** Returns how many requests were taken on to be run. */
  take(entries: readonly unknown[]): number;
}

export function createIntake(
  options: { promptBytes: number },
  modules: {
    journal: Pick<Journal, 'accept' | 'standing'>;
    outbox: Pick<Outbox, 'holds'>;
    /** Starts a request or lets it wait; returns why neither is possible, or null. */
    enqueue: (request: InferenceRequest, seq: number) => FailureCode | null;
    reports: Pick<UnrunReports, 'report' | 'room'>;
    onDiskFull: () => void;
    clock: Clock;
    log: Logger;
  },
): Intake {
  const { journal, outbox, enqueue, reports, onDiskFull, clock, log } = modules;
  const counts: IntakeCounts = { refusedEntries: 0, duplicates: 0, lastRequestAtMs: null };

  /** Writes down what is taken on; on a full disk everything that is not under way gets a failure report. */
  function accept(requestIds: readonly string[]): Acceptance[] | null {
    try {
      return journal.accept(requestIds);
    } catch (error) {
      log.error('journal-accept-failed', {
        code: isNodeError(error) ? error.code : 'unknown',
        count: requestIds.length,
      });
      onDiskFull();
      return null;
    }
  }

  /** The outbox is asked as well, for what a full disk kept out of the journal. */
  function isUnderWay(requestId: string): boolean {
    if (outbox.holds(requestId)) return true;
    try {
      return ['in-flight', 'delivered'].includes(journal.standing(requestId));
    } catch {
      return false;
    }
  }

  return {
    counts,
    take(entries) {
      const judged = judgeInbox(entries, { promptBytes: options.promptBytes });
      const unusable = judged.unusable.slice(0, reports.room());
      const refused = judged.refused + judged.unread + judged.unusable.length - unusable.length;
      counts.refusedEntries += refused;
      if (refused > 0) log.warn('inbox-entries-refused', { count: refused });
      const items: { requestId: string; request?: InferenceRequest; failure?: FailureCode }[] = [
        ...judged.requests.map((request) => ({ requestId: request.requestId, request })),
        ...unusable,
      ];
      if (items.length === 0) return 0;
      const acceptances = accept(items.map(({ requestId }) => requestId));
      let taken = 0;
      const unrun: Unrun[] = [];
      for (const [index, { requestId, request, failure }] of items.entries()) {
        const acceptance = acceptances?.[index];
        if (!acceptance) {
          if (!isUnderWay(requestId)) unrun.push({ requestId, seq: null, failure: 'disk-full' });
          continue;
        }
        if (acceptance.kind === 'in-flight' || acceptance.kind === 'delivered') {
          counts.duplicates += 1;
          log.info('request-again', { requestId, standing: acceptance.kind });
        } else if (acceptance.kind === 'exhausted') {
          if (!outbox.holds(requestId)) unrun.push({ requestId, seq: null, failure: 'attempts-exhausted' });
        } else {
          counts.lastRequestAtMs = clock.now();
          const { seq, attempt } = acceptance;
          const cannotRun = request ? enqueue(request, seq) : (failure ?? 'request-invalid');
          if (request) log.info('request-accepted', { requestId, attempt });
          if (cannotRun) unrun.push({ requestId, seq, failure: cannotRun });
          else taken += 1;
        }
      }
      reports.report(unrun);
      return taken;
    },
  };
}
