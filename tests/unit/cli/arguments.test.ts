import { describe, expect, it } from 'vitest';
import { type Flag, flags } from '../../../electron/cli/args/flags.ts';
import type { Invocation } from '../../../electron/cli/args/invocation.ts';
import { nearest } from '../../../electron/cli/args/suggest.ts';
import { parseArguments } from '../../../electron/cli/arguments.ts';
import { runHelp, topicNames } from '../../../electron/cli/commands/help.ts';
import { type CommandName, commandNamed, commands, commandWords } from '../../../electron/cli/commands.ts';
import { examples } from '../../../electron/cli/examples.ts';
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
    const all = await helpFor('commands');
    for (const name of names)
      expect(all).toMatch(new RegExp(`^ {2}${name} +${commandNamed(name).summary.slice(0, 20)}`, 'm'));
    const codes = await helpFor('exit-codes');
    for (const [name, code] of Object.entries(exitCodes)) {
      expect(codes).toContain(`  ${code} `.trimEnd());
      expect(codes).toContain(exitCodeMeanings[name as keyof typeof exitCodes]);
    }
    const environment = await helpFor('environment');
    for (const flag of Object.values(flags) as Flag[]) if (flag.env) expect(environment).toContain(flag.env);
  });

  it('is at most 25 lines of 80 columns, names every command, and leads to every topic', async () => {
    const text = await helpFor();
    expect(text.split('\n').length).toBeLessThanOrEqual(25);
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
    const words = new Set(text.split(/[\s,]+/));
    expect(
      names.filter((name) => ![name, ...(commandNamed(name).aliases ?? [])].some((one) => words.has(one))),
    ).toEqual([]);
    for (const topic of topicNames) {
      expect(text).toContain(`help ${topic}`);
      expect((await helpFor(topic)).length).toBeGreaterThan(50);
    }
  });

  it('explains a command by any of its names', async () => {
    expect(await helpFor('stop')).toBe(await helpFor('drain'));
    expect(await helpFor('doctor')).toMatch(/Usage: parallelix-operator verify[\s\S]*Also: .*doctor/);
  });

  it.each(Object.entries(examples).flatMap(([name, lines]) => lines.map((line) => [name, line] as const)))(
    'of %s has an example that is understood: %s',
    (name, line) => {
      const words = line
        .replace(/ >.*$/, '')
        .replace('0x…', `0x${'5'.repeat(40)}`)
        .split(' ');
      expect(parseArguments(words).command).toBe(name);
    },
  );

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
  it('knows commands by the names that people try', () => {
    expect(parseArguments(['stop', '--no-wait'])).toMatchObject({ command: 'drain', operands: [] });
    expect(parseArguments(['doctor', '-v'])).toMatchObject({ command: 'verify', flags: { verbose: true } });
    expect(parseArguments(['migrate']).command).toBe('switch');
    expect(parseArguments(['pause', '1h'])).toMatchObject({ command: 'pause', operands: ['1h'] });
    expect(new Set(commandWords).size).toBe(commandWords.length);
  });

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
