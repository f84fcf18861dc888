import type { ReactNode } from 'react';
import { Button } from '../../components/button.tsx';
import { Notice } from '../../components/notice.tsx';
import { useApp } from '../../hooks.ts';
import { t } from '../../i18n/text.ts';
import { goTo } from '../../navigation.ts';
import { type Step, steps } from '../../onboarding-progress.ts';
import { PhasePanel } from '../state/phase-panel.tsx';

/** The way on and back under a step. The way on is the page's one primary button, unless the step has its own. */
export function StepFoot({ step, primary }: { step: Step; primary: boolean }) {
  const index = steps.indexOf(step);
  const before = steps[index - 1];
  const after = steps[index + 1];
  return (
    <div className="step-foot">
      {before && (
        <Button variant="quiet" onPress={() => goTo('onboarding', before)}>
          {t('onboarding.back')}
        </Button>
      )}
      {after && (
        <Button variant={primary ? 'primary' : 'plain'} onPress={() => goTo('onboarding', after)}>
          {step === 'need'
            ? t('onboarding.need.start')
            : t('onboarding.next', { step: t(`onboarding.steps.${after}`) })}
        </Button>
      )}
    </div>
  );
}

/** Stands in for what is measured while nobody measures: why, and what brings it about. */
export function NotMeasured({ step }: { step: Step }): ReactNode {
  const phase = useApp()?.node.phase;
  return (
    <>
      {phase === 'no-identity' ? (
        <Notice
          action={<Button onPress={() => goTo('onboarding', 'key')}>{t('onboarding.makeKeyFirst')}</Button>}
        >
          {t('onboarding.waitsForKey')}
        </Notice>
      ) : (
        <PhasePanel />
      )}
      <StepFoot step={step} primary={false} />
    </>
  );
}
