import { createHash } from 'node:crypto';
import { copyFileSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { extractFile, getRawHeader } from '@electron/asar';
import { FuseV1Options, FuseVersion, flipFuses } from '@electron/fuses';
import { parse } from 'plist';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  appContents,
  appFolderContents,
  asarOf,
  checkAppContents,
  checkAppMachineCode,
} from '../../../.tasks/package/app/contents.ts';
import { checkFuses, type FuseTable, fuses, readFuses } from '../../../.tasks/package/app/fuses.ts';
import { elfStandIn, fuseWire } from '../../../.tasks/package/app/stand-in.ts';
import { cacheDir, productVersion, root } from '../../../.tasks/package/places.ts';
import { builtAppPackage, noPackagesReason } from '../../fixtures/package/packages.ts';

const reason = noPackagesReason(['tar.xz']);
const arch = process.arch === 'arm64' ? 'arm64' : 'x64';
const wanted = { ...fuses, WasmTrapHandlers: 'on' };

describe('the table of fuses', () => {
  it('does not compile without one of them', () => {
    const { RunAsNode: _, ...rest } = fuses;
    // @ts-expect-error One is missing.
    const table: FuseTable = rest;
    expect(Object.keys(table)).toHaveLength(8);
  });
});

describe('the folder of the app for Linux', () => {
  let folder = '';
  let copy = '';
  const check = () => checkAppContents(appFolderContents(copy), appContents('linux', arch), 'the app');

  beforeAll(async () => {
    if (reason) return;
    folder = await builtAppPackage('app-dir');
    copy = mkdtempSync(join(cacheDir, 'app-test-'));
    cpSync(folder, copy, { recursive: true, verbatimSymlinks: true });
  }, 180_000);
  afterAll(() => rmSync(copy, { recursive: true, force: true }));

  it('has every fuse as decided, read back from its program', async (test) => {
    test.skip(reason !== null, reason ?? '');
    expect(await readFuses(join(folder, 'parallelix-operator'))).toEqual(wanted);
  });

  it('is refused with one fuse flipped, and with a fuse that is in no table', async (test) => {
    test.skip(reason !== null, reason ?? '');
    const program = join(copy, 'parallelix-operator');
    await flipFuses(program, { version: FuseVersion.V1, [FuseV1Options.RunAsNode]: true });
    await expect(checkFuses(program)).rejects.toThrow('RunAsNode is on instead of off');
    writeFileSync(program, elfStandIn(arch, fuseWire('0000110010')));
    await expect(checkFuses(program)).rejects.toThrow('fuse 9 is in no table');
    copyFileSync(join(folder, 'parallelix-operator'), program);
    await expect(checkFuses(program)).resolves.toBeUndefined();
  });

  it('holds exactly what its list names, and is refused with a path more or less', (test) => {
    test.skip(reason !== null, reason ?? '');
    expect(check).not.toThrow();
    writeFileSync(join(copy, 'resources', 'default_app.asar.txt'), 'extra', { mode: 0o644 });
    expect(check).toThrow('not in the list: 0644 resources/default_app.asar.txt');
    rmSync(join(copy, 'resources', 'default_app.asar.txt'));
    rmSync(join(copy, 'NOTICES.txt'));
    expect(check).toThrow('missing: 0644 NOTICES.txt');
    copyFileSync(join(folder, 'NOTICES.txt'), join(copy, 'NOTICES.txt'));
  });

  it('holds one keyring for the app and one for the command line, both for its processor', (test) => {
    test.skip(reason !== null, reason ?? '');
    const machine = `linux-${arch}`;
    expect(() => checkAppMachineCode(copy, machine)).not.toThrow();
    const second = join(copy, 'resources', 'app.asar.unpacked', 'node_modules', 'keytar', 'second.node');
    writeFileSync(second, elfStandIn(arch));
    expect(() => checkAppMachineCode(copy, machine)).toThrow(/one keyring .* not: .*second\.node/);
    writeFileSync(second, elfStandIn(arch === 'x64' ? 'arm64' : 'x64'));
    expect(() => checkAppMachineCode(copy, machine)).toThrow(/not made for .*second\.node/);
    rmSync(second);
  });

  it('has a manifest without scripts and dependencies of development, and names its desktop entry', (test) => {
    test.skip(reason !== null, reason ?? '');
    const manifest = JSON.parse(extractFile(asarOf(folder), 'package.json').toString());
    expect(manifest).toMatchObject({
      name: 'parallelix-operator',
      version: productVersion(),
      main: 'dist/app/main.mjs',
      desktopName: 'parallelix-operator.desktop',
    });
    expect(Object.keys(manifest)).not.toContain('scripts');
    expect(Object.keys(manifest)).not.toContain('devDependencies');
  });

  it('has the licences of what its windows are made of', (test) => {
    test.skip(reason !== null, reason ?? '');
    const notices = readFileSync(join(folder, 'NOTICES.txt'), 'utf8');
    for (const name of ['react', 'react-dom', 'i18next', 'qrcode', 'zod', '@fontsource-variable/inter'])
      expect(notices).toMatch(new RegExp(`^${name} \\d`, 'm'));
  });
});

describe('the app for macOS', () => {
  let app = '';
  beforeAll(async () => {
    if (!reason) app = join(await builtAppPackage('mac-dir'), 'ParalleliX-Operator.app');
  }, 180_000);

  const plistOf = (path: string) => parse(readFileSync(path, 'utf8')) as Record<string, unknown>;

  it('has every fuse as decided, read back from its framework', async (test) => {
    test.skip(reason !== null, reason ?? '');
    expect(await readFuses(app)).toEqual(wanted);
  });

  it('says who it is, opens its scheme, and pins its archive', (test) => {
    test.skip(reason !== null, reason ?? '');
    const info = plistOf(join(app, 'Contents', 'Info.plist'));
    expect(info).toMatchObject({
      CFBundleIdentifier: 'io.parallelix.operator',
      CFBundleDisplayName: 'ParalleliX Operator',
      CFBundleShortVersionString: productVersion(),
      CFBundleIconFile: 'icon.icns',
      LSMinimumSystemVersion: '13.0',
      CFBundleURLTypes: [{ CFBundleURLSchemes: ['parallelix-operator'] }],
    });
    const { headerString } = getRawHeader(join(app, 'Contents', 'Resources', 'app.asar'));
    expect(info.ElectronAsarIntegrity).toEqual({
      'Resources/app.asar': {
        algorithm: 'SHA256',
        hash: createHash('sha256').update(headerString).digest('hex'),
      },
    });
  });

  it('asks for nothing but compiling at run time', () => {
    expect(plistOf(join(root, 'resources', 'app', 'entitlements.mac.plist'))).toEqual({
      'com.apple.security.cs.allow-jit': true,
    });
  });

  it('has no space in the path of what a service starts', (test) => {
    test.skip(reason !== null, reason ?? '');
    expect(app.slice(app.indexOf('ParalleliX'))).not.toContain(' ');
  });
});
