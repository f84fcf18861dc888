import type { AppState } from '../../../shared/contract/app.ts';
import type { Clock, Timer } from '../../daemon/system/clock.ts';
import { findTray } from './status-notifier.ts';
import { type AppTray, createAppTray } from './tray.ts';

/** The tray icon, as far as this desktop has a place for one. */
export interface TrayPresence {
  readonly status: AppState['tray'];
  changed(): void;
  /** Takes the icon away for good. */
  stop(): void;
}

/** At login the app may be up before the panel is. */
const askAgainMs = 30_000;

/**
 * Shows the icon where there is a place for it. On Linux that is asked of D-Bus, and asked again until
 * the answer is yes; where the bus does not answer, the icon is offered anyway.
 */
export async function showTray(
  options: Parameters<typeof createAppTray>[0] & { env: NodeJS.ProcessEnv },
  modules: Parameters<typeof createAppTray>[1] & { onStatus: () => void; clock: Clock },
): Promise<TrayPresence> {
  const { platform, env } = options;
  const { clock, onStatus } = modules;
  let status: AppState['tray'] = 'shown';
  let tray: AppTray | null = null;
  let timer: Timer | null = null;

  async function refresh(): Promise<void> {
    timer?.cancel();
    const before = status;
    status = platform === 'linux' ? await findTray({ env }, { clock }) : 'shown';
    if (status !== 'none') tray ??= createAppTray(options, modules);
    if (status === 'none') timer = clock.after(askAgainMs, () => void refresh());
    if (status !== before) onStatus();
  }

  await refresh();
  return {
    get status() {
      return status;
    },
    changed: () => tray?.changed(),
    stop() {
      timer?.cancel();
      tray?.stop();
      tray = null;
    },
  };
}
