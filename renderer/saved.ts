import type { Answer, Ask } from './bridge.ts';
import { type Action, useAction, useStore } from './hooks.ts';
import { failureText } from './i18n/failure.ts';
import { t } from './i18n/text.ts';
import { showToast } from './toasts.ts';

/** Asks for something; whether it was done is all that is looked at. */
type Work = () => Promise<Answer<unknown>>;

interface Said {
  /** What is said after going back; the plain word for it where nothing is given. */
  undone?: string;
}

/**
 * What every change that is made at once ends with: the window's edge says it, with a way back, which says so too or
 * why it can't be.
 */
export function offerUndo(text: string, back: Work, { undone = t('everywhere.undone') }: Said = {}): void {
  const undo = async () => {
    const answer = await back();
    if (answer.ok) showToast(undone);
    else showToast(failureText(answer.error), { tone: 'failed' });
  };
  showToast(text, { undo });
}

/** The value that a person has saved; undefined where the default is in force, or nothing is known. */
export async function savedValue(ask: Ask, name: string): Promise<unknown> {
  const answer = await ask('settings.list', {});
  const entry = answer.ok ? answer.output.settings.find((one) => one.name === name) : undefined;
  return entry?.source === 'saved' ? entry.value : undefined;
}

export function setSetting(ask: Ask, name: string, value: unknown) {
  return ask('settings.set', value === undefined ? { name } : { name, value });
}

export interface Saving extends Action {
  /** Does `work`, one of those of `run`; once it is done, says `text` and offers `back`. */
  done(text: string, work: Promise<Answer<unknown>>, back: Work, said?: Said): Promise<boolean>;
  /** Saves a setting that is shown outside of the settings' own rows. */
  saveSetting(name: string, value: unknown, title: string): Promise<void>;
}

/** As `useAction`, for what is changed at once. */
export function useSaving(): Saving {
  const { ask } = useStore();
  const action = useAction();
  const { run } = action;
  const done: Saving['done'] = async (text, work, back, said) => {
    const { ok } = await work;
    if (ok) offerUndo(text, back, said);
    return ok;
  };
  return {
    ...action,
    done,
    async saveSetting(name, value, title) {
      const before = await savedValue(ask, name);
      const saved = t('settingControls.saved', { title });
      await done(saved, run('settings.set', { name, value }), () => setSetting(ask, name, before));
    },
  };
}
