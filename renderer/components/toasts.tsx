import { useEffect, useState } from 'react';
import { t } from '../i18n/text.ts';
import { dismissToast, type Toast, undoToast, useToasts } from '../toasts.ts';
import { Icon } from './icon.tsx';

/** Long enough to read a line and to reach its button. */
const shownForMs = 8000;

/** The messages at the window's edge. They wait while they are pointed at or focused. */
export function Toasts() {
  const toasts = useToasts();
  const [held, setHeld] = useState(false);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: pointing at it only keeps it from going away.
    <div
      className="toasts"
      onMouseEnter={() => setHeld(true)}
      onMouseLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
    >
      {/* Announced without their buttons, and there before the first message, or it would not be announced. */}
      <p className="visually-hidden" role="status" data-toast-status>
        {toasts.at(-1)?.text}
      </p>
      {toasts.length > 0 && (
        <section aria-label={t('everywhere.toasts')}>
          <ul>
            {toasts.map((toast) => (
              <ToastItem key={toast.id} toast={toast} held={held} />
            ))}
          </ul>
        </section>
      )}
    </div>
  );
}

function ToastItem({ toast, held }: { toast: Toast; held: boolean }) {
  const { id, text, tone, undo } = toast;
  useEffect(() => {
    if (held) return;
    const timer = setTimeout(() => dismissToast(id), shownForMs);
    return () => clearTimeout(timer);
  }, [id, held]);
  return (
    <li className={`toast toast-${tone}`} data-toast>
      <Icon name={tone === 'done' ? 'check' : 'warning'} />
      <span className="toast-text">{text}</span>
      {undo !== null && (
        <button type="button" className="toast-button" onClick={() => undoToast(id)}>
          {t('everywhere.undo')}
        </button>
      )}
      <button
        type="button"
        className="toast-button"
        aria-label={t('everywhere.dismiss')}
        onClick={() => dismissToast(id)}
      >
        <Icon name="cross" />
      </button>
    </li>
  );
}
