import { useEffect, useState } from 'react';
import { formatDecimal, formatPrlx } from '../../../shared/format.ts';
import { isNodeId } from '../../../shared/ids.ts';
import { unknownText } from '../../../shared/wallet/text.ts';
import type { AskOutput, Snapshot } from '../../bridge.ts';
import { Button } from '../../components/button.tsx';
import { Figure, Value } from '../../components/figure.tsx';
import { FiguresTable } from '../../components/figures-table.tsx';
import { FailureNotice } from '../../components/notice.tsx';
import { Section } from '../../components/page.tsx';
import { useAction, useNow, useQuestion } from '../../hooks.ts';
import { t } from '../../i18n/text.ts';
import { percent, prlxOf } from '../../known-amount.ts';
import { useSaving } from '../../saved.ts';
import { nodeStateText } from './balance-text.ts';

type Answer = AskOutput<'nodes.ofWallet'>;

/** How often a search that runs is looked at. */
const scanLookMs = 2000;

const columns = ['node', 'state', 'uptime', 'weight', 'stake', 'accrued', 'known'] as const;

/** The wallet's nodes that can be known, with totals as on the Console's dashboard. */
export function WalletNodes({ snapshot }: { snapshot: Snapshot }) {
  const [changes, setChanges] = useState(0);
  const again = Math.floor(useNow(scanLookMs) / scanLookMs);
  const block = snapshot.chain.head?.block ?? 0;
  const [scanning, setScanning] = useState(false);
  const nodes = useQuestion('nodes.ofWallet', {}, `${block} ${changes} ${scanning ? again : 0}`);
  const scan = nodes.state === 'answered' ? nodes.output.scan : null;
  const running = scan?.running === true;
  // A search moves on between two blocks.
  useEffect(() => setScanning(running), [running]);
  const changed = () => setChanges((count) => count + 1);
  if (nodes.state === 'asking') return null;
  return (
    <Section title={t('earnings.nodes.title')} lead={t('earnings.nodes.lead')}>
      {nodes.state === 'refused' && <FailureNotice failure={nodes.failure} />}
      {nodes.state === 'answered' && (
        <>
          <Totals totals={nodes.output.totals} />
          {nodes.output.nodes.length > 0 && <NodeTable of={nodes.output} onChange={changed} />}
          <AddNode onChange={changed} />
          <Scan scan={scan} onChange={changed} />
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

/** Lists a node by its number, whoever's it is. */
function AddNode({ onChange }: { onChange: () => void }) {
  const { run, pending, failure } = useAction();
  const [text, setText] = useState('');
  const [note, setNote] = useState<string | null>(null);
  const id = text.trim().replace(/^#/, '');
  const wrong = id !== '' && !isNodeId(id);
  const add = async () => {
    const answer = await run('nodes.add', { nodeId: id });
    if (!answer.ok) return;
    const { added, reason } = answer.output;
    setNote(reason === null ? null : t(`earnings.nodes.notAdded.${reason}`, { id }));
    if (added) setText('');
    onChange();
  };
  return (
    <>
      <div className="field-row">
        <input
          className="field"
          aria-label={t('earnings.nodes.number')}
          placeholder={t('earnings.nodes.number')}
          inputMode="numeric"
          autoComplete="off"
          value={text}
          aria-invalid={wrong}
          aria-describedby={wrong ? 'node-number-fault' : undefined}
          onChange={(event) => {
            setText(event.currentTarget.value);
            setNote(null);
          }}
        />
        <Button disabled={pending || id === '' || wrong} onPress={() => void add()}>
          {t('earnings.nodes.add')}
        </Button>
      </div>
      {wrong && (
        <p id="node-number-fault" className="bad small">
          {t('earnings.nodes.notNumber')}
        </p>
      )}
      {note !== null && <p className="soft small">{note}</p>}
      <FailureNotice failure={failure} />
    </>
  );
}

/** Looks through the registry for the wallet's other nodes, and says how far it is. */
function Scan({ scan, onChange }: { scan: Answer['scan']; onChange: () => void }) {
  const { run, pending, failure } = useAction();
  const [impossible, setImpossible] = useState<string | null>(null);
  const start = async () => {
    const answer = await run('nodes.scan', {});
    if (!answer.ok) return;
    const { reason } = answer.output;
    setImpossible(
      reason === null ? null : t('earnings.nodes.scanImpossible', { reason: unknownText(reason) }),
    );
    onChange();
  };
  const far =
    scan === null
      ? t('earnings.nodes.scanNote')
      : t(scan.running ? 'earnings.nodes.scanRunning' : 'earnings.nodes.scanDone', {
          from: scan.from,
          to: scan.to,
        });
  return (
    <>
      <div className="field-row">
        <Button disabled={pending || scan?.running === true} onPress={() => void start()}>
          {t('earnings.nodes.scan')}
        </Button>
        <span className="soft small" role="status">
          {impossible ?? far}
        </span>
      </div>
      <FailureNotice failure={failure} />
    </>
  );
}

function NodeTable({
  of: { nodes, head },
  onChange,
}: {
  of: Pick<Answer, 'nodes' | 'head'>;
  onChange: () => void;
}) {
  const { run, failure, done } = useSaving();
  const change = async (name: 'nodes.add' | 'nodes.remove', nodeId: string) => {
    const answer = await run(name, { nodeId });
    if (answer.ok) onChange();
    return answer;
  };
  const remove = (nodeId: string) =>
    done(t('earnings.nodes.removed', { id: nodeId }), change('nodes.remove', nodeId), () =>
      change('nodes.add', nodeId),
    );
  const nowMs = useNow(60_000);
  return (
    <>
      <FailureNotice failure={failure} />
      <FiguresTable headings={columns.map((name) => t(`earnings.nodes.columns.${name}`))}>
        {nodes.map((node) => (
          <tr key={node.nodeId}>
            <td>#{node.nodeId}</td>
            <td className="wraps">{nodeStateText(node, head, nowMs)}</td>
            <td>
              <Value>{percent(node.uptime?.share ?? null)}</Value>
            </td>
            <td>
              <Value>
                {node.multiplierTenths === null || !node.tier.known
                  ? null
                  : `${node.tier.value} · ${formatDecimal(node.multiplierTenths / 10, 1)}×`}
              </Value>
            </td>
            <td>
              <Value>{prlxOf(node.stakeWei, 0)}</Value>
            </td>
            <td>
              <Value>{prlxOf(node.claimableWei)}</Value>
            </td>
            <td className="wraps">
              {node.foundBy.map((by) => t(`earnings.nodes.foundBy.${by}`)).join(', ')}{' '}
              {!node.foundBy.includes('own') && (
                <Button
                  variant="quiet"
                  name={t('earnings.nodes.removeName', { id: node.nodeId })}
                  onPress={() => void remove(node.nodeId)}
                >
                  {t('earnings.nodes.remove')}
                </Button>
              )}
            </td>
          </tr>
        ))}
      </FiguresTable>
    </>
  );
}
