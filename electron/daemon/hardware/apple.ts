import { firstLine, type Reading } from './card.ts';
import { findingOf, type RunTool } from './tool.ts';

const tool = 'system_profiler';
const timeoutMs = 5000;
const nameWithoutTool = 'Apple Silicon GPU';

/**
 * The GPU of an Apple Silicon Mac; the caller makes sure it is one (the rule must not fire on Intel Macs). All
 * unified memory counts, in decimal GB. The tool only supplies the name: without it the GPU is still there.
 * [network.md 3.1]
 */
export async function readAppleSilicon(
  runTool: RunTool,
  ram: { ramGb: number; ramBytes: number },
  signal?: AbortSignal,
): Promise<Reading> {
  const outcome = await runTool(tool, ['SPDisplaysDataType'], { timeoutMs, signal });
  const name = outcome.kind === 'ran' ? parseChipset(outcome.stdout) : null;
  const finding = findingOf(tool, outcome);
  return {
    cards: [
      {
        vendor: 'apple',
        name: name ?? nameWithoutTool,
        uuid: null,
        pciAddress: null,
        kind: 'unified',
        vramGb: ram.ramGb,
        vramBytes: ram.ramBytes,
        sharedBytes: null,
        driver: null,
      },
    ],
    findings: finding ? [finding] : [],
  };
}

/** The first chipset in the report; null when there is none or only the system's placeholder (`kHW_…`). */
export function parseChipset(stdout: string): string | null {
  for (const [, chipset = ''] of stdout.matchAll(/^\s*Chipset Model:(.*)$/gm)) {
    const name = firstLine(chipset);
    if (name !== '' && !name.startsWith('kHW_')) return name;
  }
  return null;
}
