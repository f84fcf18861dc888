import { NodeError } from '../../../shared/errors.ts';
import { everywhere, type Flag, type FlagName, flags } from '../args/flags.ts';
import type { CommandRun } from '../args/invocation.ts';
import { nearest } from '../args/suggest.ts';
import { type CommandName, commandNamed, commands } from '../commands.ts';
import { exitCodeMeanings, exitCodes } from '../exit-codes.ts';
import { table } from '../terminal/layout.ts';

export const runHelp: CommandRun = async ({ operands, terminal, version }) => {
  const [name] = operands;
  terminal.out(name === undefined ? overview(version) : commandHelp(nameOf(name)));
  return exitCodes.done;
};

function nameOf(name: string): CommandName {
  if (Object.hasOwn(commands, name)) return name as CommandName;
  const meant = nearest(name, Object.keys(commands));
  const remedy =
    meant === null
      ? 'there is no such command; see: parallelix-operator help'
      : `there is no such command; did you mean ${meant}?`;
  throw new NodeError('usage', { input: name, remedy });
}

function overview(version: string): string {
  const list = Object.entries(commands).map(([name, { summary }]) => [name, summary]);
  const codes = Object.entries(exitCodes).map(([name, code]) => [
    String(code),
    exitCodeMeanings[name as keyof typeof exitCodes],
  ]);
  return `parallelix-operator ${version}: runs a serving node of the ParalleliX inference network.

Usage: parallelix-operator COMMAND [FLAGS]

Begin with: parallelix-operator setup

Commands
${table(list)}

Flags of every command
${flagTable(everywhere)}
${table([['-V, --version', flags.version.meaning]])}

parallelix-operator help COMMAND lists the flags of one command.

Environment
${table(environmentOfHelp())}

A flag wins over the environment, the environment over saved settings, those over the defaults.

Exit codes
${table(codes)}

Documentation: https://docs.parallelix.io/node-cli`;
}

/** Name and meaning of every variable that the program reads, for the help and the manual page. */
export function environmentOfHelp(): string[][] {
  const named = Object.entries(flags).flatMap(([name, flag]: [string, Flag]) =>
    flag.env ? [[flag.env, `the same as --${name}`]] : [],
  );
  return [
    ...named,
    ['HTTPS_PROXY, NO_PROXY', 'the proxy for everything but this computer, and what goes around it'],
    [
      'NODE_EXTRA_CA_CERTS, SSL_CERT_FILE',
      'certificates trusted in addition, unless the setting caFile names some',
    ],
    ['NO_COLOR', 'no colours'],
  ];
}

function commandHelp(name: CommandName): string {
  const { summary, operands, notes, flags: taken } = commandNamed(name);
  const own = taken.filter((flag) => !everywhere.some((common) => common === flag));
  const parts = [
    `parallelix-operator ${name}: ${summary}.`,
    `Usage: parallelix-operator ${name}${operands ? ` ${operands}` : ''} [FLAGS]`,
    ...(notes ? [notes.join('\n')] : []),
    ...(own.length > 0 ? [`Flags\n${flagTable(own)}`] : []),
    `Flags of every command\n${flagTable(everywhere)}`,
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
