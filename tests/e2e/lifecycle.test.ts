import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { AppState } from '../../shared/contract/app.ts';
import { type AppWorld, createAppWorld, runners } from '../fixtures/e2e/app.ts';
import { builtApp } from '../fixtures/e2e/app-build.ts';
import { createNodeWorld } from '../fixtures/e2e/app-node.ts';
import type { RunningApp } from '../fixtures/e2e/running-app.ts';
import { noBusHere, startSessionBus } from '../fixtures/e2e/session-bus.ts';
import { ask, until } from '../fixtures/e2e/until.ts';
import { hostHere } from '../fixtures/faults/host.ts';

/** Who looks often is refused now and then, and looks again. */
const stateOf = async (app: RunningApp): Promise<AppState> => {
  const page = await app.page();
  return until('an answer', async () => {
    const { ok, output } = await ask(page, 'app.state');
    return ok && (output as AppState);
  });
};
const inPhase = (app: RunningApp, phase: string) =>
  until(phase, async () => (await stateOf(app)).node.phase === phase);

describe.each(runners)('the node behind an open window, in $name', (runner) => {
  let main = '';
  const ends: (() => unknown)[] = [];
  const opened = <W extends AppWorld>(world: W): W => {
    ends.push(world.clean);
    return world;
  };

  beforeAll(async () => {
    if (runner.missing === null) main = await builtApp();
  });
  beforeEach((context) => {
    if (runner.missing) return context.skip(runner.missing);
  });
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
  });

  test('is started again after it was stopped, in the same window', async () => {
    const world = opened(await createNodeWorld(runner, { main }));
    const app = await world.launch();
    const page = await app.page();
    await inPhase(app, 'hosting');
    expect(await ask(page, 'drain')).toMatchObject({ ok: true });
    await inPhase(app, 'stopped');
    expect(await ask(page, 'snapshot')).toMatchObject({ ok: false, error: { code: 'no-daemon' } });
    expect(await ask(page, 'app.startNode')).toMatchObject({ ok: true });
    await inPhase(app, 'hosting');
    await page.locator('#state', { hasText: /ready|connecting/ }).waitFor();
    expect(await ask(page, 'app.restartNode')).toMatchObject({ ok: true });
    await inPhase(app, 'hosting');
  });

  test('is attached to again when the command line starts it anew', async () => {
    const world = opened(await createNodeWorld(runner, { main }));
    const { coordinatorUrl, ollamaUrl } = world.network.urls;
    const start = () => hostHere({ stateDir: world.stateDir, coordinatorUrl, ollamaUrl });
    const first = await start();
    const app = await world.launch();
    await inPhase(app, 'attached');
    await first.host.daemon.drain(0);
    await first.host.ended;
    await inPhase(app, 'stopped');
    const second = await start();
    ends.push(async () => {
      await second.host.daemon.drain(0);
      await second.host.ended;
    });
    await inPhase(app, 'attached');
  });

  test('is restarted from the window while it runs elsewhere: it ends there and runs in the app', async () => {
    const world = opened(await createNodeWorld(runner, { main }));
    const { coordinatorUrl, ollamaUrl } = world.network.urls;
    const other = await hostHere({ stateDir: world.stateDir, coordinatorUrl, ollamaUrl });
    const app = await world.launch({ env: { PARALLELIX_ACCEPT_TIER_MISMATCH: 'true' } });
    await inPhase(app, 'attached');
    const page = await app.page();
    expect(await ask(page, 'app.restartNode')).toMatchObject({ ok: true });
    await other.host.ended;
    await inPhase(app, 'hosting');
    // What is in force there comes from the same variables as on the command line.
    const { output } = await ask(page, 'settings.list');
    expect((output as { settings: { name: string }[] }).settings).toContainEqual(
      expect.objectContaining({
        name: 'hardware.acceptTierMismatch',
        value: true,
        source: 'environment',
        givenBy: 'PARALLELIX_ACCEPT_TIER_MISMATCH',
        editable: false,
      }),
    );
  });

  test('runs again after the app was killed while it hosted it', async () => {
    const world = opened(await createNodeWorld(runner, { main }));
    const app = await world.launch();
    await inPhase(app, 'hosting');
    app.kill('SIGKILL');
    await app.exited;
    const again = await world.launch();
    await inPhase(again, 'hosting');
  });

  test('keeps its window where no tray could bring it back, and says so once', async (context) => {
    if (noBusHere) return context.skip(noBusHere);
    const bus = await startSessionBus();
    ends.push(bus.stop);
    const world = opened(await createAppWorld(runner, { main, env: bus.env }));
    const app = await world.launch();
    await until('no tray', async () => (await stateOf(app)).tray === 'none');
    expect((await stateOf(app)).explain).toContain('no-tray');
    await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close());
    expect(
      await app.evaluate(({ BrowserWindow }) =>
        BrowserWindow.getAllWindows().map((one) => one.isMinimized()),
      ),
    ).toEqual([true]);
    await ask(await app.page(), 'app.explained', { what: 'no-tray' });
    expect((await stateOf(app)).explain).toEqual([]);
  });

  test('shows the page of a link that macOS hands over, and does nothing for another one', async () => {
    const world = opened(await createAppWorld(runner, { main }));
    const app = await world.launch();
    const page = await app.page();
    const open = (url: string) =>
      app.evaluate(
        ({ app: electron }, link) => void electron.emit('open-url', { preventDefault() {} }, link),
        url,
      );
    await open('parallelix-operator://models');
    await page.locator('#page', { hasText: 'models' }).waitFor();
    await open('parallelix-operator://models/delete?all=1');
    await open('parallelix-operator://earnings');
    await page.locator('#page', { hasText: 'earnings' }).waitFor();
  });

  test('takes its own folder along when it ends after its data was removed', async () => {
    const world = opened(await createAppWorld(runner, { main }));
    const app = await world.launch();
    const page = await app.page();
    expect(await ask(page, 'uninstall.removeData')).toMatchObject({ ok: true });
    await ask(page, 'uninstall.quit').catch(() => undefined);
    expect(await app.exited).toBe(0);
    for (const name of ['windows.json', 'relaunches.json', 'app-update.json', 'updates'])
      expect(existsSync(join(world.userData, name)), name).toBe(false);
  });

  test('is shown again after its page fell, and goes on without a window when it falls again', async () => {
    const world = opened(await createNodeWorld(runner, { main }));
    const app = await world.launch();
    await inPhase(app, 'hosting');
    const crash = () =>
      app.evaluate(({ BrowserWindow }) =>
        BrowserWindow.getAllWindows()[0]?.webContents.forcefullyCrashRenderer(),
      );
    const answers = () =>
      app.evaluate(async ({ BrowserWindow }) => {
        const code = "document.getElementById('phase')?.textContent ?? ''";
        return BrowserWindow.getAllWindows()[0]
          ?.webContents.executeJavaScript(code)
          .catch(() => '');
      });
    await crash();
    await until('the page', async () => (await answers()) === 'hosting');
    await crash();
    const count = () => app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length);
    await until('no window', async () => (await count()) === 0);
    await app.evaluate(({ app: electron }) => void electron.emit('activate'));
    await inPhase(app, 'hosting');
  });

  test('is shown by the real interface, within its policy and without an error', async () => {
    const product = await builtApp({ interface: 'product' });
    const world = opened(await createNodeWorld(runner, { main: product }));
    const app = await world.launch();
    const page = await app.page();
    const errors: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error' && !message.location().url.endsWith('/favicon.ico'))
        errors.push(message.text());
    });
    page.on('pageerror', (error) => errors.push(String(error)));
    await page.reload();
    await page.getByText(`#${'4217'}`).first().waitFor();
    expect(errors).toEqual([]);
  });
});
