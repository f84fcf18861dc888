import { Notification } from 'electron';
import type { Settings } from '../../daemon/storage/settings.ts';
import type { AppNotification } from './rules.ts';

export interface Notifier {
  /** Shows a notification of the system, unless all or its kind were switched off; a click on it calls `open`. */
  notify(notification: AppNotification): void;
  /** Shows one whatever is switched off; false where this desktop shows none. */
  test(text: { title: string; body: string }): boolean;
}

export function createNotifier(modules: { settings: () => Settings['desktop']; open: () => void }): Notifier {
  const { settings, open } = modules;
  // One that nothing holds is collected, and its click with it.
  const shown = new Set<Notification>();
  const show = (text: { title: string; body: string }) => {
    const notification = new Notification(text);
    shown.add(notification);
    notification.on('click', open);
    notification.on('close', () => shown.delete(notification));
    notification.show();
  };
  const notify = ({ kind, title, body }: AppNotification) => {
    const wanted = settings();
    if (!wanted.notifications || !wanted[`notify${kind}`] || !Notification.isSupported()) return;
    show({ title, body });
  };
  return {
    notify,
    test(text) {
      if (!Notification.isSupported()) return false;
      show(text);
      return true;
    },
  };
}
