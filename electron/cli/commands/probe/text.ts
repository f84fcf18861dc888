import { formatBytes, formatCount } from '../../../../shared/format.ts';
import { describeTier } from '../../../../shared/hardware/tiers.ts';
import { findingText } from '../../../../shared/texts/hardware-text.ts';
import type { HardwareProbe } from '../../../daemon/hardware/probe.ts';
import { visibleDeviceLines, visibleDevices } from '../../../daemon/hardware/visible-devices.ts';
import { facts, paragraph } from '../../terminal/layout.ts';
import type { Terminal } from '../../terminal/terminal.ts';

type Card = HardwareProbe['cards'][number];

/** The tier and how it comes about, for people. */
export function probeText(terminal: Terminal, hardware: HardwareProbe, platform: NodeJS.Platform): string {
  const { cores, ramGb, ramLimitBytes, cpuLimit, cards, findings } = hardware;
  const rows: [string, string][] = [
    ...cardRows(hardware),
    ['processor', `${cores} logical cores${cpuLimit === null ? '' : `; this process may use ${cpuLimit}`}`],
    [
      'memory',
      `${ramGb} GB${ramLimitBytes === null ? '' : `; this process may use ${formatBytes(ramLimitBytes)}`}`,
    ],
    ['for models', budgetText(hardware)],
  ];
  const notes = findings.map((finding) =>
    paragraph(terminal, `${terminal.paint('warn', '!')} ${findingText(finding)}`),
  );
  if (cards.some(({ vendor }) => vendor === 'intel')) {
    notes.push(
      paragraph(
        terminal,
        'The network’s own client knows no Intel GPU, so Intel GPUs don’t count here either.',
      ),
    );
  }
  return [
    terminal.bold(`This machine is ${describeTier(hardware.tier)}.`),
    paragraph(terminal, tierReason(hardware)),
    '',
    facts(terminal, rows),
    ...(notes.length > 0 ? ['', ...notes] : []),
    ...chosenLines(terminal, hardware, platform),
  ].join('\n');
}

/** The arithmetic of the tier, in a sentence. */
export function tierReason({ gpu, vramGb, cards, decision }: HardwareProbe): string {
  const { tier, arithmetic } = decision;
  const { thresholdGb, nextThresholdGb, uncappedTier } = arithmetic;
  if (gpu === null) {
    return cards.length === 0
      ? 'No GPU → tier 1. Any GPU would make it tier 2 or more.'
      : 'No GPU that counts → tier 1.';
  }
  const counting = cards.filter(({ counts }) => counts).length;
  const chosen =
    counting > 1 ? ` Of ${counting} cards that count, ${gpu} makes the highest tier and decides.` : '';
  if (vramGb === null) return `${gpu}, memory unknown → tier 2.${chosen}`;
  if (uncappedTier !== tier) {
    return `${vramGb} GB ≥ ${thresholdGb} GB would be tier ${uncappedTier}, but a Mac is tier ${tier} at most.`;
  }
  const next = nextThresholdGb === null ? '' : ` Tier ${tier + 1} begins at ${nextThresholdGb} GB.`;
  if (thresholdGb === null) return `A GPU, and ${vramGb} GB < ${nextThresholdGb} GB → tier ${tier}.${chosen}`;
  return `${vramGb} GB ≥ ${thresholdGb} GB → tier ${tier}.${next}${chosen}`;
}

function cardRows({ cards, chosenCards }: HardwareProbe): [string, string][] {
  if (cards.length === 0) return [['GPU', 'none found']];
  const counting = cards.filter(({ counts }) => counts).length;
  return cards.map((card, index) => {
    const role = card.counts
      ? counting === 1
        ? []
        : [index === 0 ? 'decides' : `tier ${card.tier} by itself`]
      : [`does not count: ${whyNot(card, chosenCards)}`];
    const parts = [memoryText(card), ...role, ...(card.driver === null ? [] : [`driver ${card.driver}`])];
    // The UUID is what a choice of cards is written with.
    if (card.uuid !== null && cards.length > 1) parts.push(card.uuid);
    return [index === 0 ? 'GPU' : '', `${card.name}, ${parts.join(', ')}`];
  });
}

function memoryText({ vramGb, vramBytes, sharedBytes }: Card): string {
  const shared = sharedBytes === null ? '' : ` and shares ${formatBytes(sharedBytes)} with the CPU`;
  if (vramGb === null) return `memory not reported${shared}`;
  return `${vramGb} GB${vramBytes === null ? '' : ` (${formatCount(vramBytes)} bytes)`}${shared}`;
}

function whyNot({ vendor, kind, uuid, vramGb }: Card, chosenCards: readonly string[] | null): string {
  const chosen = chosenCards?.some((one) => one.toLowerCase() === uuid?.toLowerCase());
  if (chosen === false) return 'not among the chosen cards';
  if (kind === 'integrated') return 'it is a part of the CPU';
  return vendor === 'intel' && vramGb === null
    ? 'its memory is not known'
    : 'the network’s rule leaves it out';
}

function budgetText({ modelBudget, ramLimitBytes, findings }: HardwareProbe): string {
  const { bytes, basis } = modelBudget;
  if (bytes === null) {
    return findings.some(({ code }) => code === 'mig-enabled')
      ? 'not known: Ollama uses one MIG instance of the card'
      : 'not known: the GPU does not tell its memory';
  }
  const of = {
    vram: 'nine tenths of the memory of the cards that count',
    'unified-memory': 'what the GPU may use of the memory',
    ram: ramLimitBytes === null ? 'half of the memory' : 'half of what this process may use',
  }[basis];
  return `${formatBytes(bytes)}, ${of}`;
}

/** What an Ollama server needs in its environment for a choice; one that we start gets it from us. */
function chosenLines(terminal: Terminal, hardware: HardwareProbe, platform: NodeJS.Platform): string[] {
  const lines = visibleDeviceLines(visibleDevices(hardware.cards, hardware.chosenCards), platform);
  if (lines.length === 0) return [];
  const where =
    platform === 'darwin'
      ? 'run this and restart it'
      : 'add this to its service (sudo systemctl edit ollama, below [Service]) and restart it';
  return [
    '',
    paragraph(
      terminal,
      `Only the chosen cards count. An Ollama started by this program uses only them; one that you start yourself must be told, so ${where}:`,
    ),
    ...lines.map((line) => `    ${line}`),
  ];
}
