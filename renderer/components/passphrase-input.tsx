import { useState } from 'react';
import { t } from '../i18n/text.ts';
import { Icon } from './icon.tsx';

/** A new passphrase, hidden until the eye is pressed. */
export function PassphraseInput({
  id,
  label,
  value,
  describedBy,
  invalid = false,
  onChange,
  onBlur,
}: {
  id: string;
  label: string;
  value: string;
  describedBy: string;
  invalid?: boolean;
  onChange: (value: string) => void;
  onBlur?: () => void;
}) {
  const [shown, setShown] = useState(false);
  return (
    <div className="field-block">
      <label htmlFor={id}>{label}</label>
      <div className="field-with-eye">
        <input
          id={id}
          className="field"
          type={shown ? 'text' : 'password'}
          autoComplete="new-password"
          spellCheck={false}
          maxLength={1024}
          aria-describedby={describedBy}
          aria-invalid={invalid || undefined}
          value={value}
          onChange={(event) => onChange(event.currentTarget.value)}
          onBlur={onBlur}
        />
        <button
          type="button"
          className="eye"
          aria-pressed={shown}
          aria-controls={id}
          aria-label={t(shown ? 'setup.backup.hide' : 'setup.backup.show')}
          onClick={() => setShown(!shown)}
        >
          <Icon name={shown ? 'hidden' : 'eye'} />
        </button>
      </div>
    </div>
  );
}
