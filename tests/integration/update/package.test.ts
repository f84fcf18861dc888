import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Header } from 'tar';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { findInstallation } from '../../../electron/node/operations/update/installation.ts';
import { otherWay } from '../../../electron/node/operations/update/update.ts';
import { noRealDisk } from '../../fixtures/faults/disk.ts';
import { failureFrom } from '../../fixtures/http/servers.ts';
import { createUpdateWorld, type UpdateWorld } from '../../fixtures/update/world.ts';

interface Entry {
  path: string;
  type?: 'File' | 'Directory' | 'SymbolicLink' | 'Link' | 'CharacterDevice' | 'FIFO';
  body?: string;
  linkpath?: string;
  mode?: number;
}

/** An archive byte by byte, with entries that no packer would make. */
function archiveOf(entries: readonly Entry[]): Buffer {
  const blocks = entries.flatMap(({ path, type = 'File', body = '', linkpath = '', mode = 0o644 }) => {
    const content = Buffer.from(body);
    const header = new Header({ path, type, size: content.length, linkpath, mode, mtime: new Date(0) });
    header.encode();
    const padding = Buffer.alloc((512 - (content.length % 512)) % 512);
    return [header.block ?? Buffer.alloc(0), content, padding];
  });
  const tar = Buffer.concat([...blocks, Buffer.alloc(1024)]);
  return execFileSync('xz', ['-0', '--stdout'], { input: tar, maxBuffer: 64 * 1024 * 1024 });
}

const launcher = '#!/bin/sh\necho \'{"version":"0.2.0"}\'\n';
const whole: Entry[] = [
  { path: 'p-0.2.0/', type: 'Directory', mode: 0o755 },
  { path: 'p-0.2.0/bin/parallelix-operator', body: launcher, mode: 0o755 },
  { path: 'p-0.2.0/lib/cli.mjs', body: '// nothing' },
];

describe('a signed package', () => {
  let world: UpdateWorld;

  beforeAll(async () => {
    world = await createUpdateWorld();
    await world.install('0.1.0');
  });
  afterAll(() => world.stop());

  it.each<[string, Entry[], string]>([
    ['a file outside of its folder', [...whole, { path: 'p-0.2.0/../../evil' }], 'several-folders|outside'],
    ['an absolute path', [...whole, { path: '/tmp/evil' }], 'several-folders|outside'],
    ['two folders at its top', [...whole, { path: 'q/file' }], 'several-folders'],
    ['no folder at its top', [{ path: 'parallelix-operator', body: launcher }], 'several-folders'],
    [
      'a link to a folder outside',
      [...whole, { path: 'p-0.2.0/l', type: 'SymbolicLink', linkpath: '../..' }],
      'link',
    ],
    [
      'a link to a neighbour',
      [...whole, { path: 'p-0.2.0/l', type: 'SymbolicLink', linkpath: '../q' }],
      'link',
    ],
    [
      'a link to an absolute path',
      [...whole, { path: 'p-0.2.0/l', type: 'SymbolicLink', linkpath: '/etc' }],
      'link',
    ],
    [
      'a hard link',
      [...whole, { path: 'p-0.2.0/l', type: 'Link', linkpath: 'p-0.2.0/lib/cli.mjs' }],
      'kind\\(Link\\)',
    ],
    ['a device', [...whole, { path: 'p-0.2.0/d', type: 'CharacterDevice' }], 'kind'],
    ['a pipe', [...whole, { path: 'p-0.2.0/f', type: 'FIFO' }], 'kind'],
    ['no program', whole.filter(({ path }) => !path.includes('/bin/')), 'no-program-in-it'],
    ['a program that cannot be started', whole.map((one) => ({ ...one, mode: 0o644 })), 'no-program-in-it'],
    [
      'files without number',
      [...whole, ...Array.from({ length: 5001 }, (_, n) => ({ path: `p-0.2.0/n${n}` }))],
      'files',
    ],
  ])('with %s is refused, and leaves nothing', async (_what, entries, reason) => {
    world.releases.publish('0.2.0', archiveOf(entries));
    const refused = await failureFrom(world.update());
    expect(refused).toMatchObject({ code: 'archive-unusable' });
    expect(refused.reason).toMatch(new RegExp(reason));
    expect(readdirSync(join(world.root, 'versions'))).toEqual(['0.1.0']);
    expect(readdirSync(world.root).filter((name) => name.startsWith('.unpacking'))).toEqual([]);
    expect(existsSync(join(world.root, 'evil')) || existsSync('/tmp/evil')).toBe(false);
    expect(world.current()).toBe('0.1.0');
  });

  it('whose xz stream is broken is refused', async () => {
    const broken = Buffer.from(archiveOf(whole));
    world.releases.publish('0.2.0', broken.subarray(0, broken.length - 24));
    expect(await failureFrom(world.update())).toMatchObject({ code: 'archive-unusable' });
    world.releases.publish('0.2.0', Buffer.from('this is no archive at all'));
    expect(await failureFrom(world.update())).toMatchObject({ code: 'archive-unusable' });
  });

  it('loses what no program needs: special bits, writing for others, owners', async () => {
    const special = { path: 'p-0.2.0/bin/special', body: '#', mode: 0o6777 };
    const unreadable = { path: 'p-0.2.0/lib/closed', body: '#', mode: 0o000 };
    const link: Entry = { path: 'p-0.2.0/bin/plx', type: 'SymbolicLink', linkpath: 'parallelix-operator' };
    world.releases.publish('0.2.0', archiveOf([...whole, special, unreadable, link]));
    expect(await world.update()).toMatchObject({ from: '0.1.0', to: '0.2.0', node: 'none' });
    const folder = join(world.root, 'versions', '0.2.0');
    const mode = (name: string) => statSync(join(folder, name)).mode & 0o7777;
    expect([mode('bin/special'), mode('lib/closed'), mode('bin/plx')]).toEqual([0o755, 0o600, 0o755]);
    expect(readFileSync(join(folder, 'installed-by'), 'utf8')).toBe('install.sh\n');
    expect(world.current()).toBe('0.2.0');
    expect(readdirSync(join(world.root, '.download'))).toEqual([]);
  });

  it('makes the second oldest version go, and keeps the last one', async () => {
    for (const version of ['0.3.0', '0.4.0']) {
      const entries = whole.map((one) => ({ ...one, body: one.body?.replace('0.2.0', version) ?? '' }));
      world.releases.publish(version, archiveOf(entries));
      expect(await world.update()).toMatchObject({ to: version });
    }
    expect(readdirSync(join(world.root, 'versions')).toSorted()).toEqual(['0.3.0', '0.4.0']);
    expect(world.current()).toBe('0.4.0');
  });

  it('is not fetched where there is no room for it', async () => {
    world.releases.publish('0.5.0', archiveOf(whole));
    world.releases.seen.length = 0;
    const refused = await failureFrom(world.update({ freeBytes: async () => 1_000_000 }));
    expect(refused).toMatchObject({ code: 'no-room', freeBytes: 1_000_000 });
    expect(world.releases.seen.filter(({ path }) => path.endsWith('.tar.xz'))).toEqual([]);
  });
});

describe('a disk that fills up in the middle', () => {
  let world: UpdateWorld;
  let root: string;
  const ballast = () => join(root, 'ballast');
  const fill = () => {
    try {
      writeFileSync(ballast(), Buffer.alloc(64 * 1024 * 1024));
    } catch (error) {
      expect((error as { code?: string }).code).toBe('ENOSPC');
    }
  };

  beforeAll(async () => {
    if (noRealDisk !== null) return;
    root = await mkdtemp(join(tmpdir(), 'plu-disk-'));
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=40m,mode=0755', 'tmpfs', root]);
    world = await createUpdateWorld({ root });
    await world.install('0.1.0');
    await world.publish('0.2.0');
  });
  afterEach(() => rm(ballast(), { force: true }));
  afterAll(async () => {
    if (noRealDisk !== null) return;
    await world.stop();
    execFileSync('umount', ['-l', root]);
    await rm(root, { recursive: true, force: true });
  });

  it.skipIf(noRealDisk !== null).each(['downloading', 'unpacking'] as const)(
    'while %s leaves what was installed, gives the room back, and goes well once there is some',
    async (when) => {
      const refused = await failureFrom(
        world.update({ onStep: (step) => (step === when ? fill() : undefined) }),
      );
      expect(refused.code).toBe('no-room');
      expect(world.current()).toBe('0.1.0');
      expect(readdirSync(join(root, 'versions'))).toEqual(['0.1.0']);
      expect(readdirSync(join(root, '.download'))).toEqual([]);
      expect((await world.run(['version'])).text).toBe('parallelix-operator 0.1.0\n');
      await rm(ballast());
      if (when === 'unpacking') expect(await world.update()).toMatchObject({ to: '0.2.0' });
    },
  );
});

describe('who updates this program', () => {
  it.each([
    ['deb', 'deb'],
    ['rpm', 'rpm'],
    ['by hand', 'unknown'],
  ] as const)('is told by what is written beside it: %s', async (mark, installedBy) => {
    const folder = await mkdtemp(join(tmpdir(), 'plu-owner-'));
    await mkdir(join(folder, 'lib'));
    writeFileSync(join(folder, 'installed-by'), `${mark}\n`);
    expect(await findInstallation(join(folder, 'lib', 'cli.mjs'))).toEqual({
      installedBy,
      installation: null,
    });
    await rm(folder, { recursive: true });
  });

  it('is the app where the app lies around it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'plu-owner-'));
    await mkdir(join(folder, 'resources', 'cli', 'lib'), { recursive: true });
    writeFileSync(join(folder, 'resources', 'app.asar'), '');
    const found = await findInstallation(join(folder, 'resources', 'cli', 'lib', 'cli.mjs'));
    expect(found.installedBy).toBe('app');
    await rm(folder, { recursive: true });
  });

  it.each(['deb', 'rpm'])(
    'is the system where it brought the app (%s), whose package it is then',
    async (type) => {
      const folder = await mkdtemp(join(tmpdir(), 'plu-owner-'));
      await mkdir(join(folder, 'resources', 'cli', 'lib'), { recursive: true });
      writeFileSync(join(folder, 'resources', 'app.asar'), '');
      writeFileSync(join(folder, 'resources', 'package-type'), `${type}\n`);
      const programFile = join(folder, 'resources', 'cli', 'lib', 'cli.mjs');
      expect(await findInstallation(programFile)).toEqual({
        installedBy: type,
        installation: null,
        inApp: true,
      });
      expect(otherWay(type as 'deb' | 'rpm', null, true)).toMatch(
        new RegExp(`^sudo (apt|dnf) install \\./parallelix-operator-VERSION-linux-(x64|arm64)\\.${type}$`),
      );
      await rm(folder, { recursive: true });
    },
  );

  it('is git in a checkout', async () => {
    expect(
      (await findInstallation(join(import.meta.dirname, '..', '..', '..', 'dist', 'cli.mjs'))).installedBy,
    ).toBe('checkout');
  });

  it('is nobody where install.sh says so in a place that is not its own', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'plu-owner-'));
    writeFileSync(join(folder, 'installed-by'), 'install.sh\n');
    expect((await findInstallation(join(folder, 'cli.mjs'))).installedBy).toBe('unknown');
    await rm(folder, { recursive: true });
  });
});
