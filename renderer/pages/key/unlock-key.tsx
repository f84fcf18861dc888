import { useState } from 'react';
import { Button } from '../../components/button.tsx';
import { FailureNotice } from '../../components/notice.tsx';
import { useAction } from '../../hooks.ts';
import { t } from '../../i18n/text.ts';
import { PassphraseField } from './passphrase-field.tsx';

/** Opens a key file that is under a passphrase. */
export function UnlockKeyFile() {
  const { run, pending, failure } = useAction();
  const [passphrase, setPassphrase] = useState('');
  const unlock = async () => {
    if (passphrase === '') return;
    const answer = await run('key.unlockFile', { passphrase });
    if (answer.ok) setPassphrase('');
  };
  return (
    <form
      className="key-form"
      onSubmit={(event) => {
        event.preventDefault();
        void unlock();
      }}
    >
      <PassphraseField
        label={t('key.unlock.passphrase')}
        meaning={t('key.unlock.meaning')}
        value={passphrase}
        onChange={setPassphrase}
      />
      <div>
        <Button
          variant="primary"
          busy={pending ? t('key.unlock.doing') : null}
          onPress={() => void unlock()}
          disabled={passphrase === ''}
        >
          {t('key.unlock.do')}
        </Button>
      </div>
      <FailureNotice failure={failure} />
    </form>
  );
}
