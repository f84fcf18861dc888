import type { ReactNode } from 'react';
import type { Snapshot } from '../../bridge.ts';
import { Figure, Value } from '../../components/figure.tsx';
import { Notice } from '../../components/notice.tsx';
import { Section } from '../../components/page.tsx';
import { useNow } from '../../hooks.ts';
import { t } from '../../i18n/text.ts';
import { CooldownLeft } from '../wallet/cooldown-left.tsx';
import { claimableText, lifetimeText, rateText, spanTexts } from './balance-text.ts';

/** Claimable now, with the estimate that runs between two reads, and what was earned until now. */
export function Balance({ snapshot, actions }: { snapshot: Snapshot; actions: ReactNode }) {
  const { earned } = snapshot;
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
      <CooldownLeft chain={snapshot.chain} />
      <Spans earned={earned} />
      <Lifetime snapshot={snapshot} />
    </Section>
  );
}

function Lifetime({ snapshot }: { snapshot: Snapshot }) {
  return <p className="soft small">{lifetimeText(snapshot, useNow())}</p>;
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
      <p className="soft small">{read}</p>
      <p>{rateText(earned)}</p>
    </>
  );
}

function Spans({ earned }: { earned: Snapshot['earned'] }) {
  const nowMs = useNow();
  return (
    <dl className="figures">
      {spanTexts(earned, nowMs).map(({ name, label, value, note }) => (
        <Figure key={name} label={label} value={value} note={note} />
      ))}
    </dl>
  );
}
