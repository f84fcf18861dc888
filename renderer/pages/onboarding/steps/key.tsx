import { useId, useState } from 'react';
import { Button } from '../../../components/button.tsx';
import { CopyField } from '../../../components/copy-field.tsx';
import { FailureNotice, Notice } from '../../../components/notice.tsx';
import { Working } from '../../../components/progress.tsx';
import { useAction, useApp, useSnapshot } from '../../../hooks.ts';
import { placeOfKey } from '../../../i18n/key-place.ts';
import { t } from '../../../i18n/text.ts';
import { KeyBackup } from '../../settings/key-backup.tsx';
import { StepFoot } from '../step-frame.tsx';

type KeyStore = 'keychain' | 'file';

export function KeyStep() {
  const app = useApp();
  const snapshot = useSnapshot();
  return (
    <>
      <p className="soft">{t('onboarding.key.lead')}</p>
      {snapshot ? (
        <Made
          place={placeOfKey(snapshot.identity.keyStore)}
          nodeKeyHash={snapshot.identity.nodeKeyHash}
          hasBackup={!snapshot.badges.some(({ code }) => code === 'no-backup')}
        />
      ) : app?.node.phase === 'no-identity' ? (
        <MakeKey />
      ) : app?.node.phase === 'key-trouble' ? (
        <Notice tone="warn">{t('onboarding.key.held')}</Notice>
      ) : (
        <Working>{t('everywhere.phase.waitingForFigures')}</Working>
      )}
      <StepFoot step="key" primary={snapshot !== null} />
    </>
  );
}

function MakeKey() {
  const name = useId();
  const [keyStore, setKeyStore] = useState<KeyStore>('keychain');
  const { run, pending, failure } = useAction();
  const choice = (value: KeyStore) => (
    <label className="choice">
      <input
        type="radio"
        name={name}
        value={value}
        checked={keyStore === value}
        onChange={() => setKeyStore(value)}
      />
      <span>
        <span className="choice-name">{t(`onboarding.key.${value}`)}</span>
        <span className="small soft">{t(`onboarding.key.${value}Meaning`)}</span>
      </span>
    </label>
  );
  return (
    <>
      <fieldset className="choices-list">
        <legend>{t('onboarding.key.where')}</legend>
        {choice('keychain')}
        {choice('file')}
      </fieldset>
      <div>
        <Button
          look="primary"
          busy={pending ? t('onboarding.key.making') : null}
          onPress={() => void run('identity.create', { keyStore })}
        >
          {t('onboarding.key.make')}
        </Button>
      </div>
      <FailureNotice failure={failure} />
    </>
  );
}

/** The backup stays in sight once it is made: it says where the file lies, and when that is the same disk. */
function Made({ place, nodeKeyHash, hasBackup }: { place: string; nodeKeyHash: string; hasBackup: boolean }) {
  const [offered] = useState(!hasBackup);
  return (
    <>
      <Notice tone="good">{t('onboarding.key.made', { place })}</Notice>
      <CopyField label={t('onboarding.register.hash')} value={nodeKeyHash} />
      <h3>{t('onboarding.key.backupTitle')}</h3>
      {offered ? <KeyBackup once /> : <Notice tone="good">{t('onboarding.key.backupDone')}</Notice>}
      {!hasBackup && <p className="small soft">{t('onboarding.key.backupLater')}</p>}
    </>
  );
}
