import { useId, useState } from 'react';
import { shortestPassphrase } from '../../../shared/passphrase.ts';
import type { AskOutput } from '../../bridge.ts';
import { isUnavailable } from '../../bridge.ts';
import { Button } from '../../components/button.tsx';
import { FailureNotice, Notice } from '../../components/notice.tsx';
import { useAction } from '../../hooks.ts';
import { t } from '../../i18n/text.ts';

const rule = { characters: shortestPassphrase };
type Made = AskOutput<'key.backup'>['made'];

/**
 * A passphrase asked twice, then the host asks for the place and makes the file. With `once` the form gives way
 * to what came of it.
 */
export function KeyBackup({ once = false }: { once?: boolean }) {
  const id = useId();
  const { run, pending, failure } = useAction();
  const [passphrase, setPassphrase] = useState('');
  const [again, setAgain] = useState('');
  const [fault, setFault] = useState<string | null>(null);
  const [saved, setSaved] = useState<Made | undefined>(undefined);

  const save = async () => {
    setSaved(undefined);
    if ([...passphrase].length < shortestPassphrase) return setFault(t('settings.key.tooShort', rule));
    if (passphrase !== again) return setFault(t('settings.key.differs'));
    setFault(null);
    const answer = await run('key.backup', { passphrase });
    if (!answer.ok) return;
    setSaved(answer.output.made);
    // What was typed is not kept in the page any longer than it is needed.
    setPassphrase('');
    setAgain('');
  };
  const field = (label: string, value: string, set: (value: string) => void, name: string) => (
    <div className="field-block">
      <label htmlFor={`${id}-${name}`}>{label}</label>
      <input
        id={`${id}-${name}`}
        className="field"
        type="password"
        autoComplete="new-password"
        aria-describedby={`${id}-rule`}
        value={value}
        onChange={(event) => set(event.currentTarget.value)}
      />
    </div>
  );
  if (failure && isUnavailable(failure)) return <Notice>{t('settings.key.terminal')}</Notice>;
  if (once && saved) return <Saved made={saved} />;
  return (
    <form
      className="backup"
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <p className="soft">{t('settings.key.backupMeaning')}</p>
      <div className="field-pair">
        {field(t('settings.key.passphrase'), passphrase, setPassphrase, 'first')}
        {field(t('settings.key.passphraseAgain'), again, setAgain, 'second')}
      </div>
      <p className="small soft" id={`${id}-rule`}>
        {t('settings.key.passphraseRule', rule)}
      </p>
      {fault !== null && <Notice tone="bad">{fault}</Notice>}
      <div>
        <Button busy={pending ? t('settings.key.saving') : null} onPress={() => void save()}>
          {t('settings.key.choose')}
        </Button>
      </div>
      {saved === null && <Notice>{t('settings.key.cancelled')}</Notice>}
      {saved && <Saved made={saved} />}
      <FailureNotice failure={failure} />
    </form>
  );
}

function Saved({ made: { path, sameDisk } }: { made: NonNullable<Made> }) {
  return (
    <Notice tone="good">
      <p>{t('settings.key.saved', { path })}</p>
      {sameDisk && <p className="warn">{t('settings.key.sameDisk')}</p>}
    </Notice>
  );
}
