import { formatPrlx } from '../../../shared/format.ts';
import { describeBadge } from '../../../shared/states/states.ts';
import type { Snapshot } from '../../bridge.ts';
import { Button } from '../../components/button.tsx';
import { Icon } from '../../components/icon.tsx';
import { Section } from '../../components/page.tsx';
import { useNow } from '../../hooks.ts';
import { t } from '../../i18n/text.ts';
import { goTo } from '../../navigation.ts';
import { ActionButton } from '../state/action-button.tsx';
import { badgeActions } from '../state/state-action.ts';

/** Below this a claim costs more gas than it brings, and is no next step. */
const worthClaimingWei = 10n ** 18n;

/** What the operator can do next: what needs attention first, then a claim. An update stands above every page. */
export function Todo({ snapshot }: { snapshot: Snapshot }) {
  const nowMs = useNow();
  const { badges, earned } = snapshot;
  const claimable = earned.claimableWei.known ? BigInt(earned.claimableWei.value) : 0n;
  const nothing = badges.length === 0 && claimable < worthClaimingWei;
  return (
    <Section title={t('dashboard.todo.title')}>
      {nothing && <p className="soft">{t('dashboard.todo.none')}</p>}
      {badges.length > 0 && (
        <ul className="todo" aria-label={t('dashboard.badges')}>
          {badges.map(({ code, params }) => {
            const { what, effect, action, button } = describeBadge(code, params, nowMs);
            return (
              <li key={code} data-badge={code}>
                <Icon name="warning" />
                <p>
                  <strong>{what}</strong> {effect} {action}
                </p>
                {button !== null && (
                  <ActionButton label={button} heading={button} action={badgeActions[code]} />
                )}
              </li>
            );
          })}
        </ul>
      )}
      {claimable >= worthClaimingWei && (
        <ul className="todo">
          <li>
            <Icon name="earnings" />
            <p>{t('dashboard.todo.claim', { amount: formatPrlx(claimable, 2) })}</p>
            <Button onPress={() => goTo('earnings')}>{t('dashboard.todo.openEarnings')}</Button>
          </li>
        </ul>
      )}
    </Section>
  );
}
