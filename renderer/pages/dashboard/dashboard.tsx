import { consoleUrl } from '../../../shared/links.ts';
import { OutsideButton } from '../../components/button.tsx';
import { FailureNotice } from '../../components/notice.tsx';
import { PageFrame, Spot } from '../../components/page.tsx';
import { useAction, useApp, useNow, useQuestion, useSnapshot } from '../../hooks.ts';
import { t } from '../../i18n/text.ts';
import { PhasePanel } from '../state/phase-panel.tsx';
import { StatePanel } from '../state/state-panel.tsx';
import { ActivityPanel } from './activity.tsx';
import { RequestFeed } from './feed.tsx';
import { GpuPanel } from './gpu.tsx';
import { Health } from './health.tsx';
import { HeroFigures } from './hero-figures.tsx';
import { EarnedPanel, NodePanel } from './node-panel.tsx';
import { PauseMenu } from './pause-menu.tsx';
import { Todo } from './todo.tsx';
import { UptimePanel } from './uptime.tsx';
import { WeekPanel } from './week-panel.tsx';

const minuteMs = 60_000;

export function Dashboard({ part }: { part: string | null }) {
  const app = useApp();
  const snapshot = useSnapshot();
  const { run, failure } = useAction();
  const minute = Math.floor(useNow(minuteMs) / minuteMs);
  const day = useQuestion('activity', { range: 'day' }, minute);
  const month = useQuestion('activity', { range: 'month' }, minute);
  const side = (
    <OutsideButton onPress={() => void run('app.openLink', { url: consoleUrl })}>
      {t('everywhere.openConsole')}
    </OutsideButton>
  );
  return (
    <PageFrame title={t('dashboard.title')} side={side}>
      <FailureNotice failure={failure} />
      {!snapshot && <PhasePanel />}
      {snapshot && (
        <>
          <StatePanel {...snapshot.state} buttons={<PauseMenu control={snapshot.control} />}>
            <HeroFigures snapshot={snapshot} day={day} />
          </StatePanel>
          {app?.node.phase === 'attached' && (
            <p className="soft small">
              {t('everywhere.phase.attached', { pid: app.node.pid, version: app.node.version })}
            </p>
          )}
          <div className="dash">
            <div className="dash-main">
              <UptimePanel day={day} month={month} />
              <WeekPanel month={month} earned={snapshot.earned} />
              <ActivityPanel day={day} month={month} />
              <Spot name="requests" part={part}>
                <RequestFeed serving={snapshot.serving} />
              </Spot>
            </div>
            <div className="dash-side">
              <Todo snapshot={snapshot} />
              <Health snapshot={snapshot} />
              <GpuPanel hardware={snapshot.hardware} />
              <EarnedPanel snapshot={snapshot} />
              <NodePanel snapshot={snapshot} />
            </div>
          </div>
        </>
      )}
    </PageFrame>
  );
}
