import { describeState, type Params, type StateCode } from '../../shared/states/states.ts';
import type { Page } from '../bridge.ts';
import { useApp, useNow, useSnapshot, useStaleSince, useStepsLeft } from '../hooks.ts';
import { t } from '../i18n/text.ts';
import { hashOf, pageOrder } from '../navigation.ts';
import { modifierName } from '../shortcuts.ts';
import { Icon, Mark } from './icon.tsx';
import { StateShape } from './state-shape.tsx';

export function SideBar({ page }: { page: Page }) {
  const app = useApp();
  const modifier = modifierName(app?.platform);
  const pages = usePages(page);
  return (
    <header className="side">
      <p className="side-name">
        <Mark />
        <span>
          ParalleliX <span className="soft">Operator</span>
        </span>
      </p>
      <nav aria-label={t('everywhere.navigation')}>
        <ul>
          {pages.map((name) => (
            <li key={name}>
              <a
                className="side-link"
                href={hashOf(name)}
                aria-current={name === page ? 'page' : undefined}
                title={`${t(`everywhere.pages.${name}`)} (${modifier}${pageOrder.indexOf(name) + 1})`}
              >
                <Icon name={name} />
                <span>{t(`everywhere.pages.${name}`)}</span>
              </a>
            </li>
          ))}
        </ul>
      </nav>
      <div className="side-foot">
        <SideState />
        {app && <p className="faint small">{t('everywhere.version', { version: app.version })}</p>}
      </div>
    </header>
  );
}

/** The set-up is a page of its own until the node was online once; afterwards it is reached from what leads to it. */
function usePages(page: Page): readonly Page[] {
  const app = useApp();
  const snapshot = useSnapshot();
  const left = useStepsLeft();
  const over = snapshot !== null && app !== null && left === null;
  return pageOrder.filter((name) => name !== 'onboarding' || !over || page === 'onboarding');
}

/** The state in a word, on every page; before the node was online once, how much of the set-up is left. */
function SideState() {
  const app = useApp();
  const snapshot = useSnapshot();
  const left = useStepsLeft();
  if (left !== null && left > 0)
    return (
      <a className="side-state state-setup" href={hashOf('onboarding')}>
        {t('setup.stepsLeft', { count: left })}
      </a>
    );
  const state = snapshot?.state ?? (app?.node.phase === 'key-trouble' ? app.node.state : null);
  if (!state) return null;
  return <StateLink {...state} />;
}

function StateLink({ code, params }: { code: StateCode; params: Params }) {
  const nowMs = useNow();
  const { label, earns } = describeState(code, params, nowMs);
  const shown = useStaleSince(earns, nowMs) === null ? earns : 'unheard';
  return (
    <a className={`side-state state-${shown}`} href={hashOf('dashboard')}>
      <StateShape earns={shown} />
      <span>{label}</span>
    </a>
  );
}
