import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ollamaInstalled, ownOllamaFolder } from '../../../../electron/daemon/ollama/server/binary.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'px-bin-'));
  for (const name of ['path', 'usual', 'home']) await mkdir(join(folder, name));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function program(where: string, mode = 0o755): Promise<string> {
  const path = join(folder, where, 'ollama');
  await writeFile(path, '#!/bin/sh\n');
  await chmod(path, mode);
  return path;
}
const find = (env: NodeJS.ProcessEnv = { PATH: `/nowhere:${join(folder, 'path')}` }) =>
  ollamaInstalled({ env, platform: 'linux', paths: [join(folder, 'usual')] });

describe('looking for the Ollama program', () => {
  it('finds it on PATH, and before the usual places', async () => {
    await program('usual');
    const path = await program('path');
    expect(await find()).toBe(path);
  });

  it('finds it in the usual places when PATH is short or missing', async () => {
    const path = await program('usual');
    expect(await find()).toBe(path);
    expect(await find({})).toBe(path);
  });

  it("finds the user's own installation", async () => {
    await mkdir(join(folder, 'home/.local/bin'), { recursive: true });
    const path = await program('home/.local/bin');
    const env = { PATH: '/nowhere', HOME: join(folder, 'home') };
    expect(await ollamaInstalled({ env, platform: 'linux' })).toBe(path);
  });

  it('finds what this program installed first, the newest version of it', async () => {
    const data = join(folder, 'home/.local/share/parallelix-operator/ollama');
    for (const version of ['0.9.6', '0.32.9', '0.12.6', '.0.40.0.unpacking']) {
      await mkdir(join(data, version, 'bin'), { recursive: true });
      await program(`home/.local/share/parallelix-operator/ollama/${version}/bin`);
    }
    await mkdir(join(data, '0.50.0'));
    const env = { PATH: join(folder, 'path'), HOME: join(folder, 'home') };
    await program('path');
    expect(await find(env)).toBe(join(data, '0.32.9/bin/ollama'));
  });

  it.each<[NodeJS.ProcessEnv, NodeJS.Platform, string | null]>([
    [{ HOME: '/home/u' }, 'linux', '/home/u/.local/share/parallelix-operator/ollama'],
    [{ HOME: '/home/u', XDG_DATA_HOME: '/data' }, 'linux', '/data/parallelix-operator/ollama'],
    [{ HOME: '/home/u', XDG_DATA_HOME: 'data' }, 'linux', '/home/u/.local/share/parallelix-operator/ollama'],
    [{ HOME: '/Users/u' }, 'darwin', '/Users/u/Library/Application Support/ParalleliX Operator Ollama'],
    [{}, 'linux', null],
    [{ HOME: 'u' }, 'darwin', null],
  ])('with %j on %s, what is installed lies in %s', (env, platform, expected) => {
    expect(ownOllamaFolder(env, platform)).toBe(expected);
  });

  it('is missing when nothing there can be run: no file, no permission, a folder', async () => {
    expect(await find()).toBeNull();
    await program('path', 0o644);
    await mkdir(join(folder, 'usual/ollama'));
    expect(await find()).toBeNull();
  });

  it('passes over relative entries of PATH', async () => {
    await program('path');
    const before = process.cwd();
    process.chdir(join(folder, 'path'));
    try {
      expect(await find({ PATH: '.::' })).toBeNull();
    } finally {
      process.chdir(before);
    }
  });
});
