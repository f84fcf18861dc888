import { useMachine } from '../../../hooks.ts';
import { t } from '../../../i18n/text.ts';
import { Findings, ProbeButton, RegistrationHold } from '../../hardware/findings.tsx';
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
  const held = hardware.registrationHold !== null;
  return (
    <>
      <p className="soft">{t('onboarding.probe.lead')}</p>
      <TierPanel hardware={hardware} />
      <MachineFigures hardware={hardware} />
      <RegistrationHold hardware={hardware} />
      {hardware.findings.length > 0 && !held && <Findings findings={hardware.findings} />}
      <p className="soft small">{t('onboarding.probe.why')}</p>
      <div>
        <ProbeButton primary={held} />
      </div>
      <StepFoot step="probe" primary={!held} />
    </>
  );
}
