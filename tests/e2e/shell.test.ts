import { mkdirSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { findDaemon } from '../../electron/daemon/storage/lock.ts';
import { systemClock as clock } from '../../electron/daemon/system/clock.ts';
import { type AppWorld, createAppWorld, runners } from '../fixtures/e2e/app.ts';
import { builtApp } from '../fixtures/e2e/app-build.ts';
import { createNodeWorld } from '../fixtures/e2e/app-node.ts';
import { without } from '../fixtures/e2e/removals.ts';
import type { RunningApp } from '../fixtures/e2e/running-app.ts';
import { ask, askToQuit, until } from '../fixtures/e2e/until.ts';
import { hostHere } from '../fixtures/faults/host.ts';

const phase = async (app: RunningApp) => {
  const page = await app.page();
  return (await page.locator('#phase').textContent()) ?? '';
};
const windows = (app: RunningApp) =>
  app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length);

describe.each(runners)('the app, in $name', (runner) => {
  let main = '';
  const worlds: AppWorld[] = [];
  const opened = <W extends AppWorld>(world: W): W => {
    worlds.push(world);
    return world;
  };

  beforeAll(async () => {
    if (runner.missing === null) main = await builtApp();
  });
  beforeEach((context) => {
    if (runner.missing) return context.skip(runner.missing);
  });
  afterEach(async () => {
    for (const world of worlds.splice(0)) await world.clean();
  });

  test('opens without a key and makes one when asked, and never a second one', async () => {
    const world = opened(await createNodeWorld(runner, { main }));
    // A place of its own without a key in it.
    const app = await world.launch({ env: { PARALLELIX_STATE_DIR: `${world.stateDir}-new` } });
    const page = await app.page();
    await until('no-identity', async () => (await phase(app)) === 'no-identity');
    const made = await ask(page, 'identity.create', { keyStore: 'file' });
    expect(made).toMatchObject({
      ok: true,
      output: { nodeKeyHash: expect.stringMatching(/^0x[0-9a-f]{64}$/) },
    });
    await until('hosting', async () => (await phase(app)) === 'hosting');
    expect(await ask(page, 'identity.create', { keyStore: 'file' })).toMatchObject({ ok: false });
    const snapshot = await ask(page, 'snapshot');
    expect(snapshot).toMatchObject({
      ok: true,
      output: { identity: { nodeKeyHash: (made.output as { nodeKeyHash: string }).nodeKeyHash } },
    });
  });

  test('never falls back to a file where no keychain answers', async () => {
    const world = opened(await createAppWorld(runner, { main }));
    const app = await world.launch();
    await until('no-identity', async () => (await phase(app)) === 'no-identity');
    const answer = await ask(await app.page(), 'identity.create', { keyStore: 'keychain' });
    expect(answer.error?.code).toMatch(/^keychain-/);
    expect(await phase(app)).toBe('no-identity');
  });

  test('serves on while its window is closed, and opens it again for a second launch', async () => {
    const world = opened(await createNodeWorld(runner, { main }));
    const app = await world.launch();
    await until('hosting', async () => (await phase(app)) === 'hosting');
    const { coordinator } = world.network;
    await coordinator.ledger.when('a heartbeat', () =>
      coordinator.ledger.heartbeats.find((beat) => beat.accepted),
    );
    await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close());
    await until('no window', async () => (await windows(app)) === 0);
    const requestId = coordinator.submit('A question while the window is closed');
    const record = await coordinator.answered(requestId);
    expect(record.outcome).toBe('answered');

    const second = await world.launch({ args: ['parallelix-operator://settings'] });
    expect(await second.exited).toBe(0);
    await until('the window', async () => (await windows(app)) === 1);
    const page = await app.page();
    expect(await page.evaluate('location.hash')).toBe('#/settings');
    await page.locator('#state', { hasText: /ready|serving|woke/ }).waitFor();
  });

  test('attaches to a node that runs already, and leaves it running', async () => {
    const world = opened(await createNodeWorld(runner, { main }));
    const { coordinatorUrl, ollamaUrl } = world.network.urls;
    const { host } = await hostHere({ stateDir: world.stateDir, coordinatorUrl, ollamaUrl });
    try {
      const app = await world.launch();
      await until('attached', async () => (await phase(app)) === 'attached');
      const page = await app.page();
      expect(await ask(page, 'pause', { forMs: null })).toMatchObject({ ok: true });
      expect(host.daemon.snapshot().control.pause).not.toBeNull();
      await page.locator('#state', { hasText: 'paused' }).waitFor();
      await askToQuit(page);
      expect(await app.exited).toBe(0);
      expect((await findDaemon(world.paths, { clock }))?.pid).toBe(process.pid);
    } finally {
      await host.daemon.drain(0);
      await host.ended;
    }
  });

  test('finishes its work before it quits, and says so meanwhile', async () => {
    const world = opened(await createNodeWorld(runner, { main }));
    const { coordinator, ollama } = world.network;
    const app = await world.launch();
    await until('hosting', async () => (await phase(app)) === 'hosting');
    await ollama.setFaults({ tokenDelayMs: 60 });
    const requestId = coordinator.submit('A slow question');
    await ollama.seen.when('a generation', () => ollama.seen.generationsInFlight > 0);
    const page = await app.page();
    await askToQuit(page);
    await until('quitting', async () => {
      const { output } = await ask(page, 'app.state');
      return (output as { quitting: unknown }).quitting !== null;
    });
    expect(await app.exited).toBe(0);
    const record = await coordinator.answered(requestId);
    expect(record.outcome).toBe('answered');
    expect(coordinator.ledger.heartbeats.at(-1)).toMatchObject({ accepted: true });
    expect(await findDaemon(world.paths, { clock })).toBeNull();
  });

  test('quits at once when it is asked a second time', async () => {
    const world = opened(await createNodeWorld(runner, { main }));
    const { coordinator, ollama } = world.network;
    const app = await world.launch();
    await until('hosting', async () => (await phase(app)) === 'hosting');
    await ollama.setFaults({ tokenDelayMs: 2000 });
    coordinator.submit('A very slow question');
    await ollama.seen.when('a generation', () => ollama.seen.generationsInFlight > 0);
    const page = await app.page();
    await askToQuit(page);
    await until(
      'quitting',
      async () => ((await ask(page, 'app.state')).output as { quitting: unknown }).quitting !== null,
    );
    void ask(page, 'app.quit').catch(() => undefined);
    expect(await app.exited).toBe(0);
    expect(ollama.seen.generationsInFlight).toBeLessThanOrEqual(1);
  });

  test('ends with code 70 after an error that nobody caught, and asks to be started again without a window', async (context) => {
    if (runner.name !== 'test host')
      return context.skip('the relaunched process of a real Electron is not this test’s child');
    const world = opened(await createNodeWorld(runner, { main }));
    // Nothing can be written where relaunches are counted, as on a full disk.
    mkdirSync(join(world.userData, 'relaunches.json'), { recursive: true });
    const app = await world.launch();
    await until('hosting', async () => (await phase(app)) === 'hosting');
    void app
      .evaluate(
        () =>
          void setTimeout(() => {
            throw new Error('a fault');
          }),
      )
      .catch(() => undefined);
    expect(await app.exited).toBe(70);
    expect(app.relaunches).toHaveLength(1);
    expect(app.relaunches[0]?.at(-1)).toBe('--hidden');
    // In the app's own log, and in that of the node which ended with it.
    for (const file of [join(world.paths.logDir, 'app.log'), world.paths.logFile]) {
      const crash = readFileSync(file, 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Record<string, unknown>)
        .find(({ event }) => event === 'crashed');
      expect(crash).toMatchObject({
        error: 'Error: a fault',
        stack: expect.stringMatching(/^ {2}at .+:\d+/),
      });
    }
    const hidden = await world.launch({ args: ['--hidden'] });
    await until(
      'the app',
      async () => (await hidden.evaluate(({ app: electron }) => electron.isReady())) === true,
    );
    expect(await windows(hidden)).toBe(0);
  });

  test('shows the earnings in a window of their own, and remembers where windows stood', async () => {
    const world = opened(await createAppWorld(runner, { main }));
    const app = await world.launch();
    await ask(await app.page(), 'app.openWindow', { window: 'earnings' });
    const earnings = await app.page('earnings');
    expect(await earnings.evaluate('location.hash')).toBe('#/earnings');
    expect(await windows(app)).toBe(2);
    const wanted = { x: 120, y: 80, width: 1000, height: 700 };
    await app.evaluate(({ BrowserWindow }, bounds) => {
      const window = BrowserWindow.getAllWindows().find((one) =>
        one.webContents.getURL().includes('window=main'),
      );
      window?.setBounds(bounds);
      window?.close();
    }, wanted);
    await until('one window', async () => (await windows(app)) === 1);
    await app.evaluate(({ app: electron }) => void electron.emit('activate'));
    await app.page();
    const bounds = await app.evaluate(({ BrowserWindow }) => {
      const window = BrowserWindow.getAllWindows().find((one) =>
        one.webContents.getURL().includes('window=main'),
      );
      return { bounds: window?.getBounds(), smallest: window?.getMinimumSize() };
    });
    expect(bounds).toEqual({ bounds: wanted, smallest: [900, 600] });
  });

  test('opens only pages of its own list outside', async (context) => {
    if (process.platform !== 'linux') return context.skip('another program opens links here than xdg-open');
    const link = 'https://app.parallelix.io/operator?tier=1';
    const foreign = ['https://app.parallelix.io.evil.example/', 'file:///etc/passwd', 'javascript:alert(1)'];
    const openedBy = async (file: string) => {
      const world = opened(await createAppWorld(runner, { main: file }));
      // Electron on Linux opens links with xdg-open; this one writes down what it is given.
      const bin = join(world.homeDir, 'bin');
      const log = join(world.homeDir, 'opened');
      await mkdir(bin, { recursive: true });
      await writeFile(join(bin, 'xdg-open'), `#!/bin/sh\nprintf '%s\\n' "$1" >> '${log}'\n`, { mode: 0o755 });
      const app = await world.launch({ env: { PATH: `${bin}:${process.env.PATH}` } });
      const page = await app.page();
      const answers = [];
      for (const url of [link, ...foreign]) answers.push(await ask(page, 'app.openLink', { url }));
      return { answers, urls: readFileSync(log, 'utf8').trim().split('\n') };
    };
    const { answers, urls } = await openedBy(main);
    expect(answers.map(({ ok, error }) => (ok ? 'opened' : error?.code))).toEqual([
      'opened',
      ...foreign.map(() => 'link-refused'),
    ]);
    expect(urls).toEqual([link]);
    const control = await openedBy(await builtApp({ without: without('allowedLinks') }));
    expect(control.urls).toEqual([link, ...foreign]);
  });
});
