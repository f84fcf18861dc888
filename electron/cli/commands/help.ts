import { NodeError } from '../../../shared/errors.ts';
import { documentationUrl } from '../../../shared/links.ts';
import { type Command, commandGroups } from '../args/command.ts';
import { everywhere, type Flag, type FlagName, flags } from '../args/flags.ts';
import type { CommandRun } from '../args/invocation.ts';
import { nearest } from '../args/suggest.ts';
import { type CommandName, commandCalled, commandNamed, commands, commandWords } from '../commands.ts';
import { examples } from '../examples.ts';
import { exitCodeMeanings, exitCodes } from '../exit-codes.ts';
import { table, wrap } from '../terminal/layout.ts';

/** What is explained beside the commands. */
const topics = {
  commands: allCommands,
  flags: commonFlags,
  environment,
  'exit-codes': exitCodeList,
} as const;
export const topicNames = Object.keys(topics);

export const runHelp: CommandRun = async ({ operands, terminal, version }) => {
  const [name] = operands;
  terminal.out(name === undefined ? overview(version) : explained(name));
  return exitCodes.done;
};

function explained(name: string): string {
  const command = commandCalled(name);
  if (command !== null) return commandHelp(command);
  if (Object.hasOwn(topics, name)) return topics[name as keyof typeof topics]();
  const meant = nearest(name, [...commandWords, ...topicNames]);
  const remedy =
    meant === null
      ? 'there is no such command; see: parallelix-operator help commands'
      : `there is no such command; did you mean ${meant}?`;
  throw new NodeError('usage', { input: name, remedy });
}

/** The commands of every day, with the names that people look for. */
const daily: readonly (readonly [string, CommandName])[] = [
  ['setup', 'setup'],
  ['switch', 'switch'],
  ['start', 'start'],
  ['stop', 'drain'],
  ['pause', 'pause'],
  ['service', 'service'],
  ['status', 'status'],
  ['verify', 'verify'],
  ['requests', 'requests'],
  ['logs', 'logs'],
  ['models', 'models'],
  ['earnings', 'earnings'],
];

function overview(version: string): string {
  const shown = new Set<string>();
  const rows = daily.map(([word, name]) => {
    const { group, summary } = commandNamed(name);
    const title = shown.has(group) ? '' : commandGroups[group];
    shown.add(group);
    return [title, word, summary];
  });
  const listed = daily.map(([, name]) => name);
  const more = (Object.keys(commands) as CommandName[]).filter((name) => !listed.includes(name));
  return `ParalleliX Operator ${version} runs a node of the ParalleliX inference network.

Usage: parallelix-operator COMMAND [FLAGS]    (or plx COMMAND)

${table(rows)}

More commands
${wrap(more.join(', '), 76)
  .map((line) => `  ${line}`)
  .join('\n')}

Begin with: parallelix-operator setup
Help: help COMMAND, help ${topicNames.join(', help ')}`;
}

function allCommands(): string {
  return (Object.keys(commandGroups) as (keyof typeof commandGroups)[])
    .map((group) => {
      const rows = (Object.entries(commands) as [string, Command][])
        .filter(([, command]) => command.group === group)
        .map(([name, { summary, aliases = [] }]) => [
          name,
          aliases.length > 0 ? `${summary} (or ${aliases.join(', ')})` : summary,
        ]);
      return `${commandGroups[group]}\n${table(rows)}`;
    })
    .join('\n\n');
}

function commonFlags(): string {
  return `Flags of every command\n${flagTable([...everywhere, 'version'])}`;
}

function environment(): string {
  return `Environment
${table(environmentOfHelp())}

A flag wins over the environment, the environment over saved settings, those over the defaults.`;
}

function exitCodeList(): string {
  const rows = Object.entries(exitCodes).map(([name, code]) => [
    String(code),
    exitCodeMeanings[name as keyof typeof exitCodes],
  ]);
  return `Exit codes\n${table(rows)}`;
}

/** Name and meaning of every variable that the program reads, for the help and the manual page. */
export function environmentOfHelp(): string[][] {
  const named = Object.entries(flags).flatMap(([name, flag]: [string, Flag]) =>
    flag.env ? [[flag.env, `the same as --${name}`]] : [],
  );
  return [
    ...named,
    ['HTTPS_PROXY, NO_PROXY', 'the proxy for everything but this computer, and its exceptions'],
    ['NODE_EXTRA_CA_CERTS, SSL_CERT_FILE', 'more trusted certificates, unless the setting caFile names some'],
    ['VISUAL, EDITOR', 'the editor of config edit'],
    ['NO_COLOR', 'no color'],
  ];
}

function commandHelp(name: CommandName): string {
  const { summary, operands, notes, aliases, flags: taken } = commandNamed(name);
  const own = taken.filter((flag) => !everywhere.some((common) => common === flag));
  const begin = examples[name] ?? [];
  const parts = [
    `${summary}.`,
    `Usage: parallelix-operator ${name}${operands ? ` ${operands}` : ''} [FLAGS]${aliases ? `\nAlso: parallelix-operator ${aliases.join(', ')}` : ''}`,
    ...(notes ? [notes.join('\n')] : []),
    ...(begin.length > 0
      ? [`Examples\n${begin.map((line) => `  parallelix-operator ${line}`).join('\n')}`]
      : []),
    ...(own.length > 0 ? [`Flags\n${flagTable(own)}`] : []),
    `Flags of every command\n${flagTable(everywhere)}`,
    `Documentation: ${documentationUrl}`,
  ];
  return parts.join('\n\n');
}

function flagTable(names: readonly FlagName[]): string {
  return table(
    names.map((name) => {
      const flag: Flag = flags[name];
      const short = flag.short ? `-${flag.short}, ` : '';
      return [
        `${short}--${name}${flag.value ? ` ${flag.value}` : ''}`,
        flag.meaning + (flag.env ? ` (${flag.env})` : ''),
      ];
    }),
  );
}
