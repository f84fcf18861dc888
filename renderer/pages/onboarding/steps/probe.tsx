import { useMachine } from '../../../hooks.ts';
import { t } from '../../../i18n/text.ts';
import { Findings, ProbeButton, RegistrationBlock } from '../../hardware/findings.tsx';
import { MachineFigures, TierPanel } from '../../hardware/tier-panel.tsx';
import { NotMeasured, StepFoot } from '../step-frame.tsx';

export function ProbeStep() {
  const machine = useMachine();
  const hardware = machine?.hardware;
  if (!hardware)
    return (
      <>
        <p className="soft">{t('onboarding.probe.lead')}</p>
        <NotMeasured step="probe" />
      </>
    );
  const blocked = hardware.registrationHold !== null;
  return (
    <>
      <p className="soft">{t('onboarding.probe.lead')}</p>
      <TierPanel hardware={hardware} />
      <MachineFigures hardware={hardware} />
      <RegistrationBlock hardware={hardware} />
      {hardware.findings.length > 0 && !blocked && <Findings findings={hardware.findings} />}
      <p className="soft small">{t('onboarding.probe.why')}</p>
      <div>
        <ProbeButton primary={blocked} />
      </div>
      <StepFoot step="probe" primary={!blocked} />
    </>
  );
}
