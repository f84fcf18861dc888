import { useState } from 'react';
import { estimateYear } from '../../../shared/earnings/estimate.ts';
import { defaultEstimate, knownOf } from '../../../shared/earnings/estimate-defaults.ts';
import {
  type EstimateField,
  type EstimateTexts,
  estimateFieldNames,
  estimateFields,
  estimateTexts,
  formatShare,
  formatUsd,
  readEstimate,
} from '../../../shared/earnings/estimate-fields.ts';
import { guideExampleInput } from '../../../shared/earnings/guide-example.ts';
import { formatPrlx } from '../../../shared/format.ts';
import { isTier } from '../../../shared/hardware/tiers.ts';
import { estimateFaultText, estimateWords, guideExampleLines } from '../../../shared/texts/estimate-text.ts';
import type { Snapshot } from '../../bridge.ts';
import { Button } from '../../components/button.tsx';
import { Figure, Value } from '../../components/figure.tsx';
import { FiguresTable } from '../../components/figures-table.tsx';
import { Section } from '../../components/page.tsx';
import { useMachine } from '../../hooks.ts';
import { t } from '../../i18n/text.ts';

/** A year and its months, from what is known and what the person types; nothing is looked up. */
export function Estimator({ snapshot }: { snapshot: Snapshot | null }) {
  const machine = useMachine();
  const tier = machine?.hardware.tier;
  const known = snapshot
    ? knownOf(snapshot)
    : { stakeWei: null, tier: isTier(tier) ? tier : null, uptimeBp: null, totalWeightWei: null };
  const base = defaultEstimate(known);
  // What was typed stays; the rest follows what becomes known.
  const [typed, setTyped] = useState<Partial<EstimateTexts>>({});
  const [guide, setGuide] = useState(false);
  const texts = { ...estimateTexts(guide ? guideExampleInput() : base.input), ...typed };
  const read = readEstimate(texts);
  const choose = (example: boolean) => {
    setGuide(example);
    setTyped({});
  };
  const words = estimateWords();
  const notes = [
    ...(guide
      ? guideExampleLines()
      : typed.totalWeight === undefined
        ? [words.weightSource[base.weightFrom]]
        : []),
    ...words.caveats,
  ];
  const side = (
    <div className="button-row">
      <Button variant="quiet" pressed={!guide} onPress={() => choose(false)}>
        {t('earnings.estimator.yours')}
      </Button>
      <Button variant="quiet" pressed={guide} onPress={() => choose(true)}>
        {t('earnings.estimator.guide')}
      </Button>
    </div>
  );
  return (
    <Section title={t('earnings.estimator.title')} lead={t('earnings.estimator.lead')} side={side}>
      <div className="estimate-fields">
        {estimateFieldNames.map((field) => (
          <EstimateInput
            key={field}
            field={field}
            text={texts[field]}
            fault={'fault' in read && read.fault.field === field ? estimateFaultText(read.fault) : null}
            onType={(text) => setTyped({ ...typed, [field]: text })}
          />
        ))}
      </div>
      {'input' in read && <Result estimate={estimateYear(read.input)} />}
      <ul className="notes small soft">
        {notes.map((note) => (
          <li key={note}>{note}</li>
        ))}
      </ul>
    </Section>
  );
}

function EstimateInput({
  field,
  text,
  fault,
  onType,
}: {
  field: EstimateField;
  text: string;
  fault: string | null;
  onType: (text: string) => void;
}) {
  const { unit } = estimateFields[field];
  const id = `estimate-${field}`;
  return (
    <div className="estimate-field">
      <label htmlFor={id}>
        {unit === '' ? estimateWords().labels[field] : `${estimateWords().labels[field]} (${unit})`}
      </label>
      <input
        className="field"
        id={id}
        inputMode="decimal"
        autoComplete="off"
        value={text}
        aria-invalid={fault !== null}
        aria-describedby={fault === null ? undefined : `${id}-fault`}
        onChange={(event) => onType(event.currentTarget.value)}
      />
      {fault !== null && (
        <p id={`${id}-fault`} className="bad small">
          {fault}
        </p>
      )}
    </div>
  );
}

const columns = ['month', 'share', 'gross', 'cost', 'net'] as const;

function Result({ estimate }: { estimate: ReturnType<typeof estimateYear> }) {
  const { grossWei, runningMicroUsd, hardwareMicroUsd, netMicroUsd, breakEvenMicroUsd, months } = estimate;
  const withHardware = estimate.breakEvenWithHardwareMicroUsd;
  const money = (amount: bigint | null) => (amount === null ? null : formatUsd(amount));
  // No cost was entered: then there is none to break even with.
  const costless = runningMicroUsd === 0n;
  return (
    <>
      <dl className="figures" data-estimate>
        <Figure
          large
          label={t('earnings.estimator.gross')}
          value={formatPrlx(grossWei, 0)}
          note={t('earnings.estimator.perYear')}
        />
        <Figure
          label={t('earnings.estimator.cost')}
          value={costless ? null : formatUsd(runningMicroUsd)}
          note={costless ? t('earnings.estimator.noCost') : t('earnings.estimator.perYear')}
        />
        <Figure
          label={t('earnings.estimator.net')}
          value={money(netMicroUsd)}
          note={netMicroUsd === null ? t('earnings.estimator.noPrice') : t('earnings.estimator.netNote')}
        />
        <Figure
          label={t('earnings.estimator.breakEven')}
          value={costless ? null : money(breakEvenMicroUsd)}
          note={
            hardwareMicroUsd > 0n && withHardware !== null
              ? t('earnings.estimator.withHardware', { price: formatUsd(withHardware) })
              : t('earnings.estimator.perToken')
          }
        />
      </dl>
      <details>
        <summary>{t('earnings.estimator.months')}</summary>
        <FiguresTable headings={columns.map((name) => t(`earnings.estimator.columns.${name}`))}>
          {months.map((month) => (
            <tr key={month.month}>
              <td>{month.month}</td>
              <td>{formatShare(month.sharePpm)}</td>
              <td>{formatPrlx(month.grossWei, 2)}</td>
              <td>{formatUsd(month.costMicroUsd)}</td>
              <td>
                <Value>{money(month.netMicroUsd)}</Value>
              </td>
            </tr>
          ))}
        </FiguresTable>
      </details>
    </>
  );
}
