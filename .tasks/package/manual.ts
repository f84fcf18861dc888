import type { Command } from '../../electron/cli/args/command.ts';
import { everywhere, type Flag, type FlagName, flags } from '../../electron/cli/args/flags.ts';
import { environmentOfHelp } from '../../electron/cli/commands/help.ts';
import { commands } from '../../electron/cli/commands.ts';
import { exitCodeMeanings, exitCodes } from '../../electron/cli/exit-codes.ts';
import { programName } from './places.ts';

/** The manual page, section 1, made of the table that the program itself reads. [man(7)] */
export function manualPage(options: { version: string; date: Date }): string {
  const month = options.date.toISOString().slice(0, 10);
  const list = Object.entries(commands) as [string, Command][];
  return [
    `.TH ${programName.toUpperCase()} 1 ${month} "ParalleliX Operator ${options.version}" "User Commands"`,
    '.SH NAME',
    `${programName}, plx \\- run a serving node of the ParalleliX inference network`,
    '.SH SYNOPSIS',
    `.B ${programName}`,
    '.I COMMAND',
    '[\\fIFLAGS\\fR]',
    '.SH DESCRIPTION',
    text(
      'Keeps a serving node online: its key, its heartbeats, and the requests that it answers with Ollama.',
    ),
    '.PP',
    `Begin with \\fB${programName} setup\\fR.`,
    '.SH COMMANDS',
    ...list.flatMap(([name, command]) => commandSection(name, command)),
    '.SH FLAGS OF EVERY COMMAND',
    ...everywhere.flatMap(flagItem),
    ...flagItem('version'),
    '.SH ENVIRONMENT',
    ...environmentOfHelp().flatMap(([name = '', meaning = '']) => item(`\\fB${text(name)}\\fR`, meaning)),
    '.SH EXIT STATUS',
    ...Object.entries(exitCodes).flatMap(([name, code]) =>
      item(`\\fB${code}\\fR`, exitCodeMeanings[name as keyof typeof exitCodes]),
    ),
    '.SH FILES',
    ...item(
      '\\fI~/.local/state/parallelix\\-operator\\fR',
      'key, settings, journal and logs of a node; another one with --state-dir',
    ),
    '.SH SEE ALSO',
    'https://docs.parallelix.io/node\\-cli',
    '',
  ].join('\n');
}

function commandSection(name: string, { summary, operands, notes, flags: taken }: Command): string[] {
  const own = taken.filter((flag) => !(everywhere as readonly FlagName[]).includes(flag));
  return [
    `.SS "${name}${operands ? ` ${text(operands)}` : ''}"`,
    text(sentence(summary)),
    // As they stand: they are laid out in columns.
    ...(notes ? ['.PP', '.nf', ...notes.map(text), '.fi'] : []),
    ...own.flatMap(flagItem),
  ];
}

function flagItem(name: FlagName): string[] {
  const flag: Flag = flags[name];
  const short = flag.short ? `\\fB\\-${flag.short}\\fR, ` : '';
  const value = flag.value ? ` \\fI${flag.value}\\fR` : '';
  return item(
    `${short}\\fB${text(`--${name}`)}\\fR${value}`,
    flag.meaning + (flag.env ? ` (${flag.env})` : ''),
  );
}

function item(title: string, meaning: string): string[] {
  return ['.TP', title, text(sentence(meaning))];
}

const sentence = (words: string) =>
  `${words.charAt(0).toUpperCase()}${words.slice(1)}${/[.!?]$/.test(words) ? '' : '.'}`;

/** Plain text for roff: a backslash is one, a hyphen is the one that is typed, and no line begins a request. */
function text(words: string): string {
  return words
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replace(/^([.'])/, '\\&$1');
}
