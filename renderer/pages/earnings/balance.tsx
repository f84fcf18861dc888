import type { ReactNode } from 'react';
import type { Snapshot } from '../../bridge.ts';
import { At, Sentence } from '../../components/at.tsx';
import { Button } from '../../components/button.tsx';
import { Figure, Value } from '../../components/figure.tsx';
import { Notice } from '../../components/notice.tsx';
import { Section } from '../../components/page.tsx';
import { useNow } from '../../hooks.ts';
import { t } from '../../i18n/text.ts';
import { whyUnknown } from '../../known-amount.ts';
import { goTo } from '../../navigation.ts';
import { CooldownLeft } from '../wallet/cooldown-left.tsx';
import { claimableText, lifetimeText, rateText, spanTexts } from './balance-text.ts';

/** Claimable now, with the estimate that runs between two reads, and what was earned until now. */
export function Balance({
  snapshot,
  actions,
  ownWindow,
}: {
  snapshot: Snapshot;
  actions: ReactNode;
  ownWindow: boolean;
}) {
  const { earned } = snapshot;
  return (
    <Section title={t('earnings.claimable')} side={actions}>
      <ChainFailure chain={snapshot.chain} settings={!ownWindow} />
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
      <CooldownLeft chain={snapshot.chain} />
      <Spans earned={earned} />
      <p className="soft small">
        <Sentence said={lifetimeText(snapshot)} />
      </p>
    </Section>
  );
}

/** Figures stand as they were read: why they do is said once, with what helps. */
function ChainFailure({
  chain: { failure, contracts },
  settings,
}: {
  chain: Snapshot['chain'];
  /** Whether the settings can be gone to from here. */
  settings: boolean;
}) {
  if (failure === null) return null;
  const reason = whyUnknown({ known: false, reason: failure.reason });
  // What nobody has set has no beginning that says anything.
  const isSet = failure.reason !== 'no-rpc' && failure.reason !== 'other-network';
  return (
    <Notice
      tone="warn"
      title={t('earnings.chainFailure.title')}
      action={
        settings &&
        contracts !== null && (
          <Button onPress={() => goTo('settings', 'advanced')}>{t('earnings.chainFailure.button')}</Button>
        )
      }
    >
      {reason}{' '}
      {isSet && <At ms={failure.sinceMs} text={(time) => t('earnings.chainFailure.since', { time })} />}{' '}
      {t('earnings.chainFailure.text')}
    </Notice>
  );
}

function Claimable({ earned }: { earned: Snapshot['earned'] }) {
  const nowMs = useNow(200);
  const { claimableWei } = earned;
  const { amount, read } = claimableText(earned, nowMs);
  return (
    <>
      <p className="earned">
        <span className="earned-value" data-claimable={claimableWei.known ? claimableWei.value : ''}>
          <Value>{amount}</Value>
        </span>
        <span className="soft">{t('earnings.unit')}</span>
      </p>
      <p className="soft small">
        <Sentence said={read} />
      </p>
      <p>{rateText(earned)}</p>
    </>
  );
}

function Spans({ earned }: { earned: Snapshot['earned'] }) {
  return (
    <dl className="figures">
      {spanTexts(earned).map(({ name, label, value, note }) => (
        <Figure key={name} label={label} value={value} note={note && <Sentence said={note} />} />
      ))}
    </dl>
  );
}
