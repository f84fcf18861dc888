import type { ReactNode } from 'react';
import { formatSecond } from '../../../shared/format.ts';
import type { Earns } from '../../../shared/states/row.ts';
import { describeState, type Params, type StateCode } from '../../../shared/states/states.ts';
import { At } from '../../components/at.tsx';
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
        <p className="state-what" title={exactTime(params)}>
          {what}
        </p>
        {/* What it means is not known while the node does not report. */}
        {staleSinceMs === null && <p>{effect}</p>}
        {advice !== null && <p>{advice}</p>}
      </div>
      {staleSinceMs !== null && (
        <p className="warn">
          <At ms={staleSinceMs} text={(time) => t('dashboard.unheard', { time })} />
        </p>
      )}
      <div className="state-foot">
        <p className="soft small">
          <At ms={sinceMs} text={(time) => t('dashboard.since', { time })} />
        </p>
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

/** The moment that the state's sentence names with its age, to the second. */
function exactTime({ time }: Params): string | undefined {
  return typeof time === 'number' ? formatSecond(time) : undefined;
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
