import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { RequestRecord } from '../../shared/contract/records.ts';
import type { AppWorld } from '../fixtures/e2e/app.ts';
import { runners } from '../fixtures/e2e/app.ts';
import { builtApp } from '../fixtures/e2e/app-build.ts';
import { createNodeWorld } from '../fixtures/e2e/app-node.ts';
import { picture } from '../fixtures/e2e/pictures.ts';
import { pictureAll, watched } from '../fixtures/e2e/product-window.ts';
import { ask } from '../fixtures/e2e/until.ts';

const pages = ['Dashboard', 'Hardware', 'Models', 'Earnings', 'Settings', 'Diagnostics'];

interface SnapshotSeen {
  identity: { nodeKeyHash: string };
  hardware: { tier: number };
}

describe.each(runners)('the product, in $name', (runner) => {
  let main = '';
  const worlds: AppWorld[] = [];

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

  test('a fresh machine is set up by mouse, from the first page to a node that is ready', async () => {
    const world = await createNodeWorld(runner, { main });
    worlds.push(world);
    const { network, homeDir } = world;
    network.ollama.models.replace([]);
    const app = await world.launch({ env: { PARALLELIX_STATE_DIR: `${world.stateDir}-fresh` } });
    const { page, faults } = await watched(app);
    const heading = (name: string) => page.getByRole('heading', { level: 2, name }).waitFor();
    const press = (name: string) => page.getByRole('button', { name, exact: true }).first().click();
    const step = (name: string) =>
      page.getByRole('navigation', { name: 'Steps' }).getByRole('link', { name: new RegExp(`^${name}`) });

    await heading('Earn with this computer');
    await page.getByText('Costs, risks and privacy').click();
    await page.getByText('Ollama is installed.', { exact: false }).waitFor();
    await picture(page, '1-need');
    await press('Get started');
    await heading('Check hardware');
    await picture(page, '2-probe');
    await press('Continue');
    await heading('Download a model');
    const download = page.getByRole('button', { name: /^Download / });
    await download.waitFor();
    await picture(page, '3-model');
    await network.ollama.setFaults({ pullBytesPerSecond: 3_000_000 });
    await download.click();
    // How large it is in all is known where the registry can be reached.
    await page.locator('[data-pull="pulling"] .progress', { hasText: /[kM]B (downloaded|of)/ }).waitFor();
    await picture(page, '4-pulling');
    await page.getByText(/can serve\.$/).waitFor();
    await picture(page, '5-model-here');

    await press('Continue');
    await heading('Create node key');
    // No keychain answers here: that is said, and none is offered.
    await page.getByText('no keychain answers on this computer', { exact: false }).waitFor();
    expect(await page.getByRole('radio').count()).toBe(0);
    await picture(page, '6-key');
    await press('Create key');
    await page.getByText('Key created. Stored in a private file.').waitFor();
    const file = join(homeDir, 'backup.json');
    await app.evaluate(({ dialog }, filePath) => {
      dialog.showSaveDialog = async () => ({ canceled: false, filePath });
    }, file);
    await page.getByLabel('Passphrase', { exact: true }).fill('correct horse battery');
    await page.getByLabel('Confirm passphrase').fill('correct horse battery');
    await picture(page, '7-backup');
    await press('Save backup…');
    await page.getByText(`Saved to ${file} and verified.`, { exact: false }).waitFor();
    await page.getByText('It’s on the same disk as the key', { exact: false }).waitFor();
    await picture(page, '8-backed-up');

    await press('Continue');
    await heading('Register and stake');
    await page.getByText('Ask whoever runs this coordinator', { exact: false }).waitFor();
    expect(await page.getByText('Stake in the ParalleliX Console', { exact: false }).count()).toBe(0);
    const { output } = await ask(page, 'snapshot');
    const { identity, hardware } = output as SnapshotSeen;
    await page.getByText('Enter manually').click();
    expect(await page.getByRole('textbox', { name: /nodeKeyHash/ }).inputValue()).toBe(identity.nodeKeyHash);
    // No contract is known to be this network's: there is no form to link to, and no call to show as a picture.
    expect(await page.getByRole('textbox', { name: 'Link to the registration page' }).count()).toBe(0);
    await press('Register node');
    await page.getByRole('dialog', { name: 'Register node' }).waitFor();
    expect(await page.getByRole('img', { name: /^QR code/ }).count()).toBe(0);
    await press('Close');
    await picture(page, '9-register');
    const { nodeId } = await network.registerNode({
      nodeKeyHash: identity.nodeKeyHash,
      tier: hardware.tier as 1,
    });
    await page.getByText(`Registered as node #${nodeId}`).first().waitFor();
    await picture(page, '10-registered');

    await press('Continue');
    await heading('Go online');
    await picture(page, '11-run');
    await page.getByText('You’re online since', { exact: false }).waitFor();
    for (const wish of ['Start at login', 'Keep awake'])
      await page.getByRole('switch', { name: wish }).waitFor();
    await picture(page, '12-accepted');
    expect(await step('Go online').innerText()).toContain('Done');
    await press('Go to dashboard');
    await page.getByText('Earning', { exact: true }).waitFor();
    await page.locator('[data-state="ready"]').waitFor();
    await picture(page, '13-dashboard');
    expect(faults).toEqual([]);
  });

  test('diagnostics are read in the window and saved as they were read, without anything private', async () => {
    const world = await createNodeWorld(runner, { main });
    worlds.push(world);
    const prompt = 'What is the colour of the planted prompt?';
    const app = await world.launch();
    const { page, faults } = await watched(app);
    await page.locator('[data-state="ready"]').waitFor();
    const id = world.network.coordinator.submit(prompt);
    await world.network.coordinator.answered(id);
    await page.evaluate("location.hash = '#/diagnostics'");
    await page.getByRole('button', { name: 'Create report' }).click();
    const text = page.getByRole('textbox', { name: 'Support report' });
    await text.waitFor();
    await text.scrollIntoViewIfNeeded();
    await picture(page, 'diagnostics-read');
    const read = await text.inputValue();
    expect(read).toContain('node: the app, hosting');
    expect(read).toContain(id);
    const file = join(world.homeDir, 'diagnostics.txt');
    await app.evaluate(({ dialog }, filePath) => {
      dialog.showSaveDialog = async () => ({ canceled: false, filePath });
    }, file);
    await page.getByRole('button', { name: 'Save report' }).click();
    await page.getByText(`Saved to ${file}.`).waitFor();
    const saved = readFileSync(file, 'utf8');
    expect(saved.trim()).toBe(read.trim());
    expect(saved).not.toContain(readFileSync(world.paths.keyFile, 'utf8').trim());
    expect(saved).not.toContain('planted prompt');
    expect(saved).not.toContain(world.homeDir);
    expect(faults).toEqual([]);
  });

  test('work goes on while the window is closed, and a window opened again shows it', async () => {
    const world = await createNodeWorld(runner, { main });
    worlds.push(world);
    const { coordinator, ollama } = world.network;
    const app = await world.launch();
    const first = await watched(app);
    await first.page.locator('[data-state="ready"]').waitFor();
    await ollama.setFaults({ tokenDelayMs: 40, pullBytesPerSecond: 1_000_000 });
    const requestId = coordinator.submit('A question that the window shows');
    await first.page.locator('.outcome-accepted').waitFor();
    await first.page.locator('[data-state="serving"]').waitFor();
    await picture(first.page, 'serving');
    expect(await ask(first.page, 'models.pull', { model: 'gemma2:9b' })).toMatchObject({ ok: true });
    await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close());
    const record = await coordinator.answered(requestId);
    expect(record.outcome).toBe('answered');

    await app.evaluate(({ app: electron }) => void electron.emit('activate'));
    const again = await watched(app);
    const { page } = again;
    const row = page.getByRole('row').filter({ hasText: 'Delivered' });
    await row.waitFor();
    await page.locator('[data-state="ready"]').waitFor();
    const { output } = await ask(page, 'requests.recent', { beforeSeq: null, limit: 1 });
    const [served] = (output as { requests: RequestRecord[] }).requests;
    expect(await row.innerText()).toContain(served?.model);
    expect(await row.innerText()).toContain(`${served?.inputTokens} / ${served?.outputTokens}`);
    await picture(page, 'served');
    await page.getByRole('link', { name: 'Models' }).click();
    await page.locator('[data-pull]', { hasText: 'gemma2:9b' }).waitFor();
    await picture(page, 'pulled-without-a-window');
    await page.locator('[data-pull="done"]', { hasText: 'gemma2:9b' }).waitFor();

    await page.getByRole('link', { name: 'Dashboard' }).click();
    expect(await ask(page, 'drain')).toMatchObject({ ok: true });
    await page.getByText('Your node is stopped').waitFor();
    expect(await page.getByText('Earning', { exact: true }).count()).toBe(0);
    await picture(page, 'stopped');
    await page.getByRole('button', { name: 'Start node' }).click();
    await page.getByText('Earning', { exact: true }).waitFor();
    expect(await ask(page, 'app.restartNode')).toMatchObject({ ok: true });
    await page.getByText('Earning', { exact: true }).waitFor();
    expect(first.faults).toEqual([]);
    expect(again.faults).toEqual([]);
  });

  test('every page opens over a node that runs, in both themes, without an error', async () => {
    const world = await createNodeWorld(runner, { main });
    worlds.push(world);
    const app = await world.launch();
    const { page, faults } = await watched(app);
    await page.locator('[data-state="ready"]').waitFor();
    world.network.coordinator.submit('A question for the list');
    await page.getByRole('row').filter({ hasText: 'Delivered' }).waitFor();
    for (const theme of ['light', 'dark']) {
      await ask(page, 'settings.set', { name: 'desktop.theme', value: theme });
      for (const name of pages) {
        await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name }).click();
        await page.getByRole('heading', { level: 1 }).waitFor();
        await page.locator('.working').first().waitFor({ state: 'detached' });
        await picture(page, `page-${name}-${theme}`);
        // Whatever a page scrolls, the window beside it stays.
        expect(await page.evaluate('document.documentElement.scrollHeight <= innerHeight')).toBe(true);
      }
    }
    await ask(page, 'app.openWindow', { window: 'earnings' });
    const earnings = await watched(app, 'earnings');
    await earnings.page.getByRole('heading', { level: 1, name: 'Earnings' }).waitFor();
    expect(earnings.page.url()).toMatch(/index\.html\?window=earnings#\/earnings$/);
    await picture(earnings.page, 'window-earnings');
    // At once, in every window, and where it is; the answer arrives, and nothing that was typed is lost.
    await page.getByRole('searchbox', { name: 'Search' }).fill('heartbeat');
    expect(await ask(page, 'settings.set', { name: 'desktop.language', value: 'de' })).toMatchObject({
      ok: true,
    });
    await earnings.page.getByRole('heading', { level: 1, name: 'Erträge' }).waitFor();
    await page.getByRole('heading', { level: 1, name: 'Diagnose' }).waitFor();
    expect(await page.getByRole('searchbox').inputValue()).toBe('heartbeat');
    await expect
      .poll(() => page.evaluate('[document.documentElement.lang, document.title]'))
      .toEqual(['de', 'Diagnose · ParalleliX Operator']);
    expect([...faults, ...earnings.faults]).toEqual([]);
  });
});
