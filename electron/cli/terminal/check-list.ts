import type { CheckId, CheckReport, CheckResult } from '../../../shared/check-findings.ts';
import type { Tone } from '../../../shared/texts/event-text.ts';
import { paragraph } from './layout.ts';
import type { Terminal } from './terminal.ts';

const marks: Readonly<Record<CheckResult, readonly [string, Tone]>> = {
  ok: ['✓', 'good'],
  warning: ['!', 'warn'],
  failed: ['✗', 'bad'],
  'not-checked': ['·', 'quiet'],
};

const names: Readonly<Record<CheckId, string>> = {
  'node-version': 'Node.js',
  'state-dir': 'Node folder',
  settings: 'Settings',
  key: 'Node key',
  backup: 'Key backup',
  keychain: 'Keychain',
  hardware: 'Hardware',
  ollama: 'Ollama',
  model: 'Model',
  generation: 'Answers',
  gpu: 'GPU use',
  parallel: 'Parallel requests',
  'models-disk': 'Disk of the models',
  disk: 'Disk space',
  coordinator: 'Connection',
  clock: 'Clock',
  registration: 'Registration',
  tier: 'Tier',
  rpc: 'Own Ethereum RPC',
  daemon: 'Node',
  official: 'Official client',
  heartbeats: 'Heartbeats',
  'last-run': 'Last run',
  sleep: 'Sleep and restarts',
  weight: 'Network share',
};

export function countChecks(checks: readonly CheckReport[]): Record<CheckResult, number> {
  const counts = { ok: 0, warning: 0, failed: 0, 'not-checked': 0 };
  for (const { result } of checks) counts[result] += 1;
  return counts;
}

const order: readonly CheckResult[] = ['failed', 'warning', 'ok', 'not-checked'];

/** What keeps the node from earning first, what was skipped last. */
export const worstFirst = (checks: readonly CheckReport[]): CheckReport[] =>
  checks.toSorted((one, other) => order.indexOf(one.result) - order.indexOf(other.result));

/** One entry a check: a mark, its name, what it means, and how to fix it. */
export function checkList(terminal: Terminal, checks: readonly CheckReport[]): string {
  const width = Math.max(...checks.map(({ id }) => names[id].length)) + 2;
  const indent = width + 4;
  return checks
    .map(({ id, result, means, action }) => {
      const [mark, tone] = marks[result];
      const text = result === 'not-checked' ? `Skipped. ${means}` : means;
      const head = `  ${terminal.paint(tone, mark)} ${names[id].padEnd(width)}${paragraph(terminal, text, indent).trimStart()}`;
      return action === null ? head : `${head}\n${paragraph(terminal, action, indent)}`;
    })
    .join('\n');
}
