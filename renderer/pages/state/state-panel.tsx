import { formatTime } from '../../../shared/format.ts';
import type { Earns } from '../../../shared/states/row.ts';
import { describeBadge, describeState, type Params, type StateCode } from '../../../shared/states/states.ts';
import type { Snapshot } from '../../bridge.ts';
import { Icon } from '../../components/icon.tsx';
import { useNow, useStaleSince } from '../../hooks.ts';
import { t } from '../../i18n/text.ts';
import { ActionButton } from './action-button.tsx';
import { badgeActions, stateActions } from './state-action.ts';

/** How it stands: what happened, what it means for earning, and what to do. */
export function StatePanel({ code, params, sinceMs }: { code: StateCode; params: Params; sinceMs: number }) {
  const nowMs = useNow();
  const { label, what, effect, action: advice, button, earns } = describeState(code, params, nowMs);
  const staleSinceMs = useStaleSince(earns, nowMs);
  const shownEarns = staleSinceMs === null ? earns : 'unheard';
  const action = stateActions[code];
  return (
    <section className={`state state-${shownEarns}`} aria-label={t('dashboard.state')} data-state={code}>
      <div className="state-head">
        <p className="state-label">
          <span className="state-dot" aria-hidden="true" />
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
        {button !== null && action && (
          <div className="state-action">
            <ActionButton primary label={button} heading={label} action={action} />
          </div>
        )}
      </div>
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

export function Badges({ badges }: { badges: Snapshot['badges'] }) {
  const nowMs = useNow();
  if (badges.length === 0) return null;
  return (
    <ul className="badges" aria-label={t('dashboard.badges')}>
      {badges.map(({ code, params }) => {
        const { what, effect, action, button } = describeBadge(code, params, nowMs);
        return (
          <li key={code} className="badge" data-badge={code}>
            <Icon name="warning" />
            <p>
              <strong>{what}</strong> {effect} {action}
            </p>
            {button !== null && <ActionButton label={button} heading={button} action={badgeActions[code]} />}
          </li>
        );
      })}
    </ul>
  );
}
