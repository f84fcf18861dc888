import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type AppWorld, createAppWorld, runners } from '../fixtures/e2e/app.ts';
import { builtApp } from '../fixtures/e2e/app-build.ts';
import { attacks } from '../fixtures/e2e/attacks.ts';
import { type Canary, startCanary } from '../fixtures/e2e/canary.ts';
import { contentSecurityPolicy } from '../fixtures/e2e/csp.ts';
import { type removals, without } from '../fixtures/e2e/removals.ts';
import type { RunningApp } from '../fixtures/e2e/running-app.ts';
import { ask, until } from '../fixtures/e2e/until.ts';

/** Each visit has an address of its own: whoever drives the page can tell it from the one before. */
let visits = 0;
function nextHome(): string {
  visits += 1;
  return `operator://app/index.html?window=main&visit=${visits}`;
}

/** Protections taken out together, so that each test sees the one it is about, alone, and then none. */
const variants = {
  whole: [],
  'without its policy': ['policy'],
  'without refusing requests': ['requests'],
  'with nothing but the checks of senders': ['policy', 'framing', 'requests', 'navigation'],
  'without any protection': [
    'policy',
    'framing',
    'requests',
    'navigation',
    'windows',
    'permissionRequests',
    'permissionChecks',
    'devices',
    'webviews',
    'downloads',
    'fileList',
    'senderWindow',
    'senderFrame',
    'senderOrigin',
  ],
} as const satisfies Record<string, readonly (keyof typeof removals)[]>;
type Variant = keyof typeof variants;

describe.each(runners)('a page that has been taken over, in $name', (runner) => {
  let canary: Canary;
  const worlds: AppWorld[] = [];
  const apps = new Map<Variant, { app: RunningApp; world: AppWorld; page: Page }>();

  async function launch(variant: Variant) {
    const main = await builtApp({ without: without(...variants[variant]) });
    const world = await createAppWorld(runner, { main });
    worlds.push(world);
    const app = await world.launch();
    const page = await app.page();
    // A first load that another one overtakes would be refused.
    await page.waitForURL((url) => url.searchParams.get('window') === 'main', { waitUntil: 'load' });
    const launched = { world, app, page };
    apps.set(variant, launched);
    void app.exited.then(() => apps.delete(variant));
    return launched;
  }

  /** The page of a variant's only window, at home; an app that ended is launched again. */
  async function pageOf(variant: Variant) {
    const launched = apps.get(variant) ?? (await launch(variant));
    const home = nextHome();
    await launched.app.evaluate(async ({ BrowserWindow }, url) => {
      await BrowserWindow.getAllWindows()[0]?.loadURL(url);
    }, home);
    const visit = new URL(home).searchParams.get('visit');
    await launched.page.waitForURL((url) => url.searchParams.get('visit') === visit, { waitUntil: 'load' });
    return launched;
  }

  beforeAll(async () => {
    canary = await startCanary();
    if (runner.missing) return;
    for (const variant of Object.keys(variants) as Variant[]) await launch(variant);
  });
  beforeEach((context) => {
    if (runner.missing) return context.skip(runner.missing);
    canary.forget();
  });
  afterAll(async () => {
    for (const world of worlds) await world.clean();
    await canary.stop();
  });

  test.each(Object.keys(attacks) as (keyof typeof attacks)[])('reaches nobody by %s', async (name) => {
    for (const variant of ['whole', 'without its policy', 'without refusing requests'] as const) {
      const { page } = await pageOf(variant);
      expect(await attacks[name](page, canary), variant).toBe(false);
      expect(canary.seen, variant).toEqual([]);
    }
    const { page } = await pageOf('without any protection');
    expect(await attacks[name](page, canary), 'the negative control').toBe(
      name !== 'webSocket' || canary.seen.length > 0,
    );
    expect(canary.seen.length, 'the negative control').toBe(1);
  });

  test('cannot leave for another page', async () => {
    const go = `location.href = '${'{url}'}/away'`;
    for (const variant of ['whole', 'without refusing requests'] as const) {
      const { page } = await pageOf(variant);
      await page.evaluate(go.replace('{url}', canary.url));
      // Whatever it did has been done once it can answer again, still at home.
      await until(
        'the page to be at home',
        async () => (await page.evaluate('document.title')) === 'Page of the tests',
      );
      expect(canary.seen, variant).toEqual([]);
    }
    const { page } = await pageOf('without any protection');
    await page.evaluate(go.replace('{url}', canary.url));
    await until('the other page', async () => (await page.title().catch(() => '')) === 'Elsewhere');
  });

  test('opens no window', async () => {
    const count = (app: RunningApp) =>
      app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length);
    const { page, app, world } = await pageOf('whole');
    await page.evaluate(`void window.open('${canary.url}/window')`);
    await until('the refusal', () =>
      readFileSync(join(world.stateDir, 'logs', 'app.log'), 'utf8').includes('window-refused'),
    );
    expect(
      page
        .context()
        .pages()
        .filter((one) => one.url().startsWith('http://')),
    ).toEqual([]);
    expect(await count(app)).toBe(1);
    expect(canary.seen).toEqual([]);
    const control = await pageOf('without any protection');
    await control.page.evaluate(`void window.open('${canary.url}/window')`);
    await until('the window of the negative control', () => canary.seen.includes('GET /window'));
  });

  test('is given no permission', async () => {
    const names = ['geolocation', 'notifications', 'clipboard-read', 'midi'];
    const query = `Promise.all(${JSON.stringify(names)}.map((name) => navigator.permissions.query({ name }).then(({ state }) => state)))`;
    const { page } = await pageOf('whole');
    expect(await page.evaluate(query)).toEqual(names.map(() => 'denied'));
    expect(await page.evaluate('Notification.permission')).toBe('denied');
    const code = `new Promise((resolve) => navigator.geolocation.getCurrentPosition(() => resolve(0), ({ code }) => resolve(code)))`;
    expect(await page.evaluate(code), 'PERMISSION_DENIED').toBe(1);
    const control = await pageOf('without any protection');
    expect(await control.page.evaluate(query)).toEqual(names.map(() => 'granted'));
  });

  test('is given no device', async () => {
    if (runner.name !== 'test host') return;
    const allowed = async (variant: Variant) => {
      const { app } = await pageOf(variant);
      return app.evaluate(({ session }) => {
        const own = session.fromPartition('operator-windows') as unknown as {
          hostDevice: (details: object) => boolean;
        };
        return ['hid', 'serial', 'usb'].map((deviceType) =>
          own.hostDevice({ deviceType, origin: 'operator://app', device: {} }),
        );
      });
    };
    expect(await allowed('whole')).toEqual([false, false, false]);
    expect(await allowed('without any protection')).toEqual([true, true, true]);
  });

  test('saves nothing to the disk', async () => {
    const save = `(() => {
      const link = document.createElement('a');
      link.href = URL.createObjectURL(new Blob(['malware']));
      link.download = 'malware.sh';
      link.click();
    })()`;
    const { page, app, world } = await pageOf('whole');
    await app.evaluate(({ session }) => {
      const prevented = new Promise<boolean>((resolve) =>
        session
          .fromPartition('operator-windows')
          .once('will-download', (event) => resolve(event.defaultPrevented)),
      );
      Object.assign(globalThis, { prevented });
    });
    await page.evaluate(save);
    expect(
      await app.evaluate(() => (globalThis as unknown as { prevented: Promise<boolean> }).prevented),
    ).toBe(true);
    const saved = (folder: string) => existsSync(join(folder, 'downloads', 'malware.sh'));
    expect(saved(world.userData)).toBe(false);
    if (runner.name !== 'test host') return;
    const control = await pageOf('without any protection');
    await control.page.evaluate(save);
    await until('the file of the negative control', () => saved(control.world.userData));
    expect(saved(world.userData)).toBe(false);
  });

  test('runs no script of its own, neither in the page nor as text', async () => {
    const inline = `(() => {
      const script = document.createElement('script');
      script.textContent = 'globalThis.ran = true';
      document.head.append(script);
      return globalThis.ran === true;
    })()`;
    const { page } = await pageOf('whole');
    expect(await page.evaluate(inline)).toBe(false);
    expect(
      await page.evaluate(
        `(() => { const link = document.createElement('a'); link.href = 'javascript:globalThis.ran = true'; document.body.append(link); link.click(); return globalThis.ran === true })()`,
      ),
    ).toBe(false);
    const control = await pageOf('without any protection');
    expect(await control.page.evaluate(inline)).toBe(true);
  });

  test('is answered with the exact policy, and nothing is guessed about types', async () => {
    const { page } = await pageOf('whole');
    const response = await page.reload();
    const headers = (await response?.allHeaders()) ?? {};
    expect(headers['content-security-policy']).toBe(contentSecurityPolicy);
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['content-type']).toBe('text/html; charset=utf-8');
    const control = await pageOf('without any protection');
    const bare = (await (await control.page.reload())?.allHeaders()) ?? {};
    expect(bare['content-security-policy']).toBeUndefined();
  });

  test.each([
    '..%2f..%2fpackage.json',
    '..%2fmain.mjs',
    '%2e%2e/main.mjs',
    '..%5cmain.mjs',
    'assets/../../main.mjs',
    'page.js%00.html',
    '',
  ])('is given no file outside the interface: %s', async (path) => {
    const { page, app } = await pageOf('whole');
    await app.evaluate(
      ({ BrowserWindow }, url) =>
        BrowserWindow.getAllWindows()[0]
          ?.loadURL(url)
          .catch(() => {}),
      `operator://app/${path}`,
    );
    await until('the refusal', async () => {
      const text = await page.evaluate('document.body.innerText').catch(() => '');
      return text === 'There is nothing here.';
    });
  });

  test('would be given a file outside the interface where paths are joined', async () => {
    const { page, app } = await pageOf('without any protection');
    await app.evaluate(
      ({ BrowserWindow }, url) => BrowserWindow.getAllWindows()[0]?.loadURL(url),
      'operator://app/..%2fmain.mjs',
    );
    await until('the main file', async () => {
      const text = await page.evaluate<string>('document.body.innerText').catch(() => '');
      return text.includes('requestSingleInstanceLock');
    });
  });

  test('has no webview, and is refused one', async () => {
    const { page, app } = await pageOf('whole');
    expect(
      await page.evaluate(
        "document.createElement('webview') instanceof HTMLUnknownElement || document.createElement('webview').constructor === HTMLElement",
      ),
    ).toBe(true);
    const prevented = (one: RunningApp) =>
      one.evaluate(({ BrowserWindow }) => {
        let refused = false;
        const event = {
          preventDefault: () => {
            refused = true;
          },
        };
        BrowserWindow.getAllWindows()[0]?.webContents.emit('will-attach-webview', event, {}, {});
        return refused;
      });
    expect(await prevented(app)).toBe(true);
    expect(await prevented((await pageOf('without any protection')).app)).toBe(false);
  });

  test('sees one frozen object and nothing of Electron or Node', async () => {
    const { page } = await pageOf('whole');
    expect(
      await page.evaluate(
        '[typeof require, typeof process, typeof module, typeof ipcRenderer, typeof electron, typeof Buffer]',
      ),
    ).toEqual(Array(6).fill('undefined'));
    expect(await page.evaluate('Object.keys(operator).sort()')).toEqual([
      'ask',
      'onAppState',
      'onDaemon',
      'onPage',
    ]);
    expect(await page.evaluate('Object.isFrozen(operator)')).toBe(true);
    await page.evaluate(
      'try { operator.ask = 1; delete globalThis.operator; globalThis.operator = 1; } catch {}',
    );
    expect(await page.evaluate('typeof operator.ask')).toBe('function');
    expect(await page.evaluate('operator.onPage.toString() + operator.ask.toString()')).not.toContain(
      'operator:',
    );
  });

  test('is not answered in a frame of our own origin', async (context) => {
    if (runner.name !== 'test host')
      return context.skip('a real Electron gives frames no preload, so a message from one cannot be sent');
    const frame = `new Promise((resolve) => { const frame = document.createElement('iframe'); frame.onload = resolve; frame.src = '/frame.html'; document.body.append(frame) })`;
    const fromFrame = async (variant: Variant) => {
      const { page, app } = await pageOf(variant);
      await page.evaluate(frame);
      return app.evaluate(({ BrowserWindow }) => {
        const contents = BrowserWindow.getAllWindows()[0]?.webContents as unknown as {
          hostInside: (
            url: string,
            code: string,
          ) => Promise<{ ok: boolean; error?: { code: string; details: object } }>;
        };
        return contents.hostInside(
          'operator://app/frame.html',
          "__testHostIpc.invoke('operator:ask', 'app.state', {})",
        );
      });
    };
    const refused = await fromFrame('with nothing but the checks of senders');
    expect(refused.error).toEqual({
      code: 'command-refused',
      details: { command: 'app.state', reason: 'frame' },
    });
    expect((await fromFrame('without any protection')).ok).toBe(true);
  });

  test('is not answered at another origin', async () => {
    const elsewhere = async (variant: Variant) => {
      const { page } = await pageOf(variant);
      await page.evaluate(`location.href = '${canary.url}/elsewhere'`);
      await until('the other page', async () => (await page.title().catch(() => '')) === 'Elsewhere');
      return ask(page, 'app.state');
    };
    const refused = await elsewhere('with nothing but the checks of senders');
    expect(refused.error).toEqual({
      code: 'command-refused',
      details: { command: 'app.state', reason: 'origin' },
    });
    expect((await elsewhere('without any protection')).ok).toBe(true);
  });

  test('is not answered in a window that is not one of the app', async () => {
    const strange = async (variant: Variant) => {
      const { app } = await pageOf(variant);
      return app.evaluate(async ({ BrowserWindow, session }, url) => {
        const [own] = BrowserWindow.getAllWindows();
        const known = own as unknown as { hostOptions?: { webPreferences: { preload: string } } };
        const preload = known.hostOptions?.webPreferences.preload;
        const window = new BrowserWindow({
          show: false,
          webPreferences: {
            session: session.fromPartition('operator-windows'),
            ...(preload ? { preload } : {}),
          },
        });
        await window.loadURL(url);
        const answer = await window.webContents.executeJavaScript("operator.ask('app.state', {})");
        window.destroy();
        return answer as { ok: boolean; error?: object };
      }, 'operator://app/frame.html');
    };
    if (runner.name !== 'test host') return;
    const refused = await strange('whole');
    expect(refused.error).toEqual({
      code: 'command-refused',
      details: { command: 'app.state', reason: 'window' },
    });
    expect((await strange('without any protection')).ok).toBe(true);
  });
});
