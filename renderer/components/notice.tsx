import type { ReactNode } from 'react';
import type { Failure } from '../bridge.ts';
import { isUnavailable } from '../bridge.ts';
import { failureText } from '../i18n/failure.ts';
import { t } from '../i18n/text.ts';
import { Icon, type IconName } from './icon.tsx';

export type Tone = 'good' | 'plain' | 'warn' | 'bad';

const icons: Readonly<Record<Tone, IconName>> = {
  good: 'check',
  plain: 'unknown',
  warn: 'warning',
  bad: 'cross',
};

/** Something to know, with what can be done about it. */
export function Notice({
  tone = 'plain',
  title,
  children,
  action,
}: {
  tone?: Tone;
  title?: ReactNode;
  children?: ReactNode;
  action?: ReactNode;
}) {
  return (
    <div className={`notice notice-${tone}`} role={tone === 'bad' ? 'alert' : undefined}>
      {tone !== 'plain' && <Icon name={icons[tone]} />}
      <div className="notice-words">
        {title && <p className="notice-title">{title}</p>}
        {children && <div>{children}</div>}
      </div>
      {action && <div className="notice-action">{action}</div>}
    </div>
  );
}

/** A refusal with the text of its code. A host that cannot do it yet is no fault: it is said plainly. */
export function FailureNotice({ failure }: { failure: Failure | null }) {
  if (!failure) return null;
  if (isUnavailable(failure)) return <Notice>{t('everywhere.notInThisVersion')}</Notice>;
  return <Notice tone="bad">{failureText(failure)}</Notice>;
}
