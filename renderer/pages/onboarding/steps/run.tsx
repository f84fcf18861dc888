import { consoleUrl } from '../../../../shared/links.ts';
import { describeState } from '../../../../shared/states/states.ts';
import type { Snapshot } from '../../../bridge.ts';
import { At } from '../../../components/at.tsx';
import { Button, OutsideButton } from '../../../components/button.tsx';
import { FailureNotice, Notice } from '../../../components/notice.tsx';
import { Working } from '../../../components/progress.tsx';
import { useAction, useApp, useNow, useSnapshot } from '../../../hooks.ts';
import { t } from '../../../i18n/text.ts';
import { goTo } from '../../../navigation.ts';
import { StayOnline } from '../../settings/desktop-rows.tsx';
import { NotMeasured, StepFoot } from '../step-frame.tsx';

/** What keeps the node from its first heartbeat, if it is more than waiting; nothing is lost yet, so nothing is red. */
function InTheWay({ state }: { state: Snapshot['state'] }) {
  const { what, action, button } = describeState(state.code, state.params, useNow());
  if (button === null || button === '') return null;
  return (
    <Notice
      tone="warn"
      title={what}
      action={<Button onPress={() => goTo('dashboard')}>{t('setup.showDetails')}</Button>}
    >
      {action}
    </Notice>
  );
}

export function RunStep() {
  const app = useApp();
  const snapshot = useSnapshot();
  const { run, failure } = useAction();
  if (!snapshot)
    return (
      <>
        <p className="soft">{t('onboarding.run.lead')}</p>
        <NotMeasured step="run" />
      </>
    );
  const acceptedAtMs = snapshot.heartbeat.firstAcceptedAtMs;
  return (
    <>
      <p className="soft">{t('onboarding.run.lead')}</p>
      {acceptedAtMs !== null ? (
        <Notice
          tone="good"
          title={<At ms={acceptedAtMs} text={(time) => t('onboarding.run.accepted', { time })} />}
        >
          {t('onboarding.run.acceptedBody')}
        </Notice>
      ) : snapshot.registration.status === 'registered' ? (
        <>
          <Working>{t('onboarding.run.waiting')}</Working>
          <InTheWay state={snapshot.state} />
        </>
      ) : (
        <Notice
          action={
            <Button variant="primary" onPress={() => goTo('onboarding', 'register')}>
              {t('setup.waits.register')}
            </Button>
          }
        >
          {t('onboarding.run.needsRegistration')}
        </Notice>
      )}
      {app && (
        <div className="stack">
          <h3>{t('onboarding.run.stay')}</h3>
          <p className="soft small">{t('onboarding.run.stayLead')}</p>
          <StayOnline app={app} />
        </div>
      )}
      <div className="stack">
        <h3>{t('onboarding.run.nextTitle')}</h3>
        <ol className="plain-steps">
          {t('onboarding.run.next', { returnObjects: true }).map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ol>
        <p>{t('onboarding.run.notices')}</p>
        <div className="buttons">
          <OutsideButton onPress={() => void run('app.openLink', { url: consoleUrl })}>
            {t('everywhere.openConsole')}
          </OutsideButton>
          <Button variant={acceptedAtMs === null ? 'plain' : 'primary'} onPress={() => goTo('dashboard')}>
            {t('onboarding.run.dashboard')}
          </Button>
        </div>
        <FailureNotice failure={failure} />
      </div>
      <StepFoot step="run" primary={false} />
    </>
  );
}
