import { useState } from 'react';
import { formatDuration } from '../../../shared/format.ts';
import type { AppState } from '../../bridge.ts';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { FailureNotice, Notice } from '../../components/notice.tsx';
import { Working } from '../../components/progress.tsx';
import { useApp, useQuestion, useStore } from '../../hooks.ts';
import { failureText } from '../../i18n/failure.ts';
import { t } from '../../i18n/text.ts';

/** Changes over from the official client, after one question. How it goes on is shown above every page. */
export function MigrateButton({ variant }: { variant: 'primary' | 'plain' }) {
  const running = useApp()?.migration?.state === 'running';
  const [asking, setAsking] = useState(false);
  return (
    <>
      <Button
        variant={variant}
        busy={running ? t('key.migrate.doing') : null}
        onPress={() => setAsking(true)}
      >
        {t('key.migrate.do')}
      </Button>
      {asking && <MigrateDialog onClose={() => setAsking(false)} />}
    </>
  );
}

function MigrateDialog({ onClose }: { onClose: () => void }) {
  const plan = useQuestion('node.planMigration', {});
  const { ask } = useStore();
  const migrate = () => {
    // Its end is in the app's state, for this page may have made room for another one by then.
    void ask('node.migrate', {});
    onClose();
  };
  return (
    <Dialog
      title={t('key.migrate.title')}
      closeLabel={t('everywhere.cancel')}
      onClose={onClose}
      actions={
        plan.state === 'answered' && (
          <Button variant="primary" onPress={migrate}>
            {t('key.migrate.do')}
          </Button>
        )
      }
    >
      {plan.state === 'asking' && <Working>{t('key.migrate.planning')}</Working>}
      {plan.state === 'refused' && <FailureNotice failure={plan.failure} />}
      {plan.state === 'answered' && (
        <>
          <ol>
            <li>{t('key.migrate.willImport')}</li>
            <li>{t('key.migrate.willStop')}</li>
            <li>{t(`key.migrate.willStart.${plan.output.endsAs}`)}</li>
          </ol>
          <p>{t('key.migrate.undone')}</p>
        </>
      )}
    </Dialog>
  );
}

/** What a migration does just now, or how it ended until that was read. */
export function MigrationNotice({ migration }: { migration: NonNullable<AppState['migration']> }) {
  const [readAtMs, setReadAtMs] = useState<number | null>(null);
  if (migration.state === 'running')
    return (
      <Notice title={t('key.migrate.doing')}>
        <Working>{t(`key.migrate.step.${migration.step}`)}</Working>
      </Notice>
    );
  if (migration.atMs === readAtMs) return null;
  const read = <Button onPress={() => setReadAtMs(migration.atMs)}>{t('everywhere.gotIt')}</Button>;
  if (migration.state === 'failed')
    return (
      <Notice tone="bad" title={t('key.migrate.failed')} action={read}>
        {failureText(migration.error)}
      </Notice>
    );
  const { service, lingerFault, gapMs } = migration;
  return (
    <Notice tone="good" title={t('key.migrate.done')} action={read}>
      <p>{t(service === null ? 'key.migrate.inApp' : 'key.migrate.asService')}</p>
      {gapMs !== null && <p>{t('key.migrate.gap', { duration: formatDuration(gapMs) })}</p>}
      {lingerFault !== null && <p>{t('settings.service.lingerFailed')}</p>}
    </Notice>
  );
}
