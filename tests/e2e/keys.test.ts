import { readFileSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { makeBackup } from '../../electron/daemon/identity/backup.ts';
import { createFileKeyStore } from '../../electron/daemon/identity/file-store.ts';
import { readIdentityRecord } from '../../electron/daemon/storage/identity-record.ts';
import { systemClock as clock } from '../../electron/daemon/system/clock.ts';
import { runners } from '../fixtures/e2e/app.ts';
import { builtApp } from '../fixtures/e2e/app-build.ts';
import { createNodeWorld, type NodeWorld } from '../fixtures/e2e/app-node.ts';
import { picture } from '../fixtures/e2e/pictures.ts';
import { pictureAll, watched } from '../fixtures/e2e/product-window.ts';
import type { RunningApp } from '../fixtures/e2e/running-app.ts';
import { until } from '../fixtures/e2e/until.ts';
import { writeOfficialNode } from '../fixtures/incumbent/official-node.ts';

const passphrase = 'correct horse battery staple';
/** scrypt as cheap as it may be: what it costs is another suite's. */
const cost = 2;

describe.each(runners)('the node key in a window, in $name', (runner) => {
  let main = '';
  const worlds: NodeWorld[] = [];

  beforeAll(async () => {
    if (runner.missing === null) main = await builtApp({ interface: 'product' });
  });
  beforeEach((context) => {
    if (runner.missing) return context.skip(runner.missing);
  });
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await pictureAll(task.name.replaceAll(/[^a-z]+/gi, '-'));
    for (const world of worlds.splice(0)) await world.clean();
  });

  async function nodeWorld(): Promise<NodeWorld> {
    const world = await createNodeWorld(runner, { main });
    worlds.push(world);
    return world;
  }

  /** The app on a state directory of its own, on which nothing was ever made. */
  const launchFresh = (world: NodeWorld, env: NodeJS.ProcessEnv = {}): Promise<RunningApp> =>
    world.launch({ env: { PARALLELIX_STATE_DIR: `${world.stateDir}-fresh`, ...env } });
  const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click();
  const online = (page: Page) => page.locator('.side-state.state-yes').waitFor();

  async function backupOf({ paths, homeDir }: NodeWorld): Promise<string> {
    const record = await readIdentityRecord(paths.identityFile);
    if (record === null) throw new Error('a world without a key');
    const store = createFileKeyStore({ keyFile: paths.keyFile });
    const file = join(homeDir, 'backup.json');
    const network = { coordinatorUrl: 'http://127.0.0.1', chainId: null };
    await makeBackup({ paths, file, passphrase, record, network, cost }, { clock, store });
    return file;
  }

  const chooseFile = (app: RunningApp, path: string) =>
    app.evaluate(({ dialog }, chosen) => {
      dialog.showOpenDialog = async () => ({ canceled: false, filePaths: [chosen] });
    }, path);

  test('a backup is restored, waits for the old machine to be off, and then serves', async () => {
    const world = await nodeWorld();
    const file = await backupOf(world);
    const app = await launchFresh(world);
    const { page, faults } = await watched(app);
    await page.evaluate("location.hash = '#/onboarding/key'");
    await press(page, 'Restore from backup');
    await chooseFile(app, file);
    await press(page, 'Choose file');
    await page.getByText(file).waitFor();
    // No keychain answers here, so a file is used.
    await page.getByText('no keychain answers on this computer', { exact: false }).waitFor();
    await page.getByLabel('Passphrase of the backup').fill('not this one');
    await press(page, 'Restore key');
    await page.getByRole('alert').getByText('doesn’t open', { exact: false }).waitFor();
    await picture(page, 'key-restore-refused');
    await page.getByLabel('Passphrase of the backup').fill(passphrase);
    await press(page, 'Restore key');
    await page.getByText('Your key is restored. Stored in a private file', { exact: false }).waitFor();
    await picture(page, 'key-restored-held');
    // Nothing is sent before the person has said so.
    expect(world.network.coordinator.ledger.heartbeats).toEqual([]);
    await press(page, 'It’s off');
    await picture(page, 'key-held-question');
    await press(page, 'Start here');
    await online(page);
    expect(world.network.coordinator.ledger.heartbeats.length).toBeGreaterThan(0);
    expect(faults).toEqual([]);
  });

  test('a key that is gone is brought back from where the state says so', async () => {
    const world = await nodeWorld();
    const file = await backupOf(world);
    await rename(world.paths.keyFile, join(world.homeDir, 'gone.key'));
    const app = await world.launch();
    const { page, faults } = await watched(app);
    await page.getByText('Key missing').first().waitFor();
    await picture(page, 'key-missing');
    await press(page, 'Restore backup');
    await chooseFile(app, file);
    await press(page, 'Choose file');
    await page.getByLabel('Passphrase of the backup').fill(passphrase);
    // No keychain answers here, so a file is used.
    await page.getByText('no keychain answers on this computer', { exact: false }).waitFor();
    await page.getByRole('checkbox', { name: /The old computer’s node is stopped/ }).check();
    await press(page, 'Restore key');
    await page.getByText('Your key is restored', { exact: false }).waitFor();
    await online(page);
    expect(readFileSync(world.paths.keyFile, 'utf8')).toBe(
      readFileSync(join(world.homeDir, 'gone.key'), 'utf8'),
    );
    expect(faults).toEqual([]);
  });

  test('the official client’s key is taken over, with its node', async () => {
    const world = await nodeWorld();
    const privateKey = readFileSync(world.paths.keyFile, 'utf8').trim();
    writeOfficialNode(join(world.homeDir, '.parallelix'), privateKey, {
      coordinator: world.network.urls.coordinatorUrl,
    });
    // Nothing but what the official client remembers says where the network is.
    const app = await launchFresh(world, { PARALLELIX_API_URL: undefined });
    const { page, faults } = await watched(app);
    await page.getByText('Existing node found').waitFor();
    await page.evaluate("location.hash = '#/onboarding/need'");
    await page.getByText('Earn with this computer', { exact: false }).waitFor();
    // No keychain answers here, so a file is used.
    await page.getByText('no keychain answers on this computer', { exact: false }).waitFor();
    await picture(page, 'key-take-over');
    await press(page, 'Import key');
    await page.getByText('Key imported. Stored in a private file', { exact: false }).waitFor();
    await online(page);
    await picture(page, 'key-taken-over');
    expect(faults).toEqual([]);
  });

  test('a key file under a passphrase is opened from a window, and stays open for a restart', async () => {
    const world = await nodeWorld();
    const record = await readIdentityRecord(world.paths.identityFile);
    const store = createFileKeyStore({ keyFile: world.paths.keyFile, cost });
    await store.protect(record?.nodeKeyHash ?? '', passphrase);
    const app = await world.launch();
    const { page, faults } = await watched(app);
    await page.getByText('Unlock your node key').waitFor();
    await page.getByLabel('Passphrase').fill('not this one');
    await press(page, 'Unlock and start');
    await page.getByRole('alert').getByText('doesn’t open', { exact: false }).waitFor();
    await picture(page, 'key-locked-file');
    await page.getByLabel('Passphrase').fill(passphrase);
    await press(page, 'Unlock and start');
    await online(page);
    await app.evaluate(async ({ BrowserWindow }) => {
      await BrowserWindow.getAllWindows()[0]?.webContents.executeJavaScript(
        "operator.ask('app.restartNode', {})",
      );
    });
    await until('the node to be up again', async () =>
      page.evaluate<boolean>(
        "operator.ask('app.state', {}).then(({ output }) => output.node.phase === 'hosting')",
      ),
    );
    expect(faults).toEqual([]);
  });

  test('moving the key says what it means, and a keychain that does not answer costs nothing', async () => {
    const world = await nodeWorld();
    const app = await world.launch();
    const { page, faults } = await watched(app);
    await online(page);
    const before = world.network.coordinator.ledger.heartbeats.length;
    await page.evaluate("location.hash = '#/settings/key'");
    await press(page, 'Move to keychain');
    await page.getByRole('dialog').getByText('only this app can use it', { exact: false }).waitFor();
    await picture(page, 'key-move');
    await press(page, 'Move key');
    await page.getByRole('dialog').getByRole('alert').waitFor();
    await picture(page, 'key-move-refused');
    expect(await page.evaluate("operator.ask('app.state', {}).then(({ output }) => output.node.phase)")).toBe(
      'hosting',
    );
    expect(world.network.coordinator.ledger.heartbeats.length).toBeGreaterThanOrEqual(before);
    expect(faults).toEqual([]);
  });
});
