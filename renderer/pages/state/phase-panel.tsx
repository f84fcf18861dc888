import { At } from '../../components/at.tsx';
import { Button } from '../../components/button.tsx';
import { FailureNotice, Notice } from '../../components/notice.tsx';
import { Empty, Section } from '../../components/page.tsx';
import { Working } from '../../components/progress.tsx';
import { useAction, useApp } from '../../hooks.ts';
import { failureText } from '../../i18n/failure.ts';
import { t } from '../../i18n/text.ts';
import { isFixedByBackup, isFixedByRepair } from '../../key-faults.ts';
import { goTo } from '../../navigation.ts';
import { MigrateButton } from '../key/migrate.tsx';
import { QuarantinedKey } from '../key/quarantined-key.tsx';
import { RepairKey } from '../key/repair-key.tsx';
import { UnlockKeyFile } from '../key/unlock-key.tsx';
import { Loop } from './loop.tsx';
import { StatePanel } from './state-panel.tsx';

/** What a page shows while no daemon reports anything: how the app stands with it, and what to do. */
export function PhasePanel() {
  const app = useApp();
  const { run, pending, failure } = useAction();
  if (!app) return <Working>{t('everywhere.phase.waitingForFigures')}</Working>;
  const { node } = app;
  const start = (label: string, variant: 'primary' | 'plain' = 'primary') => (
    <Button
      variant={variant}
      busy={pending ? t('everywhere.phase.stopped.busy') : null}
      onPress={() => void run('app.startNode', {})}
    >
      {label}
    </Button>
  );
  switch (node.phase) {
    case 'starting':
      return (
        <Empty title={t('everywhere.phase.starting.title')}>
          <p>{t('everywhere.phase.starting.body')}</p>
          <Working>{t('everywhere.phase.stopped.busy')}</Working>
        </Empty>
      );
    case 'no-identity':
      return (
        <Empty
          title={t('everywhere.phase.noIdentity.title')}
          action={
            <Button variant="primary" onPress={() => goTo('onboarding')}>
              {t('everywhere.phase.noIdentity.action')}
            </Button>
          }
        >
          <p>{t('everywhere.phase.noIdentity.body')}</p>
          <Loop />
        </Empty>
      );
    case 'key-trouble':
      return (
        <>
          <StatePanel code={node.state.code} params={node.state.params} sinceMs={node.sinceMs} />
          <Notice tone="warn">{failureText(node.error)}</Notice>
        </>
      );
    case 'other-program':
      return (
        <Empty
          title={t('everywhere.phase.otherProgram.title')}
          action={
            <>
              <MigrateButton variant="primary" />
              {start(t('everywhere.phase.otherProgram.action'), 'plain')}
            </>
          }
        >
          <p>{t('everywhere.phase.otherProgram.body')}</p>
          <Notice tone="warn">{failureText(node.error)}</Notice>
          <FailureNotice failure={failure} />
        </Empty>
      );
    case 'stopped':
      return (
        <Empty
          title={t('everywhere.phase.stopped.title')}
          action={start(t('everywhere.phase.stopped.action'))}
        >
          <p>
            <At ms={node.sinceMs} text={(time) => t('everywhere.phase.stopped.body', { time })} />
          </p>
          <FailureNotice failure={failure} />
        </Empty>
      );
    case 'failed':
      if (node.error.code === 'node-held') return <QuarantinedKey />;
      if (isFixedByRepair(node)) return <RepairKey error={node.error} />;
      if (node.error.code.startsWith('passphrase-'))
        return (
          <Section title={t('key.unlock.title')} lead={t('key.unlock.body')}>
            {node.error.code !== 'passphrase-needed' && <Notice tone="bad">{failureText(node.error)}</Notice>}
            <UnlockKeyFile />
          </Section>
        );
      return (
        <Empty title={t('everywhere.phase.failed.title')} action={start(t('everywhere.phase.failed.action'))}>
          <p>
            <At ms={node.sinceMs} text={(time) => t('everywhere.phase.failed.body', { time })} />
          </p>
          <Notice
            tone="bad"
            {...(isFixedByBackup(node)
              ? {
                  action: <Button onPress={() => goTo('onboarding', 'key')}>{t('key.restore.open')}</Button>,
                }
              : {})}
          >
            {failureText(node.error)}
          </Notice>
          <FailureNotice failure={failure} />
        </Empty>
      );
    case 'attached':
      if (node.compatible) return <Working>{t('everywhere.phase.waitingForFigures')}</Working>;
      return (
        <Empty title={t('everywhere.phase.otherVersion.title')}>
          <p>
            <strong>{node.label}.</strong> {node.sentence}
          </p>
          <p>
            {t('everywhere.phase.otherVersion.body', {
              version: node.version,
              pid: node.pid,
              own: app.version,
            })}
          </p>
        </Empty>
      );
    case 'hosting':
      return <Working>{t('everywhere.phase.waitingForFigures')}</Working>;
  }
}
