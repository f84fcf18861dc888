import type { CommandOutput } from '../../../../shared/contract/commands.ts';
import { formatDuration, formatPrlx, unknown } from '../../../../shared/format.ts';
import { cooldownOf } from '../../../../shared/wallet/chain-time.ts';
import { unknownText } from '../../../../shared/wallet/text.ts';
import { facts, paragraph, table } from '../../terminal/layout.ts';
import type { Terminal } from '../../terminal/terminal.ts';

type Answer = CommandOutput<'nodes.ofWallet'>;
type Node = Answer['nodes'][number];

/** What a person asked to change about the list, and what became of it. */
export interface NodesChange {
  verb: 'add' | 'remove' | 'scan';
  /** Null with `scan`. */
  nodeId: string | null;
  done: boolean;
  reason: CommandOutput<'nodes.add'>['reason'] | CommandOutput<'nodes.scan'>['reason'];
}

/** What became of `nodes add`, `remove` or `scan`, in a sentence or two. */
export function changeText({ verb, nodeId, done, reason }: NodesChange): string {
  switch (verb) {
    case 'add':
      if (done) return `Node #${nodeId} added. Your node reads it with the next block.`;
      return reason === 'full'
        ? 'The list is full. Remove a node first.'
        : `Node #${nodeId} is already on the list.`;
    case 'remove':
      return done ? `Node #${nodeId} removed from the list.` : `Node #${nodeId} wasn’t added or found here.`;
    case 'scan':
      if (done)
        return 'Scanning for nodes of your wallet, about 25 IDs a second. “nodes” shows what was found.';
      return reason === null ? 'A scan is already running.' : `Can’t scan: ${unknownText(reason)}.`;
  }
}

/** The wallet's nodes with totals, for people. */
export function nodesText(
  terminal: Terminal,
  { owner, nodes, totals, head, scan }: Answer,
  nowMs: number,
): string {
  const of = (count: number) => (count < totals.all ? ` (${count} of ${totals.all} known)` : '');
  const sum = (wei: string, count: number) =>
    count === 0 ? unknown : `${formatPrlx(BigInt(wei), 2)} PRLX${of(count)}`;
  const rows = nodes.map((node) => [
    `#${node.nodeId}`,
    stateOf(node, head, nowMs),
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
    ...(scan === null ? [] : ['', paragraph(terminal, scanText(scan))]),
  ].join('\n');
}

/** Cut, not rounded: there is no 100 % before it is whole. */
function share(part: number | null): string {
  return part === null ? unknown : `${(Math.floor(part * 1000) / 10).toFixed(1)} %`;
}

/** How long a cooldown still runs is the chain's time to say: this computer's clock may differ. */
function stateOf(node: Node, head: Answer['head'], nowMs: number): string {
  const { state, saidBy } = node;
  const cooldown = cooldownOf({ head, node }, nowMs);
  const until =
    cooldown === null
      ? ''
      : cooldown.leftMs > 0
        ? `, ${formatDuration(cooldown.leftMs)} left`
        : ', ready to withdraw';
  const who = [saidBy.chain === null ? [] : 'chain', saidBy.coordinator === null ? [] : 'coordinator'].flat();
  return `${state}${until}${who.length === 0 ? '' : ` (${who.join(', ')})`}`;
}

function scanText({ from, to, done, running }: NonNullable<Answer['scan']>): string {
  const range = `IDs ${from} to ${to}`;
  if (running) return `Scanning for other nodes of your wallet: ${range} so far.`;
  return done ? `Scanned ${range}.` : `Scanned ${range}. Continue with: parallelix-operator nodes scan`;
}
