import { app, clipboard } from 'electron';
import type { Logger } from '../../daemon/logging/logger.ts';
import type { DaemonManager } from '../../node/daemon-manager.ts';
import type { Windows } from '../windows/app-windows.ts';
import type { TrayAction } from './view.ts';

const hourMs = 60 * 60_000;

/** What the items of the tray's menu do. */
export function createTrayActions(modules: {
  node: DaemonManager;
  windows: Windows;
  log: Logger;
}): (action: TrayAction) => Promise<void> {
  const { node, windows, log } = modules;
  const actions: Readonly<Record<TrayAction, () => unknown>> = {
    open: () => windows.show('main'),
    earnings: () => windows.show('earnings'),
    'pause-1h': () => node.ask('pause', { forMs: hourMs }),
    'pause-8h': () => node.ask('pause', { forMs: 8 * hourMs }),
    'pause-until-resumed': () => node.ask('pause', { forMs: null }),
    resume: () => node.ask('resume', {}),
    'copy-id': () => {
      const id = node.snapshot?.identity.nodeId ?? null;
      if (id !== null) clipboard.writeText(id);
    },
    start: () => node.start(),
    quit: () => app.quit(),
  };
  return async (action) => {
    try {
      await actions[action]();
    } catch (error) {
      log.warn('tray-action-failed', { action, error: String(error) });
    }
  };
}
