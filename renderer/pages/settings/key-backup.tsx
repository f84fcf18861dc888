import { useEffect, useId, useRef, useState } from 'react';
import { shortestPassphrase } from '../../../shared/passphrase.ts';
import type { AskOutput } from '../../bridge.ts';
import { isUnavailable } from '../../bridge.ts';
import { Button } from '../../components/button.tsx';
import { Icon } from '../../components/icon.tsx';
import { FailureNotice, Notice } from '../../components/notice.tsx';
import { PassphraseInput } from '../../components/passphrase-input.tsx';
import { useAction } from '../../hooks.ts';
import { t } from '../../i18n/text.ts';

const rule = { characters: shortestPassphrase };
type Made = AskOutput<'key.backup'>['made'];

/**
 * A passphrase asked twice, then the host asks for the place and makes the file. With `once` the form gives way
 * to what came of it.
 */
export function KeyBackup({ once = false, onSaved }: { once?: boolean; onSaved?: () => void }) {
  const id = useId();
  const { run, pending, failure } = useAction();
  const [passphrase, setPassphrase] = useState('');
  const [again, setAgain] = useState('');
  /** Fields that were left, or all once saving was tried: only then is somebody told what is missing. */
  const [left, setLeft] = useState({ first: false, second: false });
  const [saved, setSaved] = useState<Made | undefined>(undefined);
  const long = [...passphrase].length >= shortestPassphrase;
  const same = passphrase !== '' && passphrase === again;

  const save = async () => {
    setSaved(undefined);
    setLeft({ first: true, second: true });
    if (!long || !same) {
      document.getElementById(`${id}-${long ? 'second' : 'first'}`)?.focus();
      return;
    }
    const answer = await run('key.backup', { passphrase });
    if (!answer.ok) return;
    setSaved(answer.output.made);
    // Whoever only closed the dialog goes on with what they typed.
    if (answer.output.made === null) return;
    onSaved?.();
    // It is not kept in the page any longer than it is needed.
    setPassphrase('');
    setAgain('');
    setLeft({ first: false, second: false });
  };
  if (failure && isUnavailable(failure)) return <Notice>{t('settings.key.terminal')}</Notice>;
  if (once && saved) return <Saved made={saved} />;
  const tooShort = left.first && !long;
  const differs = left.second && again !== '' && !same;
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
        <PassphraseInput
          id={`${id}-first`}
          label={t('settings.key.passphrase')}
          value={passphrase}
          describedBy={`${id}-rules`}
          invalid={tooShort}
          onChange={setPassphrase}
          onBlur={() => setLeft({ ...left, first: left.first || passphrase !== '' })}
        />
        <PassphraseInput
          id={`${id}-second`}
          label={t('settings.key.passphraseAgain')}
          value={again}
          describedBy={`${id}-rules`}
          invalid={differs}
          onChange={setAgain}
          onBlur={() => setLeft({ ...left, second: left.second || again !== '' })}
        />
      </div>
      <ul className="rules small" id={`${id}-rules`} aria-label={t('setup.backup.rules')}>
        <Rule met={long}>{t('setup.backup.long', rule)}</Rule>
        <Rule met={same}>{t('setup.backup.same')}</Rule>
      </ul>
      {(tooShort || differs) && (
        <p className="setting-fault small" role="alert">
          {tooShort ? t('settings.key.tooShort', rule) : t('settings.key.differs')}
        </p>
      )}
      <div>
        <Button busy={pending ? t('settings.key.saving') : null} onPress={() => void save()}>
          {t('settings.key.choose')}
        </Button>
      </div>
      {saved === null && (
        <InSight>
          <Notice>{t('settings.key.cancelled')}</Notice>
        </InSight>
      )}
      {saved && <Saved made={saved} />}
      <FailureNotice failure={failure} />
      {/* Enter in a field saves: a form needs a button of its own for that. */}
      <button type="submit" hidden />
    </form>
  );
}

function Rule({ met, children }: { met: boolean; children: string }) {
  return (
    <li className={met ? 'rule rule-met' : 'rule'}>
      <Icon name={met ? 'check' : 'unknown'} />
      <span>
        {children}
        <span className="visually-hidden">, {t(met ? 'setup.backup.met' : 'setup.backup.notMet')}</span>
      </span>
    </li>
  );
}

/** What came of it is not left below the edge of the window. */
function InSight({ children }: { children: React.ReactNode }) {
  const here = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // What it returns in newer browsers is no end of an effect.
    void here.current?.scrollIntoView({ block: 'nearest' });
  }, []);
  return (
    <div ref={here} role="status">
      {children}
    </div>
  );
}

function Saved({ made: { path, sameDisk } }: { made: NonNullable<Made> }) {
  return (
    <InSight>
      <Notice tone="good">
        <p>{t('settings.key.saved', { path })}</p>
        {sameDisk && <p className="warn">{t('settings.key.sameDisk')}</p>}
      </Notice>
    </InSight>
  );
}
