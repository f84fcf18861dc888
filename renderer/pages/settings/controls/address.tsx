import { useEffect, useState } from 'react';
import type { AddressSetting } from '../../../../shared/contract/app-settings.ts';
import type { AskOutput } from '../../../bridge.ts';
import { Button } from '../../../components/button.tsx';
import { Notice, type Tone } from '../../../components/notice.tsx';
import { useAction } from '../../../hooks.ts';
import { t } from '../../../i18n/text.ts';
import { type Control, faultText, ResetButton } from '../setting-row.tsx';

type Check = AskOutput<'settings.testAddress'>['check'];

const tones: Readonly<Record<Check['result'], Tone>> = {
  ok: 'good',
  warning: 'warn',
  failed: 'bad',
  'not-checked': 'plain',
};

/** The address of a server: saved with Enter or on leaving the field, and tried before that. */
export function Address({
  control,
  name,
  standard,
  testable = true,
}: {
  control: Control;
  name: AddressSetting;
  /** What is in force while none is set. */
  standard: string;
  /** Whether there is something to try while none is set. */
  testable?: boolean;
}) {
  const { entry, title, field } = control;
  const { run, pending } = useAction();
  const saved = entry.value === null || entry.value === entry.default ? '' : String(entry.value);
  const [text, setText] = useState(saved);
  const [check, setCheck] = useState<Check | null>(null);
  useEffect(() => setText(saved), [saved]);
  const typed = text.trim();
  const commit = () => {
    if (typed !== saved) void control.save(typed === '' ? undefined : typed);
  };
  const test = async () => {
    setCheck(null);
    const answer = await run('settings.testAddress', { name, url: typed === '' ? null : typed });
    if (answer.ok) setCheck(answer.output.check);
    else control.refuse(faultText(answer.error));
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: leaving field and button is what saves.
    <div
      className="stack"
      // Not on the way to the button that tries it.
      onBlur={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget)) commit();
      }}
    >
      <div className="field-row field-row-wrap">
        <input
          className="field"
          type="url"
          {...field}
          disabled={false}
          readOnly={field.disabled}
          spellCheck={false}
          autoComplete="off"
          placeholder={standard}
          value={text}
          onChange={(event) => {
            setText(event.currentTarget.value);
            setCheck(null);
          }}
          onKeyDown={(event) => {
            if (event.key === 'Enter') commit();
            if (event.key === 'Escape') setText(saved);
          }}
        />
        <Button
          name={t('settingControls.testWhich', { title })}
          busy={pending ? t('settingControls.testing') : null}
          disabled={typed === '' && !testable}
          onPress={() => void test()}
        >
          {t('settingControls.test')}
        </Button>
        <ResetButton control={control} />
      </div>
      <div role="status">{check && <Notice tone={tones[check.result]}>{check.finding}</Notice>}</div>
    </div>
  );
}
