import type { Page as ChromiumPage } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { Refusal, soon } from '../fixtures/e2e/renderer-app.ts';
import { rendererSuite } from '../fixtures/e2e/renderer-suite.ts';

const suite = rendererSuite();
const { open, input } = suite;

/** What scrolls sideways. */
const sideways = `[document.documentElement, document.querySelector('main')]
  .filter((element) => element.scrollWidth > element.clientWidth)
  .map((element) => element.tagName + ' ' + element.scrollWidth + ' > ' + element.clientWidth)`;

describe('settings', () => {
  const row = (page: ChromiumPage, setting: string) => page.locator(`[data-setting="${setting}"]`);

  it('each kind is changed by its own control, saved at once, and can be undone; the restart is offered', async () => {
    const { page } = await open({ page: 'settings', part: 'node' });
    await page.getByRole('button', { name: 'More: Parallel requests' }).click();
    await soon(() => input('settings.set')).toEqual({ name: 'concurrency', value: 2 });
    await page.getByText('Parallel requests saved.').first().waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await soon(() => input('settings.set')).toEqual({ name: 'concurrency' });
    const finish = page.getByRole('textbox', { name: 'Time to finish' });
    await finish.fill('45');
    await finish.press('Enter');
    await soon(() => input('settings.set')).toEqual({ name: 'timing.drainMs', value: 45_000 });
    await page.getByRole('button', { name: 'Restart node' }).click();
    await soon(() => suite.window.asked.some(({ name }) => name === 'app.restartNode')).toBe(true);
    await soon(() => page.getByRole('button', { name: 'Restart node' }).count()).toBe(0);

    await page.getByRole('tab', { name: 'Models' }).click();
    await page.getByRole('combobox', { name: 'Default model' }).selectOption('Automatic');
    await soon(() => input('settings.set')).toEqual({ name: 'defaultModel' });
    await page.getByRole('button', { name: 'Choose Models folder' }).click();
    await soon(() => input('settings.set')).toEqual({ name: 'ollama.modelsDir', value: '/mnt/models' });

    await page.getByRole('tab', { name: 'General' }).click();
    await page.getByRole('radio', { name: 'Dark' }).check();
    await soon(() => input('settings.set')).toEqual({ name: 'desktop.theme', value: 'dark' });
  });

  it('a refused value is explained at its field, which keeps it and the focus', async () => {
    const { page } = await open({
      page: 'settings',
      part: 'node',
      answers: {
        'settings.set': () =>
          new Refusal('setting-invalid', { name: 'concurrency', value: '99', reason: 'expected: 1 to 16' }),
      },
    });
    const field = page.getByRole('textbox', { name: 'Parallel requests' });
    await field.fill('99');
    await page.keyboard.press('Enter');
    expect(await row(page, 'concurrency').getByRole('alert').innerText()).toBe(
      'Enter a number from 1 to 16.',
    );
    expect(await field.inputValue()).toBe('99');
    expect(await field.getAttribute('aria-invalid')).toBe('true');
    await soon(() => field.evaluate((element) => element.matches(':focus'))).toBe(true);
  });

  it('are found over all tabs by title, by another word, and by their name on the command line', async () => {
    const { page } = await open({ page: 'settings' });
    const search = page.getByRole('searchbox', { name: 'Search settings' });
    await search.fill('kv cache');
    await row(page, 'ollama.contextTokens').waitFor();
    expect(await row(page, 'concurrency').count()).toBe(0);
    await search.fill('timing.drainMs');
    await row(page, 'timing.drainMs').waitFor();
    await search.fill('passphrase');
    await page.getByRole('heading', { name: 'Back up your key' }).waitFor();
    // What only the command line offers is not listed.
    for (const hidden of ['explainedClosing', 'heartbeatMs', 'hardware.cards', 'acceptTierMismatch']) {
      await search.fill(hidden);
      await page.getByText('No settings found').waitFor();
    }
  });

  it('an address is tried as it was typed, before it is saved, and its key is told in a popover', async () => {
    const { page } = await open({ page: 'settings', part: 'advanced' });
    const field = page.getByRole('textbox', { name: 'Ollama address' });
    expect(await field.getAttribute('placeholder')).toBe('http://127.0.0.1:11434');
    await field.fill('http://10.0.0.7:11434');
    await page.getByRole('button', { name: 'Test connection: Ollama address' }).click();
    await soon(() => input('settings.testAddress')).toEqual({
      name: 'ollamaUrl',
      url: 'http://10.0.0.7:11434',
    });
    await row(page, 'ollamaUrl').getByRole('status').getByText('Ollama', { exact: false }).waitFor();
    expect(input('settings.set')).toBeUndefined();
    await field.press('Enter');
    await soon(() => input('settings.set')).toEqual({ name: 'ollamaUrl', value: 'http://10.0.0.7:11434' });
    await page.getByRole('button', { name: 'Details: Ollama address' }).click();
    await page.getByText('ollamaUrl', { exact: true }).waitFor();
    await page.keyboard.press('Escape');
    await soon(() => page.getByText('ollamaUrl', { exact: true }).isVisible()).toBe(false);

    await page.getByRole('button', { name: 'Open folder' }).click();
    await soon(() => suite.window.asked.some(({ name }) => name === 'app.openDataFolder')).toBe(true);
    await page.getByRole('button', { name: 'Reset all…' }).click();
    expect(suite.window.asked.some(({ name }) => name === 'settings.resetAll')).toBe(false);
    await page.getByRole('dialog').getByRole('button', { name: 'Reset settings' }).click();
    await soon(() => input('settings.resetAll')).toEqual({ confirmed: true });
  });

  it('all notifications are off with one switch, and a test is sent whatever is off', async () => {
    const { page } = await open({ page: 'settings', part: 'notifications' });
    const kind = page.getByRole('switch', { name: 'Node goes offline' });
    expect(await kind.isEnabled()).toBe(true);
    await page.getByRole('switch', { name: 'Show notifications' }).click();
    await soon(() => kind.isEnabled()).toBe(false);
    await page.getByRole('button', { name: 'Send test' }).click();
    await page.getByText('Test sent.', { exact: false }).waitFor();
  });

  it('every tab is complete for everybody, goes by arrow keys, and fits a window at 200 %', async () => {
    const { page, axe } = await open({ page: 'settings' });
    await page.getByRole('tab', { name: 'General' }).focus();
    for (const name of ['Node', 'Models', 'Notifications', 'Security', 'Advanced']) {
      await page.setViewportSize({ width: 900, height: 600 });
      await page.keyboard.press('ArrowRight');
      await soon(() => page.getByRole('tab', { name }).getAttribute('aria-selected')).toBe('true');
      await page.getByRole('tabpanel', { name }).locator('.setting').first().waitFor();
      expect(await axe()).toEqual([]);
      for (const [width, height] of [
        [900, 600],
        [560, 380],
        [450, 300],
      ] as const) {
        await page.setViewportSize({ width, height });
        expect(await page.evaluate(sideways), `${name} at ${width}`).toEqual([]);
      }
    }
  });

  it('a backup needs a passphrase that is long enough and typed twice alike', async () => {
    const { page } = await open({ page: 'settings', part: 'key' });
    const save = page.getByRole('button', { name: 'Save backup…' });
    await page.getByLabel('Passphrase', { exact: true }).fill('short');
    await save.click();
    await page.getByText('Use at least 10 characters.').waitFor();
    await page.getByLabel('Passphrase', { exact: true }).fill('long enough to be one');
    await page.getByLabel('Confirm passphrase').fill('long enough to be on');
    await save.click();
    await page.getByText('Passphrases don’t match.').waitFor();
    expect(input('key.backup')).toBeUndefined();
    await page.getByLabel('Confirm passphrase').fill('long enough to be one');
    await save.click();
    await page.getByText('Saved to /media/stick/node.json', { exact: false }).waitFor();
    // What was typed is gone from the page.
    expect(await page.getByLabel('Passphrase', { exact: true }).inputValue()).toBe('');
  });

  it('moving to a service says first that the key moves, and asks about lingering by itself', async () => {
    const { page } = await open({ page: 'settings' });
    await page.getByRole('switch', { name: 'Keep running when the app is closed' }).click();
    const dialog = page.getByRole('dialog');
    expect(await dialog.innerText()).toContain('moves from the keychain to a private file');
    expect(input('service.install')).toBeUndefined();
    await dialog.getByRole('switch', { name: 'Keep running when signed out' }).click();
    await dialog.getByRole('button', { name: 'Install service' }).click();
    await soon(() => input('service.install')).toEqual({ moveKey: true, linger: true });
  });

  it('quitting says what it costs first', async () => {
    const { page } = await open({ page: 'settings' });
    await page.getByRole('button', { name: 'Quit', exact: true }).click();
    expect(await page.getByRole('dialog').innerText()).toContain('You’ll stop earning');
    expect(suite.window.asked.some(({ name }) => name === 'app.quit')).toBe(false);
    await page.getByRole('dialog').getByRole('button', { name: 'Quit' }).click();
    await soon(() => suite.window.asked.some(({ name }) => name === 'app.quit')).toBe(true);
  });
});
