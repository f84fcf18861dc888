import type { Snapshot } from './bridge.ts';
import { useStore } from './hooks.ts';
import { failureText } from './i18n/failure.ts';
import { t } from './i18n/text.ts';
import { showToast } from './toasts.ts';

const hourMs = 60 * 60_000;
export const pauseLengths = [
  { key: 'oneHour', forMs: hourMs },
  { key: 'eightHours', forMs: 8 * hourMs },
  { key: 'untilResumed', forMs: null },
] as const;

/** Pausing makes no sense while it is paused or about to end. */
export function mayPause(control: Snapshot['control'] | undefined): boolean {
  return control !== undefined && control.pause === null && !control.draining;
}

/** Takes work again, and says so, or why not. */
export function useResume(): () => Promise<void> {
  const { ask } = useStore();
  return async () => {
    const answer = await ask('resume', {});
    if (answer.ok) showToast(t('everywhere.pause.resumed'));
    else showToast(failureText(answer.error), { tone: 'failed' });
  };
}
