import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createHttpClient } from '../../../../electron/daemon/http/client.ts';
import { createOllamaInstaller } from '../../../../electron/daemon/ollama/install/install.ts';
import { ollamaInstalled } from '../../../../electron/daemon/ollama/server/binary.ts';
import { systemClock } from '../../../../electron/daemon/system/clock.ts';
import {
  core,
  coreBytes,
  createWorld,
  filesIn,
  finish,
  libraryBytes,
  rocm,
  rocmBytes,
} from '../../../fixtures/ollama/install.ts';
import { silentLog } from '../../../fixtures/silent-log.ts';
import { temporaryFolder } from '../../../fixtures/storage/sandbox.ts';
import { releaseOf } from '../../../practice-network/ollama/release-archive.ts';
import { startReleaseServer } from '../../../practice-network/ollama/release-server.ts';

describe('an installation', () => {
  it('brings the program and its libraries into a folder of the user’s own, where it is found', async () => {
    const { home, folder, installer, clock, told } = await createWorld();
    const binary = await finish(clock, installer.install());
    expect(binary).toBe(join(folder, '9.9.9', 'bin', 'ollama'));
    expect(execFileSync(binary, ['--version'], { encoding: 'utf8' })).toBe('ollama version is 9.9.9\n');
    expect(told).toEqual(['downloading', 'checking', 'unpacking', 'done']);
    expect(filesIn(folder)).toEqual(
      ['bin/ollama', 'lib/ollama/cuda/libggml.so', 'lib/ollama/libggml.so', 'lib/ollama/libggml.so.1'].map(
        (name) => `9.9.9/${name}`,
      ),
    );
    // No program gets the rights of its owner, and nobody else may change it.
    expect(statSync(binary).mode & 0o7777).toBe(0o755);
    const library = readFileSync(join(folder, '9.9.9/lib/ollama/cuda/libggml.so'));
    expect(library.length).toBe(libraryBytes);
    expect(await ollamaInstalled({ env: { HOME: home }, platform: 'linux', paths: [] })).toBe(binary);
    expect(installer.status).toMatchObject({
      state: 'done',
      version: '9.9.9',
      totalBytes: coreBytes.length,
      completedBytes: coreBytes.length,
      error: null,
    });
  });

  it('brings the ROCm part too where an AMD card is', async () => {
    const { folder, installer, clock, server } = await createWorld({ amd: true });
    await finish(clock, installer.install());
    expect(readFileSync(join(folder, '9.9.9/lib/ollama/rocm/librocblas.so'), 'utf8')).toBe('rocm');
    expect(server.seen.map(({ path }) => path)).toEqual([`/${core}`, `/${rocm}`]);
    expect(installer.status?.totalBytes).toBe(coreBytes.length + rocmBytes.length);
  });

  it('of a version that is there is done at once', async () => {
    const { installer, clock, server } = await createWorld();
    await finish(clock, installer.install());
    const binary = await finish(clock, installer.install());
    expect(binary).toMatch(/9\.9\.9/);
    expect(server.seen).toHaveLength(1);
    expect(installer.status?.state).toBe('done');
  });

  it('is done although the program does not start then', async () => {
    const started: string[] = [];
    const onInstalled = async (program: string) => {
      started.push(program);
      throw new Error('it does not start');
    };
    const { folder, installer, clock, told } = await createWorld({ onInstalled });
    await finish(clock, installer.install());
    expect(told).toEqual(['downloading', 'checking', 'unpacking', 'starting', 'done']);
    expect(started).toEqual([join(folder, '9.9.9/bin/ollama')]);
  });

  it('asked for twice happens once', async () => {
    const { installer, clock, server } = await createWorld();
    await finish(clock, Promise.all([installer.install(), installer.install()]));
    expect(server.seen).toHaveLength(1);
  });

  it('takes the size from the server where none is published', async () => {
    const { installer, clock } = await createWorld({ sizeBytes: null });
    await finish(clock, installer.install());
    expect(installer.status).toMatchObject({ state: 'done', totalBytes: coreBytes.length });
  });

  it('follows the release server to another host', async () => {
    const { installer, clock, server } = await createWorld();
    const front = await startReleaseServer({});
    onTestFinished(() => front.stop());
    front.setFaults({ redirectTo: server.url });
    const other = await createWorld({ baseUrl: `${front.url}/` });
    other.server.setFaults({ status: 500 });
    await finish(other.clock, other.installer.install());
    expect(front.seen).toMatchObject([{ status: 302 }]);
    expect(server.seen).toMatchObject([{ status: 200 }]);
    expect(other.server.seen).toEqual([]);
    await finish(clock, installer.install());
  });

  it('plans without doing anything', async () => {
    const { folder, installer, server } = await createWorld({ amd: true, freeBytes: 5 });
    expect(await installer.plan()).toEqual({
      version: '9.9.9',
      installed: null,
      archives: [
        { name: core, url: `${server.url}/${core}`, sizeBytes: coreBytes.length },
        { name: rocm, url: `${server.url}/${rocm}`, sizeBytes: rocmBytes.length },
      ],
      downloadBytes: coreBytes.length + rocmBytes.length,
      neededBytes: coreBytes.length + rocmBytes.length + 20_000_000 + 1_000_000_000,
      freeBytes: 5,
      folder: join(folder, '9.9.9'),
    });
    expect(existsSync(folder)).toBe(false);
  });
});

describe('an installation without room', () => {
  it('does not begin', async () => {
    const { folder, installer, clock, server } = await createWorld({ freeBytes: 1_000_000_000 });
    await expect(finish(clock, installer.install())).rejects.toMatchObject({
      code: 'no-room',
      details: { freeBytes: 1_000_000_000, neededBytes: coreBytes.length + 10_000_000 + 1_000_000_000 },
    });
    expect(server.seen).toEqual([]);
    expect(existsSync(folder)).toBe(false);
  });

  it('on the way gives back what it took', async (context) => {
    if (process.getuid?.() !== 0) return context.skip('a file system can be mounted here only by root');
    const disk = await temporaryFolder();
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', disk], { stdio: 'pipe' });
    } catch {
      return context.skip('no file system can be mounted here');
    }
    onTestFinished(() => void execFileSync('umount', ['-l', disk]));
    const folder = join(disk, 'ollama');
    const { installer, clock } = await createWorld({ folder });
    await expect(finish(clock, installer.install())).rejects.toMatchObject({ code: 'no-room' });
    expect(filesIn(disk)).toEqual([]);
  });
});

describe('an installation that is cancelled', () => {
  it('while nothing has come leaves nothing behind', async () => {
    const { folder, installer, clock, server } = await createWorld();
    server.setFaults({ stallAfterBytes: 0 });
    const installing = installer.install();
    installing.catch(() => undefined);
    await clock.settle();
    installer.cancel();
    await expect(finish(clock, installing)).rejects.toMatchObject({ code: 'cancelled' });
    expect(existsSync(join(folder, '9.9.9'))).toBe(false);
  });

  it('is not left half unpacked by a crash', async () => {
    const { folder, installer, clock } = await createWorld();
    mkdirSync(join(folder, '.9.9.9.unpacking', 'bin'), { recursive: true });
    writeFileSync(join(folder, '.9.9.9.unpacking', 'bin', 'leftover'), '');
    await finish(clock, installer.install());
    expect(filesIn(folder).some((name) => name.includes('leftover'))).toBe(false);
  });
});

it('runs against real time too', async () => {
  const home = await temporaryFolder();
  const server = await startReleaseServer({ [core]: coreBytes });
  const http = createHttpClient({ plainHttp: 'loopback', userAgent: 'test' }, { clock: systemClock });
  onTestFinished(async () => {
    await http.stop();
    await server.stop();
  });
  const installer = createOllamaInstaller(
    {
      release: releaseOf([{ name: core, bytes: coreBytes }], server.url),
      baseUrl: null,
      folder: join(home, 'ollama'),
      platform: 'linux',
      arch: 'x64',
      amd: false,
    },
    { http, clock: systemClock, log: silentLog },
  );
  expect(await installer.install()).toBe(join(home, 'ollama/9.9.9/bin/ollama'));
});
