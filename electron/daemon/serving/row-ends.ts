import { isNodeError } from '../../../shared/errors.ts';
import type { Logger } from '../logging/logger.ts';
import type { Journal } from './journal.ts';

export type EndState = 'delivered' | 'reported' | 'refused' | 'expired';

/** The ends of rows; those that a full disk keeps from being written are retried before any other. */
export interface RowEnds {
  /** Writes the end of a row, now or later. False when there is no room now. */
  end(row: { seq: number; requestId: string }, state: EndState, outcome: string): boolean;
  /** Writes what is not written yet. @throws NodeError `disk-full`, `database-unusable` */
  write(): void;
  /** How many are not written. */
  readonly unwritten: number;
}

export function createRowEnds(modules: { journal: Pick<Journal, 'close'>; log: Logger }): RowEnds {
  const { journal, log } = modules;
  const unwritten = new Map<number, { state: EndState; outcome: string }>();

  function write(): void {
    for (const [seq, { state, outcome }] of unwritten) {
      journal.close(seq, state, outcome);
      unwritten.delete(seq);
    }
  }

  return {
    end({ seq, requestId }, state, outcome) {
      unwritten.set(seq, { state, outcome });
      try {
        write();
        return true;
      } catch (error) {
        log.error('journal-end-unwritten', {
          requestId,
          code: isNodeError(error) ? error.code : 'unknown',
        });
        return false;
      }
    },
    write,
    get unwritten() {
      return unwritten.size;
    },
  };
}
