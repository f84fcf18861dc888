import { useState } from 'react';
import type { AskOutput } from '../../bridge.ts';
import { Button } from '../../components/button.tsx';
import { Facts } from '../../components/figure.tsx';
import { FailureNotice, Notice } from '../../components/notice.tsx';
import { useAction, useApp } from '../../hooks.ts';
import { keyStoreText } from '../../i18n/key-store-text.ts';
import { t } from '../../i18n/text.ts';
import { Adopted, Insist, isAnotherKey } from './adopted.tsx';
import { PassphraseField } from './passphrase-field.tsx';
import { QuarantinedKey } from './quarantined-key.tsx';
import { StoreChoice, useKeyStoreChoice } from './store-choice.tsx';

type Chosen = NonNullable<AskOutput<'key.chooseBackup'>['chosen']>;

/** A key brought back from its backup: which file, its passphrase, where to keep it, and whether the old machine is off. */
export function RestoreKey() {
  const app = useApp();
  const choosing = useAction();
  const restoring = useAction();
  const [chosen, setChosen] = useState<Chosen | null>(null);
  const [cancelled, setCancelled] = useState(false);
  const [restored, setRestored] = useState<AskOutput<'key.restore'> | null>(null);

  const choose = async () => {
    restoring.forget();
    const answer = await choosing.run('key.chooseBackup', {});
    if (!answer.ok) return setChosen(null);
    setCancelled(answer.output.chosen === null);
    if (answer.output.chosen !== null) setChosen(answer.output.chosen);
  };
  const isQuarantined = app?.node.phase === 'failed' && app.node.error.code === 'node-held';
  if (restored) {
    const place = keyStoreText(restored.keyStore);
    return (
      <>
        <Adopted adopted={restored} done={t('key.restore.done', { place })} />
        {restored.held && isQuarantined && <QuarantinedKey />}
      </>
    );
  }
  return (
    <div className="key-form">
      <p className="soft">{t('key.restore.lead')}</p>
      <div>
        <Button
          busy={choosing.pending ? t('key.restore.choosing') : null}
          onPress={() => void choose()}
          variant={chosen === null ? 'primary' : 'plain'}
        >
          {t(chosen === null ? 'key.restore.choose' : 'key.restore.chooseAnother')}
        </Button>
      </div>
      {cancelled && chosen === null && <Notice>{t('key.restore.cancelled')}</Notice>}
      <FailureNotice failure={choosing.failure} />
      {chosen && (
        <ChosenBackup key={chosen.path} chosen={chosen} restoring={restoring} onRestored={setRestored} />
      )}
    </div>
  );
}

function ChosenBackup({
  chosen,
  restoring,
  onRestored,
}: {
  chosen: Chosen;
  restoring: ReturnType<typeof useAction>;
  onRestored: (restored: AskOutput<'key.restore'>) => void;
}) {
  const { run, pending, failure } = restoring;
  const [passphrase, setPassphrase] = useState('');
  const store = useKeyStoreChoice();
  const [oldIsOff, setOldIsOff] = useState(false);
  const [fault, setFault] = useState<string | null>(null);

  const restore = async (differentKey: boolean) => {
    if (chosen.locked && passphrase === '') return setFault(t('key.restore.needsPassphrase'));
    setFault(null);
    const answer = await run('key.restore', {
      passphrase: chosen.locked ? passphrase : null,
      keyStore: store.value,
      differentKey,
      oldMachineIsOff: oldIsOff,
    });
    if (!answer.ok) return;
    setPassphrase('');
    onRestored(answer.output);
  };
  return (
    <form
      className="key-form"
      onSubmit={(event) => {
        event.preventDefault();
        void restore(false);
      }}
    >
      <Facts
        label={t('key.restore.file')}
        facts={[
          [t('key.restore.file'), chosen.path],
          [t('key.restore.node'), chosen.nodeId],
          [t('key.restore.hash'), chosen.nodeKeyHash],
        ]}
      />
      {chosen.locked && (
        <PassphraseField label={t('key.restore.passphrase')} value={passphrase} onChange={setPassphrase} />
      )}
      <StoreChoice choice={store} />
      <label className="choice">
        <input
          type="checkbox"
          checked={oldIsOff}
          onChange={(event) => setOldIsOff(event.currentTarget.checked)}
        />
        <span>
          <span className="choice-name">{t('key.restore.oldIsOff')}</span>
          <span className="small soft">{t('key.restore.oldMeaning')}</span>
        </span>
      </label>
      {fault !== null && <Notice tone="bad">{fault}</Notice>}
      <div>
        <Button
          variant="primary"
          busy={pending ? t('key.restore.doing') : null}
          onPress={() => void restore(false)}
        >
          {t('key.restore.do')}
        </Button>
      </div>
      <FailureNotice failure={failure} />
      {isAnotherKey(failure) && <Insist pending={pending} onInsist={() => void restore(true)} />}
    </form>
  );
}
