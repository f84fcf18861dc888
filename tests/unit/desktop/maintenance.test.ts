import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openBackup } from '../../../electron/daemon/identity/backup.ts';
import { createFileKeyStore } from '../../../electron/daemon/identity/file-store.ts';
import { createIdentity } from '../../../electron/daemon/identity/identity.ts';
import { ensureStateDir, type StatePaths, statePaths } from '../../../electron/daemon/storage/paths.ts';
import { openSettings } from '../../../electron/daemon/storage/settings.ts';
import { systemClock as clock } from '../../../electron/daemon/system/clock.ts';
import { createMaintenanceCommands } from '../../../electron/desktop/commands/maintenance.ts';
import { createContext } from '../../../electron/node/context.ts';
import { english } from '../../fixtures/english.ts';
import { standInKeychain } from '../../fixtures/identity/keychain-stand-in.ts';

const passphrase = 'correct horse battery staple';

let directory: string;
let paths: StatePaths;
let place: string | null;
let proposed: string[];
let bundleText: string;
let bundlePath: string | null;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'plx-'));
  paths = statePaths({
    stateDir: join(directory, 'state'),
    env: {},
    platform: process.platform,
    homeDir: directory,
  });
  await ensureStateDir(paths, { clock });
  place = join(directory, 'backup.json');
  proposed = [];
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const context = () => {
  const computer = { paths, version: '0.0.0-test', platform: process.platform, env: {}, homeDir: directory };
  return { ...createContext(computer, { clock }), keychain: standInKeychain(directory) };
};
const maintenance = async () =>
  createMaintenanceCommands(context(), {
    settings: await openSettings({ paths }, { clock }),
    async askBackupPath(name) {
      proposed.push(name);
      return place;
    },
    check: async () => [],
    bundle: async () => bundleText,
    askBundlePath: async () => bundlePath,
    language: english,
  });

async function makeKey(): Promise<string> {
  const fileStore = createFileKeyStore({ keyFile: paths.keyFile });
  const { record } = await createIdentity(
    { paths, keyStore: 'file' },
    { clock, fileStore, keychain: standInKeychain(directory), journalNamesKey: () => null },
  );
  return record.nodeKeyHash;
}

describe('a backup from a window', () => {
  it('lies where the person chose, and opens to the key of this node', async () => {
    const hash = await makeKey();
    const { made } = await (await maintenance())['key.backup']({ passphrase });
    expect(made?.path).toBe(place);
    const { privateKey, belonging } = await openBackup(place ?? '', async () => passphrase);
    expect(belonging?.nodeKeyHash).toBe(hash);
    expect(privateKey).toBe(readFileSync(paths.keyFile, 'utf8').trim());
    expect(proposed).toEqual([expect.stringMatching(/^parallelix-0x[0-9a-f]{8}-key\.json$/)]);
  });

  it('that was cancelled makes nothing', async () => {
    await makeKey();
    place = null;
    expect(await (await maintenance())['key.backup']({ passphrase })).toEqual({ made: null });
  });

  it('never overwrites a file, whatever the dialog said', async () => {
    await makeKey();
    writeFileSync(place ?? '', 'an older backup');
    await expect((await maintenance())['key.backup']({ passphrase })).rejects.toMatchObject({
      code: 'backup-exists',
    });
    expect(readFileSync(place ?? '', 'utf8')).toBe('an older backup');
  });

  it('takes no passphrase that is too short or a wallet’s, and asks for no place before', async () => {
    await makeKey();
    const commands = await maintenance();
    await expect(commands['key.backup']({ passphrase: 'short' })).rejects.toMatchObject({
      code: 'passphrase-unusable',
    });
    const phrase = 'test test test test test test test test test test test junk';
    await expect(commands['key.backup']({ passphrase: phrase })).rejects.toMatchObject({
      code: 'wallet-phrase',
    });
    expect(proposed).toEqual([]);
    expect(existsSync(place ?? '')).toBe(false);
  });

  it('of a node without a key says so', async () => {
    await expect((await maintenance())['key.backup']({ passphrase })).rejects.toMatchObject({
      code: 'no-identity',
    });
  });
});

describe('the log in a window', () => {
  const entry = (event: string, level = 'info', facts: object = {}) =>
    JSON.stringify({ t: '2026-11-23T12:00:00.000Z', level, event, ...facts });

  it('shows the last lines as text, oldest first, and passes over torn ones', async () => {
    mkdirSync(dirname(paths.logFile), { recursive: true });
    const text = [
      entry('node-started', 'info', { nodeId: '7' }),
      '{"t":"2026-11',
      entry('heartbeat-accepted'),
      entry('disk-full', 'strange', {}),
    ];
    writeFileSync(paths.logFile, `${text.join('\n')}\n`);
    const { lines } = await (await maintenance())['diagnostics.log']({ limit: 2 });
    expect(lines.map(({ event, level }) => [event, level])).toEqual([
      ['heartbeat-accepted', 'info'],
      ['disk-full', 'info'],
    ]);
    expect(lines[0]?.text).toContain('First heartbeat accepted');
  });

  it('is empty before the first start', async () => {
    expect(await (await maintenance())['diagnostics.log']({ limit: 10 })).toEqual({ lines: [] });
  });
});

describe('the diagnostics from a window', () => {
  it('are saved as they were read, and only those', async () => {
    const commands = await maintenance();
    bundleText = 'What was read.\n';
    bundlePath = join(directory, 'diagnostics.txt');
    const { text, digest } = await commands['diagnostics.bundle']({});
    expect(text).toBe(bundleText);
    bundleText = 'Made anew.\n';
    expect(await commands['diagnostics.saveBundle']({ digest })).toEqual({ saved: { path: bundlePath } });
    expect(readFileSync(bundlePath, 'utf8')).toBe('What was read.\n');
    await commands['diagnostics.bundle']({});
    await expect(commands['diagnostics.saveBundle']({ digest })).rejects.toMatchObject({
      code: 'bundle-not-read',
    });
  });

  it('go nowhere when the person called it off, and say so where there is no place', async () => {
    const commands = await maintenance();
    bundleText = 'What was read.\n';
    bundlePath = null;
    const { digest } = await commands['diagnostics.bundle']({});
    expect(await commands['diagnostics.saveBundle']({ digest })).toEqual({ saved: null });
    bundlePath = join(directory, 'missing', 'diagnostics.txt');
    await expect(commands['diagnostics.saveBundle']({ digest })).rejects.toMatchObject({
      code: 'bundle-not-written',
    });
  });
});
