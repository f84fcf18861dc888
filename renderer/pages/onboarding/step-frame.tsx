import type { ReactNode } from 'react';
import { Button } from '../../components/button.tsx';
import { Notice } from '../../components/notice.tsx';
import { useApp, useMachine, useSnapshot } from '../../hooks.ts';
import { t } from '../../i18n/text.ts';
import { goTo } from '../../navigation.ts';
import { progressOf, type Step, steps, waitsFor } from '../../onboarding-progress.ts';
import { PhasePanel } from '../state/phase-panel.tsx';

const stepsOnTheWay: readonly Step[] = ['need', 'probe', 'model', 'key', 'register'];

/**
 * The way on and back under a step, always in sight. The way on is the page's one primary button, unless the step has
 * its own; it is not there while the next step would have nothing to offer.
 *
 * @param skip what is given up by going on now; the button says so
 */
export function StepFoot({
  step,
  primary,
  skip = null,
}: {
  step: Step;
  primary: boolean;
  skip?: string | null;
}) {
  const progress = progressOf(useApp(), useSnapshot(), useMachine());
  const index = steps.indexOf(step);
  const before = steps[index - 1];
  // What comes later is no next step: whoever is online is done.
  const after = stepsOnTheWay.includes(step) ? steps[index + 1] : undefined;
  const open = after !== undefined && waitsFor(after, progress) === null;
  return (
    <div className="step-foot">
      {before && (
        <Button variant="quiet" onPress={() => goTo('onboarding', before)}>
          {t('onboarding.back')}
        </Button>
      )}
      {skip !== null && <p className="small soft step-skip">{skip}</p>}
      {open && (
        <Button variant={primary ? 'primary' : 'plain'} onPress={() => goTo('onboarding', after)}>
          {step === 'need' ? t('onboarding.need.start') : t(skip === null ? 'setup.continue' : 'setup.skip')}
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
