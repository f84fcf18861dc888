import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { unpackArchive, unpackTar } from '../../../../electron/daemon/ollama/install/unpack.ts';
import { ollamaInstalled } from '../../../../electron/daemon/ollama/server/binary.ts';
import {
  core,
  coreBytes,
  createWorld,
  filesIn,
  finish,
  program,
  rocm,
  rocmBytes,
} from '../../../fixtures/ollama/install.ts';
import { temporaryFolder } from '../../../fixtures/storage/sandbox.ts';
import { type ArchiveEntry, packArchive } from '../../../practice-network/ollama/release-archive.ts';

describe('what is not the published file', () => {
  it('by its checksum leaves nothing behind', async () => {
    const { home, folder, installer, clock, told } = await createWorld({ sha256: '0'.repeat(64) });
    await expect(finish(clock, installer.install())).rejects.toMatchObject({
      code: 'download-mismatch',
      details: { expected: '0'.repeat(64), found: createHash('sha256').update(coreBytes).digest('hex') },
    });
    expect(told).toEqual(['downloading', 'checking', 'failed']);
    expect(existsSync(folder)).toBe(false);
    expect(await ollamaInstalled({ env: { HOME: home }, platform: 'linux', paths: [] })).toBeNull();
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

describe('an archive as Ollama publishes it', () => {
  const target = { path: './lib/libx.so.0.1', body: 'library' };
  const first: ArchiveEntry = { path: './lib/libx.so.0', type: 'SymbolicLink', linkpath: 'libx.so.0.1' };
  const second: ArchiveEntry = { path: './lib/libx.so', type: 'SymbolicLink', linkpath: 'libx.so.0' };

  it.each([
    ['in order', [target, first, second]],
    ['before what they lead to', [second, first, target]],
    ['around what they lead to', [first, target, second]],
  ])('may hold links to links, %s', async (_order, entries) => {
    const folder = await temporaryFolder();
    const archive = join(folder, core);
    writeFileSync(archive, packArchive(core, entries));
    const into = join(folder, 'into');
    await unpackArchive({ archive, name: core, into }, { signal: new AbortController().signal });
    expect(readFileSync(join(into, 'lib/libx.so'), 'utf8')).toBe('library');
    expect(readlinkSync(join(into, 'lib/libx.so'))).toBe('libx.so.0');
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
      /^link-outside$/,
    ],
    [
      'a link above its folder',
      outside({ path: 'lib/escaped', type: 'SymbolicLink', linkpath: '../../escaped' }),
      /^link-outside$/,
    ],
    ['a hard link', outside({ path: 'lib/escaped', type: 'Link', linkpath: '/etc/passwd' }), /kind\(Link\)/],
    ['a device', outside({ path: 'lib/null', type: 'CharacterDevice' }), /kind\(CharacterDevice\)/],
    ['a pipe', outside({ path: 'lib/pipe', type: 'FIFO' }), /kind\(FIFO\)/],
    ['no program', packArchive(core, [{ path: './bin/other', body: 'x' }]), /^no-program-in-it$/],
    ['no end', coreBytes.subarray(0, coreBytes.length - 5000), /./],
    ['nothing that is an archive', Buffer.from('<html>'.repeat(200)), /./],
    ['more than it may hold', outside({ path: 'lib/huge', sizeBytes: 64 * 1024 ** 3 }), /^more-/],
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

  it.each([
    ['a link that climbs behind a name', [{ path: 'lib/a', type: 'SymbolicLink', linkpath: 'b/../../..' }]],
    [
      'a link inside of a link',
      [
        { path: 'lib/a', type: 'SymbolicLink', linkpath: '..' },
        { path: 'lib/a/b', type: 'SymbolicLink', linkpath: '../x' },
      ],
    ],
    [
      'a file where a link is to be',
      [
        { path: 'lib/a', body: 'x' },
        { path: 'lib/a', type: 'SymbolicLink', linkpath: 'b' },
      ],
    ],
  ] as [string, ArchiveEntry[]][])('with %s is refused', async (_what, entries) => {
    const folder = await temporaryFolder();
    const archive = join(folder, core);
    writeFileSync(archive, packArchive(core, [{ path: 'lib/b/c', body: 'x' }, ...entries]));
    const into = join(folder, 'into');
    await expect(
      unpackArchive({ archive, name: core, into }, { signal: new AbortController().signal }),
    ).rejects.toMatchObject({ code: 'archive-unusable' });
    expect(filesIn(folder).filter((name) => name !== core && !name.startsWith('into/'))).toEqual([]);
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

  it('that breaks before it is read is refused as any other, and is no fault of the program', async () => {
    const into = join(await temporaryFolder(), 'into');
    const { signal } = new AbortController();
    const source = new PassThrough();
    source.destroy(new Error('broken at once'));
    await expect(unpackTar({ name: core, into }, { source, signal })).rejects.toMatchObject({
      code: 'archive-unusable',
      details: { name: core, reason: 'broken at once' },
    });
  });
});
