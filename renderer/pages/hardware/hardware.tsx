import { PageFrame, Section } from '../../components/page.tsx';
import { useMachine } from '../../hooks.ts';
import { t } from '../../i18n/text.ts';
import { PhasePanel } from '../state/phase-panel.tsx';
import { Cards } from './cards.tsx';
import { ComputerFacts } from './computer.tsx';
import { Findings, ProbeButton, RegistrationBlock } from './findings.tsx';
import { TierMatch } from './tier-match.tsx';
import { MachineFigures, TierPanel } from './tier-panel.tsx';

export function Hardware() {
  const machine = useMachine();
  const hardware = machine?.hardware;
  // The finding that blocks the registration is shown above already.
  const others = hardware?.findings.filter(({ code }) => code !== hardware.registrationHold) ?? [];
  return (
    <PageFrame title={t('hardware.title')} lead={t('hardware.lead')} side={hardware && <ProbeButton />}>
      {!hardware && <PhasePanel />}
      {hardware && (
        <>
          <RegistrationBlock hardware={hardware} />
          <Section title={t('hardware.tier.title')}>
            <TierPanel hardware={hardware} />
            <TierMatch hardware={hardware} />
            <MachineFigures hardware={hardware} />
          </Section>
          <Section title={t('hardware.cards.title')}>
            <Cards hardware={hardware} />
          </Section>
          <Section title={t('hardware.computer.title')}>
            <ComputerFacts />
          </Section>
          {others.length > 0 && (
            <Section title={t('hardware.findings.title')} lead={t('hardware.findings.lead')}>
              <Findings findings={others} />
            </Section>
          )}
        </>
      )}
    </PageFrame>
  );
}
