import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { registerLink } from '../../shared/links.ts';
import type { AppWorld } from './app.ts';
import { runners } from './app.ts';
import { builtApp } from './app-build.ts';
import { createNodeWorld } from './app-node.ts';
import { picture, pictureAll, pictureFolder, watched } from './product-window.ts';
import { ask } from './until.ts';

interface SnapshotSeen {
  identity: { nodeKeyHash: string };
  hardware: { tier: number };
}

describe.each(runners)('the product, in $name', (runner) => {
  let main = '';
  const worlds: AppWorld[] = [];

  beforeAll(async () => {
    if (runner.missing === null) main = await builtApp({ interface: 'product' });
  }, 120_000);
  beforeEach((context) => {
    if (runner.missing) return context.skip(runner.missing);
  });
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await pictureAll(task.name.replaceAll(/[^a-z]+/gi, '-'));
    for (const world of worlds.splice(0)) await world.clean();
  });
  afterAll(() => {
    if (runner.missing === null) console.info(`pictures of the windows: ${pictureFolder()}`);
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

    await heading('What you need');
    await page.getByText('Ollama is here already.', { exact: false }).waitFor();
    await picture(page, '1-need');
    await press('Start with the first step');
    await heading('Probe the hardware');
    await picture(page, '2-probe');
    await press('Go on: Get a model');
    await heading('Get a model');
    const download = page.getByRole('button', { name: /^Download / });
    await download.waitFor();
    await picture(page, '3-model');
    await network.ollama.setFaults({ pullBytesPerSecond: 3_000_000 });
    await download.click();
    // How large it is in all is known where the registry can be reached.
    await page.locator('[data-pull="pulling"] .progress', { hasText: /[kM]B (so far|of)/ }).waitFor();
    await picture(page, '4-pulling');
    await page.getByText(/can serve\.$/).waitFor();
    await picture(page, '5-model-here');

    await press('Go on: Make the node key');
    await heading('Make the node key');
    await page.getByRole('radio', { name: /In a file/ }).check();
    await picture(page, '6-key');
    await press('Make the key');
    await page.getByText('The key is made.', { exact: false }).waitFor();
    const file = join(homeDir, 'backup.json');
    await app.evaluate(({ dialog }, filePath) => {
      dialog.showSaveDialog = async () => ({ canceled: false, filePath });
    }, file);
    await page.getByLabel('Passphrase', { exact: true }).fill('correct horse battery');
    await page.getByLabel('The same passphrase again').fill('correct horse battery');
    await picture(page, '7-backup');
    await press('Choose a place and save');
    await page.getByText('A backup of this key was made.').waitFor();
    await picture(page, '8-backed-up');

    await press('Go on: Register on chain');
    await heading('Register on chain');
    const { output } = await ask(page, 'snapshot');
    const { identity, hardware } = output as SnapshotSeen;
    const link = registerLink(identity.nodeKeyHash, hardware.tier);
    expect(await page.getByRole('textbox', { name: 'nodeKeyHash' }).inputValue()).toBe(identity.nodeKeyHash);
    expect(await page.getByRole('textbox', { name: 'Link to the registration page' }).inputValue()).toBe(
      link,
    );
    await page.getByRole('img', { name: 'QR code of the registration page' }).waitFor();
    await picture(page, '9-register');
    const { nodeId } = await network.registerNode({
      nodeKeyHash: identity.nodeKeyHash,
      tier: hardware.tier as 1,
    });
    await page.getByText(`Registered as node ${nodeId}`).first().waitFor();
    await picture(page, '10-registered');

    await press('Go on: Run');
    await heading('Run');
    await picture(page, '11-run');
    await page.getByText('The first heartbeat was accepted', { exact: false }).waitFor();
    for (const wish of ['Start at login', 'Keep this computer awake'])
      await page.getByRole('switch', { name: wish }).waitFor();
    await picture(page, '12-accepted');
    expect(await step('Run').innerText()).toContain('done');
    await press('Go to the dashboard');
    await page.getByText('This time earns').waitFor();
    await page.locator('[data-state="ready"]').waitFor();
    await picture(page, '13-dashboard');
    expect(faults).toEqual([]);
  }, 120_000);
});
