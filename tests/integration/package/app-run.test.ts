import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { root } from '../../../.tasks/package/places.ts';
import { onPath, runTool } from '../../../.tasks/package/tools.ts';

const appRun = join(root, 'resources', 'app', 'AppRun');

describe('AppRun, which starts the app from its AppImage', () => {
  let folder: string;
  let appDir: string;
  const script = (path: string, text: string) => {
    writeFileSync(join(folder, path), `#!/bin/sh\n${text}\n`);
    chmodSync(join(folder, path), 0o755);
  };
  const userNamespaces = (allowed: boolean) =>
    script('bin/unshare', `echo "$*" > ${folder}/asked\nexit ${allowed ? 0 : 1}`);
  const read = (name: string) =>
    existsSync(join(folder, name)) ? readFileSync(join(folder, name), 'utf8') : null;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'plx-apprun-'));
    appDir = join(folder, 'app');
    for (const name of ['app', 'bin']) mkdirSync(join(folder, name));
    copyFileSync(appRun, join(appDir, 'AppRun'));
    chmodSync(join(appDir, 'AppRun'), 0o755);
    script(
      'app/parallelix-operator',
      `printf '%s\\n' "$@" > ${folder}/arguments; env > ${folder}/environment; exit 42`,
    );
    userNamespaces(true);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function start(args: readonly string[] = [], env: NodeJS.ProcessEnv = {}) {
    const { status, stderr } = spawnSync(join(appDir, 'AppRun'), args, {
      env: { PATH: `${join(folder, 'bin')}:/usr/bin:/bin`, HOME: folder, ...env },
      encoding: 'utf8',
    });
    return { status, stderr };
  }

  it('starts the app with the arguments as they were, and ends as it ends', () => {
    expect(start(['--hidden', 'parallelix-operator://earnings', 'two words'])).toMatchObject({ status: 42 });
    expect(read('arguments')).toBe('--hidden\nparallelix-operator://earnings\ntwo words\n');
    expect(read('asked')).toContain('--user');
  });

  it('gives the app the paths that lie in the AppImage, before those of the system', () => {
    start([], { APPDIR: appDir, APPIMAGE: '/home/me/app.AppImage', XDG_DATA_DIRS: '/data' });
    const environment = read('environment') ?? '';
    expect(environment).toContain(`APPDIR=${appDir}\n`);
    expect(environment).toContain('APPIMAGE=/home/me/app.AppImage\n');
    expect(environment).toContain(`XDG_DATA_DIRS=${appDir}/usr/share:/data\n`);
    expect(environment).toContain(`LD_LIBRARY_PATH=${appDir}/usr/lib\n`);
    expect(environment).toMatch(new RegExp(`^PATH=${appDir}:.*${folder}/bin`, 'm'));
  });

  it('does not start where user namespaces are refused, and names deb and rpm', () => {
    userNamespaces(false);
    const { status, stderr } = start();
    expect(status).toBe(126);
    expect(stderr).toMatch(/sandbox[\s\S]*deb[\s\S]*rpm/);
    expect(read('arguments')).toBeNull();
  });

  it('says so in a window where it was double-clicked, by a program with its own libraries', () => {
    userNamespaces(false);
    script(
      'bin/zenity',
      `printf '%s\\n' "$@" > ${folder}/shown; echo "$LD_LIBRARY_PATH" > ${folder}/libraries`,
    );
    start();
    expect(read('shown')).toBeNull();
    start([], { DISPLAY: ':0' });
    expect(read('shown')).toMatch(/--error[\s\S]*deb[\s\S]*rpm/);
    expect(read('libraries')).toBe('\n');
  });

  it('never starts without the sandbox, whoever asks', () => {
    const { status, stderr } = start(['--no-sandbox']);
    expect(status).toBe(126);
    expect(stderr).toContain('--no-sandbox');
    expect(read('arguments')).toBeNull();
  });

  it('only puts the file in place when an update asks for no more', () => {
    expect(start([], { APPIMAGE_EXIT_AFTER_INSTALL: 'true' })).toMatchObject({ status: 0 });
    expect(read('arguments')).toBeNull();
  });

  it('and the scripts of deb and rpm pass shellcheck', (test) => {
    const why = onPath('shellcheck') ? null : 'not installed here: shellcheck';
    test.skip(why !== null, why ?? '');
    const names = ['AppRun', 'after-install.sh', 'after-remove.sh'];
    const files = names.map((name) => join(root, 'resources', 'app', name));
    expect(() => runTool('shellcheck', ['--shell=sh', ...files])).not.toThrow();
  });
});
