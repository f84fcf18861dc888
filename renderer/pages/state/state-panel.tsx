import type { ReactNode } from 'react';
import { formatTime } from '../../../shared/format.ts';
import type { Earns } from '../../../shared/states/row.ts';
import { describeState, type Params, type StateCode } from '../../../shared/states/states.ts';
import { Icon } from '../../components/icon.tsx';
import { StateShape } from '../../components/state-shape.tsx';
import { useNow, useStaleSince } from '../../hooks.ts';
import { t } from '../../i18n/text.ts';
import { ActionButton } from './action-button.tsx';
import { stateActions } from './state-action.ts';

/** The state: what happened, what it means for earning, and what to do. `children` are figures of the moment. */
export function StatePanel({
  code,
  params,
  sinceMs,
  buttons,
  children,
}: {
  code: StateCode;
  params: Params;
  sinceMs: number;
  buttons?: ReactNode;
  children?: ReactNode;
}) {
  const nowMs = useNow();
  const { label, what, effect, action: advice, button, earns } = describeState(code, params, nowMs);
  const staleSinceMs = useStaleSince(earns, nowMs);
  const shownEarns = staleSinceMs === null ? earns : 'unheard';
  const action = stateActions[code];
  return (
    <section className={`state state-${shownEarns}`} aria-label={t('dashboard.state')} data-state={code}>
      <div className="state-head">
        <p className="state-label">
          <StateShape earns={shownEarns} />
          {label}
        </p>
        <EarnsMark earns={shownEarns} />
      </div>
      <div className="state-words">
        <p className="state-what">{what}</p>
        {/* What it means is not known while the node does not report. */}
        {staleSinceMs === null && <p>{effect}</p>}
        {advice !== null && <p>{advice}</p>}
      </div>
      {staleSinceMs !== null && (
        <p className="warn">{t('dashboard.unheard', { time: formatTime(staleSinceMs, nowMs) })}</p>
      )}
      <div className="state-foot">
        <p className="soft small">{t('dashboard.since', { time: formatTime(sinceMs, nowMs) })}</p>
        <div className="state-action">
          {buttons}
          {button !== null && action && (
            <div data-own-action>
              <ActionButton primary label={button} heading={label} action={action} />
            </div>
          )}
        </div>
      </div>
      {children}
    </section>
  );
}

const earnsIcon = { yes: 'check', no: 'cross', unknown: 'unknown', unheard: 'unknown' } as const;

function EarnsMark({ earns }: { earns: Earns | 'unheard' }) {
  return (
    <p className={`earns earns-${earns}`} data-earns={earns}>
      <Icon name={earnsIcon[earns]} />
      {t(`dashboard.earns.${earns}`)}
    </p>
  );
}
