import type { CommandOutput } from '../../../../shared/contract/commands.ts';
import type { Snapshot } from '../../../../shared/contract/snapshot.ts';
import { formatPrlx, formatTime, formatTokens, stamp, unknown } from '../../../../shared/format.ts';
import { exactPrlx } from '../../../../shared/wallet/calls.ts';
import { ageNowMs } from '../../../../shared/wallet/chain-time.ts';
import { unknownText } from '../../../../shared/wallet/text.ts';
import { facts, paragraph, table } from '../../terminal/layout.ts';
import type { Terminal } from '../../terminal/terminal.ts';

type Earned = Snapshot['earned'];
type MaybeKnown = { known: true; value: string } | { known: false; reason: unknown };

/** A dash with its reason, or the amount. */
function amount(of: MaybeKnown, text: (wei: bigint) => string): string {
  return of.known ? text(BigInt(of.value)) : `${unknown} (${unknownText(of.reason)})`;
}

/** Balance, rate, spans and the last claims, for people. */
export function earningsText(
  terminal: Terminal,
  { earned, chain, earnings }: Pick<Snapshot, 'earned' | 'chain' | 'earnings'>,
  claims: CommandOutput<'earnings.claims'>,
  nowMs: number,
): string {
  const { claimableWei, ratePerDayWei, estimate, streamShare, everWei, pool } = earned;
  const span = (of: Earned['today']) => {
    if (of === null) return `${unknown} (nothing recorded yet)`;
    const text = `${formatPrlx(BigInt(of.wei), 2)} PRLX`;
    return of.complete ? text : `at least ${text}, recorded since ${formatTime(of.sinceMs, nowMs)}`;
  };
  const rows: [string, string][] = [
    ['claimable', amount(claimableWei, (wei) => `${exactPrlx(wei)} PRLX`)],
    ...(claimableWei.known
      ? [
          [
            '',
            `block ${claimableWei.block}, ${formatTime(claimableWei.blockTimeMs, ageNowMs(claimableWei, nowMs))}, from ${claimableWei.source}`,
          ] as [string, string],
        ]
      : []),
    [
      'rate',
      amount(ratePerDayWei, (wei) => `${formatPrlx(wei, 2)} PRLX a day`) +
        (estimate === null ? '; not rising now' : ''),
    ],
    [
      'share',
      streamShare.known
        ? `${(streamShare.value * 100).toFixed(3)} % of the stream, derived`
        : `${unknown} (${unknownText(streamShare.reason)})`,
    ],
    ['today', span(earned.today)],
    ['7 days', span(earned.last7Days)],
    ['30 days', span(earned.last30Days)],
    ['365 days', span(earned.last365Days)],
    ['ever', amount(everWei, (wei) => `${formatPrlx(wei, 2)} PRLX, this node, from the chain`)],
    [
      'wallet, ever',
      earnings.lifetimePrlx === null || earnings.asOfMs === null
        ? unknown
        : `${formatTokens(earnings.lifetimePrlx)} PRLX, all nodes, from the coordinator, ${formatTime(earnings.asOfMs, nowMs)}`,
    ],
    ...(chain.failure === null
      ? []
      : [
          [
            'chain',
            `can’t be read: ${unknownText(chain.failure.reason)}, since ${formatTime(chain.failure.sinceMs, nowMs)}`,
          ] as [string, string],
        ]),
    ['state', `${chain.node?.state ?? 'unknown'}`],
  ];
  const { reason, scanned } = claims;
  const list =
    claims.claims.length === 0
      ? reason === null || scanned !== null
        ? [paragraph(terminal, 'No claims found.')]
        : []
      : [
          table(
            claims.claims.map((claim) => [
              claim.blockTimeMs === null ? unknown : stamp(claim.blockTimeMs),
              `${exactPrlx(BigInt(claim.amountWei))} PRLX`,
              claim.nodeId === null ? unknown : `#${claim.nodeId}`,
              claim.transactionHash,
            ]),
          ),
        ];
  const notes = [
    ...(claims.more ? ['Show older ones with --claims all.'] : []),
    ...(scanned === null || scanned.complete
      ? []
      : [`Claims before block ${scanned.fromBlock} aren’t looked through yet.`]),
    ...(reason === null
      ? []
      : [`${scanned === null ? 'Claims' : 'All claims'} aren’t known: ${unknownText(reason)}.`]),
  ];
  return [
    terminal.bold('Earnings'),
    facts(terminal, rows),
    ...(pool === 'empty'
      ? [paragraph(terminal, 'The reward pool is empty; nobody earns until it’s refilled.')]
      : []),
    '',
    terminal.bold('Claims'),
    ...list,
    ...notes.map((note) => paragraph(terminal, note)),
  ].join('\n');
}

/** One reading on one line. */
export function watchLine({ claimableWei, ratePerDayWei, estimate }: Earned, nowMs: number): string {
  const rate = amount(ratePerDayWei, (wei) => `${formatPrlx(wei, 2)} PRLX a day`);
  return `${stamp(nowMs)}  ${amount(claimableWei, (wei) => `${exactPrlx(wei)} PRLX`)}  ${rate}${estimate === null ? '  (not rising now)' : ''}`;
}
