import { useId } from 'react';
import type { Control } from '../setting-row.tsx';

export interface Option {
  value: string;
  label: string;
}

/** One of a few values, from a list. */
export function Select({
  control: { field },
  value,
  options,
  onChoose,
}: {
  control: Control;
  value: string;
  options: readonly Option[];
  onChoose: (value: string) => void;
}) {
  return (
    <select
      className="field"
      {...field}
      value={value}
      onChange={(event) => onChoose(event.currentTarget.value)}
    >
      {options.map((option) => (
        <option key={option.value} value={option.value}>
          {option.label}
        </option>
      ))}
    </select>
  );
}

/** One of two or three values, all in sight: radio buttons that look like one control. */
export function Segmented({ control, options }: { control: Control; options: readonly Option[] }) {
  const name = useId();
  const { entry, title, field } = control;
  return (
    <fieldset className="segmented" aria-describedby={field['aria-describedby']}>
      <legend className="visually-hidden">{title}</legend>
      {options.map(({ value, label }, index) => (
        <label key={value}>
          <input
            type="radio"
            name={name}
            id={index === 0 ? field.id : undefined}
            disabled={field.disabled}
            checked={entry.value === value}
            onChange={() => void control.save(value)}
          />
          <span>{label}</span>
        </label>
      ))}
    </fieldset>
  );
}
