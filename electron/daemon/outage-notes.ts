import type { DatabaseSync } from 'node:sqlite';
import type { OutageReason } from '../../shared/contract/activity.ts';
import { outageReasonOf } from '../../shared/outages.ts';
import type { StateCode } from '../../shared/states/states.ts';
import type { Logger } from './logging/logger.ts';
import type { Clock } from './system/clock.ts';
import type { TimeEvent } from './system/time-watch.ts';

/** What explains the gaps between the spans online, written down as it happens. */
export interface OutageNote {
  atMs: number;
  /** `started` after an end that was noted, or before there were notes: it explains nothing. */
  reason: OutageReason | 'clock-set' | 'started';
  /** How far the clock was set forward, ms; 0 for every other note. */
  byMs: number;
}

export interface OutageNotes {
  /** The node begins: if the last run wrote no end of its own, it did not end well. */
  started(): void;
  /** The state that applies now; only those that keep the node offline leave a note. */
  state(code: StateCode): void;
  time(event: TimeEvent): void;
  /** The node ends as it was asked to. */
  stopped(): void;
}

/** By count and not by age, so that a wrong clock erases nothing. */
const mostNotes = 500;

export function createOutageNotes(
  { nodeAddress }: { nodeAddress: string },
  modules: { nodeId: () => string | null; database: DatabaseSync; clock: Clock; log: Logger },
): OutageNotes {
  const { nodeId, database, clock, log } = modules;
  let last: StateCode | null = null;

  function tried(work: () => void): void {
    try {
      work();
    } catch (error) {
      // A full or broken disk is dealt with elsewhere; an explanation is worth no heartbeat.
      log.warn('outage-not-noted', { error: String(error) });
    }
  }

  function note(reason: OutageNote['reason'], byMs = 0): void {
    const id = nodeId();
    if (id === null) return;
    tried(() => {
      database
        .prepare(
          'INSERT INTO outage_notes (node_address, node_id, at_ms, reason, by_ms) VALUES (?, ?, ?, ?, ?)',
        )
        .run(nodeAddress, id, clock.now(), reason, byMs);
      database
        .prepare(`DELETE FROM outage_notes WHERE seq <= (SELECT MAX(seq) FROM outage_notes) - ${mostNotes}`)
        .run();
    });
  }

  return {
    started() {
      const id = nodeId();
      if (id === null) return;
      tried(() => {
        const newest = database
          .prepare(
            'SELECT reason FROM outage_notes WHERE node_address = ? AND node_id = ? ORDER BY seq DESC LIMIT 1',
          )
          .get(nodeAddress, id);
        // What ran before there were notes left none, and may have ended well.
        note(newest === undefined || newest.reason === 'stopped' ? 'started' : 'crashed');
      });
    },
    state(code) {
      if (code === last) return;
      last = code;
      const reason = outageReasonOf(code);
      if (reason !== null) note(reason);
    },
    time(event) {
      if (event.kind === 'woke') note('asleep');
      else note('clock-set', Math.max(0, event.byMs));
    },
    stopped: () => note('stopped'),
  };
}

/** @returns the notes of a node, oldest first */
export function readOutageNotes(
  { nodeId, nodeAddress, fromMs }: { nodeId: string; nodeAddress: string; fromMs: number },
  { database }: { database: DatabaseSync },
): OutageNote[] {
  return database
    .prepare(
      `SELECT at_ms AS atMs, reason, by_ms AS byMs FROM outage_notes
       WHERE node_address = ? AND node_id = ? AND at_ms >= ? ORDER BY seq`,
    )
    .all(nodeAddress, nodeId, fromMs) as unknown as OutageNote[];
}
