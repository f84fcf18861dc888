import type { Clock } from '../../daemon/system/clock.ts';
import type { ExitCode } from '../exit-codes.ts';
import type { Terminal } from '../terminal/terminal.ts';
import type { FlagValues } from './flags.ts';

/** One call of the program: what was asked, and where it runs. */
export interface Invocation {
  /** The words after the command. */
  readonly operands: readonly string[];
  readonly flags: Readonly<FlagValues>;
  readonly env: NodeJS.ProcessEnv;
  readonly homeDir: string;
  readonly platform: NodeJS.Platform;
  readonly version: string;
  readonly terminal: Terminal;
  readonly clock: Clock;
}

export type CommandRun = (invocation: Invocation) => Promise<ExitCode>;
