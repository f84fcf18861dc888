import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { FailureNotice } from '../../components/notice.tsx';
import { t } from '../../i18n/text.ts';
import { pauseLengths } from '../../pause.ts';
import { useSaving } from '../../saved.ts';

/** For how long, with what a pause means before it begins. */
export function PauseDialog({ onClose }: { onClose: () => void }) {
  const { run, pending, failure, done } = useSaving();
  const pause = async (forMs: number | null) => {
    const paused = done(t('everywhere.pause.paused'), run('pause', { forMs }), () => run('resume', {}), {
      undone: t('everywhere.pause.resumed'),
    });
    if (await paused) onClose();
  };
  return (
    <Dialog title={t('everywhere.pause.menu')} closeLabel={t('everywhere.cancel')} onClose={onClose}>
      <p>{t('everywhere.pause.meaning')}</p>
      <p className="small soft">{t('everywhere.pause.limit')}</p>
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
