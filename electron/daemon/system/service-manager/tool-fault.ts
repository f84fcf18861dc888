import type { ToolOutcome } from '../run-tool.ts';

/** What a tool of the service manager said when it failed, in a line; null when it did not fail. */
export function faultOf(outcome: ToolOutcome): string | null {
  switch (outcome.kind) {
    case 'ran':
      return null;
    case 'failed': {
      const lines = outcome.printed.split('\n').map((line) => line.trim());
      return lines.find((line) => line !== '') ?? `exit code ${outcome.exitCode ?? 'none'}`;
    }
    case 'timed-out':
      return 'timeout';
    case 'missing':
      return 'the service manager is not there';
    default:
      return outcome.kind;
  }
}
