import { describe, expect, it } from 'vitest';
import type { AppUpdate } from '../../shared/contract/app-update.ts';
import { soon } from '../fixtures/e2e/renderer-app.ts';
import { sampleApp } from '../fixtures/e2e/renderer-samples.ts';
import { rendererSuite } from '../fixtures/e2e/renderer-suite.ts';

const suite = rendererSuite();
const { open, input } = suite;

const notes = 'Faster start.\n<img src=x onerror=alert(1)> is text.';
const offered = { version: '0.2.0', notes, command: null };
const withUpdate = (changes: Partial<AppUpdate>) =>
  sampleApp({ update: { ...sampleApp().update, ...changes } });

describe('an update of the app', () => {
  it('is a quiet row with its notes as plain text, Update now and Later', async () => {
    const { page } = await open({ page: 'dashboard', app: withUpdate({ status: 'ready', offered }) });
    const row = page.locator('.notice', { hasText: 'Version 0.2.0 is available' });
    expect(await row.getAttribute('role')).toBeNull();
    await row.getByText('Release notes').click();
    expect(await row.locator('.release-notes').innerText()).toBe(notes);
    expect(await row.locator('img').count()).toBe(0);
    await row.getByRole('button', { name: 'Update now' }).click();
    await soon(() => input('update.install')).toEqual({});
    await row.getByRole('button', { name: 'Later' }).click();
    await soon(() => input('update.later')).toEqual({});
  });

  it.each<[string, Partial<AppUpdate>]>([
    ['there is none', {}],
    ['it is still being downloaded', { status: 'downloading', offered, progress: 0.4 }],
    ['it was put off', { status: 'ready', offered, laterUntilMs: Date.now() + 3_600_000 }],
  ])('shows nothing where %s', async (_when, changes) => {
    const { page } = await open({ page: 'dashboard', app: withUpdate(changes) });
    expect(await page.getByText('is available').count()).toBe(0);
  });

  it('says what it waits for, and has no button that would cut it off', async () => {
    const { page } = await open({ page: 'dashboard', app: withUpdate({ status: 'waiting', offered }) });
    const row = page.locator('.notice', { hasText: 'Version 0.2.0 is available' });
    expect(await row.innerText()).toContain('when the download in progress ends');
    expect(await row.getByRole('button', { name: 'Update now' }).count()).toBe(0);
  });

  it('of a system package shows the command to copy', async () => {
    const command = 'curl -fLO https://releases.example/x.deb && sudo apt install ./x.deb';
    const { page } = await open({
      page: 'dashboard',
      app: withUpdate({ by: 'command', offered: { ...offered, command } }),
    });
    expect(await page.getByRole('textbox', { name: 'Update command' }).inputValue()).toBe(command);
    expect(await page.getByRole('button', { name: 'Update now' }).count()).toBe(0);
  });
});

describe('updates in the settings', () => {
  it('has the switch, what is installed, and a check by hand', async () => {
    const { page } = await open({
      page: 'settings',
      app: withUpdate({ checkedAtMs: Date.now() - 300_000 }),
    });
    const toggle = page.getByRole('switch', { name: 'Update automatically' });
    expect(await toggle.getAttribute('aria-checked')).toBe('true');
    await toggle.click();
    await soon(() => input('settings.set')).toEqual({ name: 'desktop.updates', value: false });
    expect(await page.locator('main').innerText()).toMatch(/Version 0\.1\.0 is the newest\. Checked .* ago/);
    await page.getByRole('button', { name: 'Check now' }).click();
    await soon(() => input('update.check')).toEqual({});
  });

  it('shows why the last check failed', async () => {
    const failure = { code: 'update-untrusted', details: { url: 'https://r.example', reason: 'signature' } };
    const { page } = await open({ page: 'settings', app: withUpdate({ failure }) });
    expect(await page.locator('main').innerText()).toContain('has a wrong signature');
  });

  it('says in a build that no release belongs to that it stays as it is', async () => {
    const { page } = await open({ page: 'settings', app: withUpdate({ by: 'nobody' }) });
    expect(await page.locator('main').innerText()).toContain('isn’t an official release');
    expect(await page.getByRole('switch', { name: 'Update automatically' }).count()).toBe(0);
  });
});
