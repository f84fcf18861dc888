import { type ReactNode, useEffect, useId, useRef } from 'react';
import { Button } from './button.tsx';

/** A native dialog: it holds the focus, closes on Escape and gives the focus back to where it was. */
export function Dialog({
  title,
  children,
  actions,
  onClose,
  closeLabel,
  drawer = false,
  toRead = false,
}: {
  title: string;
  children: ReactNode;
  actions?: ReactNode;
  onClose: () => void;
  closeLabel: string;
  /** At the window's side, as tall as it. */
  drawer?: boolean;
  /** Something to read before anything is pressed: the focus begins at its title. */
  toRead?: boolean;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const id = useId();
  useEffect(() => {
    const element = dialog.current;
    if (element && !element.open) element.showModal();
    if (toRead) heading.current?.focus();
    return () => element?.close();
  }, [toRead]);
  return (
    <dialog
      ref={dialog}
      className={drawer ? 'dialog dialog-drawer' : 'dialog'}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      <h2 ref={heading} id={id} tabIndex={toRead ? -1 : undefined}>
        {title}
      </h2>
      <div className="dialog-body">{children}</div>
      <div className="dialog-actions">
        <Button variant="quiet" onPress={onClose}>
          {closeLabel}
        </Button>
        {actions}
      </div>
    </dialog>
  );
}
