import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runTool } from '../../../../.tasks/package/tools.ts';
import { systemClock as clock } from '../../../../electron/daemon/system/clock.ts';
import { createCommandLineTool } from '../../../../electron/node/operations/command-line-tool.ts';
import { findInstallation } from '../../../../electron/node/operations/update/installation.ts';

let folder: string;
let homeDir: string;
let cliFolder: string;
const inHome = (...names: string[]) => join(homeDir, '.local', ...names);
const installed = () => inHome('share', 'parallelix-operator');

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'plx-tool-'));
  homeDir = join(folder, 'home');
  cliFolder = join(folder, 'ParalleliX-Operator.app', 'cli');
  for (const name of ['bin', 'lib']) mkdirSync(join(cliFolder, name), { recursive: true });
  writeFileSync(join(cliFolder, 'lib', 'cli.mjs'), '');
  const launcher = join(cliFolder, 'bin', 'parallelix-operator');
  writeFileSync(launcher, '#!/bin/sh\necho "ran $0 $*"\n');
  chmodSync(launcher, 0o755);
  symlinkSync('parallelix-operator', join(cliFolder, 'bin', 'plx'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function tool(options: {
  fromImage: boolean;
  platform?: NodeJS.Platform;
  cli?: string | null;
  path?: string;
}) {
  const { fromImage, platform = 'linux', cli = cliFolder, path = '/usr/bin' } = options;
  return createCommandLineTool(
    { cliFolder: cli, fromImage, systemCommand: join(folder, 'usr-bin-command') },
    { env: { PATH: path }, platform, homeDir, version: '1.2.3', clock },
  );
}

describe('the command line tool, from an AppImage', () => {
  it('is copied to where install.sh puts it, and stays when the image is gone', async () => {
    const command = tool({ fromImage: true });
    expect(await command.look()).toMatchObject({ state: 'missing', onPath: false });
    await command.install();
    rmSync(join(folder, 'ParalleliX-Operator.app'), { recursive: true });
    expect(await command.look()).toEqual({
      state: 'installed',
      path: inHome('bin', 'parallelix-operator'),
      onPath: false,
    });
    for (const name of ['parallelix-operator', 'plx'])
      expect(runTool(inHome('bin', name), ['version'])).toContain('version');
    expect(readlinkSync(join(installed(), 'current'))).toBe('versions/1.2.3');
  });

  it('is one that `update` knows', async () => {
    await tool({ fromImage: true }).install();
    const found = await findInstallation(join(installed(), 'current', 'lib', 'cli.mjs'));
    expect(found).toMatchObject({ installedBy: 'install.sh', installation: { running: '1.2.3' } });
  });

  it('goes again without a trace', async () => {
    const command = tool({ fromImage: true });
    await command.install();
    await command.remove();
    expect(await command.look()).toMatchObject({ state: 'missing' });
    expect(existsSync(installed())).toBe(false);
    expect(existsSync(inHome('bin', 'plx'))).toBe(false);
  });

  it('stays while a service runs from it', async () => {
    const command = tool({ fromImage: true });
    await command.install();
    const units = join(homeDir, '.config', 'systemd', 'user');
    mkdirSync(units, { recursive: true });
    writeFileSync(join(units, 'parallelix-operator-update.timer'), '');
    await expect(command.remove()).rejects.toMatchObject({
      code: 'command-not-installed',
      details: { reason: 'service' },
    });
    expect(await command.look()).toMatchObject({ state: 'installed' });
  });

  it('never replaces what somebody else has put there, and then copies nothing', async () => {
    mkdirSync(inHome('bin'), { recursive: true });
    writeFileSync(inHome('bin', 'plx'), 'mine');
    await expect(tool({ fromImage: true }).install()).rejects.toMatchObject({
      code: 'command-not-installed',
      details: { reason: 'taken', path: inHome('bin', 'plx') },
    });
    expect(readFileSync(inHome('bin', 'plx'), 'utf8')).toBe('mine');
    expect(existsSync(installed())).toBe(false);
  });

  it('is left to install.sh where that has put one there', async () => {
    mkdirSync(join(installed(), 'versions', '1.0.0'), { recursive: true });
    symlinkSync('versions/1.0.0', join(installed(), 'current'));
    const command = tool({ fromImage: true });
    expect(await command.look()).toMatchObject({ state: 'package' });
    await command.remove();
    expect(existsSync(join(installed(), 'versions', '1.0.0'))).toBe(true);
  });
});

describe('the command line tool, elsewhere', () => {
  it('is a link into the app on macOS, and follows the app when it was moved', async () => {
    await tool({ fromImage: false, platform: 'darwin' }).install();
    const link = inHome('bin', 'parallelix-operator');
    expect(readlinkSync(link)).toBe(join(cliFolder, 'bin', 'parallelix-operator'));
    const moved = join(folder, 'Applications', 'ParalleliX-Operator.app', 'cli');
    mkdirSync(join(moved, 'bin'), { recursive: true });
    writeFileSync(join(moved, 'bin', 'parallelix-operator'), '#!/bin/sh\n');
    rmSync(join(folder, 'ParalleliX-Operator.app'), { recursive: true });
    const command = tool({ fromImage: false, platform: 'darwin', cli: moved });
    expect(await command.look()).toMatchObject({ state: 'missing', onPath: null });
    await command.install();
    expect(readlinkSync(link)).toBe(join(moved, 'bin', 'parallelix-operator'));
    await command.remove();
    expect(existsSync(link)).toBe(false);
  });

  it('is refused from a disk image, where a link would lead nowhere tomorrow', async () => {
    const cli = '/Volumes/ParalleliX Operator 1.2.3/ParalleliX-Operator.app/Contents/Resources/cli';
    const command = tool({ fromImage: false, platform: 'darwin', cli });
    expect(await command.look()).toMatchObject({ state: 'unavailable' });
    await expect(command.install()).rejects.toMatchObject({ details: { reason: 'not-from-here' } });
  });

  it('is there already where deb or rpm have brought it, and none in a checkout', async () => {
    expect(await tool({ fromImage: false, cli: null }).look()).toMatchObject({ state: 'unavailable' });
    writeFileSync(join(folder, 'usr-bin-command'), '');
    const command = tool({ fromImage: false });
    expect(await command.look()).toMatchObject({ state: 'package' });
    await command.install();
    expect(existsSync(inHome('bin'))).toBe(false);
  });

  it('says whether terminals find it', async () => {
    const path = `/usr/bin:${inHome('bin')}`;
    expect(await tool({ fromImage: true, path }).look()).toMatchObject({ onPath: true });
  });
});
