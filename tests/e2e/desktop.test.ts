import { existsSync } from 'node:fs';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type AppWorld, createAppWorld, testHost } from '../fixtures/e2e/app.ts';
import { builtApp } from '../fixtures/e2e/app-build.ts';
import { createNodeWorld } from '../fixtures/e2e/app-node.ts';
import { zoneAtNoon } from '../fixtures/e2e/noon.ts';
import type { RunningApp } from '../fixtures/e2e/running-app.ts';
import { ask, askToQuit, until } from '../fixtures/e2e/until.ts';

/*
 * Tray, login items, keep-awake and notifications have no effect in the test host: these tests prove only
 * what the app asks of a desktop. What a desktop makes of it, only a real one can show.
 */

interface HostRecord {
  call: string;
  args: unknown[];
}
const recordOf = (app: RunningApp) =>
  app.evaluate(() => (globalThis as unknown as { testHost: { record: HostRecord[] } }).testHost.record);
/** An item of a menu, with those of its own menu. */
interface MenuItem {
  label?: string;
  click?: () => void;
  submenu?: { items: MenuItem[] };
}
const tray = (app: RunningApp) =>
  app.evaluate(({ Tray }) => {
    const [first] = (
      Tray as unknown as {
        hostTrays: () => {
          hostToolTip: string;
          hostImage: { hostPath: string; isEmpty: () => boolean };
          hostMenu: { items: MenuItem[] } | null;
        }[];
      }
    ).hostTrays();
    if (!first) return null;
    const { hostToolTip, hostImage, hostMenu } = first;
    const labelsOf = (items: readonly MenuItem[]): string[] =>
      items.flatMap(({ label = '', submenu }) => [label, ...labelsOf(submenu?.items ?? [])]);
    const labels = labelsOf(hostMenu?.items ?? []);
    return {
      toolTip: hostToolTip,
      image: hostImage.hostPath.split('/').at(-1),
      empty: hostImage.isEmpty(),
      labels,
    };
  });
const click = (app: RunningApp, label: string) =>
  app.evaluate(({ Tray }, wanted) => {
    const [first] = (
      Tray as unknown as {
        hostTrays: () => { hostMenu: { items: MenuItem[] } }[];
      }
    ).hostTrays();
    const all = (items: readonly MenuItem[]): MenuItem[] =>
      items.flatMap((item) => [item, ...all(item.submenu?.items ?? [])]);
    all(first?.hostMenu.items ?? [])
      .find((item) => item.label === wanted)
      ?.click?.();
  }, label);

describe('what the app asks of the desktop (calls only, in the test host)', () => {
  let main = '';
  const worlds: AppWorld[] = [];
  const opened = <W extends AppWorld>(world: W): W => {
    worlds.push(world);
    return world;
  };

  beforeAll(async () => {
    if (testHost.missing === null) main = await builtApp();
  });
  beforeEach((context) => {
    if (testHost.missing) return context.skip(testHost.missing);
  });
  afterEach(async () => {
    for (const world of worlds.splice(0)) await world.clean();
  });

  test('a tray with the state and live figures, whose menu pauses and resumes; keep-awake while online', async () => {
    const world = opened(await createNodeWorld(testHost, { main }));
    const app = await world.launch();
    const { ledger } = world.network.coordinator;
    await ledger.when('a heartbeat', () => ledger.heartbeats.find((beat) => beat.accepted));
    await until(
      'the tray to be ready',
      async () => (await tray(app))?.toolTip === 'ParalleliX Operator: Ready',
    );
    const ready = await tray(app);
    expect(ready).toMatchObject({ empty: false, image: expect.stringMatching(/^ready-(dark|light)\.png$/) });
    expect(ready?.labels).toContain('Earning: —');

    const awake = async () =>
      (await recordOf(app))
        .filter(({ call }) => call.startsWith('powerSaveBlocker'))
        .map(({ call, args }) => [call, ...args]);
    expect(await awake()).toEqual([]);
    const page = await app.page();
    await ask(page, 'settings.set', { name: 'desktop.keepAwake', value: true });
    expect(await awake()).toEqual([['powerSaveBlocker.start', 'prevent-app-suspension']]);

    await click(app, 'For 1 Hour');
    await until('the paused tray', async () => (await tray(app))?.labels.includes('Resume'));
    expect((await tray(app))?.image).toMatch(/^paused-/);
    await click(app, 'Resume');
    await until('the tray to be ready', async () => (await tray(app))?.labels.includes('For 1 Hour'));
    await ask(page, 'settings.set', { name: 'desktop.keepAwake', value: false });
    expect((await awake()).at(-1)).toEqual(['powerSaveBlocker.stop']);
  });

  test('a tray whose Quit finishes the work in hand, says so, and counts it', async () => {
    const world = opened(await createNodeWorld(testHost, { main }));
    const { coordinator, ollama } = world.network;
    // Somewhere where it is noon: no midnight comes between the request and its figure.
    const app = await world.launch({ env: { TZ: zoneAtNoon() } });
    await until('the tray to be ready', async () => (await tray(app))?.image?.startsWith('ready-'));
    await coordinator.answered(coordinator.submit('A first question'));
    await until('the figure of today', async () => {
      // Figures alone do not draw the menu again; a change of state does.
      await ask(await app.page(), 'pause', { forMs: null });
      await ask(await app.page(), 'resume');
      return (await tray(app))?.labels.includes('Requests today: 1');
    });
    await ollama.setFaults({ tokenDelayMs: 60 });
    const requestId = coordinator.submit('A slow question');
    await ollama.seen.when('a generation', () => ollama.seen.generationsInFlight > 0);
    await click(app, 'Quit');
    await until('the tray to say so', async () => (await tray(app))?.toolTip.endsWith(': Finishing up'));
    expect((await tray(app))?.labels).toContain('Quit Now');
    expect(await app.exited).toBe(0);
    expect((await coordinator.answered(requestId)).outcome).toBe('answered');
  });

  test('an entry that starts it at login, repaired when the AppImage has moved, taken away again', async () => {
    const world = opened(await createAppWorld(testHost, { main }));
    const file = join(world.homeDir, '.config', 'autostart', 'parallelix-operator.desktop');
    const env = { TEST_HOST_PACKAGED: '1', APPIMAGE: '/apps/Operator-1.AppImage' };
    const first = await world.launch({ env });
    const page = await first.page();
    const status = async (app: RunningApp) => {
      const { output } = await ask(await app.page(), 'app.state');
      return (output as { loginItem: { status: string } }).loginItem.status;
    };
    expect(await status(first)).toBe('off');
    expect(await ask(page, 'app.setLoginItem', { on: true })).toMatchObject({ ok: true });
    expect(await status(first)).toBe('on');
    expect(await readFile(file, 'utf8')).toContain('Exec="/apps/Operator-1.AppImage" --hidden\n');
    await askToQuit(page);
    await first.exited;
    const moved = await world.launch({ env: { ...env, APPIMAGE: '/home/op/Operator-2.AppImage' } });
    expect(await status(moved)).toBe('on');
    expect(await readFile(file, 'utf8')).toContain('Exec="/home/op/Operator-2.AppImage" --hidden\n');
    expect((await recordOf(moved)).find(({ call }) => call === 'setAsDefaultProtocolClient')?.args).toEqual([
      'parallelix-operator',
    ]);
    await ask(await moved.page(), 'app.setLoginItem', { on: false });
    expect(existsSync(file)).toBe(false);
  });

  test('an entry that the desktop switched off stays off', async () => {
    const world = opened(await createAppWorld(testHost, { main }));
    const folder = join(world.homeDir, '.config', 'autostart');
    await mkdir(folder, { recursive: true });
    const text = '[Desktop Entry]\nType=Application\nExec="/old" --hidden\nHidden=true\n';
    await writeFile(join(folder, 'parallelix-operator.desktop'), text);
    const app = await world.launch({ env: { TEST_HOST_PACKAGED: '1', APPIMAGE: '/apps/Operator.AppImage' } });
    const { output } = await ask(await app.page(), 'app.state');
    expect(output).toMatchObject({ loginItem: { status: 'off' } });
    expect(await readFile(join(folder, 'parallelix-operator.desktop'), 'utf8')).toBe(text);
  });

  test('the login item of macOS, with whatever the system says of it', async () => {
    const world = opened(
      await createAppWorld(testHost, {
        main: fileURLToPath(new URL('../fixtures/e2e/login-item-app.ts', import.meta.url)),
      }),
    );
    const app = await world.launch();
    const seen = await app.evaluate(() =>
      (globalThis as unknown as { report: () => Promise<object> }).report(),
    );
    expect(seen).toEqual({
      'not-registered': 'off',
      enabled: 'on',
      'requires-approval': 'requires-approval',
      'not-found': 'broken',
      atLogin: true,
      on: 'on',
      off: 'off',
    });
  });

  test('one notification that the node goes on when the window is closed, and none the next time', async () => {
    const world = opened(await createAppWorld(testHost, { main }));
    const app = await world.launch();
    const shown = async () =>
      (await recordOf(app))
        .filter(({ call }) => call === 'Notification.show')
        .map(({ args }) => (args[0] as { title: string }).title);
    for (let times = 0; times < 2; times += 1) {
      await app.page();
      await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close());
      await until('the notification', async () => (await shown()).length === 1);
      await app.evaluate(({ app: electron }) => void electron.emit('activate'));
    }
    await app.page();
    expect(await shown()).toEqual(['Your node keeps running']);
  });

  test('a notification that the key is missing, though no node runs that could report it', async () => {
    const world = opened(await createNodeWorld(testHost, { main }));
    const stateDir = `${world.stateDir}-keyless`;
    const app = await world.launch({ env: { PARALLELIX_STATE_DIR: stateDir } });
    const page = await app.page();
    const phase = async () =>
      ((await ask(page, 'app.state')).output as { node: { phase: string } }).node.phase;
    await until('no-identity', async () => (await phase()) === 'no-identity');
    await app.evaluate(() => {
      // What waits for a minute waits no longer, and the clock has gone on by as much.
      const wait = setTimeout;
      const now = performance.now.bind(performance);
      let passedMs = 0;
      performance.now = () => now() + passedMs;
      globalThis.setTimeout = ((run: () => void, ms = 0) =>
        ms < 59_000 || ms > 60_000
          ? wait(run, ms)
          : wait(() => {
              passedMs += ms;
              run();
            }, 20)) as typeof setTimeout;
    });
    await mkdir(stateDir, { recursive: true, mode: 0o700 });
    await copyFile(world.paths.identityFile, join(stateDir, 'identity.json'));
    // Answered once the node runs, which it does not without its key.
    void ask(page, 'app.startNode').catch(() => undefined);
    await until('key-trouble', async () => (await phase()) === 'key-trouble');
    const shown = await until('the notification', async () => {
      const found = (await recordOf(app)).filter(({ call }) => call === 'Notification.show');
      return found.length > 0 && found.map(({ args }) => args[0] as { title: string; body: string });
    });
    expect(shown).toMatchObject([
      {
        title: 'Key missing',
        body: expect.stringMatching(/^Your node key is missing.*You’re not earning\.$/),
      },
    ]);
  });

  test('the theme and the language that were chosen, on the page itself and in the tray', async () => {
    const world = opened(await createAppWorld(testHost, { main }));
    const app = await world.launch();
    const page = await app.page();
    const dark = () => page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches");
    for (const theme of ['dark', 'light']) {
      await ask(page, 'settings.set', { name: 'desktop.theme', value: theme });
      await until(theme, async () => (await dark()) === (theme === 'dark'));
    }
    const speak = (choice: object) => ask(page, 'settings.set', { name: 'desktop.language', ...choice });
    const spoken = async () =>
      ((await ask(page, 'app.state')).output as { language: string } | undefined)?.language;
    expect(await speak({ value: 'de' })).toMatchObject({ ok: true });
    await until('German', async () => (await spoken()) === 'de');
    await until('the German tray', async () => (await tray(app))?.labels.includes('Beenden'));
    await speak({});
    await until('English', async () => (await spoken()) === 'en');
    await until('the English tray', async () => (await tray(app))?.labels.includes('Quit'));
  });
});
