import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { FailureNotice } from '../../components/notice.tsx';
import { useAction } from '../../hooks.ts';
import { t } from '../../i18n/text.ts';
import { pauseLengths, useResume } from '../../pause.ts';
import { showToast } from '../../toasts.ts';

/** For how long, with what a pause means before it begins. */
export function PauseDialog({ onClose }: { onClose: () => void }) {
  const { run, pending, failure } = useAction();
  const resume = useResume();
  const pause = async (forMs: number | null) => {
    const answer = await run('pause', { forMs });
    if (!answer.ok) return;
    onClose();
    showToast(t('everywhere.pause.paused'), { undo: resume });
  };
  return (
    <Dialog title={t('everywhere.pause.menu')} closeLabel={t('everywhere.cancel')} onClose={onClose}>
      <p>{t('everywhere.pause.meaning')}</p>
      <div className="choices">
        {pauseLengths.map(({ key, forMs }) => (
          <Button key={key} disabled={pending} onPress={() => void pause(forMs)}>
            {t(`everywhere.pause.${key}`)}
          </Button>
        ))}
      </div>
      <FailureNotice failure={failure} />
    </Dialog>
  );
}
