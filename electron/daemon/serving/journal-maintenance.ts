import { isNodeError } from '../../../shared/errors.ts';
import type { Logger } from '../logging/logger.ts';
import type { Clock, Timer } from '../system/clock.ts';
import type { Journal } from './journal.ts';
import type { Outbox } from './outbox.ts';

/** Keeps the journal small and clean, and hands over what an earlier run has left in it. */
export interface JournalMaintenance {
  /** Hands over, and begins. Throws what the journal throws, but for a full disk. */
  start(): void;
  /** Erased text still stands in the write-ahead log until it is emptied. */
  checkpointSoon(): void;
  /** There is room again: what a full disk kept from being handed over is handed over now. */
  catchUp(): void;
  stop(): void;
}

const checkpointDelayMs = 250;
const intervalMs = 60_000;

export function createJournalMaintenance(
  options: { keepDays: number },
  modules: {
    journal: Journal;
    outbox: Outbox;
    onDiskFull: () => void;
    /** Every minute, and at the end: what else is to be written now and then. */
    alsoWrite: () => void;
    clock: Clock;
    log: Logger;
  },
): JournalMaintenance {
  const { journal, outbox, onDiskFull, alsoWrite, clock, log } = modules;
  let checkpointTimer: Timer | null = null;
  let timer: Timer | null = null;
  /** A full disk can keep the journal from noting which requests a crash interrupted. */
  let recovered = false;
  let stopped = false;

  function tried(what: string, work: () => void): void {
    try {
      work();
    } catch (error) {
      log.warn('journal-upkeep-failed', { what, error: String(error) });
    }
  }

  function keepHouse(): void {
    alsoWrite();
    tried('time', () => journal.keepTime());
    tried('checkpoint', () => journal.checkpoint());
    tried('prune', () => journal.prune(options.keepDays));
    timer = clock.after(intervalMs, keepHouse);
  }

  /** Delivers what an earlier run left; on a full disk what is on disk as it is, and the rest once there is room. */
  function handOver(): void {
    let interrupted = 0;
    try {
      interrupted = journal.recover();
      recovered = true;
    } catch (error) {
      if (!isNodeError(error, 'disk-full')) throw error;
      onDiskFull();
    }
    const waiting = journal.undelivered().filter(({ requestId }) => !outbox.holds(requestId));
    if (waiting.length > 0) log.info('journal-recovered', { interrupted, undelivered: waiting.length });
    outbox.resume(waiting);
  }

  return {
    start() {
      handOver();
      timer = clock.after(intervalMs, keepHouse);
    },
    checkpointSoon() {
      if (stopped) return;
      checkpointTimer ??= clock.after(checkpointDelayMs, () => {
        checkpointTimer = null;
        if (outbox.undelivered === 0) tried('checkpoint', () => journal.checkpoint());
      });
    },
    catchUp() {
      if (outbox.catchUp() && !recovered) tried('take-over', handOver);
    },
    stop() {
      stopped = true;
      checkpointTimer?.cancel();
      timer?.cancel();
      alsoWrite();
      tried('time', () => journal.keepTime());
      tried('checkpoint', () => journal.checkpoint());
    },
  };
}
