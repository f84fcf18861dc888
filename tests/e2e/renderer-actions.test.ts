import type { Locator } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { pages } from '../../shared/contract/app.ts';
import { Refusal, soon } from '../fixtures/e2e/renderer-app.ts';
import { sampleApp, sampleHardware, sampleOllama, sampleSnapshot } from '../fixtures/e2e/renderer-samples.ts';
import { rendererSuite } from '../fixtures/e2e/renderer-suite.ts';

const suite = rendererSuite();
const { open, input } = suite;
const focused = () => suite.window.page.evaluate<string>('document.activeElement.textContent');

describe('moving between pages', () => {
  it('a change of page moves the focus to its heading, names the window and is announced', async () => {
    const { page } = await open({ page: 'dashboard' });
    const links = page.getByRole('navigation', { name: 'Pages' }).getByRole('link');
    // The set-up has left the navigation: this node was online before.
    expect((await links.allInnerTexts()).map((text) => text.trim())).toEqual([
      'Dashboard',
      'Hardware',
      'Models',
      'Earnings',
      'Settings',
      'Diagnostics',
    ]);
    expect(await links.count()).toBe(pages.length - 1);
    for (const name of ['Hardware', 'Models', 'Earnings', 'Settings', 'Diagnostics', 'Dashboard']) {
      await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name }).click();
      await soon(focused).toBe(name);
      await soon(() => page.title()).toBe(`${name} · ParalleliX Operator`);
      await soon(() => page.locator('[data-live-status]').innerText()).toBe(`${name} page`);
      expect(await page.locator('[aria-current="page"]').innerText()).toContain(name);
    }
  });

  it('the first stop of the keyboard skips the navigation', async () => {
    const { page } = await open({ page: 'models' });
    await page.keyboard.press('Tab');
    expect(await focused()).toBe('Skip to the page');
    await page.keyboard.press('Enter');
    expect(await focused()).toBe('Models');
  });

  it('the tray and deep links open a page, and the browser’s way back works', async () => {
    const { page } = await open({ page: 'dashboard' });
    await suite.window.askForPage('diagnostics');
    await page.getByRole('heading', { level: 1, name: 'Diagnostics' }).waitFor();
    await page.goBack();
    await page.getByRole('heading', { level: 1, name: 'Dashboard' }).waitFor();
  });

  it('a state that changes is announced on every page', async () => {
    const { page } = await open({ page: 'settings' });
    await suite.window.pushChange({ state: { code: 'connecting', sinceMs: Date.now(), params: {} } });
    await soon(() => page.locator('[data-live-status]').innerText()).toBe('State: Connecting');
  });

  it('the window of the earnings shows them alone', async () => {
    const { page } = await open({ page: 'earnings', query: '?window=earnings' });
    expect(await page.getByRole('navigation').count()).toBe(0);
    expect(await page.locator('.earned-value').innerText()).toMatch(/^23,515\.\d+$/);
    expect(await page.locator('main').innerText()).toMatch(
      /in block 23456789, [^,]*\d\d:\d\d[^,]*, from https:\/\/ethereum-rpc\.example/,
    );
    // To the second beside it, as on every page.
    const read = page.locator('time', { hasText: 'in block' });
    expect(await read.getAttribute('title')).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
  });
});

describe('pausing', () => {
  it('says what it means before it is done, and pauses for as long as was chosen', async () => {
    const { page } = await open({ page: 'dashboard' });
    // The message must not leave before it was read here.
    await page.clock.install();
    await page.clock.pauseAt(Date.now() + 1000);
    await page.getByRole('button', { name: 'Pause' }).click();
    const dialog = page.getByRole('dialog', { name: 'Pause' });
    expect(await dialog.innerText()).toContain('hasn’t said whether paused time earns');
    await dialog.getByRole('button', { name: 'For 8 hours' }).click();
    await soon(() => input('pause')).toEqual({ forMs: 8 * 3_600_000 });
    // The message says it to everybody, and takes it back.
    const said = page.locator('[data-toast-status]');
    await soon(() => said.innerText()).toBe('Paused');
    await page.locator('[data-toast]').hover();
    await page.clock.resume();
    expect(await suite.window.axe()).toEqual([]);
    await page.locator('[data-toast]').getByRole('button', { name: 'Undo' }).click();
    await soon(() => input('resume')).toEqual({});
    await soon(() => dialog.count()).toBe(0);
  });
});

describe('a double click', () => {
  const press = async (button: Locator, clickCount: number) => {
    await button.scrollIntoViewIfNeeded();
    const { x, y, width, height } = (await button.boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
    await suite.window.page.mouse.move(x + width / 2, y + height / 2);
    await suite.window.page.mouse.down({ clickCount });
    await suite.window.page.mouse.up({ clickCount });
  };
  const times = (name: string) => suite.window.asked.filter((each) => each.name === name).length;

  it('presses the button that it was meant for, and none that has taken its place', async () => {
    const { page } = await open({ page: 'models' });
    const button = (name: string) => page.getByRole('button', { name, exact: true });
    const [pull] = sampleSnapshot().pulls;
    if (!pull) throw new Error('no download in the sample');

    // Another button is there.
    await press(button('Cancel qwen2.5:14b'), 1);
    await soon(() => times('models.cancelPull')).toBe(1);
    await suite.window.pushChange({ pulls: [{ ...pull, state: 'cancelled' }] });
    await button('Resume qwen2.5:14b').waitFor();
    await press(button('Remove qwen2.5:14b from the list'), 2);
    await press(button('Resume qwen2.5:14b'), 1);
    await soon(() => times('models.pull')).toBe(1);
    expect(times('models.forgetPull')).toBe(0);

    // The same button says something else.
    await suite.window.pushChange({ ollama: { ...sampleOllama, condition: 'stopped' } });
    await press(button('Start Ollama'), 1);
    await soon(() => times('ollama.start')).toBe(1);
    await suite.window.pushChange({ ollama: { ...sampleOllama, server: 'ours' } });
    await press(button('Stop Ollama'), 2);
    expect(await page.getByRole('dialog').count()).toBe(0);
    await press(button('Stop Ollama'), 1);
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');

    // A model that is set aside says until when, and why.
    const asideUntilMs = Date.now() + 30 * 60_000;
    const [first, ...others] = sampleOllama.models;
    const aside = { servable: false, notServableBecause: 'needs-memory', asideUntilMs };
    if (first)
      await suite.window.pushChange({
        ollama: { ...sampleOllama, models: [{ ...first, ...aside }, ...others] },
      });
    await page.getByText(/^Can’t serve until .*\d:\d\d.*: too little memory$/).waitFor();

    // It leads elsewhere.
    await page.evaluate("location.hash = '#/onboarding/probe'");
    const step = (name: string) => page.getByRole('heading', { name, exact: true }).waitFor();
    await step('Check hardware');
    await press(button('Continue'), 1);
    await step('Download a model');
    await press(button('Continue'), 2);
    await press(button('Back'), 1);
    await step('Check hardware');

    // It is still what it was: each press counts.
    await page.evaluate("location.hash = '#/settings/node'");
    const more = page.getByRole('button', { name: /^More: / }).first();
    await press(more, 1);
    await soon(() => times('settings.set')).toBe(1);
    await press(more, 2);
    await soon(() => times('settings.set')).toBe(2);
  });
});

describe('models', () => {
  it('deleting asks first, says what it frees, and insists only when asked to', async () => {
    const { page } = await open({
      page: 'models',
      answers: {
        'models.delete': ({ evenIfUsed }: { evenIfUsed: boolean }) =>
          evenIfUsed
            ? { freedBytes: 9_050_000_000 }
            : new Refusal('model-in-use', { model: 'phi4:latest', use: 'default' }),
      },
    });
    await page.getByRole('button', { name: 'Delete phi4:latest' }).click();
    const dialog = page.getByRole('dialog');
    expect(await dialog.innerText()).toContain('9.05 GB');
    expect(suite.window.asked.some(({ name }) => name === 'models.delete')).toBe(false);
    await dialog.getByRole('button', { name: 'Delete model' }).click();
    await dialog.getByRole('alert').waitFor();
    await dialog.getByRole('button', { name: 'Delete anyway' }).click();
    await soon(() => input('models.delete')).toEqual({ model: 'phi4:latest', evenIfUsed: true });
    await soon(() => dialog.count()).toBe(0);
  });

  it('one that is too big is asked about with the numbers before anything is downloaded', async () => {
    const { page } = await open({ page: 'models' });
    const inGroup = (name: string) => page.locator(`[data-group="${name}"]`);
    await inGroup('recommended').getByRole('button', { name: 'Download qwen2.5:32b' }).waitFor();
    expect(await inGroup('fits').getByRole('listitem').count()).toBe(5);
    // What is too large is folded away.
    expect(await page.getByRole('button', { name: 'Download llama3.3:70b' }).count()).toBe(0);
    await page.getByText('Too large (1)').click();
    await page.getByRole('button', { name: 'Download llama3.3:70b' }).click();
    const dialog = page.getByRole('dialog');
    expect(await dialog.innerText()).toContain('It needs 44.1 GB of memory, and models may use 23.2 GB');
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    expect(input('models.pull')).toBeUndefined();
    await page.getByRole('button', { name: 'Download mistral:7b' }).click();
    await soon(() => input('models.pull')).toEqual({ model: 'mistral:7b', large: false });
  });

  it('a download can be cancelled, continued, and asked for by name', async () => {
    const { page } = await open({ page: 'models' });
    await page.getByRole('button', { name: 'Cancel qwen2.5:14b' }).click();
    await soon(() => input('models.cancelPull')).toEqual({ model: 'qwen2.5:14b' });
    const [pull] = sampleSnapshot().pulls;
    if (pull) await suite.window.pushChange({ pulls: [{ ...pull, state: 'cancelled' }] });
    await page.getByRole('button', { name: 'Remove qwen2.5:14b from the list' }).click();
    await soon(() => input('models.forgetPull')).toEqual({ model: 'qwen2.5:14b' });
    await page.getByRole('button', { name: 'Resume qwen2.5:14b' }).click();
    await soon(() => input('models.pull')).toEqual({ model: 'qwen2.5:14b', large: false });
    await page.getByRole('textbox', { name: /by name/ }).fill('  tinylama ');
    await page.keyboard.press('Enter');
    await soon(() => input('models.pull')).toEqual({ model: 'tinylama', large: false });
    // A name that Ollama doesn't have is told where it was typed, until something else is.
    const error = { code: 'model-unknown', details: { model: 'tinylama' } };
    if (pull)
      await suite.window.pushChange({
        pulls: [{ ...pull, model: 'tinylama', state: 'failed', totalBytes: null, completedBytes: 0, error }],
      });
    const field = page.getByRole('textbox', { name: /by name/ });
    await page.getByRole('alert').filter({ hasText: 'no model tinylama' }).waitFor();
    expect(await field.getAttribute('aria-invalid')).toBe('true');
    expect(await page.locator('[data-pull]').count()).toBe(0);
    await field.fill('t');
    await soon(() => input('models.forgetPull')).toEqual({ model: 'tinylama' });
    // One that was typed elsewhere stands with the others, and the field says nothing of it.
    await page.locator('[data-pull="failed"]').waitFor();
    expect(await field.getAttribute('aria-invalid')).toBeNull();
  });

  it('every state of a download has a text; without a size its bar says only that something comes', async () => {
    const { page } = await open({ page: 'models' });
    const [pull] = sampleSnapshot().pulls;
    if (!pull) throw new Error('no download in the sample');
    const { pullStates } = await import('../../shared/pull-states.ts');
    const unknown = { ...pull, totalBytes: null, bytesPerSecond: null, leftMs: null };
    for (const state of pullStates) {
      await suite.window.pushChange({ pulls: [{ ...unknown, state }] });
      const row = page.locator(`[data-pull="${state}"]`);
      await row.waitFor();
      expect(await row.innerText()).not.toMatch(/models\.pulls|undefined|null|NaN/);
      const bar = row.getByRole('progressbar');
      // What waits or checks has loaded nothing, and what has ended isn't on its way.
      expect(await bar.count(), state).toBe(['pulling', 'verifying'].includes(state) ? 1 : 0);
      if ((await bar.count()) === 1) expect(await bar.getAttribute('value')).toBeNull();
    }
    await suite.window.pushChange({ pulls: [{ ...unknown, estimatedBytes: 9_050_000_000 }] });
    const row = page.locator('[data-pull]');
    await soon(() => row.innerText()).toContain('3.34 GB of about 9.05 GB');
    expect(await row.getByRole('progressbar').getAttribute('max')).toBe('9050000000');
  });
});

describe('hardware', () => {
  it('live figures are asked for while the page is open, and not before', async () => {
    const { page } = await open({ page: 'models' });
    expect(input('hardware.watch')).toBeUndefined();
    await page.getByRole('link', { name: 'Hardware' }).click();
    await soon(() => input('hardware.watch')).toEqual({ forMs: 15_000 });
  });

  it('leaving out a card is saved by its name for the tools, and choosing all again as none', async () => {
    const { page } = await open({ page: 'hardware' });
    const second = page.getByRole('switch', { name: 'Use NVIDIA GeForce RTX 3060' });
    await second.click();
    const [first] = sampleHardware.cards;
    await soon(() => input('settings.set')).toEqual({ name: 'hardware.cards', value: first?.uuid });
    await suite.window.pushChange({ hardware: { ...sampleHardware, chosenCards: [first?.uuid ?? ''] } });
    await soon(() => second.isChecked()).toBe(false);
    await second.click();
    await soon(() => input('settings.set')).toEqual({ name: 'hardware.cards', value: null });
  });

  it('serving against a higher registered tier is accepted only after its risk was read', async () => {
    const declared = { tier: 4, match: 'declared-higher' as const, accepted: false };
    const { page } = await open({
      page: 'hardware',
      snapshot: sampleSnapshot({ hardware: { ...sampleHardware, declared } }),
    });
    await page.getByRole('button', { name: 'Serve anyway' }).click();
    expect(await page.getByRole('dialog').innerText()).toContain('may zero this uptime');
    expect(input('hardware.acceptTierMismatch')).toBeUndefined();
    await page.getByRole('dialog').getByRole('button', { name: 'Serve anyway' }).click();
    await soon(() => input('hardware.acceptTierMismatch')).toEqual({ accept: true });
  });
});

it('an age is told from a minute on, and the exact time beside it; the week is summed up', async () => {
  const sinceMs = Date.now() - 5_000;
  const { page } = await open({
    page: 'dashboard',
    app: sampleApp({ explain: ['first-earned'] }),
    snapshot: sampleSnapshot({ state: { code: 'ready', sinceMs, params: { time: sinceMs, n: 1 } } }),
  });
  await page.clock.install();
  await page.clock.pauseAt(sinceMs + 30_000);
  const since = page.locator('.state-foot time');
  await soon(() => since.innerText()).toMatch(/^Since (\d{4}-\d\d-\d\d )?\d\d:\d\d$/);
  expect(await since.getAttribute('title')).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
  expect(await since.getAttribute('datetime')).toBe(new Date(sinceMs).toISOString());
  await page.clock.runFor(3 * 60_000);
  await soon(() => since.innerText()).toMatch(/ \(3 min ago\)$/);
  await page.clock.resume();

  const week = page.getByRole('region', { name: 'Last 7 days' });
  expect(await week.innerText()).toMatch(/Earned[\s\S]*PRLX[\s\S]*Outages\s*1 · 1 min/);
  const uptime = page.getByRole('region', { name: 'Uptime' });
  expect(await uptime.innerText()).toMatch(/Missed heartbeats\s*2/);
  await uptime.getByRole('button', { name: 'Show table' }).click();
  await uptime.getByRole('columnheader', { name: 'Missed heartbeats' }).waitFor();
  // Good news is said once.
  await page.getByText('You earned your first PRLX').waitFor();
  await page.getByRole('button', { name: 'Got it' }).click();
  await soon(() => input('app.explained')).toEqual({ what: 'first-earned' });
});

describe('diagnostics', () => {
  it('the log is read by level and searched', async () => {
    const { page } = await open({ page: 'diagnostics' });
    const rows = page.locator('table.log tbody tr');
    await rows.first().waitFor();
    await page.getByRole('combobox', { name: 'Level' }).selectOption('Error and above');
    await soon(() => page.locator('.log-tools').innerText()).toContain('66 of 400');
    await page.getByRole('searchbox', { name: 'Search' }).fill('result 395');
    await soon(() => rows.count()).toBe(1);
    await page.getByRole('searchbox', { name: 'Search' }).fill('no such words');
    await page.getByText('No entries found').waitFor();
  });

  it('what a host cannot do is said plainly, and nothing is made up', async () => {
    const unknown = (name: string) => () => new Refusal('command-unknown', { command: name });
    const { page } = await open({
      page: 'diagnostics',
      answers: {
        'diagnostics.verify': unknown('diagnostics.verify'),
        'diagnostics.log': unknown('diagnostics.log'),
        'models.catalogue': unknown('models.catalogue'),
        'requests.recent': unknown('requests.recent'),
      },
    });
    await page.getByText('can’t be checked from here', { exact: false }).waitFor();
    await page.getByText('can’t show its log', { exact: false }).waitFor();
    await page.getByRole('link', { name: 'Models' }).click();
    await page.getByText('has no list of models', { exact: false }).waitFor();
    await page.getByRole('link', { name: 'Dashboard' }).click();
    await page.getByText('can’t list its requests', { exact: false }).waitFor();
  });
});

it('every phase of the app without a daemon says so and offers what there is', async () => {
  const { page } = await open({
    page: 'dashboard',
    snapshot: null,
    app: sampleApp({ node: { phase: 'stopped', sinceMs: Date.now() - 60_000 } }),
  });
  await page.getByRole('button', { name: 'Start node' }).click();
  await soon(() => suite.window.asked.some(({ name }) => name === 'app.startNode')).toBe(true);
  await suite.window.pushApp(sampleApp({ node: { phase: 'starting' } }));
  await page.getByText('Starting your node…').waitFor();
  await suite.window.pushApp(sampleApp({ node: { phase: 'hosting' } }));
  await page.getByText('Waiting for the first figures…').waitFor();
  await suite.window.pushSnapshot(sampleSnapshot());
  await page.locator('[data-state="ready"]').waitFor();
  // A daemon that goes takes its figures with it.
  await suite.window.pushApp(sampleApp({ node: { phase: 'no-identity' } }));
  await page.getByText('Set up your node').waitFor();
  expect(await page.locator('.figure').count()).toBe(0);
});

describe('the tests themselves', () => {
  it('notice an inline style, a request elsewhere, and a command that the contract does not have', async () => {
    const { page } = await open({ page: 'dashboard' });
    await page.evaluate(
      "document.head.append(Object.assign(document.createElement('style'), { textContent: 'b{}' }))",
    );
    await soon(() => suite.window.faults.some((fault) => fault.startsWith('policy: style-src'))).toBe(true);
    await page.evaluate("fetch('https://example.invalid/').catch(() => null)");
    await soon(() => suite.window.faults.some((fault) => fault.startsWith('policy: connect-src'))).toBe(true);
    await page.evaluate("operator.ask('models.invent', {}).catch(() => null)");
    await soon(() => suite.window.faults.some((fault) => fault.startsWith('bridge: models.invent'))).toBe(
      true,
    );
    await page.evaluate("operator.ask('pause', { forMs: 'long' }).catch(() => null)");
    await soon(() => suite.window.faults.some((fault) => fault.startsWith('bridge: pause'))).toBe(true);
    suite.window.faults.length = 0;
  });
});
