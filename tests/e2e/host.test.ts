import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type AppWorld, createAppWorld, testHost } from '../fixtures/e2e/app.ts';
import { builtApp } from '../fixtures/e2e/app-build.ts';
import { startCanary } from '../fixtures/e2e/canary.ts';
import type { RunningApp } from '../fixtures/e2e/running-app.ts';

/** Runs code with `electron` in the host and gives the message of what it throws, or null. */
const thrownBy = (app: RunningApp, code: string) =>
  app.evaluate(async (electron, text) => {
    try {
      await new Function('electron', `return (async () => { ${text} })()`)(electron);
      return null;
    } catch (error) {
      return (error as Error).message;
    }
  }, code);

describe('the test host', () => {
  let world: AppWorld | null = null;
  let app: RunningApp;

  beforeAll(async () => {
    if (testHost.missing) return;
    world = await createAppWorld(testHost, { main: await builtApp() });
    app = await world.launch();
    await app.page();
  });
  beforeEach((context) => {
    if (testHost.missing) return context.skip(testHost.missing);
  });
  afterAll(() => world?.clean());

  test.each([
    ['electron.app.getGPUInfo()', 'not implemented in the test host'],
    ["electron.app.on('login', () => {})", 'not implemented in the test host'],
    ["electron.app.getPath('recent')", 'not implemented in the test host'],
    ["electron.session.fromPartition('x').setProxy({})", 'not implemented in the test host'],
    [
      "electron.session.fromPartition('x').protocol.handle('other', () => {})",
      'not implemented in the test host',
    ],
    [
      "electron.session.fromPartition('x').webRequest.onBeforeRequest({ urls: ['x'] }, () => {})",
      'not implemented in the test host',
    ],
    [
      'new electron.BrowserWindow({ webPreferences: { nodeIntegration: true } })',
      'not implemented in the test host',
    ],
    [
      'new electron.BrowserWindow({ webPreferences: { sandbox: false } })',
      'not implemented in the test host',
    ],
    ['new electron.BrowserWindow({ kiosk: true })', 'not implemented in the test host'],
    ['electron.BrowserWindow.getAllWindows()[0].setProgressBar(1)', 'not implemented in the test host'],
    [
      "electron.BrowserWindow.getAllWindows()[0].webContents.on('paint', () => {})",
      'not implemented in the test host',
    ],
    [
      'electron.BrowserWindow.getAllWindows()[0].webContents.openDevTools()',
      'not implemented in the test host',
    ],
    ['electron.shell.beep()', 'not implemented in the test host'],
    ['electron.powerMonitor.getSystemIdleTime()', 'not implemented in the test host'],
    ['await electron.dialog.showMessageBox({})', 'nobody is there to answer'],
    ['electron.app.enableSandbox()', 'before app is ready'],
    ["electron.protocol.registerSchemesAsPrivileged([{ scheme: 'late' }])", 'before app is ready'],
    ["electron.ipcMain.handle('operator:ask', () => {})", 'second handler'],
  ])('throws at %s', async (code, message) => {
    expect(await thrownBy(app, code)).toContain(message);
  });

  test('keeps a window whose closing the app prevents, and closes it when it does not', async () => {
    const count = () => app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length);
    await app.evaluate(({ BrowserWindow }) => {
      const window = new BrowserWindow({ show: false });
      const close = (event: { preventDefault: () => void }) => event.preventDefault();
      window.on('close', close);
      window.close();
      (globalThis as Record<string, unknown>).let = () => {
        window.off('close', close);
        window.close();
      };
    });
    expect(await count()).toBe(2);
    await app.evaluate(() => (globalThis as unknown as { let: () => void }).let());
    expect(await count()).toBe(1);
  });

  test('knows no frame that is gone', async () => {
    const detached = await app.evaluate(async ({ BrowserWindow }) => {
      const window = new BrowserWindow({ show: false });
      const { hostReady } = window.webContents as unknown as { hostReady: Promise<void> };
      await hostReady;
      const { mainFrame } = window.webContents;
      const before = mainFrame.detached;
      window.destroy();
      while (!mainFrame.detached) await new Promise((resolve) => setTimeout(resolve, 20));
      return [before, mainFrame.detached];
    });
    expect(detached).toEqual([false, true]);
  });

  test('lets the app change headers, and stop a redirect, on the page itself', async () => {
    const canary = await startCanary();
    // The app itself refuses all of it.
    const bare = await createAppWorld(testHost, {
      main: fileURLToPath(new URL('../fixtures/e2e/login-item-app.ts', import.meta.url)),
    });
    try {
      const other = await bare.launch();
      const seen = await other.evaluate(async ({ BrowserWindow, session }, url) => {
        const own = session.fromPartition('headers');
        own.webRequest.onHeadersReceived(({ responseHeaders }, callback) =>
          callback({
            responseHeaders: { ...responseHeaders, 'content-security-policy': "script-src 'none'" },
          }),
        );
        const window = new BrowserWindow({ show: false, webPreferences: { session: own } });
        await window.loadURL(`${url}/script`);
        const ran = await window.webContents.executeJavaScript('globalThis.ran === true');
        const redirects: string[] = [];
        window.webContents.on('will-redirect', (event) => {
          redirects.push(new URL(event.url).pathname);
          event.preventDefault();
        });
        window.webContents.executeJavaScript("location.href = '/redirect'");
        while (redirects.length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
        const at = new URL(window.webContents.getURL()).pathname;
        return { ran, redirects, at };
      }, canary.url);
      expect(seen).toEqual({ ran: false, redirects: ['/redirected'], at: '/script' });
      expect(canary.seen).not.toContain('GET /redirected');
    } finally {
      await bare.clean();
      await canary.stop();
    }
  });
});
