import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checklist, type Proof } from '../../electron/desktop/checklist.ts';
import { type AppWorld, createAppWorld, testHost } from '../fixtures/e2e/app.ts';
import { builtApp } from '../fixtures/e2e/app-build.ts';
import type { RunningApp } from '../fixtures/e2e/running-app.ts';

/** Where each kind of proof stands: a file and the name of a test in it. */
const proofs: Readonly<Record<Proof, readonly [file: string, test: string]>> = {
  requests: ['security.test.ts', 'reaches nobody by %s'],
  preferences: ['checklist.test.ts', 'every window asks for the preferences of the checklist'],
  permissions: ['security.test.ts', 'is given no permission'],
  policy: ['security.test.ts', 'is answered with the exact policy, and nothing is guessed about types'],
  webview: ['security.test.ts', 'has no webview, and is refused one'],
  navigation: ['security.test.ts', 'cannot leave for another page'],
  windows: ['security.test.ts', 'opens no window'],
  links: ['shell.test.ts', 'opens only pages of its own list outside'],
  version: ['checklist.test.ts', 'Electron is pinned to one version of its current line'],
  sender: ['security.test.ts', 'is not answered at another origin'],
  scheme: ['security.test.ts', 'is given no file outside the interface: %s'],
  packaging: ['checklist.test.ts', 'fuses are read back from the package'],
  bridge: ['security.test.ts', 'sees one frozen object and nothing of Electron or Node'],
};

const root = new URL('../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), 'utf8');

describe('the security checklist of Electron', () => {
  let world: AppWorld | null = null;
  let app: RunningApp;

  beforeAll(async () => {
    if (testHost.missing) return;
    world = await createAppWorld(testHost, { main: await builtApp() });
    app = await world.launch();
  });
  afterAll(() => world?.clean());

  test('has its 20 items, each with a test that is there', () => {
    expect(checklist.map(({ number }) => number)).toEqual(
      Array.from({ length: 20 }, (_, index) => index + 1),
    );
    for (const { proof } of checklist) {
      const [file, name] = proofs[proof];
      const source = readFileSync(fileURLToPath(new URL(file, import.meta.url)), 'utf8');
      expect(source.includes(`'${name}'`), `${file}: ${name}`).toBe(true);
    }
  });

  test('every window asks for the preferences of the checklist', async (context) => {
    if (testHost.missing) return context.skip(testHost.missing);
    await app.page();
    const asked = await app.evaluate(({ BrowserWindow }) => {
      const [window] = BrowserWindow.getAllWindows();
      const { hostOptions } = window as unknown as {
        hostOptions: { webPreferences: Record<string, unknown> };
      };
      const { session, preload, ...plain } = hostOptions.webPreferences;
      const { switches } = (globalThis as unknown as { testHost: { switches: object } }).testHost;
      return { plain, preload: String(preload).split('/').at(-1), own: session !== undefined, switches };
    });
    expect(asked).toEqual({
      plain: {
        contextIsolation: true,
        sandbox: true,
        nodeIntegration: false,
        nodeIntegrationInWorker: false,
        nodeIntegrationInSubFrames: false,
        webSecurity: true,
        allowRunningInsecureContent: false,
        experimentalFeatures: false,
        enableBlinkFeatures: '',
        webviewTag: false,
        navigateOnDragDrop: false,
        devTools: false,
        spellcheck: false,
      },
      preload: 'preload.cjs',
      own: true,
      switches: { hardwareAcceleration: false, sandboxed: true },
    });
  });

  test('Electron is pinned to one version of its current line', () => {
    const { devDependencies } = JSON.parse(read('package.json')) as { devDependencies: { electron: string } };
    expect(devDependencies.electron).toMatch(/^45\.\d+\.\d+$/);
  });

  test('fuses are read back from the package', (context) => {
    context.skip('no package is built here: electron-builder needs the Electron binary');
  });
});
