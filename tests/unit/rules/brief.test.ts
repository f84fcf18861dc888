import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../../fixtures/rules/probe.ts';

const tracked = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
  cwd: root,
  encoding: 'utf8',
})
  .split('\0')
  .filter((path) => path !== '' && existsSync(join(root, path)));
const sources = tracked
  .filter((path) => /^(electron|renderer|shared|\.tasks)\/.*\.(ts|tsx|mjs)$/.test(path))
  .map((path) => readFileSync(join(root, path), 'utf8'));
const { dependencies, devDependencies } = JSON.parse(
  readFileSync(join(root, 'package.json'), 'utf8'),
) as Record<'dependencies' | 'devDependencies', Record<string, string>>;
const declared = { ...dependencies, ...devDependencies };

function isImported(name: string): boolean {
  const imported = new RegExp(`(?:from|import)\\s*\\(?\\s*'${name}(?:/[^']*)?'`);
  return sources.some((text) => imported.test(text));
}

/** [design.md 7] */
const packages = [
  ...['electron', 'electron-builder', 'react', 'vite', 'ethers', 'ollama', 'systeminformation', 'keytar'],
  'electron-updater',
];

describe('the packages of the product brief', () => {
  it.each(packages)('%s is used by code that is no test', (name) => {
    expect(declared[name], `${name} in package.json`).toBeDefined();
    expect(isImported(name), `${name} imported`).toBe(true);
  });

  it('nothing that a tier rests on is read from systeminformation', () => {
    const users = tracked.filter(
      (path) =>
        /^(electron|shared)\//.test(path) &&
        readFileSync(join(root, path), 'utf8').includes("'systeminformation'"),
    );
    expect(users).toEqual([
      'electron/daemon/hardware/computer-worker.ts',
      'electron/daemon/hardware/computer.ts',
    ]);
    const worker = readFileSync(join(root, 'electron/daemon/hardware/computer-worker.ts'), 'utf8');
    expect(worker).toContain(
      "const { battery, blockDevices, cpu, osInfo } = await import('systeminformation')",
    );
  });
});

describe('the root', () => {
  it('holds only the agreed names and dot-folders', () => {
    const names = new Set(tracked.map((path) => path.split('/')[0] ?? ''));
    const agreed = [
      ...[
        'package.json',
        'package-lock.json',
        'electron-builder.yml',
        'README.md',
        'CHANGELOG.md',
        'LICENSE',
      ],
      ...['biome.json', 'knip.json', 'tsconfig.json', 'vite.config.ts', 'vitest.config.ts'],
      ...['docs', 'electron', 'renderer', 'resources', 'shared', 'tests'],
    ];
    expect([...names].filter((name) => !name.startsWith('.') && !agreed.includes(name))).toEqual([]);
  });
});
