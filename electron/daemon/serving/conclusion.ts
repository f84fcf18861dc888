import type { Reason } from '../../../shared/reasons/reason-text.ts';
import type { Outcome } from '../coordinator/answer.ts';
import type { Logger } from '../logging/logger.ts';
import type { AnswerRow, FailureRow, UndeliveredRow } from './owed.ts';
import type { EndState } from './row-ends.ts';

export type OutboxChange =
  | { kind: 'delivered'; row: AnswerRow }
  | { kind: 'reported'; row: FailureRow }
  | { kind: 'refused'; row: UndeliveredRow; reason: Reason; status: number }
  | { kind: 'expired'; row: UndeliveredRow; reason: Reason }
  | { kind: 'waiting'; row: UndeliveredRow; reason: Reason }
  | { kind: 'unwritable' };

/** What a post means for its row: the end of it, or another attempt later. */
export type Conclusion =
  | {
      end: { state: EndState; outcome: string };
      change: Exclude<OutboxChange, { kind: 'waiting' | 'unwritable' }> | null;
    }
  | { end: null; change: OutboxChange & { kind: 'waiting' }; retryAfterMs: number | null };

/** @param outcome null: nothing could be made of the row to post */
export function concludes(row: UndeliveredRow, outcome: Outcome | null, lastChance: boolean): Conclusion {
  if (outcome === null) return { end: { state: 'refused', outcome: 'damaged-row' }, change: null };
  if (outcome.kind === 'accepted') {
    const change = acknowledged(row);
    return { end: { state: change.kind, outcome: `http_${outcome.status}` }, change };
  }
  const { reason } = outcome;
  if (outcome.kind === 'refused') {
    const state = row.failure ? 'reported' : 'refused';
    return {
      end: { state, outcome: reason },
      change: { kind: 'refused', row, reason, status: outcome.status },
    };
  }
  if (lastChance)
    return {
      end: { state: 'expired', outcome: 'too-old' },
      change: { kind: 'expired', row, reason: 'too-old' },
    };
  return { end: null, change: { kind: 'waiting', row, reason }, retryAfterMs: outcome.retryAfterMs };
}

/** @param post what the change came of; `unrun`: a report of what was never run, of which there may be many */
export function logConclusion(
  change: Exclude<OutboxChange, { kind: 'unwritable' }>,
  post: { attempts: number; unrun: boolean },
  { log }: { log: Logger },
): void {
  const { attempts, unrun } = post;
  const { requestId, failure } = change.row;
  if (change.kind === 'delivered' || change.kind === 'reported') {
    const facts = { requestId, attempts, failure };
    return unrun ? log.debug(change.kind, facts) : log.info(change.kind, facts);
  }
  const { reason } = change;
  if (change.kind === 'refused')
    return log.warn('outbox-refused', { requestId, reason, status: change.status, failure });
  if (change.kind === 'expired') return log.warn('outbox-expired', { requestId, attempts });
  log.warn('outbox-waiting', { requestId, reason, attempts });
}

function acknowledged(row: UndeliveredRow): OutboxChange & { kind: 'delivered' | 'reported' } {
  return row.failure === null ? { kind: 'delivered', row } : { kind: 'reported', row };
}
