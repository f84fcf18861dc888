import type { Command } from '../../args/command.ts';
import { type Flag, type FlagName, flags } from '../../args/flags.ts';
import { commands, commandWords } from '../../commands.ts';
import { topicNames } from '../help.ts';

export const programName = 'parallelix-operator';

export interface CompletedFlag {
  long: string;
  short: string | null;
  /** How its value is called, or null where it takes none. */
  value: string | null;
  /** What a shell can offer as the value by itself. */
  offers: 'file' | 'folder' | null;
  meaning: string;
}

export interface CompletedCommand {
  name: string;
  /** Its name and other ones. */
  names: readonly string[];
  summary: string;
  /** What may follow first. */
  words: readonly string[];
  flags: CompletedFlag[];
  /** Where a file may follow. */
  takesFile: boolean;
}

/** What the shells complete: nothing but the table of the commands. */
export function completedCommands(): CompletedCommand[] {
  return (Object.entries(commands) as [string, Command][]).map(([name, command]) => ({
    name,
    names: [name, ...(command.aliases ?? [])],
    summary: command.summary,
    words: name === 'help' ? [...commandWords, ...topicNames] : (command.words ?? []),
    flags: command.flags.map(completedFlag),
    takesFile: /\b(?:FILE|DIR)\b/.test(command.operands ?? ''),
  }));
}

function completedFlag(name: FlagName): CompletedFlag {
  const flag: Flag = flags[name];
  const value = flag.value ?? null;
  return {
    long: name,
    short: flag.short ?? null,
    value,
    offers: value === 'FILE' ? 'file' : value === 'DIR' ? 'folder' : null,
    meaning: flag.meaning,
  };
}
