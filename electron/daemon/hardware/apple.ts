import { firstLine } from '../system/first-line.ts';
import type { RunTool } from '../system/run-tool.ts';
import type { Finding, Reading } from './card.ts';
import { fieldsOf, jsonInText } from './json-in-text.ts';
import { findingOf } from './tool-finding.ts';

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
  const outcome = await runTool(tool, ['SPDisplaysDataType', '-json'], { timeoutMs, signal });
  const name = (outcome.kind === 'ran' ? parseSystemProfiler(outcome.stdout) : null) ?? nameWithoutTool;
  const finding = findingOf(tool, outcome);
  const findings: Finding[] = finding ? [finding] : [];
  if (/paravirtual/i.test(name)) findings.push({ code: 'virtual-gpu', tool, detail: name });
  return {
    cards: [
      {
        vendor: 'apple',
        name,
        uuid: null,
        pciAddress: null,
        kind: 'unified',
        vramGb: ram.ramGb,
        vramBytes: ram.ramBytes,
        sharedBytes: null,
        driver: null,
      },
    ],
    findings,
  };
}

/**
 * The name of Apple's GPU in the JSON report; null when there is none, as on a Mac without a display. `_name` can be
 * the system's placeholder (`kHW_…`), `sppci_model` is not. Recent systems mix lines of their log into the report.
 */
export function parseSystemProfiler(stdout: string): string | null {
  const report = stdout
    .split('\n')
    .filter((line) => !/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/.test(line))
    .join('\n');
  const { SPDisplaysDataType: entries } = fieldsOf(jsonInText(report));
  if (!Array.isArray(entries)) return null;
  for (const entry of entries) {
    const { sppci_model: model, _name: title } = fieldsOf(entry);
    for (const value of [model, title]) {
      const name = typeof value === 'string' ? firstLine(value) : '';
      if (name !== '' && !/^k[A-Z]{2}_|^spdisplays_/.test(name)) return name;
    }
  }
  return null;
}

const wiredLimitTimeoutMs = 2000;

/** What the owner of a Mac lets the GPU use of its memory, bytes; null where that is left to the system. */
export async function readWiredLimit(runTool: RunTool, signal?: AbortSignal): Promise<number | null> {
  const call = { timeoutMs: wiredLimitTimeoutMs, signal };
  const outcome = await runTool('sysctl', ['-n', 'iogpu.wired_limit_mb'], call);
  const text = outcome.kind === 'ran' ? outcome.stdout.trim() : '';
  const mib = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  return mib > 0 ? mib * 1024 * 1024 : null;
}

/**
 * A program built for Intel on Apple Silicon: macOS calls the processor x64, and the rule for Apple's GPU does not
 * fire. [network.md 3.1]
 */
export async function readTranslation(runTool: RunTool, signal?: AbortSignal): Promise<Finding[]> {
  const call = { timeoutMs: wiredLimitTimeoutMs, signal };
  const outcome = await runTool('sysctl', ['-n', 'sysctl.proc_translated'], call);
  const translated = outcome.kind === 'ran' && outcome.stdout.trim() === '1';
  return translated ? [{ code: 'intel-build-on-apple-silicon', tool: 'Rosetta', detail: '' }] : [];
}
