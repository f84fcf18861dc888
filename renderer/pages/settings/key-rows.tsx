import { useEffect, useState } from 'react';
import type { Snapshot } from '../../bridge.ts';
import { CopyField } from '../../components/copy-field.tsx';
import { Facts } from '../../components/figure.tsx';
import { useApp, useSnapshot } from '../../hooks.ts';
import { keyStoreText } from '../../i18n/key-store-text.ts';
import { t } from '../../i18n/text.ts';
import { MoveKey } from '../key/move-key.tsx';
import { KeyBackup } from './key-backup.tsx';

export function KeyRow() {
  const identity = useLastIdentity(useSnapshot()?.identity ?? null);
  if (!identity) return <p className="soft">{t('settings.key.none')}</p>;
  return (
    <>
      <div className="setting-text">
        <h2>{t('settings.key.title')}</h2>
        <p className="small soft">{t('settings.key.lead')}</p>
      </div>
      <div className="setting-control stack">
        <Facts
          label={t('settings.key.title')}
          facts={[[t('settings.key.place'), keyStoreText(identity.keyStore)]]}
        />
        <CopyField label={t('settings.key.hash')} value={identity.nodeKeyHash} />
        <MoveKey keyStore={identity.keyStore} />
      </div>
    </>
  );
}

export function BackupRow() {
  const identity = useLastIdentity(useSnapshot()?.identity ?? null);
  if (!identity) return null;
  return (
    <>
      <h2>{t('settings.key.backup')}</h2>
      <KeyBackup />
    </>
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
