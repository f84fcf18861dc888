import type { CheckReport, CheckResult } from '../../../shared/check-findings.ts';
import type { Tone } from '../../../shared/texts/event-text.ts';
import { paragraph } from './layout.ts';
import type { Terminal } from './terminal.ts';

const marks: Readonly<Record<CheckResult, readonly [string, Tone]>> = {
  ok: ['✓', 'good'],
  warning: ['!', 'warn'],
  failed: ['✗', 'bad'],
  'not-checked': ['·', 'quiet'],
};

export function countChecks(checks: readonly CheckReport[]): Record<CheckResult, number> {
  const counts = { ok: 0, warning: 0, failed: 0, 'not-checked': 0 };
  for (const { result } of checks) counts[result] += 1;
  return counts;
}

/** One entry a check: a mark, its name, what it means, and how to fix it. */
export function checkList(terminal: Terminal, checks: readonly CheckReport[]): string {
  const width = Math.max(...checks.map(({ id }) => id.length)) + 2;
  const indent = width + 4;
  return checks
    .map(({ id, result, means, mend }) => {
      const [mark, tone] = marks[result];
      const text = result === 'not-checked' ? `Not checked. ${means}` : means;
      const head = `  ${terminal.paint(tone, mark)} ${id.padEnd(width)}${paragraph(terminal, text, indent).trimStart()}`;
      return mend === null ? head : `${head}\n${paragraph(terminal, mend, indent)}`;
    })
    .join('\n');
}
