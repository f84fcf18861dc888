import { app, powerMonitor } from 'electron';
import type { Logger } from '../../daemon/logging/logger.ts';
import type { Clock } from '../../daemon/system/clock.ts';

export interface Quit {
  /** Not null while work is being finished. */
  readonly quitting: { sinceMs: number; limitMs: number } | null;
  /** Ends the app as quitting does, and does `last` once the work is finished. Nothing happens where it ends already. */
  endWith(limitMs: number, last: () => Promise<void>): void;
}

/**
 * Ending the app: the first request finishes what runs, within its limit, while windows and tray show
 * that it does; the second one ends at once. What was finished is on disk either way.
 */
export function createQuit(modules: {
  /** How long running requests may take; shorter when the computer itself shuts down. */
  limitMs: (shuttingDown: boolean) => number;
  /** Ends the daemon if it is ours. */
  stop: (limitMs: number) => Promise<void>;
  changed: () => void;
  clock: Clock;
  log: Logger;
}): Quit {
  const { limitMs, stop, changed, clock, log } = modules;
  let quitting: Quit['quitting'] = null;
  let finished = false;

  async function finish(limit: number, last = async () => {}): Promise<void> {
    quitting = { sinceMs: clock.now(), limitMs: limit };
    log.info('quitting', { limitMs: limit });
    changed();
    await stop(limit).catch((error: unknown) => log.error('stop-failed', { error: String(error) }));
    // Whoever ends the app from here on does so at once.
    finished = true;
    await last().catch((error: unknown) => log.error('stop-failed', { error: String(error) }));
    await log.close();
    app.quit();
  }

  app.on('before-quit', (event) => {
    if (finished) return;
    event.preventDefault();
    if (quitting === null) void finish(limitMs(false));
    else app.exit(0);
  });
  // The documentation gives this event one that can be prevented; the types leave it out.
  const onShutdown = (event: Electron.Event) => {
    if (finished) return;
    event.preventDefault();
    if (quitting === null) void finish(limitMs(true));
  };
  powerMonitor.on('shutdown', onShutdown as () => void);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => app.quit());
  return {
    get quitting() {
      return quitting;
    },
    endWith(limit, last) {
      if (quitting === null) void finish(limit, last);
    },
  };
}
