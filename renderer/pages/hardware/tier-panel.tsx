import { formatBytes, formatCount, formatDecimal } from '../../../shared/format.ts';
import { describeTier, isTier, tiers, tierWords } from '../../../shared/hardware/tiers.ts';
import type { Snapshot } from '../../bridge.ts';
import { AsOf, Figure } from '../../components/figure.tsx';
import { t } from '../../i18n/text.ts';

type HardwareReport = Snapshot['hardware'];

/** The tier in a word, the scale it stands on, and the sum that leads there. */
export function TierPanel({ hardware }: { hardware: HardwareReport }) {
  const { tier, gpu, vramGb } = hardware;
  return (
    <>
      <p className="tier-now">{isTier(tier) ? describeTier(tier).replace(/^t/, 'T') : tier}</p>
      <p className="soft">
        {gpu === null
          ? t('hardware.tier.cpu')
          : t('hardware.tier.gpu', { gpu, vram: vramGb ?? t('everywhere.notKnown') })}{' '}
        <AsOf atMs={hardware.asOfMs} alone />
      </p>
      <TierScale tier={tier} declared={hardware.declared.tier} />
      <Arithmetic hardware={hardware} />
    </>
  );
}

const all = [
  { step: 1, key: 'one' },
  { step: 2, key: 'two' },
  { step: 3, key: 'three' },
  { step: 4, key: 'four' },
] as const;

function TierScale({ tier, declared }: { tier: number; declared: number | null }) {
  return (
    <ol className="tier-scale">
      {all.map(({ step, key }) => (
        <li key={step} className={step === tier ? 'tier-step tier-step-here' : 'tier-step'}>
          <span className="tier-number">{step}</span>
          <span className="small soft">{tierWords().labels[step]}</span>
          <span className="small soft">{t(`hardware.arithmetic.steps.${key}`)}</span>
          <span className="tier-times">
            {t('hardware.arithmetic.multiplier', {
              times: formatDecimal(tiers[step].multiplierTenths / 10, 1),
            })}
          </span>
          <span className="tier-marks small">
            {step === tier && <span className="tier-mark">{t('hardware.arithmetic.here')}</span>}
            {step === declared && <span className="tier-mark">{t('hardware.arithmetic.registered')}</span>}
          </span>
        </li>
      ))}
    </ol>
  );
}

/** The rule applied to this machine, sentence by sentence. [network.md 3.1] */
function Arithmetic({ hardware }: { hardware: HardwareReport }) {
  const { gpu, vramGb, thresholdGb, nextThresholdGb, uncappedTier } = hardware.arithmetic;
  const sentences: string[] = [];
  if (!gpu) sentences.push(t('hardware.arithmetic.noGpu'));
  else if (vramGb === null) sentences.push(t('hardware.arithmetic.unknownMemory'));
  else if (thresholdGb !== null && thresholdGb > 0)
    sentences.push(t('hardware.arithmetic.reached', { vram: vramGb, threshold: thresholdGb }));
  else if (nextThresholdGb !== null)
    sentences.push(t('hardware.arithmetic.below', { vram: vramGb, next: nextThresholdGb }));
  if (gpu && vramGb !== null && thresholdGb !== null && thresholdGb > 0)
    sentences.push(
      nextThresholdGb === null
        ? t('hardware.arithmetic.top')
        : t('hardware.arithmetic.next', { next: nextThresholdGb }),
    );
  if (uncappedTier > hardware.tier)
    sentences.push(t('hardware.arithmetic.capped', { uncapped: uncappedTier, tier: hardware.tier }));
  return <p className="soft small">{sentences.join(' ')}</p>;
}

export function MachineFigures({ hardware }: { hardware: HardwareReport }) {
  const { cores, ramGb, modelBudget, mode } = hardware;
  return (
    <dl className="figures">
      <Figure label={t('hardware.tier.cores')} value={formatCount(cores)} />
      <Figure label={t('hardware.tier.ram')} value={t('hardware.tier.gb', { gb: ramGb })} />
      <Figure
        label={t('hardware.tier.budget')}
        value={modelBudget.bytes === null ? null : formatBytes(modelBudget.bytes)}
        note={t(`hardware.tier.basis.${modelBudget.basis}`)}
      />
      <Figure
        label={t('hardware.tier.mode')}
        value={mode === 'gpu' ? t('hardware.tier.modeGpu') : t('hardware.tier.modeCpu')}
      />
    </dl>
  );
}
