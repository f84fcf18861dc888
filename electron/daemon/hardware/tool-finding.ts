import type { Finding } from '../../../shared/hardware/findings.ts';
import { firstLine } from '../system/first-line.ts';
import type { ToolOutcome } from '../system/run-tool.ts';

/** The finding a run deserves: none when the tool ran, is not installed, or the probe was cancelled. */
export function findingOf(tool: string, outcome: ToolOutcome): Finding | null {
  switch (outcome.kind) {
    case 'ran':
    case 'missing':
    case 'cancelled':
      return null;
    case 'failed':
      return {
        code: /^(EACCES|EPERM)$/.test(outcome.printed) ? 'tool-not-permitted' : 'tool-failed',
        tool,
        detail: firstLine(outcome.printed) || `exit-code(${outcome.exitCode ?? 'none'})`,
      };
    case 'timed-out':
      return {
        code: 'tool-timed-out',
        tool,
        detail: firstLine(outcome.printed) || `no-answer-in(${outcome.timeoutMs})`,
      };
    case 'too-large':
      return { code: 'tool-output-too-large', tool, detail: firstLine(outcome.printed) };
  }
}
