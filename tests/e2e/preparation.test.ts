import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { AppState } from '../../shared/contract/app.ts';
import { type AppWorld, runners } from '../fixtures/e2e/app.ts';
import { builtApp } from '../fixtures/e2e/app-build.ts';
import { createNodeWorld } from '../fixtures/e2e/app-node.ts';
import type { RunningApp } from '../fixtures/e2e/running-app.ts';
import { ask, until } from '../fixtures/e2e/until.ts';

const stateOf = async (app: RunningApp) =>
  (await ask(await app.page(), 'app.state')).output as AppState | undefined;

describe.each(runners)('before and around the key, in $name', (runner) => {
  let main = '';
  const worlds: AppWorld[] = [];

  beforeAll(async () => {
    if (runner.missing === null) main = await builtApp();
  });
  beforeEach((context) => {
    if (runner.missing) return context.skip(runner.missing);
  });
  afterEach(async () => {
    for (const world of worlds.splice(0)) await world.clean();
  });

  test('the machine is probed, Ollama found and a model pulled before there is a key; then the node takes over', async () => {
    const world = await createNodeWorld(runner, { main });
    worlds.push(world);
    world.network.ollama.models.replace([]);
    mkdirSync(join(world.homeDir, '.parallelix'), { recursive: true });
    const app = await world.launch({ env: { PARALLELIX_STATE_DIR: `${world.stateDir}-new` } });
    const prepared = await until('Ollama is found', async () => {
      const state = await stateOf(app);
      return state?.preparation?.ollama.condition === 'running' ? state : null;
    });
    expect(prepared).toMatchObject({
      node: { phase: 'no-identity' },
      official: { nodeKeyHash: null },
      preparation: { hardware: { tier: expect.any(Number) }, ollama: { models: [] } },
    });
    const page = await app.page();
    expect(await ask(page, 'models.catalogue')).toMatchObject({ ok: true });
    expect(await ask(page, 'pause', { forMs: null })).toMatchObject({
      ok: false,
      error: { code: 'no-daemon' },
    });
    expect(await ask(page, 'models.pull', { model: 'llama3.2' })).toMatchObject({ ok: true });
    await until('the model is here', async () => {
      const { preparation } = (await stateOf(app)) ?? {};
      return preparation?.ollama.defaultModel === 'llama3.2:latest';
    });
    expect(await ask(page, 'identity.create', { keyStore: 'file' })).toMatchObject({ ok: true });
    const hosted = await until('the node is hosted', async () => {
      const state = await stateOf(app);
      return state?.node.phase === 'hosting' ? state : null;
    });
    expect(hosted.preparation).toBeNull();
    expect(await ask(page, 'snapshot')).toMatchObject({
      output: { ollama: { defaultModel: 'llama3.2:latest' } },
    });
  });

  test('checks, the log and a backup of the key are to be had from a window', async () => {
    const world = await createNodeWorld(runner, { main });
    worlds.push(world);
    const app = await world.launch();
    const page = await app.page();
    await until('hosting', async () => (await stateOf(app))?.node.phase === 'hosting');
    const { output } = await ask(page, 'diagnostics.verify');
    const { checks } = output as { checks: { id: string; result: string }[] };
    expect(checks.find(({ id }) => id === 'key')).toMatchObject({ result: 'ok' });
    expect(checks.find(({ id }) => id === 'daemon')).toMatchObject({ result: 'ok' });

    const log = await ask(page, 'diagnostics.log', { limit: 50 });
    expect(JSON.stringify(log.output)).toContain('is running. The first heartbeat follows');

    const file = join(world.homeDir, 'backup.json');
    await app.evaluate(({ dialog }, filePath) => {
      dialog.showSaveDialog = async () => ({ canceled: false, filePath });
    }, file);
    const passphrase = 'correct horse battery staple';
    expect(await ask(page, 'key.backup', { passphrase })).toMatchObject({
      ok: true,
      output: { made: { path: file } },
    });
    writeFileSync(join(world.homeDir, 'other.json'), 'mine');
    await app.evaluate(
      ({ dialog }, filePath) => {
        dialog.showSaveDialog = async () => ({ canceled: false, filePath });
      },
      join(world.homeDir, 'other.json'),
    );
    expect(await ask(page, 'key.backup', { passphrase })).toMatchObject({
      ok: false,
      error: { code: 'backup-exists' },
    });
  });
});
