import type { Logger } from '../logging/logger.ts';
import { isDiskFault } from '../storage/system-fault.ts';
import type { Clock, Timer } from '../system/clock.ts';
import type { Journal } from './journal.ts';
import type { Outbox } from './outbox.ts';
import type { UndeliveredRow } from './owed.ts';
import { isWhole } from './row-check.ts';

/** Keeps the journal small and clean, and hands over what an earlier run has left in it. */
export interface JournalMaintenance {
  /** Hands over, and begins. Never throws: a damaged journal must not keep the node from its heartbeats. */
  start(): void;
  /** Erased text is still in the write-ahead log until it is emptied. */
  checkpointSoon(): void;
  /** There is room again: what a full disk kept from being handed over is handed over now. */
  catchUp(): void;
  stop(): void;
}

const checkpointDelayMs = 250;
const intervalMs = 60_000;

export function createJournalMaintenance(
  options: { nodeId: string; keepDays: number },
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

  /** What is to be posted. A row that the disk has changed is closed; nothing of it is ever sent. */
  function readWaiting(): UndeliveredRow[] {
    let rows: UndeliveredRow[] = [];
    tried('read', () => {
      rows = journal.undelivered();
    });
    return rows.filter((row) => {
      if (outbox.holds(row.requestId)) return false;
      if (isWhole(row, options.nodeId)) return true;
      log.error('journal-row-damaged', { seq: row.seq });
      tried('close', () => journal.close(row.seq, 'refused', 'damaged-row'));
      return false;
    });
  }

  /** Delivers what an earlier run left; on a full disk what is on disk as it is, and the rest once there is room. */
  function handOver(): void {
    let interrupted = 0;
    try {
      interrupted = journal.recover();
      recovered = true;
    } catch (error) {
      if (isDiskFault(error)) onDiskFull();
      else log.error('journal-upkeep-failed', { what: 'recover', error: String(error) });
    }
    const waiting = readWaiting();
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
