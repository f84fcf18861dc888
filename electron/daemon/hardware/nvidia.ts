import { type Finding, firstLine, type Reading, type SeenCard } from './card.ts';
import { findingOf, type RunTool } from './tool.ts';

const tool = 'nvidia-smi';
const query = ['--query-gpu=name,memory.total', '--format=csv,noheader,nounits'];
const timeoutMs = 4000;
const unknown = {
  ...{ vendor: 'nvidia' as const, uuid: null, pciAddress: null },
  ...{ kind: 'discrete' as const, sharedBytes: null, driver: null },
};

/** All NVIDIA cards in the driver's order, on any platform. [network.md 3.1] */
export async function readNvidia(runTool: RunTool, signal?: AbortSignal): Promise<Reading> {
  const outcome = await runTool(tool, query, { timeoutMs, signal });
  if (outcome.kind === 'ran') return parseNvidia(outcome.stdout);
  const finding = findingOf(tool, outcome);
  return { cards: [], findings: finding ? [finding] : [] };
}

/**
 * Cards from the CSV of `name,memory.total` in MiB. Memory is rounded to whole GiB as the tier rule does. A card
 * whose memory is not a number (`[N/A]`, missing permission, unified memory) stays a card. A line that is no card,
 * such as an error printed with exit code 0, makes no GPU.
 */
export function parseNvidia(stdout: string): Reading {
  const cards: SeenCard[] = [];
  const findings: Finding[] = [];
  for (const line of stdout.split(/\r?\n/)) {
    if (line.trim() === '') continue;
    const comma = line.lastIndexOf(',');
    const name = firstLine(line.slice(0, Math.max(0, comma)));
    if (name === '') {
      findings.push({ code: 'tool-output-unreadable', tool, detail: firstLine(line) });
      continue;
    }
    const reported = /^(\d{1,12})(?: ?MiB)?$/.exec(line.slice(comma + 1).trim())?.[1];
    if (reported === undefined) {
      findings.push({ code: 'memory-not-reported', tool, detail: name });
      cards.push({ ...unknown, name, vramGb: null, vramBytes: null });
      continue;
    }
    const mib = Number(reported);
    cards.push({ ...unknown, name, vramGb: Math.round(mib / 1024), vramBytes: mib * 1024 * 1024 });
  }
  return { cards, findings };
}
