import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { type Browser, type BrowserContext, type Page as ChromiumPage, chromium } from 'playwright-core';
import { build } from 'vite';
import { expect } from 'vitest';
import rendererConfig from '../../renderer/vite.config.ts';
import { type AppState, appStateSchema, askSchemas, type Page } from '../../shared/contract/app.ts';
import { eventSchema } from '../../shared/contract/messages.ts';
import type { Snapshot } from '../../shared/contract/snapshot.ts';
import { sampleCatalogue, sampleChecks, sampleLog, sampleSettings } from './renderer-answers.ts';
import { sampleApp, sampleHash, sampleRequests, sampleSnapshot } from './renderer-samples.ts';

/*
 * The windows in a real browser: the real build, served over an intercepted origin with the policy that the app
 * enforces, and a double of the bridge that is derived from the contract and checks both ways.
 */

export const chromiumPath = '/usr/bin/chromium';
const origin = 'https://operator.invalid';
/** Word for word what the app's own scheme answers with. */
export const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'none'; base-uri 'none'; form-action 'none'";
const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.woff2': 'font/woff2',
};
const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

export interface RendererBuild {
  folder: string;
  browser: Browser;
  close(): Promise<void>;
}

/** Builds the windows into a folder of the test's own and starts a browser. */
export async function buildRenderer(): Promise<RendererBuild> {
  const folder = mkdtempSync(join(tmpdir(), 'renderer-build-'));
  // The test runner's own mode would take React's development build.
  const { NODE_ENV: mode } = process.env;
  process.env.NODE_ENV = 'production';
  await build({
    ...rendererConfig,
    configFile: false,
    logLevel: 'silent',
    build: { ...rendererConfig.build, outDir: folder },
  });
  process.env.NODE_ENV = mode;
  const browser = await chromium.launch({ executablePath: chromiumPath, args: ['--no-sandbox'] });
  return {
    folder,
    browser,
    async close() {
      await browser.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Waits for what a page comes to; a busy computer may take its time. */
export function soon<T>(read: () => T | Promise<T>) {
  return expect.poll(read, { timeout: 60_000, interval: 25 });
}

type Handler = (input: never) => unknown;

export interface WindowOptions {
  app?: AppState;
  snapshot?: Snapshot | null;
  /** What the double answers, by command; one that is missing here is answered with `command-unknown`. */
  answers?: Readonly<Record<string, Handler>>;
  page?: Page;
  part?: string;
  theme?: 'dark' | 'light';
  size?: { width: number; height: number };
  query?: string;
}

export interface AppWindow {
  page: ChromiumPage;
  /** Every command asked, with its input as the schema read it. */
  asked: { name: string; input: unknown }[];
  /** Errors of the console, refused requests, and whatever the policy stopped. Empty is right. */
  faults: string[];
  pushApp(app: AppState): Promise<void>;
  pushSnapshot(snapshot: Snapshot): Promise<void>;
  pushChange(changes: Partial<Snapshot>, version?: number): Promise<void>;
  askForPage(page: Page): Promise<void>;
  axe(): Promise<string[]>;
  close(): Promise<void>;
}

/** Runs in the page, before its own scripts: `window.operator`, and the way by which the test pushes. */
function installBridge(): void {
  const listeners = { app: new Set<unknown>(), daemon: new Set<unknown>(), page: new Set<unknown>() };
  const last: Record<string, unknown> = {};
  const on = (kind: 'app' | 'daemon' | 'page') => (listener: (value: unknown) => void) => {
    listeners[kind].add(listener);
    if (kind !== 'page' && last[kind] !== undefined) queueMicrotask(() => listener(last[kind]));
    return () => listeners[kind].delete(listener);
  };
  const scope = globalThis as unknown as Record<string, unknown> & {
    addEventListener(name: string, listener: (event: Record<string, string>) => void): void;
  };
  scope.operator = Object.freeze({
    ask: (name: string, input: unknown) =>
      (scope.testAsk as (name: string, input: unknown) => Promise<unknown>)(name, input),
    onAppState: on('app'),
    onDaemon: on('daemon'),
    onPage: on('page'),
  });
  scope.testPush = (kind: 'app' | 'daemon' | 'page', value: unknown) => {
    last[kind] = value;
    for (const listener of listeners[kind]) (listener as (value: unknown) => void)(value);
  };
  scope.addEventListener('securitypolicyviolation', (event) => {
    void (scope.testFault as (text: string) => Promise<void>)(
      `policy: ${event.violatedDirective} ${event.blockedURI}`,
    );
  });
}

/** Opens a window with the double behind it. */
export async function openWindow(built: RendererBuild, options: WindowOptions = {}): Promise<AppWindow> {
  const { theme = 'dark', size = { width: 1280, height: 860 } } = options;
  const asked: AppWindow['asked'] = [];
  const faults: string[] = [];
  const snapshot = options.snapshot === undefined ? sampleSnapshot() : options.snapshot;
  const app = appStateSchema.parse(options.app ?? sampleApp());
  let version = 1;
  let current = snapshot;

  const context = await built.browser.newContext({
    viewport: size,
    colorScheme: theme,
    reducedMotion: 'reduce',
  });
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await serve(context, built.folder, faults);
  const page = await context.newPage();
  page.on('pageerror', (error) => faults.push(`error: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') faults.push(`console: ${message.text()}`);
  });

  const answers: Readonly<Record<string, Handler>> = {
    'app.state': () => app,
    snapshot: () => current,
    ...defaultAnswers,
    ...options.answers,
  };
  await page.exposeFunction('testFault', (text: string) => void faults.push(text));
  await page.exposeFunction('testAsk', async (name: string, input: unknown) => {
    try {
      return answer(name, input, answers, asked);
    } catch (error) {
      // A page that asks for what the contract does not have must not get away with an error shown.
      faults.push(`bridge: ${name} ${String(error)}`);
      throw error;
    }
  });
  await page.addInitScript(installBridge);

  const push = (kind: 'app' | 'daemon' | 'page', value: unknown) =>
    page.evaluate(
      ([to, what]) =>
        (globalThis as unknown as { testPush: (to: unknown, what: unknown) => void }).testPush(to, what),
      [kind, value] as const,
    );
  const window: AppWindow = {
    page,
    asked,
    faults,
    pushApp: (next) => push('app', appStateSchema.parse(next)),
    pushSnapshot: (next) => {
      current = next;
      version += 1;
      return push('daemon', eventSchema.parse({ event: 'snapshot', version, snapshot: next }));
    },
    pushChange: (changes, at) => {
      version = at ?? version + 1;
      if (current) current = { ...current, ...changes };
      return push('daemon', eventSchema.parse({ event: 'change', version, changes }));
    },
    askForPage: (name) => push('page', name),
    axe: () => axe(page),
    close: () => context.close(),
  };
  const place =
    options.page === undefined ? '' : `#/${options.page}${options.part ? `/${options.part}` : ''}`;
  await page.goto(`${origin}/index.html${options.query ?? ''}${place}`);
  await push('app', app);
  if (snapshot) {
    await push('daemon', eventSchema.parse({ event: 'snapshot', version, snapshot }));
  }
  await page.evaluate('document.fonts.ready.then(() => true)');
  return window;
}

/** Serves the build under the policy; whatever is asked of anywhere else is a fault. */
async function serve(context: BrowserContext, folder: string, faults: string[]): Promise<void> {
  await context.route('**/*', async (route) => {
    const url = new URL(route.request().url());
    if (url.origin !== origin) {
      faults.push(`request: ${url.href}`);
      return route.abort();
    }
    const type = types[extname(url.pathname)];
    // Chromium asks for it by itself; the app's scheme has none either.
    if (type === undefined) return route.fulfill({ status: 404 });
    return route.fulfill({
      body: readFileSync(join(folder, url.pathname)),
      headers: { 'content-type': type, 'content-security-policy': policy },
    });
  });
}

/** Answers as the host does: what is no command, or no input of it, is refused; answers obey their schema. */
function answer(
  name: string,
  input: unknown,
  answers: Readonly<Record<string, Handler>>,
  asked: AppWindow['asked'],
): unknown {
  const schemas = askSchemas(name);
  if (!schemas) throw new Error(`a command that the contract does not have: ${name}`);
  const read = schemas.input.parse(input);
  asked.push({ name, input: read });
  const handler = answers[name];
  if (!handler) return { ok: false, error: { code: 'command-unknown', details: { command: name } } };
  const output = handler(read as never);
  if (output instanceof Refusal) return { ok: false, error: { code: output.code, details: output.details } };
  schemas.output.parse(output);
  return { ok: true, output };
}

/** What a handler returns to refuse. */
export class Refusal {
  readonly code: string;
  readonly details: Record<string, unknown>;
  constructor(code: string, details: Record<string, unknown>) {
    this.code = code;
    this.details = details;
  }
}

async function axe(page: ChromiumPage): Promise<string[]> {
  await page.evaluate(axeSource);
  return page.evaluate(async () => {
    const { axe: engine } = globalThis as unknown as {
      axe: {
        run(
          what: unknown,
          options: unknown,
        ): Promise<{
          violations: { id: string; nodes: { html: string; failureSummary?: string }[] }[];
        }>;
      };
    };
    const { violations } = await engine.run('html', { resultTypes: ['violations'] });
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' | ')}`);
  });
}

const nothing = () => ({});

function sampleAdopted({ keyStore, held }: { keyStore: string; held: boolean }) {
  return {
    nodeKeyHash: sampleHash,
    nodeId: '4217',
    keyStore,
    place: '/home/ada/.parallelix-operator/node.key',
    alreadyHere: false,
    held,
    setAside: null,
    notMoved: null,
  };
}

/** What a host that works answers, for whatever a test does not answer itself. */
const defaultAnswers: Readonly<Record<string, Handler>> = {
  pause: ({ forMs }: { forMs: number | null }) => ({
    sinceMs: Date.now(),
    untilMs: forMs === null ? null : Date.now() + forMs,
  }),
  resume: () => ({ wasPaused: true }),
  'app.openLink': nothing,
  'app.openWindow': nothing,
  'app.quit': nothing,
  'app.startNode': nothing,
  'app.restartNode': nothing,
  'app.explained': nothing,
  'app.setLoginItem': nothing,
  'hardware.probe': () => ({ tier: 3 }),
  'hardware.watch': ({ forMs }: { forMs: number }) => ({ untilMs: Date.now() + forMs }),
  'hardware.acceptTierMismatch': ({ accept }: { accept: boolean }) => ({ accepted: accept }),
  'models.pull': () => ({ state: 'queued' }),
  'models.cancelPull': () => ({ wasPulling: true }),
  'models.delete': () => ({ freedBytes: 2_020_000_000 }),
  'models.setDefault': ({ model }: { model: string | null }) => ({ defaultModel: model }),
  'models.test': () => ({ started: true }),
  'models.cancelTest': () => ({ wasRunning: true }),
  'ollama.start': () => ({ condition: 'starting' }),
  'ollama.stop': () => ({ condition: 'stopped' }),
  'ollama.install': () => ({ version: '0.12.6' }),
  'ollama.cancelInstall': () => ({ wasInstalling: true }),
  'requests.recent': ({ beforeSeq, limit }: { beforeSeq: number | null; limit: number }) => {
    const older = sampleRequests(60).filter(({ seq }) => beforeSeq === null || seq < beforeSeq);
    return { requests: older.slice(0, limit), more: older.length > limit };
  },
  'models.catalogue': () => sampleCatalogue,
  'diagnostics.verify': () => sampleChecks(),
  'diagnostics.log': () => ({ lines: sampleLog(400) }),
  'key.backup': () => ({ made: { path: '/media/stick/node.json', atMs: Date.now(), sameDisk: false } }),
  'key.chooseBackup': () => ({
    chosen: { path: '/media/stick/node.json', locked: true, nodeId: '4217', nodeKeyHash: sampleHash },
  }),
  'key.restore': ({ keyStore, oldMachineIsOff }: { keyStore: string; oldMachineIsOff: boolean }) =>
    sampleAdopted({ keyStore, held: !oldMachineIsOff }),
  'key.import': ({ keyStore }: { keyStore: string }) => ({
    adopted: sampleAdopted({ keyStore, held: false }),
    taken: [],
    notes: [{ kind: 'config-torn' }],
  }),
  'key.confirmOldMachineOff': nothing,
  'key.unlockKeychain': nothing,
  'key.unlockFile': nothing,
  'key.move': ({ to }: { to: string }) => ({ place: to, alreadyThere: false }),
  'diagnostics.bundle': () => ({
    text: 'ParalleliX Operator: diagnostics\n\n== Program ==',
    digest: 'd'.repeat(64),
  }),
  'diagnostics.saveBundle': () => ({ saved: { path: '/home/ada/diagnostics.txt' } }),
  'settings.list': () => ({ settings: sampleSettings() }),
  'settings.set': ({ name, value }: { name: string; value?: unknown }) => {
    const setting = sampleSettings().find((entry) => entry.name === name);
    if (!setting)
      return new Refusal('setting-invalid', { name, value: '', reason: 'there is no such setting' });
    return {
      setting: {
        ...setting,
        value: value ?? setting.default,
        source: value === undefined ? 'default' : 'saved',
      },
      needsRestart: !name.startsWith('desktop.'),
    };
  },
};
