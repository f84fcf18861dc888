import { useRef, useState } from 'react';
import { copyText } from '../copy-text.ts';
import { t } from '../i18n/text.ts';
import { Button } from './button.tsx';

/** A value to take elsewhere: readable, selectable, and copied by one press. */
export function CopyField({ label, value }: { label: string; value: string }) {
  const field = useRef<HTMLInputElement>(null);
  const [said, setSaid] = useState('');
  const copy = async () =>
    setSaid((await copyText(value, field.current)) ? t('everywhere.copied') : t('everywhere.notCopied'));
  return (
    <div className="copy-field">
      <label>
        <span className="small soft">{label}</span>
        <input
          ref={field}
          readOnly
          value={value}
          onFocus={(event) => event.currentTarget.select()}
          spellCheck={false}
        />
      </label>
      <Button icon="copy" onPress={() => void copy()} name={t('everywhere.copyWhat', { what: label })}>
        {said === t('everywhere.copied') ? t('everywhere.copied') : t('everywhere.copy')}
      </Button>
      <span className="visually-hidden" role="status">
        {said}
      </span>
    </div>
  );
}
