import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeBackup } from '../../../electron/daemon/identity/backup.ts';
import { createFileKeyStore } from '../../../electron/daemon/identity/file-store.ts';
import { createIdentity } from '../../../electron/daemon/identity/identity.ts';
import { type StatePaths, statePaths } from '../../../electron/daemon/storage/paths.ts';
import { openSettings } from '../../../electron/daemon/storage/settings.ts';
import { systemClock as clock } from '../../../electron/daemon/system/clock.ts';
import { createUninstallCommands } from '../../../electron/desktop/commands/uninstall.ts';
import { createContext } from '../../../electron/node/context.ts';
import { createKeptPassphrase } from '../../../electron/node/kept-passphrase.ts';
import { failureFrom } from '../../fixtures/http/servers.ts';
import { type PracticeNetwork, startPracticeNetwork } from '../../practice-network/practice-network.ts';

let network: PracticeNetwork;
let homeDir: string;
let paths: StatePaths;
let nodeKeyHash: string;
let did: string[];

beforeEach(async () => {
  network = await startPracticeNetwork({ chain: 'none' });
  homeDir = mkdtempSync(join(tmpdir(), 'plu-app-'));
  paths = statePaths({ stateDir: join(homeDir, 's'), env: {}, platform: process.platform, homeDir });
  did = [];
});
afterEach(async () => {
  await network.stop();
  rmSync(homeDir, { recursive: true, force: true });
});

/** The commands of an app with a node that has a key, over the real coordinator of the practice network. */
async function app({ backup = true, registered = false } = {}) {
  const fileStore = createFileKeyStore({ keyFile: paths.keyFile });
  const { key, record } = await createIdentity({ paths }, { clock, fileStore, journalNamesKey: () => null });
  nodeKeyHash = key.nodeKeyHash;
  if (registered) await network.registerNode({ nodeKeyHash, tier: 1 });
  const coordinatorUrl = network.urls.coordinatorUrl;
  if (backup)
    await makeBackup(
      {
        ...{ paths, file: join(homeDir, 'backup.json'), passphrase: 'p', record, cost: 2 },
        network: { coordinatorUrl, chainId: null },
      },
      { clock, store: fileStore },
    );
  const settings = await openSettings({ paths }, { clock });
  await settings.set('coordinatorUrl', coordinatorUrl);
  const env = { PATH: '/usr/bin:/bin', HOME: homeDir };
  const { ask } = createKeptPassphrase();
  const context = createContext(
    { paths, env, platform: process.platform, homeDir, version: '0.1.0' },
    { clock, askPassphrase: ask },
  );
  return createUninstallCommands(context, {
    settings,
    node: {
      phase: { phase: 'hosting' },
      start: async () => void did.push('start'),
      stop: async () => void did.push('stop'),
    },
    installed: async () => ({ kind: 'AppImage', program: '/home/ada/Operator.AppImage' }),
    removeLoginItem: async () => void did.push('login item'),
    exit: (withOwnFolder) => did.push(withOwnFolder ? 'exit with folder' : 'exit'),
  });
}

describe('uninstalling from the app', () => {
  it('says what there is and touches nothing', async () => {
    const commands = await app();
    const found = await commands['uninstall.look']({});
    expect(found).toMatchObject({
      ...{ kind: 'AppImage', program: '/home/ada/Operator.AppImage', command: null },
      ...{ stateDir: paths.stateDir, service: null },
    });
    expect(found.files).toBeGreaterThan(1);
    expect(did).toEqual([]);
  });

  it('removes a node that has a backup and no stake, once it has ended, and nothing starts the app at login', async () => {
    const commands = await app();
    const { removed, kept } = await commands['uninstall.removeData']({});
    expect(removed).toBeGreaterThan(1);
    expect(kept).toEqual([]);
    expect(did).toEqual(['stop', 'login item']);
    expect(existsSync(paths.stateDir)).toBe(false);
    expect(existsSync(join(homeDir, 'backup.json'))).toBe(true);
    await commands['uninstall.quit']({});
    await new Promise((resolve) => setImmediate(resolve));
    expect(did.at(-1)).toBe('exit with folder');
  });

  it.each([
    ['the only key would be lost', { backup: false }],
    ['the key is staked', { registered: true }],
  ])('refuses while %s, and the node never stops', async (_what, node) => {
    const commands = await app(node);
    expect((await failureFrom(commands['uninstall.removeData']({}))).code).toBe('uninstall-refused');
    expect(did).toEqual([]);
    expect(existsSync(paths.keyFile)).toBe(true);
  });

  it('refuses while nobody knows whether it is staked', async () => {
    const commands = await app();
    await network.stop();
    expect((await failureFrom(commands['uninstall.removeData']({}))).code).toBe('uninstall-refused');
    expect(did).toEqual([]);
    network = await startPracticeNetwork({ chain: 'none' });
  });

  it('ends the app without another word once it is asked to', async () => {
    const commands = await app();
    await commands['uninstall.quit']({});
    await new Promise((resolve) => setImmediate(resolve));
    expect(did).toEqual(['exit']);
  });
});
