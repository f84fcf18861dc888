import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const module = join(import.meta.dirname, '..', '..', '..', 'electron', 'cli', 'small-memory.ts');
const script = `await import(${JSON.stringify(module)}); console.log(process.env.MALLOC_ARENA_MAX ?? 'unset')`;

function arenasOfChildren(given: string): string {
  const env = { PATH: process.env.PATH, MALLOC_ARENA_MAX: given };
  return spawnSync(process.execPath, ['--input-type=module', '--eval', script], {
    env,
    encoding: 'utf8',
  }).stdout.trim();
}

describe('what the launcher asks of the C library', () => {
  it('is not handed on to programs that the node starts', () => {
    expect(arenasOfChildren('1')).toBe('unset');
  });

  it('is left alone where somebody else asked for it', () => {
    expect(arenasOfChildren('4')).toBe('4');
  });
});
