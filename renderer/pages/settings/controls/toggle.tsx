import type { Control } from '../setting-row.tsx';

/** On or off. */
export function Toggle({ control }: { control: Control }) {
  const { entry, field, pending } = control;
  const on = entry.value === true;
  return (
    <input
      type="checkbox"
      role="switch"
      aria-checked={on}
      className="switch"
      {...field}
      disabled={field.disabled || pending}
      checked={on}
      onChange={(event) => void control.save(event.currentTarget.checked)}
    />
  );
}
