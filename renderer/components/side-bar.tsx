import { describeState, type Params, type StateCode } from '../../shared/states/states.ts';
import type { Page } from '../bridge.ts';
import { useApp, useMachine, useNow, useSnapshot, useStaleSince } from '../hooks.ts';
import { t } from '../i18n/text.ts';
import { hashOf, pageOrder } from '../navigation.ts';
import { progressOf, steps, stepsToRun } from '../onboarding-progress.ts';
import { modifierName } from '../shortcuts.ts';
import { Icon, Mark } from './icon.tsx';
import { StateShape } from './state-shape.tsx';

export function SideBar({ page }: { page: Page }) {
  const app = useApp();
  const modifier = modifierName(app?.platform);
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
          {pageOrder.map((name, index) => (
            <li key={name}>
              <a
                className="side-link"
                href={hashOf(name)}
                aria-current={name === page ? 'page' : undefined}
                title={`${t(`everywhere.pages.${name}`)} (${modifier}${index + 1})`}
              >
                <Icon name={name} />
                <span>{t(`everywhere.pages.${name}`)}</span>
                {name === 'onboarding' && <NextStep />}
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

/** At which step the set-up goes on, until the node runs. */
function NextStep() {
  const app = useApp();
  const snapshot = useSnapshot();
  const progress = progressOf(app, snapshot, useMachine());
  const next = stepsToRun.find((step) => progress[step] !== 'done');
  // Without a daemon nothing is known of the steps, unless none was ever set up.
  const known = snapshot !== null || app?.node.phase === 'no-identity';
  if (!known || next === undefined) return null;
  return <span className="side-count">{t('everywhere.goesOnAt', { number: steps.indexOf(next) })}</span>;
}

/** The state in a word, on every page. */
function SideState() {
  const app = useApp();
  const snapshot = useSnapshot();
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
