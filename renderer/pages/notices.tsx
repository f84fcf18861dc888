import { formatDuration } from '../../shared/format.ts';
import { Button } from '../components/button.tsx';
import { FailureNotice, Notice } from '../components/notice.tsx';
import { useAction, useApp, useStepsLeft } from '../hooks.ts';
import { t } from '../i18n/text.ts';
import { goTo } from '../navigation.ts';
import { useSaving } from '../saved.ts';
import { MigrationNotice } from './key/migrate.tsx';
import { UpdateNotice } from './update-notice.tsx';

/** What stands above every page: an end that is under way, and what is explained once. */
export function Notices() {
  const app = useApp();
  const { run } = useAction();
  const settingUp = useStepsLeft() !== null;
  if (!app) return null;
  // Before the node is online there is nothing that would go on, and the set-up isn't pushed down by it.
  const early = settingUp || app.node.phase === 'no-identity';
  const explained = early ? app.explain.filter((what) => what === 'menu-entry') : app.explain;
  return (
    <div className="notices">
      {app.quitting && (
        <Notice
          tone="warn"
          title={t('everywhere.quitting.title')}
          action={<Button onPress={() => void run('app.quit', {})}>{t('everywhere.quitting.action')}</Button>}
        >
          {t('everywhere.quitting.body', { limit: formatDuration(app.quitting.limitMs) })}
        </Notice>
      )}
      {app.migration && <MigrationNotice migration={app.migration} />}
      {!app.quitting && <UpdateNotice update={app.update} />}
      {explained.map((what) => (
        <Notice
          key={what}
          tone={what === 'first-earned' ? 'good' : 'plain'}
          title={t(`everywhere.explainOnce.${what}.title`)}
          action={
            what === 'menu-entry' ? (
              <MenuEntryOffer />
            ) : (
              <>
                {what === 'first-earned' && (
                  <Button onPress={() => goTo('earnings')}>{t('dashboard.todo.openEarnings')}</Button>
                )}
                <Button onPress={() => void run('app.explained', { what })}>{t('everywhere.gotIt')}</Button>
              </>
            )
          }
        >
          {t(`everywhere.explainOnce.${what}.body`)}
        </Notice>
      ))}
    </div>
  );
}

/** Asked once; the settings have the same switch. */
function MenuEntryOffer() {
  const { run, pending, failure, done } = useSaving();
  const answered = () => run('app.explained', { what: 'menu-entry' });
  const add = async () => {
    const added = t('everywhere.explainOnce.menu-entry.added');
    const set = (on: boolean) => run('places.setMenuEntry', { on });
    if (await done(added, set(true), () => set(false))) await answered();
  };
  return (
    <>
      <Button disabled={pending} onPress={() => void add()}>
        {t('everywhere.explainOnce.menu-entry.add')}
      </Button>
      <Button variant="quiet" disabled={pending} onPress={() => void answered()}>
        {t('everywhere.explainOnce.menu-entry.no')}
      </Button>
      <FailureNotice failure={failure} />
    </>
  );
}
