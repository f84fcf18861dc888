import { describe, expect, it } from 'vitest';
import { type Flag, flags } from '../../../electron/cli/args/flags.ts';
import type { Invocation } from '../../../electron/cli/args/invocation.ts';
import { nearest } from '../../../electron/cli/args/suggest.ts';
import { parseArguments } from '../../../electron/cli/arguments.ts';
import { runHelp } from '../../../electron/cli/commands/help.ts';
import { type CommandName, commandNamed, commands } from '../../../electron/cli/commands.ts';
import { exitCodeMeanings, exitCodes } from '../../../electron/cli/exit-codes.ts';
import { systemClock } from '../../../electron/daemon/system/clock.ts';

async function helpFor(...operands: string[]): Promise<string> {
  const printed: string[] = [];
  const terminal = {
    live: false,
    interactive: false,
    colouredBlocks: false,
    out: (text = '') => void printed.push(text),
    line() {},
    err() {},
    write() {},
    paint: (_tone: unknown, text: string) => text,
    bold: (text: string) => text,
    columns: () => 80,
    onReaderGone() {},
    onResize() {},
  };
  const invocation: Invocation = {
    operands,
    flags: {},
    env: {},
    homeDir: '/home/someone',
    platform: 'linux',
    version: '1.2.3',
    terminal,
    clock: systemClock,
  };
  await runHelp(invocation);
  return printed.join('\n');
}

const names = Object.keys(commands) as CommandName[];

describe('the help', () => {
  it.each(names)('of %s lists every flag that it takes, and no other', async (name) => {
    const text = await helpFor(name);
    const listed = [...text.matchAll(/^ {2}(?:-\w, )?--([\da-z-]+)/gm)].map(([, flag]) => flag);
    expect(new Set(listed)).toEqual(new Set(commandNamed(name).flags));
    expect(listed).toHaveLength(commandNamed(name).flags.length);
    for (const flag of commandNamed(name).flags) {
      const { env, meaning }: Flag = flags[flag];
      expect(text).toContain(meaning);
      if (env) expect(text).toContain(`(${env})`);
    }
  });

  it('lists every command, every exit code and every environment variable', async () => {
    const text = await helpFor();
    for (const name of names)
      expect(text).toMatch(new RegExp(`^ {2}${name} +${commandNamed(name).summary.slice(0, 20)}`, 'm'));
    for (const [name, code] of Object.entries(exitCodes)) {
      expect(text).toContain(`  ${code} `.trimEnd());
      expect(text).toContain(exitCodeMeanings[name as keyof typeof exitCodes]);
    }
    for (const flag of Object.values(flags) as Flag[]) if (flag.env) expect(text).toContain(flag.env);
  });

  it('says that --gpu and --cpu set only what is reported', async () => {
    expect(await helpFor('start')).toMatch(
      /--gpu .*only what is reported[\s\S]*--cpu .*only what is reported/,
    );
  });

  it('leaves no flag that no command takes', () => {
    const taken = new Set(names.flatMap((name) => commandNamed(name).flags));
    expect(Object.keys(flags).filter((flag) => flag !== 'version' && !taken.has(flag as never))).toEqual([]);
  });
});

describe('the command line', () => {
  it('takes flags before and after the command, short and long, with and without =', () => {
    expect(parseArguments(['--state-dir=/a', 'logs', '-f', '-n', '5'])).toEqual({
      command: 'logs',
      operands: [],
      flags: { 'state-dir': '/a', follow: true, lines: '5' },
    });
  });

  it('explains itself without a command, and prints the version', () => {
    expect(parseArguments([]).command).toBe('help');
    expect(parseArguments(['--version']).command).toBe('version');
    expect(parseArguments(['-V']).command).toBe('version');
  });

  it('explains a command before it judges the rest', () => {
    expect(parseArguments(['start', '--help', '--force'])).toMatchObject({
      command: 'start',
      flags: { help: true },
    });
  });

  it('takes every flag of the official client where the client has it', () => {
    const official = [
      'start',
      '--node-id',
      '1',
      '--gpu',
      '--model',
      'm',
      '--wallet',
      'w',
      '--plain',
      '--coordinator-url',
      'c',
      '--ollama-url',
      'o',
    ];
    expect(() => parseArguments(official)).not.toThrow();
    expect(() => parseArguments(['init', '--force', '--wallet', 'w'])).not.toThrow();
  });
});

describe('a mistyped word', () => {
  it.each([
    ['strat', 'start'],
    ['statsu', 'status'],
    ['verfy', 'verify'],
    ['pasue', 'pause'],
    ['conf', 'config'],
    ['STATUS', 'status'],
    ['xyzzy', null],
    ['', null],
    ['a'.repeat(10_000), null],
  ])('%s means %s', (word, meant) => {
    expect(nearest(word, names)).toBe(meant);
  });
});
