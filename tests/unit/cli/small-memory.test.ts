import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..', '..', '..');
const module = join(root, 'electron', 'cli', 'small-memory.ts');
const script = `await import(${JSON.stringify(module)}); console.log(JSON.stringify(process.env))`;

/** What the launcher sets where nobody else has. */
const asked = Object.fromEntries(
  [
    ...readFileSync(join(root, 'resources', 'package', 'launcher.sh'), 'utf8').matchAll(
      /^(MALLOC_\w+)=\$\{\1:-(\d+)\}$/gm,
    ),
  ].map(([, name, value]) => [name, value]),
);

function environmentOfChildren(given: Record<string, string>): Record<string, string> {
  const env = { PATH: process.env.PATH, ...given };
  const options = { env, encoding: 'utf8' } as const;
  return JSON.parse(
    spawnSync(process.execPath, ['--input-type=module', '--eval', script], options).stdout,
  ) as Record<string, string>;
}

describe('what the launcher asks of the C library', () => {
  it('is not handed on to programs that the node starts', () => {
    expect(Object.keys(asked).sort()).toEqual(['MALLOC_ARENA_MAX', 'MALLOC_MMAP_THRESHOLD_']);
    const names = Object.keys(environmentOfChildren(asked));
    expect(names.filter((name) => name.startsWith('MALLOC_'))).toEqual([]);
  });

  it('is left alone where somebody else asked for it', () => {
    const others = { MALLOC_ARENA_MAX: '4', MALLOC_MMAP_THRESHOLD_: '1048576' };
    expect(environmentOfChildren(others)).toMatchObject(others);
  });
});
