import { type Clock, sleep } from './clock.ts';

export type TimeEvent =
  /** The computer slept for `durationMs`. */
  | { kind: 'woke'; durationMs: number }
  /** Somebody set the clock; positive is forward. */
  | { kind: 'clock-set'; byMs: number };

/**
 * Notices sleep and clock changes by comparing three clocks: waking time stops during sleep, time
 * since boot does not, and only the wall clock can be set.
 */
export interface TimeWatch {
  start(): void;
  onEvent(listener: (event: TimeEvent) => void): void;
  stop(): Promise<void>;
}

const intervalMs = 2000;
/** Below this a difference may be rounding, or a process that was delayed. */
const noticeableMs = 5000;

export function createTimeWatch(modules: {
  clock: Clock;
  log: { info(event: string, facts: { durationMs: number } | { byMs: number }): void };
}): TimeWatch {
  const { clock, log } = modules;
  const listeners: ((event: TimeEvent) => void)[] = [];
  const stopping = new AbortController();
  let loop: Promise<void> = Promise.resolve();

  const read = () => ({ wall: clock.now(), waking: clock.monotonicMs(), boot: clock.sinceBootMs() });

  async function watch(): Promise<void> {
    let before = read();
    while (!stopping.signal.aborted) {
      await sleep(clock, intervalMs, stopping.signal);
      const now = read();
      const sleptMs = now.boot - before.boot - (now.waking - before.waking);
      const setByMs = now.wall - before.wall - (now.boot - before.boot);
      before = now;
      if (sleptMs >= noticeableMs) emit({ kind: 'woke', durationMs: Math.round(sleptMs) });
      if (Math.abs(setByMs) >= noticeableMs) emit({ kind: 'clock-set', byMs: Math.round(setByMs) });
    }
  }

  function emit(event: TimeEvent): void {
    const { kind, ...facts } = event;
    log.info(kind, facts);
    for (const listener of listeners) listener(event);
  }

  return {
    start() {
      loop = watch();
    },
    onEvent: (listener) => void listeners.push(listener),
    async stop() {
      stopping.abort();
      await loop;
    },
  };
}
