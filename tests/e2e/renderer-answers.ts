import { settingsByName } from '../../electron/daemon/storage/settings-fields.ts';
import type { Finding } from '../../shared/check-findings.ts';
import type { AskOutput, SettingEntry } from '../../shared/contract/app.ts';
import type { CheckEntry, LogEntryLine } from '../../shared/contract/maintenance.ts';
import { describeFinding } from '../../shared/texts/check-text.ts';
import { nowMs } from './renderer-samples.ts';

/** What the host answers in the tests of the windows, as its own code would. */

export const sampleCatalogue: AskOutput<'models.catalogue'> = {
  recommended: 'qwen2.5:32b',
  models: [
    entry('llama3.2', '3B', 2.02e9, 2.5e9, 'fits'),
    entry('mistral:7b', '7B', 4.37e9, 4.9e9, 'fits'),
    entry('gemma2:9b', '9B', 5.44e9, 6.9e9, 'fits'),
    entry('phi4', '14B', 9.05e9, 9.9e9, 'fits'),
    entry('qwen2.5:14b', '14B', 8.99e9, 9.8e9, 'fits'),
    entry('qwen2.5:32b', '32B', 19.9e9, 21.1e9, 'tight'),
    entry('llama3.3:70b', '70B', 42.5e9, 44.1e9, 'too-big'),
  ],
};

function entry(
  name: string,
  parameters: string,
  downloadBytes: number,
  neededBytes: number,
  fit: 'fits' | 'tight' | 'too-big',
) {
  return { name, parameters, downloadBytes, neededBytes, budgetBytes: 23.19e9, fit };
}

/** The settings there are, with the words they have. */
export function sampleSettings(): SettingEntry[] {
  return [...settingsByName].map(([name, field]) => ({
    name,
    value: name === 'defaultModel' ? 'phi4:latest' : field.fallback,
    default: field.fallback,
    givenBy: null,
    bounds: field.bounds,
    meaning: field.meaning,
    source: name === 'defaultModel' ? 'saved' : 'default',
    editable: field.fromText !== null,
  }));
}

const found: readonly Finding[] = [
  { code: 'state-dir-private', facts: { path: '/home/ada/.parallelix-operator' } },
  { code: 'settings-healthy', facts: {} },
  { code: 'key-in-keychain', facts: {} },
  { code: 'backup-none', facts: {} },
  { code: 'hardware-probed', facts: { tier: 3, gpu: 'NVIDIA GeForce RTX 4090' } },
  { code: 'ollama-answers', facts: { url: 'http://127.0.0.1:11434', version: '0.12.6' } },
  { code: 'model-ready', facts: { model: 'phi4:latest', servable: 2, cloud: 0, embedding: 0 } },
  { code: 'disk-has-room', facts: { freeBytes: 412e9 } },
  { code: 'coordinator-answers', facts: { url: 'https://parallelix.io/api' } },
  { code: 'clock-off', facts: { skewMs: 94_000 } },
  { code: 'rpc-none', facts: {} },
];

export function sampleChecks(): { checks: CheckEntry[]; asOfMs: number } {
  return { checks: found.map((finding) => describeFinding(finding)), asOfMs: Date.now() };
}

const levels = ['info', 'debug', 'info', 'warn', 'info', 'error'] as const;

export function sampleLog(count: number): LogEntryLine[] {
  return Array.from({ length: count }, (_, index) => {
    const level = levels[index % levels.length] ?? 'info';
    return {
      atMs: nowMs - (count - index) * 9000,
      level,
      event: level === 'error' ? 'result-not-delivered' : 'heartbeat-accepted',
      text:
        level === 'error'
          ? `Result ${index} was not delivered: no answer in time`
          : `Heartbeat ${index} accepted`,
    };
  });
}
