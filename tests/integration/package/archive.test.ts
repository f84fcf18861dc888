import { readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { productVersion } from '../../../.tasks/package/places.ts';
import { onPath, runTool } from '../../../.tasks/package/tools.ts';
import { commands } from '../../../electron/cli/commands.ts';
import { createConnectedCli } from '../../fixtures/cli/network.ts';
import { noPackagesReason } from '../../fixtures/package/packages.ts';
import { type UnpackedPackage, unpackedPackage } from '../../fixtures/package/unpacked.ts';

const reason = noPackagesReason(['tar.xz']);

describe('the command-line package', () => {
  let unpacked: UnpackedPackage | null = null;
  const here = () => unpacked as UnpackedPackage;

  beforeAll(async () => {
    if (!reason) unpacked = await unpackedPackage();
  }, 180_000);
  afterAll(() => unpacked?.remove());

  it('starts from a link in another folder, on its own Node and no other', (test) => {
    test.skip(reason !== null, reason ?? '');
    const link = join(here().folder, '..', 'plx');
    symlinkSync(join(here().folder, 'bin', 'plx'), link);
    // No Node on PATH.
    const env = { PATH: '/usr/bin:/bin', HOME: here().folder };
    expect(runTool(link, ['version'], { env })).toContain(productVersion());
    const { engine, ...document } = JSON.parse(runTool(link, ['version', '--json'], { env }));
    expect({ ...document, engine }).toMatchObject({ version: productVersion() });
  });

  it('is a script of single bytes, which takes half the memory', (test) => {
    test.skip(reason !== null, reason ?? '');
    const bytes = readFileSync(join(here().folder, 'lib', 'cli.mjs'));
    expect(bytes.filter((byte) => byte > 127)).toHaveLength(0);
    const env = { PATH: '/usr/bin:/bin', HOME: here().folder, LANG: 'C.UTF-8' };
    expect(runTool(here().launcher, ['help', 'register'], { env })).toContain('--wallet 0x…');
  });

  it('finds the one keyring that it brings', (test) => {
    test.skip(reason !== null, reason ?? '');
    const script = "import('keytar').then(({ AsyncEntry }) => console.log(typeof AsyncEntry))";
    const lib = join(here().folder, 'lib');
    expect(runTool(join(lib, 'node'), ['--eval', script], { cwd: lib, env: {} }).trim()).toBe('function');
  });

  it('serves a request on the network, and drains', async (test) => {
    test.skip(reason !== null, reason ?? '');
    const cli = await createConnectedCli({}, here().launcher);
    try {
      await cli.makeNode();
      const node = await cli.startNode();
      const requestId = cli.network.coordinator.submit('Say something');
      const record = await cli.network.coordinator.answered(requestId);
      expect(record.results[0]).toMatchObject({ accepted: true, poeVerified: true });
      const program = readFileSync(`/proc/${node.pid}/cmdline`, 'utf8').split('\0')[0];
      expect(program).toBe(join(here().folder, 'lib', 'node'));
      const drained = await cli.world.run(['drain']);
      expect(drained.code).toBe(0);
      expect((await node.ended).code).toBe(0);
    } finally {
      await cli.stop();
    }
  });

  it('has the licence of this program and of everything that it brings', (test) => {
    test.skip(reason !== null, reason ?? '');
    const text = (name: string) => readFileSync(join(here().folder, name), 'utf8');
    expect(text('LICENSE')).toContain('Copyright (c) 2026 ParalleliX Operator contributors');
    for (const name of ['ethers', 'zod', 'tar', 'minipass', '@noble/curves', '@napi-rs/keyring'])
      expect(text('NOTICES.txt')).toMatch(new RegExp(`^${name} \\d`, 'm'));
    expect(text('NOTICES.txt')).toMatch(/^Node\.js 24\./m);
    expect(text('NOTICES.txt')).toContain('zbus');
  });

  it('has a manual page with every command and flag, without a warning', (test) => {
    const why = reason ?? (onPath('man') ? null : 'not installed here: man-db');
    test.skip(why !== null, why ?? '');
    const page = join(here().folder, 'share/man/man1/parallelix-operator.1');
    const script = 'man --warnings -E UTF-8 -l "$1" 2>&1 >/dev/null; MANWIDTH=200 man -l -P cat "$1"';
    const env = { PATH: '/usr/bin:/bin', HOME: here().folder, LC_ALL: 'C.UTF-8', MANROFFOPT: '-c' };
    const shown = runTool('sh', ['-c', script, 'sh', page], { env });
    expect(shown).not.toContain('warning');
    for (const name of Object.keys(commands)) expect(shown).toMatch(new RegExp(`^ {3}${name}\\b`, 'm'));
    expect(shown).toContain('--state-dir DIR');
  });

  it('completes commands, their subcommands and their flags in bash', (test) => {
    test.skip(reason !== null, reason ?? '');
    const file = join(here().folder, 'share/bash-completion/completions/parallelix-operator');
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is bash's own
    const answer = 'IFS=,; echo "${COMPREPLY[*]}"';
    const script = `source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=(); _parallelix_operator; ${answer}`;
    const complete = (...words: string[]) =>
      runTool('bash', ['-c', script, 'bash', file, ...words], { cwd: here().folder }).trim();
    expect(complete('plx', 'dr')).toBe('drain');
    expect(complete('plx', 'key', 'rest')).toBe('restore');
    expect(complete('plx', 'drain', '--no')).toBe('--no-wait');
    expect(complete('plx', 'logs', '--no')).toBe('');
    expect(complete('plx', 'key', 'backup', 'LICEN')).toBe('LICENSE');
  });

  for (const [shell, flag, file] of [
    ['zsh', '-n', 'share/zsh/site-functions/_parallelix-operator'],
    ['fish', '--no-execute', 'share/fish/vendor_completions.d/parallelix-operator.fish'],
  ] as const) {
    it(`has completions that ${shell} can read`, (test) => {
      const why = reason ?? (onPath(shell) ? null : `not installed here: ${shell}`);
      test.skip(why !== null, why ?? '');
      expect(() => runTool(shell, [flag, join(here().folder, file)])).not.toThrow();
    });
  }

  it('offers the commands in fish', (test) => {
    const why = reason ?? (onPath('fish') ? null : 'not installed here: fish');
    test.skip(why !== null, why ?? '');
    const file = join(here().folder, 'share/fish/vendor_completions.d/parallelix-operator.fish');
    const offered = runTool('fish', ['--no-config', '-c', 'source $argv[1]; complete -C "plx dr"', file]);
    expect(offered).toMatch(/^drain\t/);
  });
});
