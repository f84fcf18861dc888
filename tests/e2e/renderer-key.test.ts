import { describe, expect, it } from 'vitest';
import { type AppWindow, Refusal, soon, type WindowOptions } from '../fixtures/e2e/renderer-app.ts';
import { sampleApp, sampleHash } from '../fixtures/e2e/renderer-samples.ts';
import { rendererSuite } from '../fixtures/e2e/renderer-suite.ts';

const suite = rendererSuite();
const { open, input } = suite;

describe('the node key', () => {
  const noIdentity = sampleApp({ node: { phase: 'no-identity' } });

  it('another key is restored only after the refusal was read and answered in writing, by keyboard alone', async () => {
    const refusal = new Refusal('key-in-the-way', {
      nodeKeyHash: sampleHash,
      place: '/home/ada/node.key',
      source: '/media/stick/node.json',
    });
    const { page, axe } = await openRestore({
      'key.restore': ({ differentKey }: { differentKey: boolean }) => (differentKey ? adopted : refusal),
    });
    await page.getByRole('button', { name: 'Choose file' }).press('Enter');
    await page.getByLabel('Passphrase of the backup').press('a');
    await page.keyboard.press('Tab');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Space');
    await page.getByRole('button', { name: 'Restore key' }).press('Enter');
    await page.getByRole('alert').getByText('Another node key', { exact: false }).waitFor();
    expect(input('key.restore')).toEqual({
      passphrase: 'a',
      keyStore: 'file',
      differentKey: false,
      oldMachineIsOff: true,
    });
    const replace = page.getByRole('button', { name: 'Replace key' });
    expect(await replace.isDisabled()).toBe(true);
    await page.getByLabel('Type REPLACE to continue').fill('REPLACE');
    expect(await axe()).toEqual([]);
    await replace.press('Enter');
    await page.getByText('What was here before was moved, not deleted: /backups/old.key').waitFor();
    expect(input('key.restore')).toMatchObject({ differentKey: true });
    expect(await axe()).toEqual([]);
  });

  it('a restore that was cancelled says so, and asks nothing of the key', async () => {
    const { page } = await openRestore({ 'key.chooseBackup': () => ({ chosen: null }) });
    await page.getByRole('button', { name: 'Choose file' }).click();
    await page.getByText('Cancelled, nothing was changed.').waitFor();
    expect(input('key.restore')).toBeUndefined();
  });

  it('a key that waits for the old machine starts only after the question was answered', async () => {
    const error = { code: 'node-held', details: {} };
    const { page, axe } = await open({
      page: 'dashboard',
      app: sampleApp({ node: { phase: 'failed', error, sinceMs: Date.now() } }),
      snapshot: null,
    });
    await page.getByRole('button', { name: 'It’s off' }).click();
    expect(await axe()).toEqual([]);
    await page.keyboard.press('Escape');
    expect(input('key.confirmOldMachineOff')).toBeUndefined();
    await page.getByRole('button', { name: 'It’s off' }).click();
    await page.getByRole('button', { name: 'Start here' }).click();
    await soon(() => input('key.confirmOldMachineOff')).toEqual({});
  });

  it.each(['record-missing', 'identity-unreadable'])(
    'a node that cannot start for %s offers the repair',
    async (code) => {
      const details = {
        nodeKeyHash: sampleHash,
        place: '/state/identity.json',
        path: '/state',
        reason: 'torn',
      };
      const { page, axe } = await open({
        page: 'dashboard',
        app: sampleApp({ node: { phase: 'failed', error: { code, details }, sinceMs: Date.now() } }),
        snapshot: null,
        answers: { 'key.repair': () => new Refusal('keychain-ambiguous', { place: 'the keychain' }) },
      });
      expect(await axe()).toEqual([]);
      await page.getByRole('button', { name: 'Repair key record' }).click();
      await soon(() => input('key.repair')).toEqual({});
      await page.getByRole('alert').getByText('several node keys', { exact: false }).waitFor();
      await page.getByRole('button', { name: 'Restore from backup' }).click();
      await soon(() => page.evaluate('location.hash')).toBe('#/onboarding/key');
    },
  );

  it('the key is moved after the question, and not by closing it', async () => {
    const { page, axe } = await open({ page: 'settings', part: 'key' });
    await page.getByRole('button', { name: 'Move to file' }).click();
    expect(await axe()).toEqual([]);
    await page.keyboard.press('Escape');
    expect(input('key.move')).toBeUndefined();
    await page.getByRole('button', { name: 'Move to file' }).click();
    await page.getByRole('button', { name: 'Move key', exact: true }).click();
    await soon(() => input('key.move')).toEqual({ to: 'file' });
  });

  describe('migrated from the official client', () => {
    const otherProgram = sampleApp({
      node: {
        phase: 'other-program',
        error: { code: 'official-running', details: { name: 'systemd unit parallelix-node', pid: 7 } },
        sinceMs: Date.now(),
      },
    });

    it.each([
      ['service', 'starts as a background service'],
      ['app', 'starts in this app'],
    ])('says first that it ends in the %s, and asks once', async (endsAs, text) => {
      const { page, axe } = await open({
        page: 'dashboard',
        app: otherProgram,
        snapshot: null,
        answers: { 'node.planMigration': () => ({ endsAs }) },
      });
      await page.getByRole('button', { name: 'Migrate' }).press('Enter');
      const dialog = page.getByRole('dialog');
      await dialog.getByText(text, { exact: false }).waitFor();
      expect(await axe()).toEqual([]);
      await page.keyboard.press('Escape');
      expect(input('node.migrate')).toBeUndefined();
      await page.getByRole('button', { name: 'Migrate' }).press('Enter');
      await dialog.getByRole('button', { name: 'Migrate' }).press('Enter');
      await soon(() => input('node.migrate')).toEqual({});
      expect(await dialog.count()).toBe(0);
    });

    it('shows what it does, and why it was undone until that was read', async () => {
      const { page, axe, pushApp } = await open({ page: 'dashboard', app: otherProgram, snapshot: null });
      await pushApp({ ...otherProgram, migration: { state: 'running', step: 'taking-back' } });
      await page.getByText('Undoing the migration…').waitFor();
      const details = {
        reason: 'no-own-heartbeat(60000)',
        official: 'official-started-again',
      };
      const error = { code: 'switch-failed', details };
      await pushApp({ ...otherProgram, migration: { state: 'failed', atMs: Date.now(), error } });
      const alert = page.getByRole('alert').filter({ hasText: 'Migration failed' });
      await alert.getByText('The official client was started again', { exact: false }).waitFor();
      expect(await axe()).toEqual([]);
      await page.getByRole('button', { name: 'Got it' }).press('Enter');
      await soon(() => alert.count()).toBe(0);
    });

    it('shows where the node runs now, on whatever page', async () => {
      const { page, axe, pushApp } = await open({ page: 'settings' });
      await pushApp(
        sampleApp({
          migration: {
            state: 'done',
            atMs: Date.now(),
            service: 'parallelix-operator.service',
            lingerFault: null,
            gapMs: 12_000,
          },
        }),
      );
      await page.getByText('It runs as a background service.', { exact: false }).waitFor();
      await page.getByText('No heartbeat was sent for up to 12 s.').waitFor();
      expect(await axe()).toEqual([]);
    });
  });

  const adopted = {
    nodeKeyHash: sampleHash,
    nodeId: '4217',
    keyStore: 'file',
    place: '/home/ada/node.key',
    alreadyHere: false,
    held: false,
    setAside: { keyFile: '/backups/old.key', recordFile: null },
    notMoved: null,
  };

  async function openRestore(answers: WindowOptions['answers'] = {}): Promise<AppWindow> {
    const window = await open({ page: 'onboarding', part: 'key', app: noIdentity, snapshot: null, answers });
    await suite.window.page.getByRole('button', { name: 'Restore from backup' }).click();
    return window;
  }
});

describe('the diagnostics for support', () => {
  it('can be saved only after they stood in the page to be read', async () => {
    const { page, axe } = await open({ page: 'diagnostics' });
    expect(await page.getByRole('button', { name: 'Save report' }).count()).toBe(0);
    await page.getByRole('button', { name: 'Create report' }).press('Enter');
    const text = page.getByRole('textbox', { name: 'Support report' });
    await soon(() => text.inputValue()).toContain('== Program ==');
    expect(await text.isEditable()).toBe(false);
    expect(await axe()).toEqual([]);
    await page.getByRole('button', { name: 'Save report' }).press('Enter');
    await page.getByText('Saved to /home/ada/diagnostics.txt.').waitFor();
    expect(input('diagnostics.saveBundle')).toEqual({ digest: 'd'.repeat(64) });
  });

  it('that contain something private are not made, and the reason is said', async () => {
    const { page } = await open({
      page: 'diagnostics',
      answers: {
        'diagnostics.bundle': () => new Refusal('bundle-refused', { found: 'holds-access-word' }),
      },
    });
    await page.getByRole('button', { name: 'Create report' }).click();
    await page.getByRole('alert').getByText('a password or token', { exact: false }).waitFor();
    expect(await page.getByRole('textbox', { name: 'Support report' }).count()).toBe(0);
  });
});
