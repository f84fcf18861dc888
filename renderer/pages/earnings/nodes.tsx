import { formatPrlx } from '../../../shared/format.ts';
import type { AskOutput, Snapshot } from '../../bridge.ts';
import { Figure, Value } from '../../components/figure.tsx';
import { FiguresTable } from '../../components/figures-table.tsx';
import { FailureNotice } from '../../components/notice.tsx';
import { Section } from '../../components/page.tsx';
import { useNow, useQuestion } from '../../hooks.ts';
import { t } from '../../i18n/text.ts';
import { percent, prlxOf } from '../../known-amount.ts';
import { nodeStateText } from './balance-text.ts';

type Answer = AskOutput<'nodes.ofWallet'>;
type Node = Answer['nodes'][number];

const columns = ['node', 'state', 'uptime', 'weight', 'stake', 'accrued', 'known'] as const;

/** The wallet's nodes that can be known, with totals as on the Console's dashboard. */
export function WalletNodes({ snapshot }: { snapshot: Snapshot }) {
  const nodes = useQuestion('nodes.ofWallet', {}, snapshot.chain.head?.block ?? 0);
  if (nodes.state === 'asking') return null;
  return (
    <Section title={t('earnings.nodes.title')} lead={t('earnings.nodes.lead')}>
      {nodes.state === 'refused' && <FailureNotice failure={nodes.failure} />}
      {nodes.state === 'answered' && (
        <>
          <Totals totals={nodes.output.totals} />
          {nodes.output.nodes.length > 0 && <NodeTable nodes={nodes.output.nodes} />}
        </>
      )}
    </Section>
  );
}

function Totals({ totals }: { totals: Answer['totals'] }) {
  const of = (count: number) =>
    count < totals.all ? t('earnings.nodes.ofKnown', { count, all: totals.all }) : undefined;
  const amount = (wei: string, count: number) => (count === 0 ? null : formatPrlx(BigInt(wei), 2));
  return (
    <dl className="figures">
      <Figure
        label={t('earnings.nodes.online')}
        value={totals.onlineKnown === 0 ? null : `${totals.online} / ${totals.all}`}
        note={of(totals.onlineKnown)}
      />
      <Figure
        label={t('earnings.nodes.averageUptime')}
        value={percent(totals.averageUptime)}
        note={t('earnings.nodes.uptimeRule')}
      />
      <Figure
        label={t('earnings.nodes.stakePosted')}
        value={amount(totals.stakeWei, totals.stakeKnown)}
        note={of(totals.stakeKnown)}
      />
      <Figure
        label={t('earnings.nodes.accrued')}
        value={amount(totals.claimableWei, totals.claimableKnown)}
        note={of(totals.claimableKnown)}
      />
    </dl>
  );
}

function NodeTable({ nodes }: { nodes: readonly Node[] }) {
  const nowMs = useNow(60_000);
  return (
    <FiguresTable headings={columns.map((name) => t(`earnings.nodes.columns.${name}`))}>
      {nodes.map((node) => (
        <tr key={node.nodeId}>
          <td>#{node.nodeId}</td>
          <td>{nodeStateText(node, nowMs)}</td>
          <td>
            <Value>{percent(node.uptime?.share ?? null)}</Value>
          </td>
          <td>
            <Value>
              {node.multiplierTenths === null || !node.tier.known
                ? null
                : `${node.tier.value} · ${(node.multiplierTenths / 10).toFixed(1)}×`}
            </Value>
          </td>
          <td>
            <Value>{prlxOf(node.stakeWei, 0)}</Value>
          </td>
          <td>
            <Value>{prlxOf(node.claimableWei)}</Value>
          </td>
          <td>{node.foundBy.map((by) => t(`earnings.nodes.foundBy.${by}`)).join(', ')}</td>
        </tr>
      ))}
    </FiguresTable>
  );
}
