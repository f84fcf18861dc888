import { type Reason, said } from '../../../../shared/reasons/reason-text.ts';
import type { ToolOutcome } from '../run-tool.ts';

/** What a tool of the service manager said when it failed, in a line; null when it did not fail. */
export function faultOf(outcome: ToolOutcome): Reason | null {
  switch (outcome.kind) {
    case 'ran':
      return null;
    case 'failed': {
      const lines = outcome.printed.split('\n').map((line) => line.trim());
      const line = lines.find((one) => one !== '');
      return line === undefined ? `exit-code(${outcome.exitCode ?? 'none'})` : said(line);
    }
    case 'timed-out':
      return 'timeout';
    case 'missing':
      return 'no-service-manager';
    default:
      return outcome.kind;
  }
}
