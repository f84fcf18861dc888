import type { ReactNode } from 'react';
import { Icon, type IconName } from './icon.tsx';

export interface ButtonProps {
  children: ReactNode;
  onPress: () => void;
  /** `primary` once a page at most. */
  variant?: 'primary' | 'plain' | 'quiet' | 'danger';
  icon?: IconName;
  /** What is being done just now, as text; the button cannot be pressed meanwhile. */
  busy?: string | null;
  disabled?: boolean;
  /** Where the text alone does not say which one, as in a list. */
  name?: string;
  pressed?: boolean;
}

export function Button({
  children,
  onPress,
  variant = 'plain',
  icon,
  busy,
  disabled,
  name,
  pressed,
}: ButtonProps) {
  const working = typeof busy === 'string';
  return (
    <button
      type="button"
      className={`button button-${variant}`}
      onClick={() => {
        if (!working) onPress();
      }}
      // Kept focusable while it works, so that the place in the page is not lost.
      aria-disabled={working || undefined}
      disabled={disabled}
      aria-label={name}
      aria-pressed={pressed}
    >
      {icon && <Icon name={icon} />}
      <span>{working ? busy : children}</span>
    </button>
  );
}

/** A link that leaves the app: the host opens it in the browser, if it is one of those allowed. */
export function OutsideButton(props: Omit<ButtonProps, 'icon'>) {
  return <Button icon="outside" {...props} />;
}
