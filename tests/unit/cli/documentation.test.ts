import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Command, commandGroups } from '../../../electron/cli/args/command.ts';
import { everywhere, type Flag, flags } from '../../../electron/cli/args/flags.ts';
import { parseArguments } from '../../../electron/cli/arguments.ts';
import { environmentOfHelp } from '../../../electron/cli/commands/help.ts';
import { commands } from '../../../electron/cli/commands.ts';
import { exitCodeMeanings, exitCodes } from '../../../electron/cli/exit-codes.ts';
import { root } from '../../fixtures/rules/probe.ts';

const read = (path: string) => readFileSync(join(root, path), 'utf8');
const page = read('docs/cli.md');

/** The rows of the table under a heading, each with its cells. */
function rowsUnder(heading: string): string[][] {
  const [, section = ''] = page.split(`\n## ${heading}\n`);
  const lines = (section.split('\n## ')[0] ?? '').split('\n').filter((line) => line.startsWith('|'));
  return lines.slice(2).map((line) =>
    line
      .slice(2, -2)
      .split(/(?<!\\) \| /)
      .map((cell) => cell.replaceAll('\\|', '|').trim()),
  );
}

describe('docs/cli.md', () => {
  it.each(Object.entries(commandGroups))('lists the commands of %s as they are', (group, title) => {
    const expected = (Object.entries(commands) as [string, Command][])
      .filter(([, command]) => command.group === group)
      .map(([name, { operands, aliases, summary }]) => [
        `\`${name}${operands ? ` ${operands}` : ''}\`${aliases ? ` (or \`${aliases.join('`, `')}\`)` : ''}`,
        summary,
      ]);
    const rows = rowsUnder(title);
    expect(rows.map(([call, summary]) => [call, summary])).toEqual(expected);
    for (const [call = '', , example = ''] of rows) {
      const words = example
        .replaceAll('`', '')
        .replace(/ >.*$/, '')
        .replace('0x…', `0x${'5'.repeat(40)}`);
      expect(call).toContain(parseArguments(words.split(' ')).command);
    }
  });

  it('lists flags, variables and exit codes as they are', () => {
    expect(rowsUnder('Flags of every command')).toEqual(
      [...everywhere, 'version' as const].map((name) => {
        const { short, value, meaning }: Flag = flags[name];
        return [`\`${short ? `-${short}, ` : ''}--${name}${value ? ` ${value}` : ''}\``, meaning];
      }),
    );
    expect(rowsUnder('Environment')).toEqual(
      environmentOfHelp().map(([name = '', meaning = '']) => [`\`${name}\``, meaning]),
    );
    expect(rowsUnder('Exit codes')).toEqual(
      Object.entries(exitCodes).map(([name, code]) => [
        String(code),
        exitCodeMeanings[name as keyof typeof exitCodes],
      ]),
    );
  });
});

describe('the documents for people', () => {
  it.each(['README.md', 'docs/install.md', 'docs/faq.md', 'docs/cli.md', 'docs/README.md'])(
    '%s names only commands and files that there are',
    (path) => {
      const text = read(path);
      const calls = [
        ...text
          .replace(/sudo -u \S+ /g, '')
          .matchAll(/(?:parallelix-operator|npm run --silent cli --) +([^`\n|(#>]+)/g),
      ];
      for (const [, call = ''] of calls) {
        const words = call
          .trim()
          .replace(/[.,:;]+$/, '')
          .split(/\s+/);
        // Of the text around it: a placeholder or a path is no command.
        if (!/^[a-z][a-z-]+$/.test(words[0] ?? '')) continue;
        expect(() => parseArguments(words.filter((word) => word !== '…')), call).not.toThrow();
      }
      for (const [, script = ''] of text.matchAll(/npm run (?:--silent )?([a-z]+)/g))
        expect(JSON.parse(read('package.json')).scripts, script).toHaveProperty(script);
      for (const [, target = ''] of text.matchAll(/\]\((?!https?:|#)([^)#]+)/g))
        expect(() => readFileSync(join(root, path, '..', target)), target).not.toThrow();
    },
  );
});
