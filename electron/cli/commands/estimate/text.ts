import type { Estimate, EstimateInput } from '../../../../shared/earnings/estimate.ts';
import type { WeightSource } from '../../../../shared/earnings/estimate-defaults.ts';
import { formatShare, formatUsd } from '../../../../shared/earnings/estimate-fields.ts';
import { formatPrlx } from '../../../../shared/format.ts';
import { describeTier } from '../../../../shared/hardware/tiers.ts';
import { estimateWords, guideExampleLines } from '../../../../shared/texts/estimate-text.ts';
import { facts, paragraph, table } from '../../terminal/layout.ts';
import type { Terminal } from '../../terminal/terminal.ts';

/** A year and its months, for people. */
export function estimateText(
  terminal: Terminal,
  of: { input: EstimateInput; estimate: Estimate; weightFrom: WeightSource | 'given'; guide: boolean },
): string {
  const { input, estimate, weightFrom, guide } = of;
  const { tier, stakeWei, totalWeightWei, uptimeBp } = input;
  const { runningMicroUsd, netMicroUsd, breakEvenMicroUsd, hardwareMicroUsd, breakEvenWithHardwareMicroUsd } =
    estimate;
  const money = (amount: bigint | null) => (amount === null ? '—' : formatUsd(amount));
  const costless = runningMicroUsd === 0n;
  const first = estimate.months[0];
  const rows: [string, string][] = [
    ['stake', `${formatPrlx(stakeWei, 0)} PRLX, ${describeTier(tier)}`],
    ['share', `${first ? formatShare(first.sharePpm) : '—'} of ${formatPrlx(totalWeightWei, 0)} online`],
    ['uptime', `${Number(uptimeBp) / 100} %`],
    ['gross', `${formatPrlx(estimate.grossWei, 2)} PRLX`],
    [
      'running cost',
      costless ? '— (give --watts and --kwh-price, or --monthly-cost)' : formatUsd(runningMicroUsd),
    ],
    ...(hardwareMicroUsd > 0n ? [['hardware', formatUsd(hardwareMicroUsd)] as [string, string]] : []),
    ['net', netMicroUsd === null ? '— (give --token-price)' : formatUsd(netMicroUsd)],
    ['break-even', breakEvenMicroUsd === null || costless ? '—' : `${formatUsd(breakEvenMicroUsd)} per PRLX`],
    ...(hardwareMicroUsd > 0n
      ? [['with hardware', `${money(breakEvenWithHardwareMicroUsd)} per PRLX`] as [string, string]]
      : []),
  ];
  const months = estimate.months.map((month) => [
    String(month.month),
    formatShare(month.sharePpm),
    formatPrlx(month.grossWei, 2),
    formatUsd(month.costMicroUsd),
    money(month.netMicroUsd),
  ]);
  const words = estimateWords();
  const notes = [
    ...(guide ? guideExampleLines() : weightFrom === 'given' ? [] : [words.weightSource[weightFrom]]),
    ...words.caveats,
  ];
  return [
    terminal.bold(guide ? 'Estimate for one year: the guide’s example' : 'Estimate for one year'),
    facts(terminal, rows),
    '',
    table([['month', 'share', 'gross PRLX', 'cost', 'net'], ...months]),
    '',
    ...notes.map((note) => paragraph(terminal, note)),
  ].join('\n');
}
