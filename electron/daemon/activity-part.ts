import type { DatabaseSync } from 'node:sqlite';
import type { CommandHandlers, CommandOutput } from '../../shared/contract/commands.ts';
import type { Snapshot } from '../../shared/contract/snapshot.ts';
import { readActivity } from './activity-record.ts';
import type { Logger } from './logging/logger.ts';
import { createOutageNotes } from './outage-notes.ts';
import type { Clock } from './system/clock.ts';
import type { Part } from './system/part.ts';

/** The record of time online and work, with what explains its gaps. */
export interface ActivityPart extends Part {
  readonly handlers: Pick<CommandHandlers, 'activity'>;
  /** A state is reported. */
  note(snapshot: Pick<Snapshot, 'state'>): void;
}

/** Windows ask once a minute; several of them cost no more than one. */
const answerForMs = 20_000;

export function createActivityPart(
  { nodeAddress }: { nodeAddress: string },
  modules: {
    node: () => { nodeId: string | null; keepUptime: () => void };
    database: DatabaseSync;
    clock: Clock;
    log: Logger;
  },
): ActivityPart {
  const { node, database, clock, log } = modules;
  const notes = createOutageNotes({ nodeAddress }, { nodeId: () => node().nodeId, database, clock, log });
  const answers = new Map<
    string,
    { sinceBootMs: number; nodeId: string; answer: CommandOutput<'activity'> }
  >();

  return {
    name: 'activity',
    start: notes.started,
    onTime(event) {
      answers.clear();
      notes.time(event);
    },
    note: ({ state }) => notes.state(state.code),
    handlers: {
      async activity({ range }) {
        const { nodeId, keepUptime } = node();
        if (nodeId === null) return nothingOnRecord(clock.now());
        const known = answers.get(range);
        const sinceBootMs = clock.sinceBootMs();
        if (known?.nodeId === nodeId && sinceBootMs - known.sinceBootMs < answerForMs) return known.answer;
        // The span that is open belongs to it.
        keepUptime();
        const answer = readActivity({ range, nodeId, nodeAddress, nowMs: clock.now() }, { database });
        answers.set(range, { sinceBootMs, nodeId, answer });
        return answer;
      },
    },
    stop: notes.stopped,
  };
}

function nothingOnRecord(asOfMs: number): CommandOutput<'activity'> {
  const requests = { delivered: 0, failed: 0, deadlineMissed: 0, measured: 0 };
  return {
    ...{ asOfMs, sinceMs: null, online: null, slots: [], outages: [], outageCount: 0, longestOutageMs: null },
    ...{ missed: null, missedSinceMs: null },
    requests: { ...requests, p50Ms: null, p95Ms: null, tokensPerSecond: null },
  };
}
