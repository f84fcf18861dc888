import { Notification } from 'electron';
import type { Settings } from '../../daemon/storage/settings.ts';
import type { AppNotification } from './rules.ts';

/** Shows a notification of the system, unless its kind was switched off; a click on it calls `open`. */
export function createNotifier(modules: {
  settings: () => Settings['desktop'];
  open: () => void;
}): (notification: AppNotification) => void {
  const { settings, open } = modules;
  // One that nothing holds is collected, and its click with it.
  const shown = new Set<Notification>();
  return ({ kind, title, body }) => {
    if (!settings()[`notify${kind}`] || !Notification.isSupported()) return;
    const notification = new Notification({ title, body });
    shown.add(notification);
    notification.on('click', open);
    notification.on('close', () => shown.delete(notification));
    notification.show();
  };
}
