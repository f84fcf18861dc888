import { useEffect, useState } from 'react';
import { Icon } from '../../components/icon.tsx';
import { PageFrame } from '../../components/page.tsx';
import { Working } from '../../components/progress.tsx';
import { useApp, useMachine, useSnapshot } from '../../hooks.ts';
import { t } from '../../i18n/text.ts';
import { hashOf } from '../../navigation.ts';
import { isStep, nextStep, type Progress, progressOf, type Step, steps } from '../../onboarding-progress.ts';
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

/** The seven steps as a path: any can be opened at any time, and the app opens where it goes on. */
export function Onboarding({ part }: { part: string | null }) {
  const app = useApp();
  const progress = progressOf(app, useSnapshot(), useMachine());
  const arrived = useArrivalStep(app !== null, progress);
  if (!app || arrived === null) return <Working>{t('everywhere.phase.waitingForFigures')}</Working>;
  const step = isStep(part) ? part : arrived;
  const Panel = panels[step];
  return (
    <PageFrame title={t('onboarding.title')} lead={t('onboarding.lead')}>
      {app.official && (step === 'need' || step === 'key') && (
        <ImportKey official={app.official} possible={app.node.phase === 'no-identity'} />
      )}
      <div className="path-columns">
        <Path step={step} progress={progress} />
        <section className="panel path-panel" aria-labelledby="step-title">
          <header>
            {step !== 'need' && (
              <p className="small soft">{t('onboarding.number', { number: steps.indexOf(step) })}</p>
            )}
            <h2 id="step-title">{t(`onboarding.steps.${step}`)}</h2>
          </header>
          <Panel key={step} />
        </section>
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

function Path({ step, progress }: { step: Step; progress: Progress }) {
  return (
    <nav className="path" aria-label={t('onboarding.path')}>
      <ol>
        {steps.map((name, index) => {
          const status = progress[name];
          return (
            <li key={name}>
              <a
                className={`path-step path-${status}`}
                href={hashOf('onboarding', name)}
                aria-current={name === step ? 'step' : undefined}
              >
                <span className="path-mark" aria-hidden="true">
                  {status === 'done' && <Icon name="check" />}
                  {status === 'blocked' && <Icon name="warning" />}
                  {status === 'open' && (index === 0 ? <Icon name="read" /> : index)}
                </span>
                <span>{t(`onboarding.steps.${name}`)}</span>
                {index > 0 && <span className="visually-hidden">, {t(`onboarding.status.${status}`)}</span>}
              </a>
            </li>
          );
        })}
      </ol>
    </nav>
  );
}
