import { useEffect, useState } from 'react';
import { Button } from '../../../components/button.tsx';
import { t } from '../../../i18n/text.ts';
import type { Control } from '../setting-row.tsx';

/** The bounds of a whole number as the host tells them (`1 to 16`). */
function boundsOf(text: string): { from: number; to: number } {
  const [from = 0, to = Number.MAX_SAFE_INTEGER] = text.split(' to ').map(Number);
  return { from, to };
}

/** What is typed, and saved with Enter or on leaving the field; Escape takes it back. */
function useTyped(value: number, control: Control, toSaved: (shown: number) => number) {
  const [text, setText] = useState(String(value));
  useEffect(() => setText(String(value)), [value]);
  const commit = () => {
    const trimmed = text.trim();
    if (trimmed === String(value)) return;
    if (!/^-?\d{1,12}$/.test(trimmed)) return control.refuse(t('settingControls.notANumber'));
    void control.save(toSaved(Number(trimmed)));
  };
  return {
    value: text,
    inputMode: 'numeric' as const,
    autoComplete: 'off',
    onChange: (event: React.ChangeEvent<HTMLInputElement>) => setText(event.currentTarget.value),
    onBlur: commit,
    onKeyDown: (event: React.KeyboardEvent) => {
      if (event.key === 'Enter') commit();
      if (event.key === 'Escape') setText(String(value));
    },
  };
}

/** A whole number that is mostly changed by one. */
export function Stepper({ control }: { control: Control }) {
  const { entry, title, field } = control;
  const value = Number(entry.value);
  const { from, to } = boundsOf(entry.bounds);
  const typed = useTyped(value, control, (shown) => shown);
  const step = (by: number) => (
    <Button
      name={t(by < 0 ? 'settingControls.lessWhich' : 'settingControls.moreWhich', { title })}
      disabled={field.disabled || value + by < from || value + by > to}
      onPress={() => void control.save(value + by)}
    >
      {by < 0 ? '−' : '+'}
    </Button>
  );
  return (
    <div className="stepper">
      {step(-1)}
      <input className="field" {...field} {...typed} />
      {step(1)}
    </div>
  );
}

/** An amount in a unit that people count in; `per` of what is saved make one of it. */
export function Quantity({ control, unit, per }: { control: Control; unit: string; per: number }) {
  const { entry, field } = control;
  const typed = useTyped(Math.round(Number(entry.value) / per), control, (shown) => shown * per);
  return (
    <div className="quantity">
      <input className="field" {...field} {...typed} />
      <span className="small soft" aria-hidden="true">
        {unit}
      </span>
    </div>
  );
}
