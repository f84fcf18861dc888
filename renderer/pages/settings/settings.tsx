import { useEffect, useState } from 'react';
import type { Snapshot } from '../../bridge.ts';
import { CopyField } from '../../components/copy-field.tsx';
import { Facts } from '../../components/figure.tsx';
import { PageFrame, Section, Spot } from '../../components/page.tsx';
import { useApp, useSnapshot } from '../../hooks.ts';
import { keyStoreText } from '../../i18n/key-store-text.ts';
import { t } from '../../i18n/text.ts';
import { MoveKey } from '../key/move-key.tsx';
import { DesktopSettings } from './desktop-settings.tsx';
import { KeyBackup } from './key-backup.tsx';
import { NodeSettings } from './node-settings.tsx';
import { UninstallSection } from './uninstall-section.tsx';

export function Settings({ part }: { part: string | null }) {
  const app = useApp();
  const snapshot = useSnapshot();
  const identity = useLastIdentity(snapshot?.identity ?? null);
  return (
    <PageFrame title={t('settings.title')} lead={t('settings.lead')}>
      {app && <DesktopSettings app={app} />}
      {identity && (
        <Spot name="key" part={part}>
          <Section title={t('settings.key.title')} lead={t('settings.key.lead')}>
            <Facts
              label={t('settings.key.title')}
              facts={[[t('settings.key.place'), keyStoreText(identity.keyStore)]]}
            />
            <CopyField label={t('settings.key.hash')} value={identity.nodeKeyHash} />
            <MoveKey keyStore={identity.keyStore} />
            <h3>{t('settings.key.backup')}</h3>
            <KeyBackup />
          </Section>
        </Spot>
      )}
      <NodeSettings />
      <UninstallSection />
    </PageFrame>
  );
}

/** Stays while the node stops and starts, so that what is done with the key here can be seen through. */
function useLastIdentity(identity: Snapshot['identity'] | null): Snapshot['identity'] | null {
  const phase = useApp()?.node.phase;
  const [last, setLast] = useState(identity);
  useEffect(() => {
    if (identity !== null) setLast(identity);
  }, [identity]);
  return identity ?? (phase === 'starting' || phase === 'stopped' ? last : null);
}
