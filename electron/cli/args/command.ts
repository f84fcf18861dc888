import type { FlagName } from './flags.ts';
import type { CommandRun } from './invocation.ts';

/** How the help orders the commands. */
export const commandGroups = {
  setup: 'Set up',
  run: 'Run',
  check: 'Check',
  models: 'Models',
  earn: 'Earn',
  manage: 'Manage',
} as const;

export interface Command {
  group: keyof typeof commandGroups;
  /** One line for the list of commands. */
  summary: string;
  /** Other names that people try first. */
  aliases?: readonly string[];
  /** What follows the name, as the help shows it. */
  operands?: string;
  /** How many words may follow the name. */
  most: number;
  /** The words that may follow first, if only certain ones may. */
  words?: readonly string[];
  flags: readonly FlagName[];
  /** Further lines of help. */
  notes?: readonly string[];
  /** Loaded when it is called: no command pays for another. */
  load: () => Promise<CommandRun>;
}
