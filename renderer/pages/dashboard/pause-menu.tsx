import { useState } from 'react';
import type { Snapshot } from '../../bridge.ts';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { FailureNotice } from '../../components/notice.tsx';
import { useAction, useStore } from '../../hooks.ts';
import { failureText } from '../../i18n/failure.ts';
import { t } from '../../i18n/text.ts';
import { showToast } from '../../toasts.ts';

const hourMs = 60 * 60_000;
const lengths = [
  { key: 'oneHour', forMs: hourMs },
  { key: 'eightHours', forMs: 8 * hourMs },
  { key: 'untilResumed', forMs: null },
] as const;

/** Pausing work, with what it means before it is done. Resuming is the button of the state. */
export function PauseMenu({ control }: { control: Snapshot['control'] }) {
  const [open, setOpen] = useState(false);
  const { ask } = useStore();
  const { run, pending, failure, forget } = useAction();
  if (control.pause || control.draining) return null;
  const close = () => {
    setOpen(false);
    forget();
  };
  const resume = async () => {
    const answer = await ask('resume', {});
    if (!answer.ok) showToast(failureText(answer.error), { tone: 'failed' });
  };
  const pause = async (forMs: number | null) => {
    const answer = await run('pause', { forMs });
    if (!answer.ok) return;
    close();
    showToast(t('everywhere.pause.paused'), { undo: resume });
  };
  return (
    <>
      <Button onPress={() => setOpen(true)}>{t('everywhere.pause.menu')}</Button>
      {open && (
        <Dialog title={t('everywhere.pause.menu')} closeLabel={t('everywhere.cancel')} onClose={close}>
          <p>{t('everywhere.pause.meaning')}</p>
          <div className="choices">
            {lengths.map(({ key, forMs }) => (
              <Button key={key} disabled={pending} onPress={() => void pause(forMs)}>
                {t(`everywhere.pause.${key}`)}
              </Button>
            ))}
          </div>
          <FailureNotice failure={failure} />
        </Dialog>
      )}
    </>
  );
}
