import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CliWorld, createCliWorld } from '../../fixtures/cli/process.ts';

describe('key, switch and uninstall lines that cannot be understood', () => {
  let world: CliWorld;

  beforeAll(async () => {
    world = await createCliWorld();
    writeFileSync(join(world.homeDir, 'phrase'), Array(24).fill('zebra').join(' '), { mode: 0o600 });
  });
  afterAll(() => world.clean());

  it.concurrent.for([
    { what: 'an unknown word', args: ['key', 'shw'], names: 'shw', remedy: /did you mean key show\?/ },
    { what: 'a backup to nowhere', args: ['key', 'backup'], names: 'key backup', remedy: /key backup FILE/ },
    {
      what: 'a restore of nothing',
      args: ['key', 'restore'],
      names: 'key restore',
      remedy: /key restore FILE/,
    },
    { what: 'a word too many', args: ['key', 'show', 'me'], names: 'me', remedy: /takes nothing more/ },
    { what: 'two files', args: ['key', 'backup', 'a', 'b'], names: 'b', remedy: /takes nothing more/ },
    {
      what: 'a flag of another word',
      args: ['key', 'show', '--to', 'file'],
      names: '--to',
      remedy: /belongs to key move/,
    },
    {
      what: 'a hurried backup',
      args: ['key', 'backup', 'f', '--yes-really'],
      names: '--yes-really',
      remedy: /key restore, key import/,
    },
    {
      what: 'a move to nowhere',
      args: ['key', 'move'],
      names: 'key move',
      remedy: /--to file or --to keychain/,
    },
    {
      what: 'a move to the cloud',
      args: ['key', 'move', '--to', 'cloud'],
      names: '--to cloud',
      remedy: /file or keychain/,
    },
    {
      what: 'both at once',
      args: ['key', 'move', '--to', 'file', '--passphrase', '--no-passphrase'],
      names: '--passphrase --no-passphrase',
      remedy: /one of them/,
    },
    {
      what: 'a passphrase on the keychain',
      args: ['key', 'move', '--to', 'keychain', '--passphrase'],
      names: '--to keychain',
      remedy: /belongs to the file/,
    },
    {
      what: 'a passphrase as a value',
      args: ['key', 'move', '--to', 'file', '--passphrase=open sesame'],
      names: '--passphrase',
      remedy: /takes no value/,
    },
    {
      what: 'a passphrase as the next word',
      args: ['key', 'move', '--to', 'file', '--passphrase', 'open sesame'],
      names: '--passphrase',
      remedy: /typed when asked for, or read from --passphrase-file/,
    },
    {
      what: 'a passphrase for init',
      args: ['init', '--passphrase', 'sesame'],
      names: '--passphrase',
      remedy: /typed when asked for/,
    },
    {
      what: 'a wallet that is none',
      args: ['key', 'import', '--wallet', 'me.eth'],
      names: '',
      remedy: /official client|0x and 40 hex digits/,
    },
    { what: 'a switch of no length', args: ['switch', '--for', 'soon'], names: '--for soon', remedy: /90s/ },
    { what: 'an endless switch', args: ['switch', '--for', '2h'], names: '--for 2h', remedy: /1h/ },
    { what: 'a switch to something', args: ['switch', 'ours'], names: 'ours', remedy: /takes nothing more/ },
    {
      what: 'a removal without a word to it',
      args: ['uninstall', '--data'],
      names: '--data',
      remedy: /needs --yes too/,
    },
    {
      what: 'a key to be lost, said once',
      args: ['uninstall', '--data', '--lose-key'],
      names: '--lose-key',
      remedy: /needs --yes-really too/,
    },
    {
      what: 'a key to be lost, said once and hurried',
      args: ['uninstall', '--data', '--lose-key', '--yes'],
      names: '--lose-key',
      remedy: /needs --yes-really too/,
    },
    {
      what: 'really, and nothing before it',
      args: ['uninstall', '--data', '--yes-really'],
      names: '--yes-really',
      remedy: /nothing without --lose-key/,
    },
    {
      what: 'a key to be lost without its data',
      args: ['uninstall', '--lose-key', '--yes-really'],
      names: '--lose-key',
      remedy: /nothing without --data/,
    },
    { what: 'yes to nothing', args: ['uninstall', '--yes'], names: '--yes', remedy: /without --data/ },
    {
      what: 'a removal of something',
      args: ['uninstall', 'everything'],
      names: 'everything',
      remedy: /takes nothing more/,
    },
    {
      what: 'a key to be lost elsewhere',
      args: ['init', '--lose-key'],
      names: '--lose-key',
      remedy: /belongs to .*uninstall/,
    },
  ])('$what: one line with the input and the remedy', async ({ args, names, remedy }, { expect }) => {
    const { code, stdout, stderr } = await world.run(args);
    expect(stderr).toMatch(/^parallelix-operator: [^\n]+\n$/);
    expect(stderr).toContain(names);
    expect(stderr).toMatch(remedy);
    expect(stderr).not.toContain('sesame');
    expect(stdout).toBe('');
    expect([2, 5]).toContain(code);
  });

  const words = 'legal winner thank year wave sausage worth useful legal winner thank yellow'.split(' ');
  const key = 'c0ffee'.padEnd(64, '7');

  it.concurrent.for([
    { what: 'a phrase in one argument', args: ['key', 'import', words.join(' ')] },
    { what: 'a phrase as words', args: ['key', 'restore', ...words] },
    { what: 'a phrase without a command', args: words },
    {
      what: 'a phrase of 24 words as a flag’s value',
      args: ['init', '--wallet', [...words, ...words].join(' ')],
    },
    { what: 'a phrase after =', args: ['start', `--model=${words.join(' ')}`] },
    { what: 'a private key', args: ['key', 'restore', `0x${key}`] },
    { what: 'a private key without 0x', args: ['init', '--wallet', key] },
    { what: 'a private key as a setting', args: ['config', 'set', 'rpcUrl', key] },
  ])('$what is refused with an explanation, and not shown again', async ({ args }, { expect }) => {
    for (const more of [[], ['--json'], ['--debug']]) {
      const { code, stdout, stderr } = await world.run([...args, ...more]);
      expect(stderr).toMatch(
        /^parallelix-operator: What was typed looks like the seed phrase or the private key of a wallet/,
      );
      expect(stdout).toBe('');
      expect(stderr).not.toMatch(/sausage|yellow|c0ffee/);
      expect(code).toBe(2);
    }
  });

  it('a phrase in the passphrase’s file is no passphrase', async () => {
    await world.run(['init']);
    const { code, stderr } = await world.run([
      'key',
      'backup',
      'b.json',
      '--passphrase-file',
      join(world.homeDir, 'phrase'),
    ]);
    expect([code, stderr]).toEqual([2, expect.stringMatching(/looks like the seed phrase/)]);
    expect(stderr).not.toContain('zebra');
  });
});
