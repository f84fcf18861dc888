import type { Reading } from './card.ts';
import { findingOf, type RunTool } from './tool.ts';

const tool = 'rocm-smi';
const timeoutMs = 4000;
const name = 'AMD GPU (ROCm)';
const unknown = {
  ...{ vendor: 'amd' as const, name, uuid: null, pciAddress: null },
  ...{ kind: 'unknown' as const, sharedBytes: null, driver: null },
};

/** The first AMD GPU that ROCm names; Linux only. [network.md 3.1] */
export async function readAmd(runTool: RunTool, signal?: AbortSignal): Promise<Reading> {
  const outcome = await runTool(tool, ['--showproductname', '--showmeminfo', 'vram'], { timeoutMs, signal });
  if (outcome.kind === 'ran') return parseAmd(outcome.stdout);
  const finding = findingOf(tool, outcome);
  return { cards: [], findings: finding ? [finding] : [] };
}

/**
 * A GPU when the report names one; its memory is the first run of nine or more digits, in bytes, as decimal GB.
 * Lines that report a problem are passed over: they name drivers and cards that are not there.
 */
export function parseAmd(stdout: string): Reading {
  const report = stdout
    .split(/\r?\n/)
    .filter((line) => !/^\s*(ERROR|WARNING)\b/i.test(line))
    .join('\n');
  if (!/gfx|Radeon|AMD/.test(report)) return { cards: [], findings: [] };
  const bytes = /\d{9,}/.exec(report)?.[0];
  if (bytes === undefined || !Number.isSafeInteger(Number(bytes))) {
    return {
      cards: [{ ...unknown, vramGb: null, vramBytes: null }],
      findings: [{ code: 'memory-not-reported', tool, detail: name }],
    };
  }
  const vramBytes = Number(bytes);
  return { cards: [{ ...unknown, vramGb: Math.round(vramBytes / 1e9), vramBytes }], findings: [] };
}
