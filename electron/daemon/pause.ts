import type { CommandHandlers } from '../../shared/contract/commands.ts';
import type { Logger } from './logging/logger.ts';
import type { Settings } from './storage/settings.ts';
import type { Clock, Timer } from './system/clock.ts';
import type { Part } from './system/part.ts';

/** The operator wants no work for a while; heartbeats go on. Kept across restarts. */
export interface Pause extends Part {
  readonly current: Settings['pause'];
  readonly handlers: Pick<CommandHandlers, 'pause' | 'resume'>;
  start(): void;
  onFacts(listener: () => void): void;
  /** Timers do not count sleep. */
  onTime(): void;
  stop(): void;
}

export function createPause(
  options: { saved: Settings['pause'] },
  modules: {
    save: (pause: Settings['pause']) => Promise<void>;
    clock: Clock;
    log: Logger;
  },
): Pause {
  const { save, clock, log } = modules;
  const listeners: (() => void)[] = [];
  let pause = options.saved;
  let timer: Timer | null = null;

  function set(next: Settings['pause']): Promise<void> {
    pause = next;
    timer?.cancel();
    if (next?.untilMs) timer = clock.after(next.untilMs - clock.now(), endWhenOver);
    log.info(next ? 'paused' : 'resumed', { untilMs: next?.untilMs ?? null });
    for (const listener of listeners) listener();
    return save(next).catch((error: unknown) => log.error('pause-not-saved', { error: String(error) }));
  }

  /** Ends a pause whose time is over. */
  function endWhenOver(): void {
    timer?.cancel();
    if (pause?.untilMs && clock.now() >= pause.untilMs) void set(null);
    else if (pause?.untilMs) timer = clock.after(pause.untilMs - clock.now(), endWhenOver);
  }

  return {
    name: 'pause',
    get current() {
      return pause;
    },
    handlers: {
      pause: async ({ forMs }) => {
        const sinceMs = pause?.sinceMs ?? clock.now();
        const next = { sinceMs, untilMs: forMs === null ? null : clock.now() + forMs };
        await set(next);
        return next;
      },
      resume: async () => {
        const wasPaused = pause !== null;
        if (wasPaused) await set(null);
        return { wasPaused };
      },
    },
    start() {
      if (pause) void set(pause);
    },
    onFacts: (listener) => void listeners.push(listener),
    onTime: endWhenOver,
    stop: () => timer?.cancel(),
  };
}
