import { formatBytes } from '../../../../shared/format.ts';
import { isTier, tiers } from '../../../../shared/hardware/tiers.ts';
import type { Preparation } from '../../../bridge.ts';
import { useMachine } from '../../../hooks.ts';
import { t } from '../../../i18n/text.ts';
import { useCatalogue } from '../../models/catalogue.tsx';
import { NeedEstimate } from '../need-estimate.tsx';
import { StepFoot } from '../step-frame.tsx';
import { NeedDetails, type Recommended } from './need-details.tsx';

export function NeedStep() {
  const machine = useMachine();
  return machine ? <MeasuredNeeds machine={machine} /> : <Needs machine={null} recommended={null} />;
}

function MeasuredNeeds({ machine }: { machine: Preparation }) {
  const catalogue = useCatalogue(machine);
  const recommended =
    catalogue.state === 'answered'
      ? (catalogue.output.models.find(({ name }) => name === catalogue.output.recommended) ?? null)
      : null;
  return <Needs machine={machine} recommended={recommended} />;
}

/** A headline, three facts and the estimate; whoever wants to know more opens it. */
function Needs({ machine, recommended }: { machine: Preparation | null; recommended: Recommended | null }) {
  return (
    <>
      <header className="need-head">
        <h2 id="step-title">{t('setup.headline')}</h2>
        <p className="soft">{t('setup.headlineBody')}</p>
      </header>
      <dl className="need-facts" aria-label={t('setup.facts')}>
        {[stakeFact(), tierFact(machine), timeFact(machine, recommended)].map(({ value, note }) => (
          <div key={note}>
            <dt>{note}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <NeedEstimate />
      <details>
        <summary>{t('setup.details')}</summary>
        <NeedDetails machine={machine} recommended={recommended} />
      </details>
      <StepFoot step="need" primary />
    </>
  );
}

interface Fact {
  value: string;
  note: string;
}

const stakeFact = (): Fact => ({ value: t('setup.stake'), note: t('setup.stakeNote') });

function tierFact(machine: Preparation | null): Fact {
  const tier = machine?.hardware.tier;
  if (!isTier(tier)) return { value: t('setup.tierUnknown'), note: t('setup.tierUnknownNote') };
  return {
    value: t('setup.tier', { tier }),
    note: t('setup.tierNote', { times: tiers[tier].multiplierTenths / 10 }),
  };
}

/** Of a person, by the steps they do themselves; what a download takes depends on the line. */
const minutesOfPerson = 10;

function timeFact(machine: Preparation | null, recommended: Recommended | null): Fact {
  const value = t('setup.time', { minutes: minutesOfPerson });
  if (machine?.ollama.defaultModel) return { value, note: t('setup.timeNoteDone') };
  const bytes = recommended?.downloadBytes ?? null;
  if (bytes === null) return { value, note: t('setup.timeNoteUnknown') };
  return { value, note: t('setup.timeNote', { size: formatBytes(bytes) }) };
}
