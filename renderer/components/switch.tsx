import { type ReactNode, useId } from 'react';

/** On or off, with what it means beside it. */
export function Switch({
  label,
  meaning,
  on,
  onChange,
  disabled,
}: {
  label: string;
  meaning?: ReactNode;
  on: boolean;
  onChange: (on: boolean) => void;
  disabled?: boolean;
}) {
  const id = useId();
  return (
    <div className="switch-row">
      <div>
        <label htmlFor={id}>{label}</label>
        {meaning && (
          <p className="soft small" id={`${id}-meaning`}>
            {meaning}
          </p>
        )}
      </div>
      <input
        type="checkbox"
        role="switch"
        aria-checked={on}
        className="switch"
        id={id}
        aria-describedby={meaning ? `${id}-meaning` : undefined}
        checked={on}
        disabled={disabled}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
    </div>
  );
}
