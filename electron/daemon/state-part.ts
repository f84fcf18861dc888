import type { Snapshot } from '../../shared/contract/snapshot.ts';
import { type StateCode, stateRow } from '../../shared/states/states.ts';
import type { Logger } from './logging/logger.ts';
import { decideState, type StateFacts } from './operator-state.ts';
import type { Clock, Timer } from './system/clock.ts';
import type { Part } from './system/part.ts';
import type { TimeEvent } from './system/time-watch.ts';

/** What the operator is shown: the one state that applies, and the badges beside it. */
export interface StatePart extends Part {
  start(): void;
  onTime(event: TimeEvent): void;
  /** Some states begin or end by the passing of time alone. */
  onProgress(listener: () => void): void;
  report(): Pick<Snapshot, 'state' | 'badges'>;
  /** Records and logs which state applies, when a snapshot with it is reported. */
  note(snapshot: Pick<Snapshot, 'state'>): void;
  stop(): void;
}

const intervalMs = 5000;

export function createStatePart(modules: {
  facts: () => Omit<StateFacts, 'woke'>;
  badges: () => Snapshot['badges'];
  clock: Clock;
  log: Logger;
}): StatePart {
  const { facts, badges, clock, log } = modules;
  const listeners: (() => void)[] = [];
  let woke: { sinceBootMs: number; durationMs: number } | null = null;
  let current: { code: StateCode; sinceMs: number } | null = null;
  let timer: Timer | null = null;

  function tick(): void {
    for (const listener of listeners) listener();
    timer = clock.after(intervalMs, tick);
  }

  return {
    name: 'state',
    start: tick,
    onTime(event) {
      if (event.kind === 'woke') woke = { sinceBootMs: clock.sinceBootMs(), durationMs: event.durationMs };
      for (const listener of listeners) listener();
    },
    onProgress: (listener) => void listeners.push(listener),
    report() {
      const ago = woke && {
        agoMs: clock.sinceBootMs() - woke.sinceBootMs,
        durationMs: woke.durationMs,
      };
      const { code, params } = decideState({ ...facts(), woke: ago });
      // One that was not reported yet begins now.
      const sinceMs = current?.code === code ? current.sinceMs : clock.now();
      return { state: { code, params, sinceMs }, badges: badges() };
    },
    note({ state: { code, sinceMs } }) {
      const before = current?.code ?? null;
      if (before === code) return;
      current = { code, sinceMs };
      // Of states that come and go with every request, a log of days would hold little else.
      const quiet = before !== null && stateRow(before).log === 'quiet' && stateRow(code).log === 'quiet';
      log[quiet ? 'debug' : 'info']('state', { code });
    },
    stop: () => timer?.cancel(),
  };
}
