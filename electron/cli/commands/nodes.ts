import type { CommandOutput } from '../../../shared/contract/commands.ts';
import { formatPrlx, formatTime, unknown } from '../../../shared/format.ts';
import type { CommandRun } from '../args/invocation.ts';
import { withDaemon } from '../daemon-link.ts';
import { exitCodes } from '../exit-codes.ts';
import { resolvePaths } from '../resolve.ts';
import { facts, table } from '../terminal/layout.ts';
import type { Terminal } from '../terminal/terminal.ts';

type Answer = CommandOutput<'nodes.ofWallet'>;
type Node = Answer['nodes'][number];

/** The wallet's nodes that can be known, and totals as on the Console's dashboard. */
export const runNodes: CommandRun = async (invocation) => {
  const { flags, terminal, clock } = invocation;
  const paths = await resolvePaths(invocation);
  const answer = await withDaemon(invocation, paths, (daemon) => daemon.ask('nodes.ofWallet', {}));
  if (flags.json) {
    const { printDocument } = await import('../documents/documents.ts');
    const { nodesDocument } = await import('../documents/earnings.ts');
    printDocument(terminal, nodesDocument, { schemaVersion: 1, document: 'nodes', ...answer });
  } else terminal.out(nodesText(terminal, answer, clock.now()));
  return exitCodes.done;
};

function nodesText(terminal: Terminal, { owner, nodes, totals }: Answer, nowMs: number): string {
  const of = (count: number) => (count < totals.all ? ` (${count} of ${totals.all} known)` : '');
  const sum = (wei: string, count: number) =>
    count === 0 ? unknown : `${formatPrlx(BigInt(wei), 2)} PRLX${of(count)}`;
  const rows = nodes.map((node) => [
    `#${node.nodeId}`,
    stateOf(node, nowMs),
    share(node.uptime?.share ?? null),
    node.tier.known ? `tier ${node.tier.value}` : unknown,
    node.stakeWei.known ? formatPrlx(BigInt(node.stakeWei.value), 0) : unknown,
    node.claimableWei.known ? formatPrlx(BigInt(node.claimableWei.value)) : unknown,
    node.foundBy.join(', '),
  ]);
  return [
    facts(terminal, [
      ['wallet', owner ?? unknown],
      [
        'online',
        totals.onlineKnown === 0 ? unknown : `${totals.online} / ${totals.all}${of(totals.onlineKnown)}`,
      ],
      ['uptime', `${share(totals.averageUptime)} on average; last 30 days, measured here`],
      ['stake', sum(totals.stakeWei, totals.stakeKnown)],
      ['accrued', sum(totals.claimableWei, totals.claimableKnown)],
    ]),
    '',
    table([['node', 'state', 'uptime', 'tier', 'stake', 'accrued', 'known from'], ...rows]),
  ].join('\n');
}

/** Cut, not rounded: there is no 100 % before it is whole. */
function share(part: number | null): string {
  return part === null ? unknown : `${(Math.floor(part * 1000) / 10).toFixed(1)} %`;
}

function stateOf({ state, cooldownEndsAtMs, saidBy }: Node, nowMs: number): string {
  const until =
    state === 'cooling' && cooldownEndsAtMs !== null ? ` until ${formatTime(cooldownEndsAtMs, nowMs)}` : '';
  const who = [saidBy.chain === null ? [] : 'chain', saidBy.coordinator === null ? [] : 'coordinator'].flat();
  return `${state}${until}${who.length === 0 ? '' : ` (${who.join(', ')})`}`;
}
