import { formatBytes } from '../../shared/format.ts';
import { describeTier } from '../../shared/tiers.ts';
import type { Finding } from '../daemon/hardware/card.ts';
import type { HardwareProbe } from '../daemon/hardware/probe.ts';
import { tierOf } from '../daemon/hardware/tier.ts';
import { facts, paragraph } from './layout.ts';
import type { Terminal } from './terminal.ts';

/** The tier and how it comes about, for people. */
export function probeText(terminal: Terminal, hardware: HardwareProbe, platform: NodeJS.Platform): string {
  const { tier, cores, ramGb, cards, findings } = hardware;
  const rows: [string, string][] = [
    ['GPU', cards[0] ? cardWords(cards[0]) : 'none found'],
    ...cards.slice(1).map((card) => ['', `${cardWords(card)}; does not count`] as [string, string]),
    ['processor', `${cores} logical cores`],
    ['memory', `${ramGb} GB`],
  ];
  const notes = findings.map((finding) =>
    paragraph(terminal, `${terminal.paint('warn', '!')} ${findingWords(finding)}`),
  );
  return [
    terminal.bold(`This machine is ${describeTier(tier)}.`),
    paragraph(terminal, tierReason(hardware, platform)),
    '',
    facts(terminal, rows),
    ...(notes.length > 0 ? ['', ...notes] : []),
  ].join('\n');
}

/** The arithmetic of the tier, in a sentence. */
export function tierReason({ gpu, vramGb }: HardwareProbe, platform: NodeJS.Platform): string {
  const { arithmetic, tier } = tierOf({ gpu: gpu !== null, vramGb, platform });
  const { thresholdGb, nextThresholdGb, uncappedTier } = arithmetic;
  if (gpu === null) return 'Without a GPU it is tier 1; any GPU would make it tier 2 or more.';
  if (vramGb === null) return `${gpu} does not report its memory, which makes it tier 2.`;
  const next = nextThresholdGb === null ? '' : `; tier ${tier + 1} begins at ${nextThresholdGb} GB`;
  if (uncappedTier !== tier)
    return `${vramGb} GB would be tier ${uncappedTier}, but a Mac counts as tier ${tier} at most.`;
  if (thresholdGb === null) return `A GPU with ${vramGb} GB, less than 16 GB, is tier 2${next}.`;
  return `A GPU with ${vramGb} GB, at least ${thresholdGb} GB, is tier ${tier}${next}.`;
}

function cardWords({ name, vramGb, vramBytes }: HardwareProbe['cards'][number]): string {
  if (vramGb === null) return `${name}, memory not reported`;
  return `${name}, ${vramGb} GB${vramBytes === null ? '' : ` (${formatBytes(vramBytes)} exactly)`}`;
}

/** What went wrong while looking, and what it means. */
export function findingWords({ code, tool, detail }: Finding): string {
  const said = detail === '' ? '' : `: ${detail}`;
  switch (code) {
    case 'tool-failed':
      return `${tool} is installed and failed${said}. If this machine has a GPU of that kind it is not counted; mend its driver and probe again.`;
    case 'tool-timed-out':
      return `${tool} did not answer${said}. The driver may hang; restart the computer and probe again.`;
    case 'tool-output-too-large':
    case 'tool-output-unreadable':
      return `${tool} answered something that cannot be read${said}. Its card is not counted; update the driver and probe again.`;
    case 'memory-not-reported':
      return `${detail || 'The card'} does not report its memory to ${tool}, so it counts as tier 2; update the driver and probe again.`;
    default:
      return `${tool}: ${code}${said}.`;
  }
}
