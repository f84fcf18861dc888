import { useEffect, useState } from 'react';
import { describeState } from '../../../../shared/states/states.ts';
import type { AppState } from '../../../bridge.ts';
import { Button } from '../../../components/button.tsx';
import { FailureNotice, Notice } from '../../../components/notice.tsx';
import { Working } from '../../../components/progress.tsx';
import { useAction, useApp, useNow, useSnapshot } from '../../../hooks.ts';
import { failureText } from '../../../i18n/failure.ts';
import { keyStoreText } from '../../../i18n/key-store-text.ts';
import { t } from '../../../i18n/text.ts';
import { isFixedByBackup } from '../../../key-faults.ts';
import { QuarantinedKey } from '../../key/quarantined-key.tsx';
import { RestoreKey } from '../../key/restore-key.tsx';
import { StoreChoice, useKeyStoreChoice } from '../../key/store-choice.tsx';
import { UnlockKeyFile } from '../../key/unlock-key.tsx';
import { KeyBackup } from '../../settings/key-backup.tsx';
import { StepFoot } from '../step-frame.tsx';

type Phase = AppState['node'];

export function KeyStep() {
  const app = useApp();
  const snapshot = useSnapshot();
  const [restoring, setRestoring] = useState(false);
  const node = app?.node;
  // What the node says of it comes a little later.
  const [backedUp, setBackedUp] = useState(false);
  const hasBackup =
    backedUp || (snapshot !== null && !snapshot.badges.some(({ code }) => code === 'no-backup'));
  const offered = isFixedByBackup(node);
  // It stays in sight while the node stops and starts for it, with what came of it.
  useEffect(() => {
    if (offered) setRestoring(true);
  }, [offered]);
  return (
    <>
      <p className="soft">{t('onboarding.key.lead')}</p>
      {snapshot ? (
        <Made
          place={keyStoreText(snapshot.identity.keyStore)}
          hasBackup={hasBackup}
          onBackedUp={() => setBackedUp(true)}
        />
      ) : (
        <WithoutNode node={node} restoring={restoring} onRestore={() => setRestoring(true)} />
      )}
      {(restoring || offered) && (
        <>
          <h3>{t('key.restore.title')}</h3>
          <RestoreKey />
        </>
      )}
      <StepFoot
        step="key"
        primary={hasBackup && !restoring}
        skip={snapshot !== null && !hasBackup ? t('setup.backup.skipped') : null}
      />
    </>
  );
}

/** Why no node runs, as far as the key is concerned, and what to do about it. */
function WithoutNode({
  node,
  restoring,
  onRestore,
}: {
  node: Phase | undefined;
  restoring: boolean;
  onRestore: () => void;
}) {
  if (node?.phase === 'no-identity') return restoring ? null : <MakeKey onRestore={onRestore} />;
  if (node?.phase === 'key-trouble') return <Trouble node={node} />;
  if (node?.phase !== 'failed') return <Working>{t('everywhere.phase.waitingForFigures')}</Working>;
  const { code } = node.error;
  if (code === 'node-held') return restoring ? null : <QuarantinedKey />;
  return (
    <>
      <Notice tone="bad">{failureText(node.error)}</Notice>
      {code.startsWith('passphrase-') && <UnlockKeyFile />}
    </>
  );
}

function Trouble({ node }: { node: Extract<Phase, { phase: 'key-trouble' }> }) {
  const nowMs = useNow();
  const { run, pending, failure } = useAction();
  const { code, params } = node.state;
  const { what, effect, action, button } = describeState(code, params, nowMs);
  const explain = t('explain', { returnObjects: true });
  const more = code in explain ? explain[code as keyof typeof explain] : [];
  return (
    <>
      <Notice tone="warn">
        <p>
          <strong>{what}</strong> {effect} {action}
        </p>
      </Notice>
      {more.map((paragraph) => (
        <p key={paragraph} className="small soft">
          {paragraph}
        </p>
      ))}
      {code === 'key-locked' && (
        <div>
          <Button
            variant="primary"
            busy={pending ? t('key.unlock.waiting') : null}
            onPress={() => void run('key.unlockKeychain', {})}
          >
            {button}
          </Button>
        </div>
      )}
      <FailureNotice failure={failure} />
    </>
  );
}

function MakeKey({ onRestore }: { onRestore: () => void }) {
  const store = useKeyStoreChoice();
  const { run, pending, failure } = useAction();
  return (
    <>
      <StoreChoice choice={store} />
      <div className="buttons">
        <Button
          variant="primary"
          busy={pending ? t('onboarding.key.making') : null}
          disabled={store.keychain === 'asking'}
          onPress={() => void run('identity.create', { keyStore: store.value })}
        >
          {t('onboarding.key.make')}
        </Button>
        <Button variant="quiet" onPress={onRestore}>
          {t('key.restore.open')}
        </Button>
      </div>
      <FailureNotice failure={failure} />
    </>
  );
}

/** The backup stays in sight once it is made: it says where the file lies, and when that is the same disk. */
function Made({
  place,
  hasBackup,
  onBackedUp,
}: {
  place: string;
  hasBackup: boolean;
  onBackedUp: () => void;
}) {
  const [offered] = useState(!hasBackup);
  return (
    <>
      <Notice tone="good">{t('onboarding.key.made', { place })}</Notice>
      <h3>{t('onboarding.key.backupTitle')}</h3>
      {offered ? (
        <KeyBackup once onSaved={onBackedUp} />
      ) : (
        <Notice tone="good">{t('onboarding.key.backupDone')}</Notice>
      )}
    </>
  );
}
