import type { Page as ChromiumPage } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { picture, picturesWanted } from '../fixtures/e2e/pictures.ts';
import { Refusal, soon } from '../fixtures/e2e/renderer-app.ts';
import { sampleApp } from '../fixtures/e2e/renderer-samples.ts';
import { rendererSuite } from '../fixtures/e2e/renderer-suite.ts';

const suite = rendererSuite();
const { open, input } = suite;

/** The page in both themes, forced colours and at 200 %, when somebody wants to see it. */
async function pictures(page: ChromiumPage, name: string): Promise<void> {
  if (!picturesWanted) return;
  const look = async (as: string, media: object, size: { width: number; height: number }) => {
    await page.emulateMedia(media);
    await page.setViewportSize(size);
    await picture(page, `${name}-${as}`);
  };
  const whole = { width: 1200, height: 1100 };
  await look('light', { colorScheme: 'light' }, whole);
  await look('dark', { colorScheme: 'dark' }, whole);
  await look('forced-colors', { forcedColors: 'active' }, whole);
  await look('200-percent', { forcedColors: 'none' }, { width: 560, height: 1400 });
  await page.setViewportSize({ width: 900, height: 600 });
}

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
    // Not checked at once, as `check` wants it, but once it is saved.
    await page.getByRole('radio', { name: 'Dark' }).click();
    await soon(() => input('settings.set')).toEqual({ name: 'desktop.theme', value: 'dark' });
  });

  it('every switch beside them, and the offer of the menu, says what it did and can be undone', async () => {
    const { page } = await open({ page: 'settings', app: sampleApp({ explain: ['menu-entry'] }) });
    // A message must not leave before it was read here.
    await page.clock.install();
    await page.clock.pauseAt(Date.now() + 1000);
    const toast = page.locator('[data-toast]');
    const said = page.locator('[data-toast-status]');
    const saved = (name: string, value?: unknown) => ({
      name: 'settings.set',
      input: value === undefined ? { name } : { name, value },
    });
    const set = (name: string, on: boolean) => ({ name, input: { on } });
    const newest = (name: string) => suite.window.asked.findLast((each) => each.name === name);
    for (const [role, name, message, done, back] of [
      [
        'button',
        'Add to menu',
        'Added to your applications.',
        set('places.setMenuEntry', true),
        set('places.setMenuEntry', false),
      ],
      [
        'switch',
        'Start at login',
        'Start at login saved.',
        set('app.setLoginItem', true),
        set('app.setLoginItem', false),
      ],
      [
        'switch',
        'Keep awake',
        'Keep awake saved.',
        saved('desktop.keepAwake', false),
        saved('desktop.keepAwake'),
      ],
      [
        'switch',
        'Single-key shortcuts',
        'Single-key shortcuts saved.',
        saved('desktop.singleKeys', false),
        saved('desktop.singleKeys'),
      ],
      [
        'switch',
        'Show in applications menu',
        'Show in applications menu saved.',
        set('places.setMenuEntry', true),
        set('places.setMenuEntry', false),
      ],
      [
        'switch',
        'Command line tool',
        'Command line tool saved.',
        set('places.setCommand', true),
        set('places.setCommand', false),
      ],
      [
        'switch',
        'Update automatically',
        'Update automatically saved.',
        saved('desktop.updates', false),
        saved('desktop.updates'),
      ],
    ] as const) {
      await page.getByRole(role, { name }).click();
      await soon(() => said.innerText()).toBe(message);
      expect(newest(done.name)).toEqual(done);
      await toast.getByRole('button', { name: 'Undo' }).click();
      await soon(() => said.innerText()).toBe('Undone');
      expect(newest(back.name)).toEqual(back);
      for (const dismiss of await toast.getByRole('button', { name: 'Dismiss' }).all()) await dismiss.click();
      await soon(() => toast.count()).toBe(0);
    }
    // The offer was answered, and is not made again.
    expect(input('app.explained')).toEqual({ what: 'menu-entry' });
    // The page is used by the next test too.
    await page.clock.resume();
  });

  it('what can’t be undone says why', async () => {
    const { page } = await open({
      page: 'settings',
      answers: {
        'app.setLoginItem': ({ on }: { on: boolean }) => (on ? {} : new Refusal('menu-entry-failed', {})),
      },
    });
    await page.getByRole('switch', { name: 'Start at login' }).click();
    await page.locator('[data-toast]').getByRole('button', { name: 'Undo' }).click();
    await page.locator('.toast-failed').waitFor();
  });

  it('a refused value is explained at its field, which keeps it and the focus', async () => {
    const { page } = await open({
      page: 'settings',
      part: 'node',
      answers: {
        'settings.set': () =>
          new Refusal('setting-invalid', {
            name: 'concurrency',
            value: '99',
            reason: 'setting-expected(1 to 16)',
          }),
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
    await search.fill('hotkeys');
    await row(page, 'desktop.singleKeys').waitFor();
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
      await pictures(page, `settings-${name.toLowerCase()}`);
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
    await dialog.waitFor({ state: 'detached' });
    await page.getByText('Your node runs as a service.').first().waitFor();
    await page.locator('[data-toast]').getByRole('button', { name: 'Undo' }).click();
    await soon(() => input('service.uninstall')).toEqual({});
    // What going back leaves as it is.
    await page.getByText('Its key stays in the private file.', { exact: false }).first().waitFor();
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
