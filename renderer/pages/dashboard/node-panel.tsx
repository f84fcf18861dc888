import { formatBytes, formatDecimal, formatTokens } from '../../../shared/format.ts';
import { isTier, tiers } from '../../../shared/hardware/tiers.ts';
import type { Snapshot } from '../../bridge.ts';
import { Facts, Figure } from '../../components/figure.tsx';
import { Section } from '../../components/page.tsx';
import { useApp } from '../../hooks.ts';
import { t } from '../../i18n/text.ts';
import { prlxOf } from '../../known-amount.ts';

/** Which node this is, and what it runs with. */
export function NodePanel({ snapshot }: { snapshot: Snapshot }) {
  const app = useApp();
  const { identity, registration, ollama } = snapshot;
  const { tier, stakePrlx } = registration;
  const free = ollama.modelsVolume?.freeBytes ?? null;
  return (
    <Section title={t('dashboard.node.title')}>
      <Facts
        label={t('dashboard.node.title')}
        facts={[
          [t('dashboard.node.id'), identity.nodeId === null ? null : `#${identity.nodeId}`],
          [t('dashboard.node.tier'), tier === null ? null : tierText(tier)],
          [
            t('dashboard.node.stake'),
            stakePrlx === null ? null : t('dashboard.node.stakeValue', { amount: formatTokens(stakePrlx) }),
          ],
          [t('dashboard.node.owner'), identity.owner && shorten(identity.owner)],
          [t('dashboard.node.disk'), free === null ? null : formatBytes(free)],
          [t('dashboard.node.version'), app?.version ?? null],
          [t('dashboard.node.ollama'), ollama.version],
        ]}
      />
    </Section>
  );
}

function tierText(tier: number): string {
  const name = t('dashboard.node.tierValue', { tier });
  return isTier(tier) ? `${name} · ×${formatDecimal(tiers[tier].multiplierTenths / 10, 1)}` : name;
}

/** `0x93FF…F893`: enough to distinguish wallets, short enough for a figure. */
function shorten(address: string): string {
  return address.length > 14 ? `${address.slice(0, 6)}…${address.slice(-4)}` : address;
}

/** What was earned, in short; the page of the earnings has the rest. */
export function EarnedPanel({ snapshot: { earned } }: { snapshot: Snapshot }) {
  const spans = [
    ['today', earned.today],
    ['week', earned.last7Days],
    ['month', earned.last30Days],
  ] as const;
  return (
    <Section title={t('dashboard.earned.title')}>
      <dl className="figures">
        <Figure
          label={t('dashboard.earned.claimable')}
          value={prlxOf(earned.claimableWei, 2)}
          note={t('dashboard.earned.unit')}
        />
        {spans.map(([name, span]) => (
          <Figure
            key={name}
            label={t(`dashboard.earned.${name}`)}
            value={span && prlxOf({ known: true, value: span.wei }, 2)}
            note={span && !span.complete ? t('dashboard.earned.atLeast') : undefined}
          />
        ))}
      </dl>
    </Section>
  );
}
