import { useId } from 'react';

/** A passphrase that exists already. */
export function PassphraseField({
  label,
  value,
  meaning,
  onChange,
}: {
  label: string;
  value: string;
  meaning?: string;
  onChange: (value: string) => void;
}) {
  const id = useId();
  return (
    <div className="field-block">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        className="field"
        type="password"
        autoComplete="off"
        maxLength={1024}
        aria-describedby={meaning === undefined ? undefined : `${id}-meaning`}
        value={value}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
      {meaning !== undefined && (
        <p className="small soft" id={`${id}-meaning`}>
          {meaning}
        </p>
      )}
    </div>
  );
}
