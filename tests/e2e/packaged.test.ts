import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { extractAll } from '@electron/asar';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { asarOf } from '../../.tasks/package/app/contents.ts';
import { productVersion } from '../../.tasks/package/places.ts';
import { expectServes } from '../fixtures/cli/network.ts';
import { testHost } from '../fixtures/e2e/app.ts';
import { createNodeWorld, type NodeWorld } from '../fixtures/e2e/app-node.ts';
import { watched } from '../fixtures/e2e/product-window.ts';
import { ask } from '../fixtures/e2e/until.ts';
import { builtAppPackage, noPackagesReason } from '../fixtures/package/packages.ts';

const reason = noPackagesReason(['tar.xz']);

/** What is in the archive of the packaged app, run where there is no Electron to read it from there. */
describe('the packaged app', () => {
  let packaged = '';
  let folder = '';
  let world: NodeWorld | null = null;

  beforeAll(async () => {
    if (reason) return;
    packaged = await builtAppPackage('app-dir');
    folder = await mkdtemp(join(tmpdir(), 'plx-packaged-'));
    extractAll(asarOf(packaged), join(folder, 'app.asar'));
  });
  afterEach(async () => {
    await world?.clean();
    world = null;
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('runs from its archive: windows without an error, and a request served', async (test) => {
    const why = reason ?? testHost.missing;
    test.skip(why !== null, why ?? '');
    world = await createNodeWorld(testHost, { main: join(folder, 'app.asar', 'dist', 'app', 'main.mjs') });
    const app = await world.launch();
    const { page, faults } = await watched(app);
    await page.getByRole('link', { name: 'Dashboard' }).waitFor();
    expect(await ask(page, 'app.state')).toMatchObject({ output: { version: productVersion() } });
    const requestId = world.network.coordinator.submit('Say something');
    const record = await world.network.coordinator.answered(requestId);
    expect(record.results[0]).toMatchObject({ accepted: true, poeVerified: true });
    expect(faults).toEqual([]);
  });

  it('has a keyring in its archive that can be loaded', (test) => {
    test.skip(reason !== null, reason ?? '');
    const loaded = createRequire(join(folder, 'app.asar', 'package.json'))('keytar') as object;
    expect(loaded).toHaveProperty('AsyncEntry');
  });

  it('brings a command line that serves the practice network, and drains', async (test) => {
    test.skip(reason !== null, reason ?? '');
    await expectServes(join(packaged, 'resources', 'cli', 'bin', 'parallelix-operator'));
  });
});
