import { consoleUrl } from '../../../shared/links.ts';
import { OutsideButton } from '../../components/button.tsx';
import { AsOf } from '../../components/figure.tsx';
import { FailureNotice } from '../../components/notice.tsx';
import { PageFrame, Section, Spot } from '../../components/page.tsx';
import { useAction, useApp, useSnapshot } from '../../hooks.ts';
import { t } from '../../i18n/text.ts';
import { PhasePanel } from '../state/phase-panel.tsx';
import { stateActions } from '../state/state-action.ts';
import { Badges, StatePanel } from '../state/state-panel.tsx';
import { RequestFeed } from './feed.tsx';
import { NodeFigures, WorkFigures } from './figures.tsx';
import { PauseMenu } from './pause-menu.tsx';
import { Risks } from './risks.tsx';

export function Dashboard({ part }: { part: string | null }) {
  const app = useApp();
  const snapshot = useSnapshot();
  const { run, failure } = useAction();
  // One way to the Console is enough.
  const stateAction = snapshot && stateActions[snapshot.state.code];
  const leadsToConsole = stateAction?.kind === 'link' || stateAction?.kind === 'register';
  const side = (
    <>
      {snapshot && <PauseMenu control={snapshot.control} />}
      {!leadsToConsole && (
        <OutsideButton onPress={() => void run('app.openLink', { url: consoleUrl })}>
          {t('everywhere.openConsole')}
        </OutsideButton>
      )}
    </>
  );
  return (
    <PageFrame title={t('dashboard.title')} side={side}>
      <FailureNotice failure={failure} />
      {!snapshot && <PhasePanel />}
      {snapshot && (
        <>
          <StatePanel {...snapshot.state} />
          <Badges badges={snapshot.badges} />
          {app?.node.phase === 'attached' && (
            <p className="soft small">
              {t('everywhere.phase.attached', { pid: app.node.pid, version: app.node.version })}
            </p>
          )}
          <Section title={t('dashboard.node.title')}>
            <NodeFigures snapshot={snapshot} />
          </Section>
          <Section
            title={t('dashboard.figures.title')}
            lead={
              <>
                {t('dashboard.figures.counting')} · <AsOf atMs={snapshot.uptime.asOfMs} />
              </>
            }
          >
            <WorkFigures snapshot={snapshot} />
          </Section>
          <Spot name="requests" part={part}>
            <RequestFeed serving={snapshot.serving} />
          </Spot>
          <Risks snapshot={snapshot} />
        </>
      )}
    </PageFrame>
  );
}
