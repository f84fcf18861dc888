import jsqr from 'jsqr';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { inWalletBrowser, registerLink } from '../../shared/links.ts';
import {
  type AppWindow,
  buildRenderer,
  openWindow,
  type RendererBuild,
  soon,
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

// Its types describe a module, what is loaded is CommonJS.
const decode = jsqr as unknown as typeof jsqr.default;

// A browser on a busy computer; what is asserted does not depend on it.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

let built: RendererBuild;
beforeAll(async () => {
  built = await buildRenderer();
});
afterAll(() => built?.close());

const unregistered = { tier: null, match: 'unknown' as const, accepted: false };
const noModel = {
  models: [],
  defaultModel: null,
  warmUp: { state: 'none' as const, model: null, sinceMs: null, reason: null },
};
const preparation = {
  hardware: { ...sampleHardware, declared: unregistered },
  ollama: {
    ...sampleOllama,
    ...noModel,
    condition: 'not-installed' as const,
    state: 'unreachable' as const,
    version: null,
    server: null,
    binary: null,
  },
  pulls: [],
  install: null,
  selfTests: [],
};
const newcomer = sampleApp({
  node: { phase: 'no-identity' },
  preparation,
  keepAwake: { allowed: false, active: false },
});
const pull = {
  model: 'qwen2.5:32b',
  state: 'pulling' as const,
  totalBytes: 19.9e9,
  completedBytes: 4.2e9,
  bytesPerSecond: 4e7,
  leftMs: 390_000,
  layers: [],
  attempt: 1,
  error: null,
  sinceMs: nowMs,
};

/** How a person works the window: with a mouse, or without one. */
interface Hand {
  /** Clicks, or keys that were pressed beside what is typed into fields. */
  taken: number;
  press(
    window: AppWindow,
    role: 'button' | 'link' | 'switch' | 'radio',
    name: string | RegExp,
  ): Promise<void>;
}

const mouse: Hand = {
  taken: 0,
  async press({ page }, role, name) {
    this.taken += 1;
    await page.getByRole(role, { name }).first().click();
  },
};

interface Shown {
  document: { activeElement: unknown };
  getComputedStyle(element: unknown): { outlineStyle: string };
}

/** Tab until the thing has the focus, then Enter or Space; what cannot be reached so fails. */
const keyboard: Hand = {
  taken: 0,
  async press({ page }, role, name) {
    const target = page.getByRole(role, { name }).first();
    await target.waitFor();
    const focus = () =>
      target.evaluate((element) => {
        const { document, getComputedStyle } = globalThis as unknown as Shown;
        return document.activeElement === element ? getComputedStyle(element).outlineStyle : null;
      });
    for (let presses = 0; presses < 80 && (await focus()) === null; presses += 1) {
      this.taken += 1;
      await page.keyboard.press('Tab');
    }
    // It has the focus, and shows that it has.
    expect(await focus(), `${role} ${name}`).toBe('solid');
    this.taken += 1;
    await page.keyboard.press(role === 'switch' || role === 'radio' ? 'Space' : 'Enter');
  },
};

it.each([
  { way: 'by mouse', hand: mouse, most: 16 },
  { way: 'by keyboard alone', hand: keyboard, most: 101 },
])('the whole set-up can be walked $way, each step seen by the daemon', async ({ hand, most }) => {
  const window = await openWindow(built, {
    app: newcomer,
    snapshot: null,
    answers: {
      'identity.create': () => ({
        nodeKeyHash: sampleHash,
        nodeAddress: sampleSnapshot().identity.nodeAddress,
        place: 'a file',
      }),
    },
  });
  const { page, asked } = window;
  const heading = (name: string) => page.getByRole('heading', { level: 2, name }).waitFor();
  const step = (name: string) =>
    page.getByRole('navigation', { name: 'Steps' }).getByRole('link', { name: new RegExp(`^${name}`) });
  const commands = () => asked.map(({ name }) => name);

  // A window without a page opens where there is something to do.
  await heading('Earn with this computer');
  const facts = await page.locator('.need-facts').innerText();
  for (const said of ['50,000 PRLX', 'Tier 3 of 4', '×2.5', 'About 10 min']) expect(facts).toContain(said);
  expect(await page.locator('.needs').isVisible()).toBe(false);
  await page.getByText('Costs, risks and privacy').click();
  const needs = await page.locator('.needs').innerText();
  for (const said of [
    '50,000 PRLX',
    'ETH',
    'Open to anyone who stakes',
    '7 days',
    'No slashing',
    'Tier 3',
    'other people’s prompts',
    'Measured here',
    'Guide',
    '412 GB free',
  ])
    expect(needs).toContain(said);
  expect(commands().filter((name) => !/^(models\.catalogue|requests|activity)/.test(name))).toEqual([]);

  // Nothing is lost before the node was online once, so nothing is red, and nobody is led where nothing can be done.
  const side = page.locator('.side-foot');
  await soon(() => side.innerText()).toContain('Setup: 4 steps left');
  expect(await step('Register and stake').count()).toBe(0);
  await hand.press(window, 'button', 'Get started');
  await heading('Check hardware');
  expect(await page.locator('.path-panel').innerText()).toContain('24 GB reach the threshold of 16 GB');

  await hand.press(window, 'button', 'Continue');
  await heading('Download a model');
  await hand.press(window, 'button', 'Install Ollama');
  await soon(commands).toContain('ollama.install');
  const install = {
    state: 'downloading' as const,
    version: '0.12.6',
    folder: '/home/ada/.local/share/ollama',
    totalBytes: 1.6e9,
    completedBytes: 4e8,
    bytesPerSecond: 5e7,
    leftMs: 24_000,
    error: null,
    sinceMs: nowMs,
  };
  await window.pushApp({ ...newcomer, preparation: { ...preparation, install } });
  await page.getByRole('progressbar', { name: /Downloading Ollama/ }).waitFor();
  const running = { ...sampleOllama, ...noModel };
  await window.pushApp({ ...newcomer, preparation: { ...preparation, ollama: running } });
  await page.getByText('Without a model your node can’t go online.').waitFor();
  await hand.press(window, 'button', 'Download qwen2.5:32b');
  await soon(() => asked.find(({ name }) => name === 'models.pull')?.input).toEqual({
    model: 'qwen2.5:32b',
    large: false,
  });
  await window.pushApp({ ...newcomer, preparation: { ...preparation, ollama: running, pulls: [pull] } });
  await page.getByRole('progressbar', { name: /qwen2.5:32b/ }).waitFor();
  expect(await page.locator('.progress').innerText()).toContain('4.2 GB of 19.9 GB');
  await soon(() => step('Download a model').innerText()).toContain('To do');
  const withModel = { ...newcomer, preparation: { ...preparation, ollama: sampleOllama, pulls: [] } };
  await window.pushApp(withModel);
  await soon(() => step('Download a model').innerText()).toContain('Done');

  // Left and come back to: the set-up opens where it goes on.
  await hand.press(window, 'link', 'Hardware');
  await page.getByRole('heading', { level: 1, name: 'Hardware' }).waitFor();
  await hand.press(window, 'link', /^Setup/);
  await heading('Create node key');

  await hand.press(window, 'button', 'Create key');
  await soon(() => asked.find(({ name }) => name === 'identity.create')?.input).toEqual({
    keyStore: 'keychain',
  });
  await window.pushApp({ ...withModel, node: { phase: 'hosting' }, preparation: null });
  await window.pushSnapshot(freshSnapshot());
  await page.getByText('Key created.', { exact: false }).waitFor();
  await page.getByText('Without a backup, a lost disk stops your earnings', { exact: false }).waitFor();
  await page.getByRole('button', { name: 'Skip for now' }).waitFor();
  await page.getByLabel('Passphrase', { exact: true }).fill('correct horse battery');
  await page.getByLabel('Confirm passphrase').fill('correct horse battery');
  expect(await page.locator('.rule-met').count()).toBe(2);
  await hand.press(window, 'button', 'Save backup…');
  await page.getByText('Saved to /media/stick/node.json', { exact: false }).waitFor();

  await hand.press(window, 'button', 'Continue');
  await heading('Register and stake');
  await hand.press(window, 'button', 'Register node');
  await hand.press(window, 'button', 'Open Console');
  const link = registerLink(sampleHash, 3);
  await soon(() => asked.find(({ name }) => name === 'app.openLink')?.input).toEqual({ url: link });
  await window.pushSnapshot(
    sampleSnapshot({
      heartbeat: freshSnapshot().heartbeat,
      uptime: freshSnapshot().uptime,
      state: { code: 'connecting', sinceMs: nowMs, params: {} },
    }),
  );
  // The dialog that opened the wallet says what came of it.
  await page.getByText('Registered as node #4217.').waitFor();
  await hand.press(window, 'button', 'Close');
  await page.getByText('Registered as node #4217').waitFor();
  expect(await step('Register and stake').innerText()).toContain('Done');

  await hand.press(window, 'button', 'Continue');
  await heading('Go online');
  await page.getByText('Connecting to the network…').waitFor();
  await soon(() => side.innerText()).toContain('Setup: 1 step left');
  expect(await page.locator('.state-no, .earns-no').count()).toBe(0);
  await hand.press(window, 'switch', 'Start at login');
  await soon(() => asked.find(({ name }) => name === 'app.setLoginItem')?.input).toEqual({ on: true });
  await hand.press(window, 'switch', 'Keep awake');
  await soon(() => asked.find(({ name }) => name === 'settings.set')?.input).toEqual({
    name: 'desktop.keepAwake',
    value: true,
  });
  await window.pushSnapshot(sampleSnapshot());
  await page.getByText('You’re online since', { exact: false }).waitFor();
  expect(await page.locator('.path-panel').innerText()).toContain('by e-mail');
  // Steps 6 and 7 stay in sight, and nothing ticks what nobody saw.
  for (const name of ['Claim rewards', 'Unstake']) expect(await step(name).innerText()).toContain('To do');
  await hand.press(window, 'button', 'Go to dashboard');
  await page.getByRole('heading', { level: 1, name: 'Dashboard' }).waitFor();
  // Once it was online the set-up is over, whatever happens to Ollama later.
  const pages = page.getByRole('navigation', { name: 'Pages' });
  expect(await pages.getByRole('link', { name: 'Setup' }).count()).toBe(0);
  await window.pushChange({ ollama: { ...sampleOllama, condition: 'stopped', defaultModel: null } });
  await pages.getByRole('link', { name: 'Models' }).click();
  expect(await pages.getByRole('link', { name: 'Setup' }).count()).toBe(0);
  console.info(`Set up with ${hand.taken} ${hand === mouse ? 'clicks' : 'keys'} beside what is typed.`);
  expect(hand.taken).toBeLessThanOrEqual(most);
  expect(window.faults).toEqual([]);
  await window.close();
});

interface Drawing {
  drawImage(image: unknown, x: number, y: number): void;
  getImageData(x: number, y: number, width: number, height: number): { data: Iterable<number> };
}
interface Canvas {
  width: number;
  height: number;
  getContext(kind: string): Drawing;
}
interface Picture {
  src: string;
  width: number;
  height: number;
  decode(): Promise<void>;
}

/** Runs in the page: the pixels of a picture, for the decoder. */
async function readPixels(png: string): Promise<{ pixels: string; width: number; height: number }> {
  const scope = globalThis as unknown as {
    Image: new () => Picture;
    document: { createElement(name: string): Canvas };
  };
  const image = new scope.Image();
  image.src = `data:image/png;base64,${png}`;
  await image.decode();
  const canvas = scope.document.createElement('canvas');
  canvas.width = image.width;
  canvas.height = image.height;
  const drawing = canvas.getContext('2d');
  drawing.drawImage(image, 0, 0);
  const { data } = drawing.getImageData(0, 0, image.width, image.height);
  // A text crosses to the test much faster than a list of numbers.
  const pixels = btoa(Array.from(data, (value) => String.fromCharCode(value)).join(''));
  return { pixels, width: image.width, height: image.height };
}

it('the QR code of the registration page is the very link in the wallet’s browser, in both themes', async () => {
  for (const theme of ['dark', 'light'] as const) {
    const window = await openWindow(built, {
      page: 'onboarding',
      part: 'register',
      snapshot: freshSnapshot(),
      theme,
    });
    await window.page.getByRole('button', { name: 'Register node' }).click();
    const code = window.page.getByRole('img', { name: /^QR code/ });
    await code.waitFor();
    const png = (await code.screenshot()).toString('base64');
    const { pixels, width, height } = await window.page.evaluate(readPixels, png);
    expect(decode(new Uint8ClampedArray(Buffer.from(pixels, 'base64')), width, height)?.data).toBe(
      inWalletBrowser(registerLink(sampleHash, 3)),
    );
    await window.close();
  }
});

it('nothing leads to the registration while a card may be hidden, until tier 1 is accepted', async () => {
  const hardware = {
    ...sampleHardware,
    tier: 1,
    gpu: null,
    cards: [],
    findings: [{ code: 'driver-mismatch', tool: 'nvidia-smi', detail: 'Driver/library version mismatch' }],
    registrationHold: 'driver-mismatch',
    declared: unregistered,
  };
  const window = await openWindow(built, {
    page: 'onboarding',
    part: 'register',
    snapshot: freshSnapshot({ hardware }),
  });
  const { page } = window;
  await page.getByText('Check your GPU before registering').waitFor();
  expect(await page.locator('svg.qr').count()).toBe(0);
  expect(await page.getByRole('button', { name: /Open Console|Register node/ }).count()).toBe(0);
  expect(await page.getByText('Enter manually').count()).toBe(0);
  await page.getByRole('button', { name: 'Register tier 1' }).click();
  await page.getByRole('button', { name: 'Register node' }).click();
  await page.locator('svg.qr').waitFor();
  expect(await page.getByRole('textbox', { name: 'Console link' }).inputValue()).toBe(
    registerLink(sampleHash, 1),
  );
  expect(await page.getByRole('button', { name: 'Open Console' }).isEnabled()).toBe(true);
  await window.close();
});

it('without anything measured the set-up says so and offers the key first', async () => {
  const window = await openWindow(built, {
    page: 'onboarding',
    part: 'probe',
    app: sampleApp({ node: { phase: 'no-identity' } }),
    snapshot: null,
  });
  await window.page.getByText('Your node measures this', { exact: false }).waitFor();
  await window.page.getByRole('button', { name: 'Create key first' }).click();
  await window.page.getByRole('button', { name: 'Create key', exact: true }).waitFor();
  await window.close();
});

it('the official client’s node is offered a cutover', async () => {
  const window = await openWindow(built, {
    app: { ...newcomer, official: { path: '/home/ada/.parallelix', nodeKeyHash: sampleHash } },
    snapshot: null,
  });
  await window.page.getByText('Existing node found').waitFor();
  await window.page.getByRole('button', { name: 'Migrate' }).press('Enter');
  await window.page.getByRole('dialog').getByText('The official client stops', { exact: false }).waitFor();
  await window.close();
});
