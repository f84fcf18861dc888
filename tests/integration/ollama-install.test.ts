import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../electron/daemon/clock.ts';
import { createHttpClient } from '../../electron/daemon/http.ts';
import { ollamaInstalled } from '../../electron/daemon/ollama/binary.ts';
import {
  createOllamaInstaller,
  type InstallerOptions,
  type OllamaInstaller,
} from '../../electron/daemon/ollama/install.ts';
import {
  archivesFor,
  isJetson,
  officialCommand,
  ollamaRelease,
} from '../../electron/daemon/ollama/release.ts';
import { unpackArchive } from '../../electron/daemon/ollama/unpack.ts';
import {
  type ArchiveEntry,
  packArchive,
  releaseEntries,
  releaseOf,
} from '../practice-network/ollama/release-archive.ts';
import { type ReleaseServer, startReleaseServer } from '../practice-network/ollama/release-server.ts';
import { createSimulatedClock, type SimulatedClock } from '../simulated-clock.ts';
import { silentLog } from '../unit/silent-log.ts';
import { temporaryFolder } from '../unit/storage-sandbox.ts';

const core = 'ollama-linux-amd64.tar.zst';
const rocm = 'ollama-linux-amd64-rocm.tar.zst';
const program = '#!/bin/sh\necho "ollama version is 9.9.9"\n';
const libraryBytes = 3 * 1024 * 1024;
const coreBytes = packArchive(core, releaseEntries(program, libraryBytes));
const rocmBytes = packArchive(rocm, [{ path: './lib/ollama/rocm/librocblas.so', body: 'rocm' }]);

interface World {
  home: string;
  folder: string;
  server: ReleaseServer;
  installer: OllamaInstaller;
  clock: SimulatedClock;
  /** What was told, one line a state. */
  told: string[];
}

async function createWorld(
  given: Partial<InstallerOptions> & {
    freeBytes?: number;
    sha256?: string;
    sizeBytes?: number | null;
    bytes?: Buffer;
    onInstalled?: (program: string) => Promise<void>;
  } = {},
): Promise<World> {
  const {
    freeBytes = 100_000_000_000,
    sha256,
    sizeBytes,
    bytes = coreBytes,
    onInstalled,
    ...options
  } = given;
  const home = await temporaryFolder();
  const folder = join(home, '.local', 'share', 'parallelix-operator', 'ollama');
  const server = await startReleaseServer({ [core]: bytes, [rocm]: rocmBytes });
  const clock = createSimulatedClock();
  const http = createHttpClient({ plainHttp: 'loopback', userAgent: 'test' }, { clock });
  const archive = {
    name: core,
    bytes,
    ...(sha256 ? { sha256 } : {}),
    ...(sizeBytes === undefined ? {} : { sizeBytes }),
  };
  const installer = createOllamaInstaller(
    {
      release: releaseOf([archive, { name: rocm, bytes: rocmBytes }], server.url),
      baseUrl: null,
      folder,
      platform: 'linux',
      arch: 'x64',
      amd: false,
      ...options,
    },
    {
      http,
      clock,
      log: silentLog,
      freeBytes: async () => freeBytes,
      ...(onInstalled ? { onInstalled } : {}),
    },
  );
  const told: string[] = [];
  installer.onChange(() => {
    const { state } = installer.status ?? { state: '' };
    if (told.at(-1) !== state) told.push(state);
  });
  onTestFinished(async () => {
    await installer.stop();
    await http.stop();
    await server.stop();
  });
  return { home, folder, server, installer, clock, told };
}

/**
 * Lets time pass until the work is done. Unpacking happens on other threads, which the simulated clock does not see:
 * while nothing waits for time, they get all they need.
 */
async function finish<T>(clock: SimulatedClock, work: Promise<T>): Promise<T> {
  let done = false;
  const finished = work.finally(() => {
    done = true;
  });
  finished.catch(() => undefined);
  while (!done) {
    await clock.advance(clock.timers > 0 ? 1000 : 0);
    if (!done && clock.timers === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  return finished;
}

/** Every file below a folder, hidden ones too. */
function filesIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}
const part = (folder: string) => join(folder, '.download', `9.9.9-${core}`);

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
    expect(await ollamaInstalled({ env: { HOME: home }, platform: 'linux', places: [] })).toBe(binary);
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

describe('a download that breaks off', () => {
  const sixty = Math.floor(coreBytes.length * 0.6);

  it('at 60 % goes on from there, and the whole is what was published', async () => {
    const { installer, clock, server } = await createWorld();
    server.setFaults({ cutAfterBytes: sixty, times: 1 });
    await finish(clock, installer.install());
    expect(server.seen).toMatchObject([
      { range: null, status: 200 },
      { range: expect.stringMatching(/^bytes=\d+-$/) as string, ifRange: '"one"', status: 206 },
    ]);
    expect(Number(/\d+/.exec(server.seen[1]?.range ?? '')?.[0])).toBeGreaterThan(sixty / 2);
    expect(installer.status?.state).toBe('done');
  });

  it('is called off at 60 %, keeps what has come, and a later run goes on from there', async () => {
    const { folder, installer, clock, server } = await createWorld();
    server.setFaults({ stallAfterBytes: sixty });
    const first = installer.install();
    first.catch(() => undefined);
    await clock.advanceUntil(
      '60 % are here',
      () => statSync(part(folder), { throwIfNoEntry: false })?.size === sixty,
      30_000,
    );
    expect(installer.cancel()).toBe(true);
    await expect(finish(clock, first)).rejects.toMatchObject({ code: 'cancelled' });
    expect(installer.status).toMatchObject({ state: 'cancelled', error: { code: 'cancelled' } });
    expect(installer.cancel()).toBe(false);
    server.setFaults({});
    expect((await installer.plan()).downloadBytes).toBe(coreBytes.length - sixty);
    await finish(clock, installer.install());
    expect(server.seen.at(-1)).toMatchObject({ range: `bytes=${sixty}-`, status: 206 });
    expect(installer.status?.state).toBe('done');
  });

  it('begins anew where the server knows no ranges', async () => {
    const { folder, installer, clock, server } = await createWorld();
    server.setFaults({ stallAfterBytes: sixty, ignoreRange: true });
    const first = installer.install();
    first.catch(() => undefined);
    await clock.advanceUntil(
      '60 % are here',
      () => statSync(part(folder), { throwIfNoEntry: false })?.size === sixty,
      30_000,
    );
    installer.cancel();
    await expect(finish(clock, first)).rejects.toMatchObject({ code: 'cancelled' });
    server.setFaults({ ignoreRange: true });
    await finish(clock, installer.install());
    expect(server.seen.at(-1)).toMatchObject({ range: `bytes=${sixty}-`, status: 200 });
  });

  it('begins anew where the file behind the address has changed', async () => {
    const { installer, clock, server } = await createWorld();
    server.setFaults({ cutAfterBytes: sixty, times: 1, etag: '"old"' });
    await finish(clock, installer.install());
    expect(server.seen).toMatchObject([{ status: 200 }, { ifRange: '"old"', status: 200 }]);
  });

  it('begins anew where more lies there than there can be', async () => {
    const { folder, installer, clock, server } = await createWorld();
    mkdirSync(join(folder, '.download'), { recursive: true });
    writeFileSync(part(folder), Buffer.alloc(coreBytes.length + 1));
    await finish(clock, installer.install());
    expect(server.seen).toMatchObject([{ range: null, status: 200 }]);
  });

  it('is not asked for again when all of it lies there', async () => {
    const { folder, installer, clock, server } = await createWorld();
    mkdirSync(join(folder, '.download'), { recursive: true });
    writeFileSync(part(folder), coreBytes);
    await finish(clock, installer.install());
    expect(server.seen).toEqual([]);
    expect(installer.status?.state).toBe('done');
  });

  it('for a minute without a byte is tried three times more, and then given up', async () => {
    const { folder, installer, clock, server } = await createWorld();
    server.setFaults({ stallAfterBytes: 1000 });
    const beginMs = clock.monotonicMs();
    await expect(clock.during(installer.install())).rejects.toMatchObject({
      code: 'download-stalled',
      details: { silentMs: 60_000 },
    });
    expect(clock.monotonicMs() - beginMs).toBe(4 * 60_000 + 1000 + 2000 + 4000);
    expect(server.seen.map(({ range }) => range)).toEqual([
      null,
      'bytes=1000-',
      'bytes=2000-',
      'bytes=3000-',
    ]);
    expect(installer.status).toMatchObject({ state: 'failed', error: { code: 'download-stalled' } });
    expect(statSync(part(folder)).size).toBe(4000);
  });

  it('but comes on a mebibyte at a time is not given up', async () => {
    const { installer, clock, server } = await createWorld();
    server.setFaults({ stallAfterBytes: 600_000 });
    await finish(clock, installer.install());
    expect(server.seen.length).toBeGreaterThan(4);
    expect(installer.status?.state).toBe('done');
  });

  it.each([
    [404, 1],
    [403, 1],
    [503, 4],
    [429, 4],
  ])('with status %i is asked for %i times', async (status, times) => {
    const { folder, installer, clock, server } = await createWorld();
    server.setFaults({ status });
    await expect(finish(clock, installer.install())).rejects.toMatchObject({
      code: 'download-failed',
      details: { reason: `http_${status}` },
    });
    expect(server.seen).toHaveLength(times);
    expect(filesIn(folder)).toEqual([]);
  });

  it('is never sent on to a server without TLS, nor begun from one', async () => {
    const { installer, clock, server } = await createWorld();
    server.setFaults({ redirectTo: 'http://example.org' });
    await expect(finish(clock, installer.install())).rejects.toMatchObject({ code: 'download-failed' });
    const other = await createWorld({ baseUrl: 'http://example.org/ollama' });
    await expect(finish(other.clock, other.installer.install())).rejects.toMatchObject({
      code: 'http-insecure-url',
    });
    expect(filesIn(other.folder)).toEqual([]);
  });
});

describe('what is not the published file', () => {
  it('by its checksum leaves nothing behind', async () => {
    const { home, folder, installer, clock, told } = await createWorld({ sha256: '0'.repeat(64) });
    await expect(finish(clock, installer.install())).rejects.toMatchObject({
      code: 'download-mismatch',
      details: { expected: '0'.repeat(64), found: createHash('sha256').update(coreBytes).digest('hex') },
    });
    expect(told).toEqual(['downloading', 'checking', 'failed']);
    expect(existsSync(folder)).toBe(false);
    expect(await ollamaInstalled({ env: { HOME: home }, platform: 'linux', places: [] })).toBeNull();
  });

  it('by one byte leaves nothing behind', async () => {
    const changed = Buffer.from(coreBytes);
    changed[changed.length >> 1] = (changed[changed.length >> 1] ?? 0) ^ 1;
    const { folder, installer, clock, server } = await createWorld();
    server.files.set(core, changed);
    await expect(finish(clock, installer.install())).rejects.toMatchObject({ code: 'download-mismatch' });
    expect(existsSync(folder)).toBe(false);
  });

  it.each<[string, Buffer]>([
    ['shorter', coreBytes.subarray(0, 1000)],
    ['longer', Buffer.concat([coreBytes, Buffer.alloc(5)])],
  ])('because it is %s is not even got', async (_, bytes) => {
    const { folder, installer, clock, server } = await createWorld();
    server.files.set(core, bytes);
    await expect(finish(clock, installer.install())).rejects.toMatchObject({ code: 'download-mismatch' });
    expect(existsSync(folder)).toBe(false);
    expect(server.seen).toHaveLength(1);
  });

  it('in the AMD part leaves nothing of the whole behind', async () => {
    const { folder, installer, clock, server } = await createWorld({ amd: true });
    server.files.set(rocm, Buffer.alloc(rocmBytes.length));
    await expect(finish(clock, installer.install())).rejects.toMatchObject({ code: 'download-mismatch' });
    expect(existsSync(folder)).toBe(false);
  });
});

describe('an archive that means harm, though its checksum is right', () => {
  const outside = (entry: ArchiveEntry) =>
    packArchive(core, [{ path: './bin/ollama', mode: 0o755, body: program }, entry]);

  it.each<[string, Buffer, RegExp]>([
    ['a file above its folder', outside({ path: '../../escaped', body: 'x' }), /outside/],
    ['a file above its folder, in the middle', outside({ path: 'lib/../../escaped', body: 'x' }), /outside/],
    ['a file with a full path', outside({ path: '/tmp/escaped', body: 'x' }), /outside/],
    [
      'a link to a full path',
      outside({ path: 'lib/escaped', type: 'SymbolicLink', linkpath: '/etc/passwd' }),
      /link that leads outside/,
    ],
    [
      'a link above its folder',
      outside({ path: 'lib/escaped', type: 'SymbolicLink', linkpath: '../../escaped' }),
      /link that leads outside/,
    ],
    ['a hard link', outside({ path: 'lib/escaped', type: 'Link', linkpath: '/etc/passwd' }), /kind Link/],
    ['a device', outside({ path: 'lib/null', type: 'CharacterDevice' }), /kind CharacterDevice/],
    ['a pipe', outside({ path: 'lib/pipe', type: 'FIFO' }), /kind FIFO/],
    ['no program', packArchive(core, [{ path: './bin/other', body: 'x' }]), /no program/],
    ['no end', coreBytes.subarray(0, coreBytes.length - 5000), /./],
    ['nothing that is an archive', Buffer.from('<html>'.repeat(200)), /./],
    ['more than it may hold', outside({ path: 'lib/huge', sizeBytes: 64 * 1024 ** 3 }), /more than/],
  ])('with %s is refused, and nothing is left', async (_, bytes, reason) => {
    const { home, folder, installer, clock } = await createWorld({ bytes });
    await expect(finish(clock, installer.install())).rejects.toMatchObject({
      code: 'archive-unusable',
      details: { name: core, reason: expect.stringMatching(reason) as string },
    });
    expect(existsSync(folder)).toBe(false);
    expect(filesIn(home)).toEqual([]);
    expect(existsSync('/tmp/escaped')).toBe(false);
  });

  it('that writes through a link of its own stays inside', async () => {
    const folder = await temporaryFolder();
    const archive = join(folder, core);
    writeFileSync(
      archive,
      packArchive(core, [
        { path: 'lib', type: 'SymbolicLink', linkpath: 'other' },
        { path: 'lib/file', body: 'x' },
      ]),
    );
    const into = join(folder, 'into');
    await unpackArchive({ archive, name: core, into }, { signal: new AbortController().signal }).catch(
      () => undefined,
    );
    expect(filesIn(folder).filter((name) => name !== core && !name.startsWith('into/'))).toEqual([]);
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

describe('an installation that is called off', () => {
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

describe('the release', () => {
  it('has a published digest for every platform that is not null, and says where from', () => {
    const targets = Object.entries(ollamaRelease.platforms);
    expect(targets.length).toBeGreaterThan(0);
    for (const [key, platform] of targets) {
      if (platform === null) continue;
      for (const { sha256, name } of [platform.archive, platform.amd].filter((one) => one !== null)) {
        expect(sha256, `${key} ${name}`).toMatch(/^(?!0{64})[0-9a-f]{64}$/);
        expect(
          ollamaRelease.comment.some((line) => line.startsWith(`${name}:`)),
          name,
        ).toBe(true);
      }
    }
    expect(new URL(ollamaRelease.baseUrl).protocol).toBe('https:');
  });

  it.each<[Parameters<typeof archivesFor>[1], string[]]>([
    [{ platform: 'linux', arch: 'x64', amd: false }, ['ollama-linux-amd64.tar.zst']],
    [
      { platform: 'linux', arch: 'x64', amd: true },
      ['ollama-linux-amd64.tar.zst', 'ollama-linux-amd64-rocm.tar.zst'],
    ],
    [{ platform: 'linux', arch: 'arm64', amd: true }, ['ollama-linux-arm64.tar.zst']],
    [{ platform: 'darwin', arch: 'arm64', amd: false }, ['ollama-darwin.tgz']],
  ])('for %j is %j', (target, names) => {
    expect(archivesFor(ollamaRelease, target).map(({ name }) => name)).toEqual(names);
  });

  it.each<[Parameters<typeof archivesFor>[1], string]>([
    [
      { platform: 'linux', arch: 'arm64', amd: false, jetson: true },
      'curl -fsSL https://ollama.com/install.sh | sh',
    ],
    [{ platform: 'linux', arch: 'riscv64', amd: false }, 'curl -fsSL https://ollama.com/install.sh | sh'],
    [{ platform: 'win32', arch: 'x64', amd: false }, 'curl -fsSL https://ollama.com/install.sh | sh'],
    [{ platform: 'linux', arch: '__proto__', amd: false }, 'curl -fsSL https://ollama.com/install.sh | sh'],
  ])('for %j is not known, and the official command is told', (target, command) => {
    expect(() => archivesFor(ollamaRelease, target)).toThrow(/ollama-install-unavailable/);
    expect(officialCommand(ollamaRelease, target.platform)).toBe(command);
  });

  it('is told from a Jetson by its own file', () => {
    expect(isJetson('darwin')).toBe(false);
    expect(isJetson('linux')).toBe(existsSync('/etc/nv_tegra_release'));
  });

  it('of macOS is unpacked with its own compression', async () => {
    const folder = await temporaryFolder();
    const archive = join(folder, 'ollama-darwin.tgz');
    writeFileSync(
      archive,
      packArchive('ollama-darwin.tgz', [{ path: 'ollama', mode: 0o755, body: program }]),
    );
    await unpackArchive(
      { archive, name: 'ollama-darwin.tgz', into: join(folder, 'into') },
      { signal: new AbortController().signal },
    );
    expect(filesIn(join(folder, 'into'))).toEqual(['ollama']);
    truncateSync(archive, 20);
    const broken = unpackArchive(
      { archive, name: 'x', into: join(folder, 'into') },
      { signal: new AbortController().signal },
    );
    await expect(broken).rejects.toMatchObject({ code: 'archive-unusable' });
  });

  it('with the window that the official archives are packed with can be unpacked', async (context) => {
    const folder = await temporaryFolder();
    const archive = join(folder, core);
    const tar = join(folder, 'plain.tar');
    const { zstdDecompressSync } = await import('node:zlib');
    writeFileSync(tar, zstdDecompressSync(coreBytes));
    try {
      execFileSync('zstd', ['--ultra', '-22', '-q', tar, '-o', archive]);
    } catch {
      return context.skip('the program zstd is not here');
    }
    await unpackArchive(
      { archive, name: core, into: join(folder, 'into') },
      { signal: new AbortController().signal },
    );
    expect(filesIn(join(folder, 'into'))).toContain('bin/ollama');
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
