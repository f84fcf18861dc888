import { formatDecimal, formatPrlx } from '../../../shared/format.ts';
import type { Snapshot } from '../../bridge.ts';
import { Figure } from '../../components/figure.tsx';
import { t } from '../../i18n/text.ts';
import { percent, whyUnknown } from '../../known-amount.ts';
import type { ActivityQuestion } from './activity-question.ts';

/** The four figures that are looked at first: speed, model, rate, uptime. */
export function HeroFigures({ snapshot, day }: { snapshot: Snapshot; day: ActivityQuestion }) {
  const { serving, ollama, earned } = snapshot;
  const [running] = serving.running;
  const live = serving.running.reduce((sum, one) => sum + (one.tokensPerSecond ?? 0), 0);
  const record = day.state === 'answered' ? day.output : null;
  const median = record?.requests.tokensPerSecond ?? null;
  const speed = live > 0 ? live : median;
  const rate = earned.ratePerDayWei;
  return (
    <dl className="figures hero-figures" aria-label={t('dashboard.hero.now')}>
      <Figure
        large
        label={t('dashboard.hero.tokens')}
        value={speed === null ? null : formatDecimal(speed, 1)}
        note={t(live > 0 ? 'dashboard.hero.tokensLive' : 'dashboard.hero.tokensMedian')}
      />
      <Figure
        large
        label={t('dashboard.hero.model')}
        value={running?.model ?? ollama.defaultModel}
        note={t(running ? 'dashboard.hero.modelRunning' : 'dashboard.hero.modelDefault')}
      />
      <Figure
        large
        label={t('dashboard.hero.rate')}
        value={rate.known ? formatPrlx(BigInt(rate.value), 2) : null}
        note={
          whyUnknown(rate) ??
          t(earned.estimate === null ? 'dashboard.hero.notRising' : 'dashboard.hero.perDay')
        }
      />
      <Figure large label={t('dashboard.hero.uptime')} value={percent(record?.online ?? null)} />
    </dl>
  );
}
