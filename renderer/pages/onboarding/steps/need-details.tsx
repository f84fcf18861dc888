import { formatBytes } from '../../../../shared/format.ts';
import { describeTier, isTier } from '../../../../shared/hardware/tiers.ts';
import type { Preparation } from '../../../bridge.ts';
import { Source } from '../../../components/figure.tsx';
import { t } from '../../../i18n/text.ts';

interface Line {
  name: string;
  text: string;
  from: 'measured' | 'guide' | 'unknown';
}

function guide(key: 'stake' | 'fees' | 'open' | 'back' | 'strangers'): Line {
  return { name: t(`onboarding.need.${key}.name`), text: t(`onboarding.need.${key}.text`), from: 'guide' };
}

function tierLine(machine: Preparation | null): Line {
  const name = t('onboarding.need.tier.name');
  if (!machine) return { name, text: t('onboarding.need.tier.unknown'), from: 'unknown' };
  const { tier, gpu } = machine.hardware;
  const texts = isTier(tier) ? describeTier(tier).replace(/^t/, 'T') : String(tier);
  return {
    name,
    text: t('onboarding.need.tier.text', {
      tier: texts,
      gpu: gpu === null ? t('onboarding.need.tier.noGpu') : `${gpu}.`,
    }),
    from: 'measured',
  };
}

export interface Recommended {
  name: string;
  downloadBytes: number | null;
}

function downloadLine(machine: Preparation | null, recommended: Recommended | null): Line {
  const key = 'onboarding.need.download';
  const name = t(`${key}.name`);
  if (!machine) {
    const text = `${t(`${key}.ollamaUnknown`)} ${t(`${key}.modelUnknown`)}`;
    return { name, text, from: 'unknown' };
  }
  const { condition, defaultModel, modelsVolume } = machine.ollama;
  const known = condition !== 'unknown';
  const ollama = !known
    ? t(`${key}.ollamaUnknown`)
    : t(condition === 'not-installed' ? `${key}.ollamaMissing` : `${key}.ollamaHere`);
  let model: string = t(`${key}.modelUnknown`);
  if (defaultModel !== null) model = t(`${key}.modelHere`, { model: defaultModel });
  else if (recommended && recommended.downloadBytes !== null)
    model = t(`${key}.model`, {
      model: recommended.name,
      size: formatBytes(recommended.downloadBytes),
    });
  const disk =
    modelsVolume && modelsVolume.freeBytes !== null
      ? t(`${key}.disk`, { path: modelsVolume.path, free: formatBytes(modelsVolume.freeBytes) })
      : null;
  return {
    name,
    text: [ollama, model, disk].filter((part) => part !== null).join(' '),
    from: known ? 'measured' : 'unknown',
  };
}

/** What it costs, what it asks of the computer and what others see, each with where it comes from. */
export function NeedDetails({
  machine,
  recommended,
}: {
  machine: Preparation | null;
  recommended: Recommended | null;
}) {
  const lines = [
    guide('stake'),
    guide('fees'),
    guide('open'),
    guide('back'),
    tierLine(machine),
    downloadLine(machine, recommended),
    guide('strangers'),
  ];
  return (
    <dl className="needs">
      {lines.map(({ name, text, from }) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            <span>{text}</span>
            <Source from={from} />
          </dd>
        </div>
      ))}
    </dl>
  );
}
