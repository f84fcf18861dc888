import type { SelfTestReport } from '../../../shared/contract/ollama.ts';
import { formatDecimal, formatDuration } from '../../../shared/format.ts';
import { describeReason } from '../../../shared/reasons/reason-text.ts';
import { AsOf } from '../../components/figure.tsx';
import { t } from '../../i18n/text.ts';

/** What the newest test of a model showed, with its age. */
export function SelfTestLine({ test }: { test: SelfTestReport | null }) {
  if (!test || test.state === 'running') return null;
  if (test.state === 'failed')
    return (
      <p className="small warn">
        {t('models.test.failed', {
          reason: test.reason === null ? t('everywhere.notKnown') : describeReason(test.reason),
        })}{' '}
        <AsOf atMs={test.atMs} alone />
      </p>
    );
  if (test.state === 'cancelled') return <p className="small soft">{t('models.test.cancelled')}</p>;
  const { generationTokensPerSecond, promptTokensPerSecond, firstTokenMs } = test;
  const parts = [
    generationTokensPerSecond === null
      ? null
      : t('models.test.generation', { speed: formatDecimal(generationTokensPerSecond, 1) }),
    promptTokensPerSecond === null
      ? null
      : t('models.test.prompt', { speed: formatDecimal(promptTokensPerSecond, 0) }),
    firstTokenMs === null
      ? null
      : t('models.test.first', {
          time: firstTokenMs < 1000 ? `${Math.round(firstTokenMs)} ms` : formatDuration(firstTokenMs),
        }),
  ];
  return (
    <p className="small soft">
      {parts.filter((part) => part !== null).join(', ')};{' '}
      <AsOf atMs={test.atMs} source={t('models.test.measured')} />
    </p>
  );
}
