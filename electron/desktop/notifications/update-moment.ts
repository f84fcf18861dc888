import type { AppUpdate } from '../../../shared/contract/app-update.ts';
import type { DesktopLanguage } from '../language.ts';
import { desktopWords } from '../texts/english.ts';
import type { AppNotification } from './rules.ts';

/**
 * Tells of a newer version, once each, where it waits for somebody: one that this app is about to install by itself is no
 * news, and one that is still on its way neither.
 */
export function createUpdateMoment(modules: {
  notify: (notification: AppNotification) => void;
  /** The version that was last told of, also by an earlier run. */
  told: () => string | null;
  remember: (version: string) => void;
  needsPerson: () => boolean;
  language: Pick<DesktopLanguage, 'say'>;
}): (update: AppUpdate) => void {
  const { notify, told, remember, needsPerson, language } = modules;
  let last: string | null = null;
  return ({ offered, by, status }) => {
    const waits = by === 'command' || (status === 'ready' && needsPerson());
    if (offered === null || !waits || [last, told()].includes(offered.version)) return;
    last = offered.version;
    remember(offered.version);
    const { title, body } = language.say(() => desktopWords().notifications.update);
    notify({ kind: 'Update', title, body: body(offered.version) });
  };
}
