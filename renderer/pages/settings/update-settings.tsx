import type { AppState } from '../../bridge.ts';
import { At } from '../../components/at.tsx';
import { Button } from '../../components/button.tsx';
import { FailureNotice } from '../../components/notice.tsx';
import { Working } from '../../components/progress.tsx';
import { Switch } from '../../components/switch.tsx';
import { t } from '../../i18n/text.ts';
import { useSaving } from '../../saved.ts';

const name = 'desktop.updates';

/** Whether the app updates itself, and how that stands. */
export function UpdateSettings({ app }: { app: AppState }) {
  const { update } = app;
  const { run, pending, failure, saveSetting } = useSaving();
  if (update.by === 'nobody') return <p className="small soft">{t('updates.nobody')}</p>;
  const checking = update.status === 'checking';
  return (
    <div className="update-settings">
      <Switch
        label={t('updates.automatic')}
        meaning={t(update.by === 'app' ? 'updates.automaticMeaning' : 'updates.automaticCommand')}
        on={update.automatic}
        disabled={pending}
        onChange={(on) => void saveSetting(name, on, t('updates.automatic'))}
      />
      <Standing app={app} />
      <Button busy={checking ? t('updates.checking') : null} onPress={() => void run('update.check', {})}>
        {t('updates.check')}
      </Button>
      <FailureNotice failure={failure ?? update.failure} />
    </div>
  );
}

function Standing({ app: { version, update } }: { app: AppState }) {
  const { offered, checkedAtMs, status, progress } = update;
  if (status === 'downloading' && offered !== null)
    return (
      <Working>
        {t('updates.downloading', { version: offered.version, percent: Math.round((progress ?? 0) * 100) })}
      </Working>
    );
  const text =
    offered !== null ? (
      t('updates.available', { version: offered.version })
    ) : checkedAtMs === null ? (
      t('updates.unchecked', { version })
    ) : (
      <At ms={checkedAtMs} text={(time) => t('updates.current', { version, time })} />
    );
  return <p className="small soft">{text}</p>;
}
