import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bashCompletion } from '../../../electron/cli/commands/completion/bash.ts';
import { fishCompletion } from '../../../electron/cli/commands/completion/fish.ts';
import { zshCompletion } from '../../../electron/cli/commands/completion/zsh.ts';
import { commandNamed, commands, commandWords } from '../../../electron/cli/commands.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'completion-'));
  writeFileSync(join(folder, 'bash'), bashCompletion());
  writeFileSync(join(folder, '_parallelix-operator'), zshCompletion());
  writeFileSync(join(folder, 'fish'), fishCompletion());
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const has = (shell: string) => spawnSync(shell, ['-c', 'true']).status === 0;
const lines = (text: string) => text.split('\n').filter((line) => line !== '');

/** What bash offers after these words. */
function bashOffers(...words: string[]): string[] {
  const script = `source "$1"; shift
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=()
_parallelix_operator; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const args = ['--norc', '-c', script, 'bash', join(folder, 'bash'), 'parallelix-operator', ...words];
  return lines(execFileSync('bash', args, { encoding: 'utf8' }));
}

/** What fish offers after this line. */
function fishOffers(line: string): string[] {
  const script = `source '${join(folder, 'fish')}'; complete -C '${line}'`;
  const text = execFileSync('fish', ['--no-config', '-c', script], {
    encoding: 'utf8',
    env: { ...process.env, HOME: folder },
  });
  return lines(text).map((one) => one.split('\t')[0] ?? '');
}

describe.skipIf(!has('bash'))('completion in a real bash', () => {
  it('offers every command, other names too', () => {
    expect(bashOffers('')).toEqual([...commandWords]);
    expect(bashOffers('st')).toEqual(commandWords.filter((word) => word.startsWith('st')));
  });

  it('offers the words and flags of a command, by any of its names', () => {
    expect(bashOffers('completion', '')).toEqual(['bash', 'zsh', 'fish']);
    expect(bashOffers('status', '--w')).toEqual(['--watch']);
    expect(bashOffers('doctor', '--verb')).toEqual(['--verbose']);
    expect(bashOffers('help', 'env')).toEqual(['environment']);
  });
});

describe.skipIf(!has('fish'))('completion in a real fish', () => {
  it('offers every command, other names too', () => {
    expect(new Set(fishOffers('parallelix-operator '))).toEqual(new Set(commandWords));
  });

  it('offers the words and flags of a command, by any of its names', () => {
    expect(fishOffers('parallelix-operator models ')).toEqual([...commands.models.words].sort());
    expect(fishOffers('parallelix-operator doctor --verb')).toEqual(['--verbose']);
    expect(fishOffers('plx stop --no-')).toEqual(['--no-wait']);
  });
});

describe.skipIf(!has('zsh'))('completion in a real zsh', () => {
  // zsh completes only at a prompt of its own, so its functions are replaced by ones that say what they were given.
  const zshOffers = (command: string) => {
    const script = `
_describe() { print -rl -- "\${commands[@]}" }
state=$1; line=($2); shift 2
_arguments() { if [[ $1 == -C ]]; then return 1; else print -rl -- "$@"; fi }
complete_it() { ${zshCompletion().replace('local curcontext=$curcontext state line\n', '').replaceAll('`', '\\`')} }
complete_it`;
    const args = ['-f', '-c', script, 'zsh', command === '' ? 'command' : 'rest', command];
    return lines(execFileSync('zsh', args, { encoding: 'utf8' }));
  };

  it('is a script that zsh can read', () => {
    execFileSync('zsh', ['-f', '-n', join(folder, '_parallelix-operator')]);
  });

  it('offers every command with its summary, other names too', () => {
    expect(zshOffers('').map((line) => line.split(':')[0])).toEqual([...commandWords]);
    expect(zshOffers('')).toContain(`verify:${commandNamed('verify').summary}`);
  });

  it('offers the words and flags of a command, by any of its names', () => {
    expect(zshOffers('completion')).toContain('1: :(bash zsh fish)');
    expect(zshOffers('doctor').join('\n')).toMatch(/--verbose\[/);
  });
});
