import {
  chmodSync,
  mkdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  ensurePrivateDirectory,
  ensureStateDir,
  statePaths,
} from '../../../../electron/daemon/storage/paths.ts';
import { systemClock } from '../../../../electron/daemon/system/clock.ts';
import { startChild, temporaryFolder, temporaryState } from '../../../fixtures/storage/sandbox.ts';

const base = { env: {}, platform: 'linux', homeDir: '/home/ann', uid: 1000 } as const;
const modules = { clock: systemClock };
const modeOf = (path: string) => (statSync(path).mode & 0o7777).toString(8);

describe('the state directory', () => {
  it.each([
    ['Linux', base, '/home/ann/.local/state/parallelix-operator'],
    [
      'Linux with XDG_STATE_HOME',
      { ...base, env: { XDG_STATE_HOME: '/data/state' } },
      '/data/state/parallelix-operator',
    ],
    [
      'Linux with a relative XDG_STATE_HOME, which the specification says to ignore',
      { ...base, env: { XDG_STATE_HOME: 'state' } },
      '/home/ann/.local/state/parallelix-operator',
    ],
    [
      'macOS',
      { ...base, platform: 'darwin', homeDir: '/Users/ann' } as const,
      '/Users/ann/Library/Application Support/ParalleliX Operator Node',
    ],
  ])('follows the convention of %s', (_system, options, stateDir) => {
    expect(statePaths(options)).toMatchObject({ stateDir, chosenBy: 'convention', warning: null });
  });

  it('is chosen by option before environment before convention', () => {
    const env = { PARALLELIX_STATE_DIR: '/srv/env', XDG_STATE_HOME: '/data' };
    expect(statePaths({ ...base, env, stateDir: '/srv/option/' })).toMatchObject({
      stateDir: '/srv/option',
      chosenBy: 'option',
    });
    expect(statePaths({ ...base, env })).toMatchObject({ stateDir: '/srv/env', chosenBy: 'environment' });
  });

  it('holds every path', () => {
    const { stateDir, chosenBy: _chosenBy, warning: _warning, ...others } = statePaths(base);
    const { sharedSocketFile, ...rest } = others;
    expect(sharedSocketFile).toBeNull();
    for (const path of Object.values(rest)) expect(path.startsWith(`${stateDir}/`)).toBe(true);
  });

  it.each([
    ['', 'empty'],
    ['state', 'not-absolute'],
    ['./state', 'not-absolute'],
    ['~/state', 'not-expanded'],
    ['/', 'not-its-own'],
    ['/home/ann', 'not-its-own'],
    ['/home/ann/../ann/', 'not-its-own'],
    ['/home/ann/.parallelix', 'of-official-client'],
    ['/home/ann/.parallelix/node', 'of-official-client'],
    ['/srv/a\0b', 'holds-nul'],
  ])('is refused as %j', (stateDir, reason) => {
    for (const options of [
      { ...base, stateDir },
      { ...base, env: { PARALLELIX_STATE_DIR: stateDir } },
    ]) {
      expect(() => statePaths(options)).toThrow(reason);
    }
  });

  it('says under sudo whose state it is', () => {
    const sudo = { ...base, uid: 0, env: { SUDO_USER: 'ann' } };
    const warningOf = (options: Parameters<typeof statePaths>[0]) => statePaths(options).warning;
    expect(warningOf({ ...sudo, homeDir: '/root' })).toEqual({ kind: 'roots-own', sudoUser: 'ann' });
    expect(warningOf({ ...sudo, homeDir: '/var/root' })).toEqual({ kind: 'roots-own', sudoUser: 'ann' });
    expect(warningOf(sudo)).toEqual({ kind: 'anothers', sudoUser: 'ann' });
    expect(warningOf({ ...sudo, homeDir: '/root', stateDir: '/srv/node' })).toEqual({
      kind: 'anothers',
      sudoUser: 'ann',
    });
    expect(warningOf({ ...sudo, uid: 1000 })).toBeNull();
    expect(warningOf({ ...sudo, env: {} })).toBeNull();
    expect(warningOf({ ...sudo, env: { SUDO_USER: 'root' } })).toBeNull();
  });
});

describe('making the state directory', () => {
  it('creates it and its folders with mode 0700, whatever the umask', async () => {
    for (const umask of ['0', '77', '277']) {
      const paths = await temporaryState();
      const child = startChild(
        `import { ensureStateDir } from '@/storage/paths.ts';
        import { systemClock } from '@/system/clock.ts';
        process.umask(Number.parseInt(process.argv.at(-1), 8));
        await ensureStateDir(JSON.parse(process.argv.at(-2)), { clock: systemClock });`,
        [JSON.stringify(paths), umask],
      );
      expect(await child.ended).toMatchObject({ code: 0, errors: '' });
      for (const path of [paths.stateDir, paths.logDir, paths.backupDir]) expect(modeOf(path)).toBe('700');
    }
  });

  it('narrows one of ours that others could enter', async () => {
    const paths = await temporaryState();
    await ensureStateDir(paths, modules);
    writeFileSync(paths.settingsFile, '{}');
    for (const path of [paths.stateDir, paths.logDir]) chmodSync(path, 0o755);
    await ensureStateDir(paths, modules);
    for (const path of [paths.stateDir, paths.logDir]) expect(modeOf(path)).toBe('700');
  });

  it('narrows an empty one that a person made', async () => {
    const path = join(await temporaryFolder(), 'made');
    mkdirSync(path);
    chmodSync(path, 0o755);
    await ensurePrivateDirectory(path);
    expect(modeOf(path)).toBe('700');
  });

  it("leaves somebody else's directory as it is and refuses it", async () => {
    const path = join(await temporaryFolder(), 'documents');
    mkdirSync(path);
    writeFileSync(join(path, 'letter.txt'), 'Dear Sir');
    chmodSync(path, 0o755);
    const refusal = { code: 'state-dir-unusable', details: { path, reason: expect.stringContaining('755') } };
    await expect(ensurePrivateDirectory(path)).rejects.toMatchObject(refusal);
    expect(modeOf(path)).toBe('755');
    chmodSync(path, 0o1777);
    writeFileSync(join(path, 'settings.json'), '{}');
    await expect(ensurePrivateDirectory(path)).rejects.toMatchObject({ code: 'state-dir-unusable' });
    expect(modeOf(path)).toBe('1777');
  });

  it('follows a link to another disk', async () => {
    const folder = await temporaryFolder();
    mkdirSync(join(folder, 'disk'), { mode: 0o700 });
    symlinkSync(join(folder, 'disk'), join(folder, 'state'));
    const paths = statePaths({ ...base, stateDir: join(folder, 'state') });
    await ensureStateDir(paths, modules);
    expect(statSync(join(folder, 'disk', 'logs')).isDirectory()).toBe(true);
  });

  it.each(['read-only', "another user's"])('refuses one that is %s, and says so', async (kind) => {
    const paths = await temporaryState();
    const child = startChild(
      `import { chmodSync, chownSync, mkdirSync } from 'node:fs';
      import { dirname } from 'node:path';
      import { ensureStateDir } from '@/storage/paths.ts';
      import { createFileKeyStore } from '@/identity/file-store.ts';
      import { createIdentity } from '@/identity/identity.ts';
      import { openSettings } from '@/storage/settings.ts';
      import { acquireLock } from '@/storage/lock.ts';
      import { systemClock as clock } from '@/system/clock.ts';
      const [text, kind] = process.argv.slice(-2);
      const paths = JSON.parse(text);
      for (const path of [paths.stateDir, paths.logDir, paths.backupDir]) mkdirSync(path, { mode: 0o700 });
      chmodSync(dirname(paths.stateDir), 0o755);
      if (process.geteuid() === 0) {
        // Root ignores modes; so act as nobody.
        if (kind === 'read-only') chownSync(paths.stateDir, 65534, 65534);
        for (const path of [paths.logDir, paths.backupDir]) chownSync(path, 65534, 65534);
        if (kind === 'read-only') chmodSync(paths.stateDir, 0o500);
        else chmodSync(paths.stateDir, 0o755);
        process.setgroups([]); process.setgid(65534); process.setuid(65534);
      } else chmodSync(paths.stateDir, 0o500);
      const fileStore = createFileKeyStore({ keyFile: paths.keyFile });
      const attempts = [
        () => ensureStateDir(paths, { clock }),
        () => createIdentity({ paths }, { clock, fileStore, journalNamesKey: () => null }),
        () => acquireLock({ paths, version: '1' }, { clock }),
        async () => { const settings = await openSettings({ paths }, { clock }); await settings.set('concurrency', 2); },
      ];
      for (const attempt of attempts) console.log(await attempt().then(() => 'done', (error) => error.code));
      if (kind === 'read-only') chmodSync(paths.stateDir, 0o700);`,
      [JSON.stringify(paths), kind],
    );
    const { output, errors } = await child.ended;
    expect(errors).toBe('');
    expect(output.trim().split('\n')).toEqual(
      kind === 'read-only' || process.geteuid?.() !== 0
        ? Array(4).fill('file-failed')
        : ['state-dir-unusable', 'state-dir-unusable', 'file-failed', 'file-failed'],
    );
  });

  it('sweeps what dead writers left long ago, and nothing else', async () => {
    const paths = await temporaryState();
    await ensureStateDir(paths, modules);
    const old = join(paths.stateDir, '.settings.json.0123456789abcdef.tmp');
    const young = join(paths.stateDir, '.settings.json.fedcba9876543210.tmp');
    const foreign = join(paths.stateDir, '.notes.tmp');
    for (const path of [old, young, foreign]) {
      writeFileSync(path, 'x');
      if (path !== young) utimesSync(path, 1, 1);
    }
    await ensureStateDir(paths, modules);
    expect(() => statSync(old)).toThrow('ENOENT');
    for (const path of [young, foreign]) expect(readFileSync(path, 'utf8')).toBe('x');
  });
});
