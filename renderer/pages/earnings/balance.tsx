import type { ReactNode } from 'react';
import { formatPrlx, formatTime, formatTokens } from '../../../shared/format.ts';
import { tickerWei } from '../../../shared/ticker.ts';
import type { Snapshot } from '../../bridge.ts';
import { AsOf, Figure, Value } from '../../components/figure.tsx';
import { Notice } from '../../components/notice.tsx';
import { Section } from '../../components/page.tsx';
import { useNow } from '../../hooks.ts';
import { t } from '../../i18n/text.ts';
import { prlxOf, whyUnknown } from '../../known-amount.ts';

/** Claimable now, with the estimate that runs between two reads, and what was earned until now. */
export function Balance({ snapshot, actions }: { snapshot: Snapshot; actions: ReactNode }) {
  const { earned, earnings } = snapshot;
  return (
    <Section title={t('earnings.claimable')} side={actions}>
      {earned.pool === 'empty' && (
        <Notice tone="warn" title={t('earnings.poolEmpty.title')}>
          {t('earnings.poolEmpty.text')}
        </Notice>
      )}
      {earned.shareChange7Days.known && earned.shareChange7Days.value < -0.2 && (
        <Notice tone="warn" title={t('earnings.shareFell.title')}>
          {t('earnings.shareFell.text', { percent: Math.round(-earned.shareChange7Days.value * 100) })}
        </Notice>
      )}
      <Claimable earned={earned} />
      <Spans earned={earned} />
      <p className="soft small">
        {t('earnings.walletLifetime', {
          amount:
            earnings.lifetimePrlx === null
              ? t('everywhere.notKnown').toLowerCase()
              : `${formatTokens(earnings.lifetimePrlx)} PRLX`,
        })}{' '}
        <AsOf atMs={earnings.asOfMs} source={t('earnings.coordinator')} />
      </p>
    </Section>
  );
}

function Claimable({ earned }: { earned: Snapshot['earned'] }) {
  const nowMs = useNow(200);
  const { claimableWei, estimate, ratePerDayWei } = earned;
  // The estimate runs only where there is a reading that it begins with.
  const running = claimableWei.known && estimate !== null;
  const shown = running ? formatPrlx(tickerWei(estimate, nowMs), 6) : prlxOf(claimableWei, 6);
  return (
    <>
      <p className="earned">
        <span className="earned-value" data-claimable={claimableWei.known ? claimableWei.value : ''}>
          <Value>{shown}</Value>
        </span>
        <span className="soft">{t('earnings.unit')}</span>
      </p>
      <p className="soft small">
        {claimableWei.known ? (
          <>
            {t(running ? 'earnings.estimated' : 'earnings.standing')}{' '}
            {t('earnings.readAt', {
              amount: formatPrlx(BigInt(claimableWei.value), 18),
              block: claimableWei.block,
              time: formatTime(claimableWei.blockTimeMs, nowMs),
              source: claimableWei.source,
            })}
          </>
        ) : (
          whyUnknown(claimableWei)
        )}
      </p>
      <p>
        {ratePerDayWei.known
          ? t('earnings.rate', { amount: formatPrlx(BigInt(ratePerDayWei.value), 2) })
          : `${t('earnings.rateUnknown')} ${whyUnknown(ratePerDayWei)}`}
      </p>
    </>
  );
}

type Span = Snapshot['earned']['today'];

function Spans({ earned }: { earned: Snapshot['earned'] }) {
  const nowMs = useNow();
  const note = (span: Span) => {
    if (span === null) return t('earnings.noSamples');
    return span.complete ? undefined : t('earnings.atLeast', { time: formatTime(span.sinceMs, nowMs) });
  };
  const spans = [
    ['today', earned.today],
    ['last7Days', earned.last7Days],
    ['last30Days', earned.last30Days],
    ['last365Days', earned.last365Days],
  ] as const;
  return (
    <dl className="figures">
      {spans.map(([name, span]) => (
        <Figure
          key={name}
          label={t(`earnings.spans.${name}`)}
          value={span === null ? null : formatPrlx(BigInt(span.wei), 2)}
          note={note(span)}
        />
      ))}
      <Figure
        label={t('earnings.spans.ever')}
        value={prlxOf(earned.everWei, 2)}
        note={whyUnknown(earned.everWei)}
      />
    </dl>
  );
}
