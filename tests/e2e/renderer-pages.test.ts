import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { de } from '../../renderer/i18n/de.ts';
import { en } from '../../renderer/i18n/en.ts';
import type { AppState, Page } from '../../shared/contract/app.ts';
import type { Snapshot } from '../../shared/contract/snapshot.ts';
import { firstLoad } from '../fixtures/e2e/first-load.ts';
import { picture, picturesWanted } from '../fixtures/e2e/pictures.ts';
import {
  type AppWindow,
  buildRenderer,
  openWindow,
  type RendererBuild,
  soon,
  type WindowOptions,
} from '../fixtures/e2e/renderer-app.ts';
import {
  freshSnapshot,
  nowMs,
  sampleApp,
  sampleHardware,
  sampleHash,
  sampleOllama,
  sampleSnapshot,
} from '../fixtures/e2e/renderer-samples.ts';
import { tableTexts } from '../fixtures/rules/texts.ts';
import { emptyActivity } from '../fixtures/sample-activity.ts';

// A browser on a busy computer; what is asserted does not depend on it.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

let built: RendererBuild;

beforeAll(async () => {
  built = await buildRenderer();
});
afterAll(async () => {
  await built?.close();
});

const preparation = {
  hardware: { ...sampleHardware, declared: { tier: null, match: 'unknown' as const, accepted: false } },
  ollama: {
    ...sampleOllama,
    models: [],
    defaultModel: null,
    warmUp: { state: 'none' as const, model: null, sinceMs: null, reason: null },
  },
  pulls: [],
  install: null,
  selfTests: [],
};
const noIdentity: AppState = sampleApp({ node: { phase: 'no-identity' }, preparation });
const trouble: Partial<Snapshot> = {
  state: { code: 'tier-high', sinceMs: nowMs - 60_000, params: { a: 3, b: 1 } },
  hardware: {
    ...sampleHardware,
    tier: 1,
    mode: 'cpu',
    gpu: null,
    vramGb: null,
    cards: [],
    load: null,
    findings: [
      {
        code: 'driver-mismatch',
        tool: 'nvidia-smi',
        detail: 'Failed to initialize NVML: Driver/library version mismatch',
      },
    ],
    arithmetic: { gpu: false, vramGb: null, thresholdGb: null, nextThresholdGb: null, uncappedTier: 1 },
    modelBudget: { bytes: null, basis: 'ram' },
    registrationHold: 'driver-mismatch',
    declared: { tier: 3, match: 'declared-higher', accepted: false },
  },
  ollama: {
    ...sampleOllama,
    condition: 'not-installed',
    state: 'unreachable',
    models: [],
    defaultModel: null,
    version: null,
    binary: null,
    server: null,
  },
  pulls: [
    {
      model: 'phi4',
      state: 'no-room',
      totalBytes: 9.05e9,
      completedBytes: 3.1e9,
      bytesPerSecond: null,
      leftMs: null,
      layers: [],
      attempt: 2,
      error: {
        code: 'pull-no-room',
        details: {
          model: 'phi4',
          path: '/home/ada/.ollama/models',
          neededBytes: 6.5e9,
          freeBytes: 4.1e9,
          reserveBytes: 10e9,
        },
      },
      sinceMs: nowMs,
    },
  ],
};

const failedWith = (code: string): AppState =>
  sampleApp({
    node: {
      phase: 'failed',
      error: { code, details: { place: '/home/ada/.parallelix-operator/node.key' } },
      sinceMs: nowMs,
    },
  });
const keyMissing = sampleApp({
  node: {
    phase: 'key-trouble',
    state: { code: 'key-missing', params: { store: 'the keychain' } },
    error: { code: 'key-missing', details: { nodeKeyHash: sampleHash, place: 'the keychain' } },
    sinceMs: nowMs,
  },
});

/** Every page, and what it shows in the situations that it is made for. */
const fixtures: readonly (WindowOptions & { name: string; page: Page })[] = [
  { name: 'dashboard', page: 'dashboard' },
  {
    name: 'dashboard-new',
    page: 'dashboard',
    snapshot: freshSnapshot(),
    answers: { 'requests.recent': () => ({ requests: [], more: false }), activity: () => emptyActivity },
  },
  { name: 'dashboard-no-identity', page: 'dashboard', app: noIdentity, snapshot: null },
  {
    name: 'dashboard-key-trouble',
    page: 'dashboard',
    app: sampleApp({
      node: {
        phase: 'key-trouble',
        state: { code: 'key-locked', params: { time: nowMs - 600_000 } },
        error: {
          code: 'keychain-locked',
          details: { place: 'the system keychain', dismissed: false },
        },
        sinceMs: nowMs - 600_000,
      },
    }),
    snapshot: null,
  },
  { name: 'dashboard-key-held', page: 'dashboard', app: failedWith('node-held'), snapshot: null },
  {
    name: 'dashboard-key-locked-file',
    page: 'dashboard',
    app: failedWith('passphrase-wrong'),
    snapshot: null,
  },
  { name: 'onboarding-key-missing', page: 'onboarding', part: 'key', app: keyMissing, snapshot: null },
  {
    name: 'dashboard-other-version',
    page: 'dashboard',
    app: sampleApp({
      node: {
        phase: 'attached',
        pid: 512,
        version: '0.3.0',
        compatible: false,
        label: 'Ready',
        sentence:
          'Online, waiting for requests. The last one came at 18:42 (3 min ago). You earn for being online, even without requests.',
      },
    }),
    snapshot: null,
  },
  {
    name: 'dashboard-failed',
    page: 'dashboard',
    app: sampleApp({
      node: {
        phase: 'failed',
        error: {
          code: 'database-unusable',
          details: { path: '/home/ada/.parallelix-operator/journal.db', reason: 'EIO' },
        },
        sinceMs: nowMs - 5000,
      },
    }),
    snapshot: null,
  },
  {
    name: 'dashboard-notices',
    page: 'dashboard',
    app: sampleApp({ quitting: { sinceMs: nowMs, limitMs: 30_000 }, explain: ['closing'] }),
    snapshot: sampleSnapshot(trouble),
  },
  { name: 'hardware', page: 'hardware' },
  { name: 'hardware-trouble', page: 'hardware', snapshot: sampleSnapshot(trouble) },
  { name: 'models', page: 'models' },
  { name: 'models-trouble', page: 'models', snapshot: sampleSnapshot(trouble) },
  { name: 'earnings', page: 'earnings' },
  { name: 'earnings-window', page: 'earnings', query: '?window=earnings', snapshot: freshSnapshot() },
  { name: 'settings', page: 'settings' },
  { name: 'diagnostics', page: 'diagnostics' },
  {
    name: 'onboarding-need',
    page: 'onboarding',
    app: { ...noIdentity, official: { path: '/home/ada/.parallelix', nodeKeyHash: sampleHash } },
    snapshot: null,
  },
  {
    name: 'onboarding-need-unmeasured',
    page: 'onboarding',
    app: sampleApp({ node: { phase: 'no-identity' } }),
    snapshot: null,
  },
  { name: 'onboarding-probe', page: 'onboarding', part: 'probe', app: noIdentity, snapshot: null },
  { name: 'onboarding-model', page: 'onboarding', part: 'model', app: noIdentity, snapshot: null },
  { name: 'onboarding-key', page: 'onboarding', part: 'key', app: noIdentity, snapshot: null },
  { name: 'onboarding-key-made', page: 'onboarding', part: 'key', snapshot: freshSnapshot() },
  { name: 'onboarding-register', page: 'onboarding', part: 'register', snapshot: freshSnapshot() },
  {
    name: 'onboarding-register-held',
    page: 'onboarding',
    part: 'register',
    snapshot: freshSnapshot({
      hardware: {
        ...(trouble.hardware as Snapshot['hardware']),
        declared: { tier: null, match: 'unknown', accepted: false },
      },
    }),
  },
  { name: 'onboarding-run', page: 'onboarding', part: 'run' },
  { name: 'onboarding-claim', page: 'onboarding', part: 'claim' },
  { name: 'onboarding-exit', page: 'onboarding', part: 'exit' },
];

async function settled(window: AppWindow): Promise<void> {
  await window.page.locator('[data-page-title]').first().waitFor();
  // Whatever the page asks for when it opens is answered by the double at once.
  await soon(() => window.page.locator('main').innerText()).not.toMatch(
    /Loading…|Checking…|Waiting for the first figures|Wird geladen…|Wird geprüft…|Warten auf die ersten/,
  );
}

async function overflow({ page }: AppWindow): Promise<string[]> {
  return page.evaluate(`[document.documentElement, document.querySelector('main')]
    .filter((element) => element.scrollWidth > element.clientWidth)
    .map((element) => element.tagName + ' ' + element.scrollWidth + ' > ' + element.clientWidth)`);
}

it.each(fixtures)(
  '$name is complete for everybody in both themes, quiet, and fits 900×600',
  async (fixture) => {
    const window = await openWindow(built, fixture);
    try {
      await settled(window);
      for (const theme of ['dark', 'light'] as const) {
        await window.page.emulateMedia({ colorScheme: theme });
        await wholePicture(window, `${fixture.name}-${theme}`);
        // The same document under both themes: what is no matter of colour was looked at in the first.
        expect(await window.axe(theme === 'dark' ? 'all' : 'colours')).toEqual([]);
      }
      expect(await window.page.locator('.button-primary').count()).toBeLessThanOrEqual(1);
      expect(await overflow(window)).toEqual([]);
      await window.page.setViewportSize({ width: 900, height: 600 });
      await wholePicture(window, `${fixture.name}-900x600`);
      expect(await overflow(window)).toEqual([]);
      // The same windows, and the first one, at 200 %: half the pixels of the page's own.
      for (const [width, height] of [
        [560, 380],
        [450, 300],
      ] as const) {
        await window.page.setViewportSize({ width, height });
        expect(await overflow(window), `${width}×${height}`).toEqual([]);
      }
      await wholePicture(window, `${fixture.name}-200-percent`);
      if (fixture.name === fixture.page) {
        await window.page.setViewportSize({ width: 1120, height: 760 });
        await window.page.emulateMedia({ forcedColors: 'active' });
        await wholePicture(window, `${fixture.name}-forced-colors`);
        await window.page.emulateMedia({ forcedColors: 'none' });
      }
      expect(window.faults).toEqual([]);
    } finally {
      await window.close();
    }
  },
);

it('the first load of a window is at most 300 kB, languages not counted', () => {
  const { files, kilobytes } = firstLoad(built.folder);
  console.log(`First load: ${kilobytes.toFixed(1)} kB gzipped, ${files} files`);
  expect(files).toBeGreaterThan(2);
  expect(kilobytes).toBeLessThanOrEqual(300);
});

/** Buttons, fields and headings whose text does not fit into them, or that are not in the window as a whole. A table scrolls by itself. */
async function clipped({ page }: AppWindow): Promise<string[]> {
  return page.evaluate(`[...document.querySelectorAll('button, select, h1, h2, h3, label, .tag, .figure, nav a')]
    .filter((element) => element.checkVisibility() && !element.closest('.visually-hidden, .skip, .table-scroll'))
    .filter((element) => element.scrollWidth > element.clientWidth + 1 && element.clientWidth > 0
      || element.getBoundingClientRect().right > innerWidth)
    .map((element) => element.tagName + '.' + element.className + ' ' + element.textContent)`);
}

/** What a German window must not say: every text of the English one that German says otherwise. */
const germanTexts = new Set(tableTexts(de).map(({ text }) => text));
const onlyEnglish = tableTexts(en)
  .map(({ text }) => text)
  .filter((text) => !germanTexts.has(text) && !text.includes('{{') && / /.test(text));

it('every page is in German, and fits 900×600, also at 200 %', async () => {
  for (const fixture of fixtures) {
    const query = fixture.query === undefined ? '?language=de' : `${fixture.query}&language=de`;
    const window = await openWindow(built, { ...fixture, query, size: { width: 900, height: 600 } });
    try {
      await settled(window);
      await wholePicture(window, `${fixture.name}-german`);
      const said = await window.page.locator('body').innerText();
      const lines = new Set(said.split('\n').map((line) => line.trim()));
      expect(
        onlyEnglish.filter((text) => lines.has(text)),
        fixture.name,
      ).toEqual([]);
      expect(said.length, fixture.name).toBeGreaterThan(50);
      expect(await window.page.locator('html').getAttribute('lang')).toBe('de');
      for (const [width, height] of [
        [900, 600],
        [450, 300],
      ] as const) {
        await window.page.setViewportSize({ width, height });
        expect(await overflow(window), `${fixture.name}, ${width}×${height}`).toEqual([]);
        expect(await clipped(window), `${fixture.name}, ${width}×${height}`).toEqual([]);
      }
      await wholePicture(window, `${fixture.name}-german-200-percent`);
      expect(window.faults).toEqual([]);
    } finally {
      await window.close();
    }
  }
});

/** The window as it is, grown so that the whole page is in the picture. */
async function wholePicture({ page }: AppWindow, name: string): Promise<void> {
  if (!picturesWanted) return;
  const { width = 1280, height = 860 } = page.viewportSize() ?? {};
  const content = await page.evaluate<number>("document.querySelector('main').scrollHeight");
  await page.setViewportSize({ width, height: Math.min(3000, Math.max(height, content)) });
  await picture(page, name);
  await page.setViewportSize({ width, height });
}
