import { useEffect, useState } from 'react';
import { Icon } from '../../components/icon.tsx';
import { PageFrame } from '../../components/page.tsx';
import { Working } from '../../components/progress.tsx';
import { useApp, useMachine, useSnapshot } from '../../hooks.ts';
import { t } from '../../i18n/text.ts';
import { hashOf } from '../../navigation.ts';
import {
  isStep,
  nextStep,
  type Progress,
  progressOf,
  type Step,
  steps,
  stepsToRun,
  waitsFor,
} from '../../onboarding-progress.ts';
import { ImportKey } from '../key/import-key.tsx';
import { ClaimStep, ExitStep } from './steps/after.tsx';
import { KeyStep } from './steps/key.tsx';
import { ModelStep } from './steps/model.tsx';
import { NeedStep } from './steps/need.tsx';
import { ProbeStep } from './steps/probe.tsx';
import { RegisterStep } from './steps/register.tsx';
import { RunStep } from './steps/run.tsx';

const panels: Readonly<Record<Step, () => React.ReactNode>> = {
  need: NeedStep,
  probe: ProbeStep,
  model: ModelStep,
  key: KeyStep,
  register: RegisterStep,
  run: RunStep,
  claim: ClaimStep,
  exit: ExitStep,
};

/** Five steps lead online, two come later; all are in sight, and the app opens where it goes on. */
export function Onboarding({ part }: { part: string | null }) {
  const app = useApp();
  const progress = progressOf(app, useSnapshot(), useMachine());
  const arrived = useArrivalStep(app !== null, progress);
  if (!app || arrived === null) return <Working>{t('everywhere.phase.waitingForFigures')}</Working>;
  const step = isStep(part) ? part : arrived;
  const Panel = panels[step];
  return (
    <PageFrame title={t('onboarding.title')}>
      <div className="path-columns">
        <Path step={step} progress={progress} />
        <div className="path-main">
          <section className="panel path-panel" aria-labelledby="step-title">
            {step !== 'need' && (
              <header>
                <p className="small soft">{t('onboarding.number', { number: steps.indexOf(step) })}</p>
                <h2 id="step-title">{t(`onboarding.steps.${step}`)}</h2>
              </header>
            )}
            <Panel key={step} />
          </section>
          {app.official && (step === 'need' || step === 'key') && (
            <ImportKey official={app.official} possible={app.node.phase === 'no-identity'} />
          )}
        </div>
      </div>
    </PageFrame>
  );
}

/** The step at which the page opened without being given one; it does not move away while somebody reads it. */
function useArrivalStep(known: boolean, progress: Progress): Step | null {
  const [step, setStep] = useState<Step | null>(null);
  const next = nextStep(progress);
  useEffect(() => {
    if (known && step === null) setStep(next);
  }, [known, step, next]);
  return step;
}

const leadingOnline: readonly Step[] = ['need', ...stepsToRun];
const comingLater: readonly Step[] = ['claim', 'exit'];

function Path({ step, progress }: { step: Step; progress: Progress }) {
  const list = (names: readonly Step[]) => (
    <ol>
      {names.map((name) => (
        <li key={name}>
          <PathStep name={name} current={name === step} progress={progress} />
        </li>
      ))}
    </ol>
  );
  return (
    <nav className="path" aria-label={t('onboarding.path')}>
      {list(leadingOnline)}
      <div className="path-later">
        <p className="small faint">{t('setup.later')}</p>
        {list(comingLater)}
      </div>
    </nav>
  );
}

/** A step that can be opened is a link; one that waits for another is only told. */
function PathStep({ name, current, progress }: { name: Step; current: boolean; progress: Progress }) {
  const status = progress[name];
  const index = steps.indexOf(name);
  const content = (
    <>
      <span className="path-mark" aria-hidden="true">
        {status === 'done' && <Icon name="check" />}
        {status === 'blocked' && <Icon name="warning" />}
        {status === 'open' && (index === 0 ? <Icon name="read" /> : index)}
      </span>
      <span className="path-name">
        {t(`onboarding.steps.${name}`)}
        {index > 0 && <span className="visually-hidden">, {t(`onboarding.status.${status}`)}</span>}
      </span>
    </>
  );
  if (!current && waitsFor(name, progress) !== null)
    return <span className={`path-step path-waiting path-${status}`}>{content}</span>;
  return (
    <a
      className={`path-step path-${status}`}
      href={hashOf('onboarding', name)}
      aria-current={current ? 'step' : undefined}
    >
      {content}
    </a>
  );
}
