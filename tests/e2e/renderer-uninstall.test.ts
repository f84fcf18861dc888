import { describe, expect, it } from 'vitest';
import { Refusal, soon } from '../fixtures/e2e/renderer-app.ts';
import { rendererSuite } from '../fixtures/e2e/renderer-suite.ts';

const suite = rendererSuite();
const { open } = suite;

const look = {
  kind: 'AppImage',
  program: '/home/ada/Applications/Operator.AppImage',
  command: null,
  stateDir: '/home/ada/.parallelix-operator',
  files: 7,
  service: null,
};
const asked = (name: string) => suite.window.asked.filter((each) => each.name === name).length;

describe('uninstalling', () => {
  it('says how the app goes, what stays and where, and deletes only after a word was typed', async () => {
    const { page } = await open({
      page: 'settings',
      part: 'advanced',
      answers: {
        'uninstall.look': () => look,
        'uninstall.removeData': () => ({ removed: 9, kept: [] }),
        'uninstall.quit': () => ({}),
      },
    });
    const section = page.getByRole('region', { name: 'Uninstall' });
    expect(await section.getByRole('textbox', { name: 'App', exact: true }).inputValue()).toBe(look.program);
    expect(await section.getByRole('textbox', { name: 'Key and data' }).inputValue()).toBe(look.stateDir);
    await section.getByRole('button', { name: 'Delete node data…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Delete node data?' });
    const yes = dialog.getByRole('button', { name: 'Delete data' });
    expect(await yes.isDisabled()).toBe(true);
    await dialog.getByLabel('Type REMOVE to continue').fill('REMOVE');
    await yes.click();
    await soon(() => section.innerText()).toContain('Node data deleted');
    await section.getByRole('button', { name: 'Quit' }).click();
    await soon(() => asked('uninstall.quit')).toBe(1);
  });

  it('shows why it is refused while something would be lost', async () => {
    const key = { nodeKeyHash: '0xabcdef1234', place: 'keychain', nodeId: '7', backupPath: null };
    const { page } = await open({
      page: 'settings',
      part: 'advanced',
      answers: {
        'uninstall.look': () => look,
        'uninstall.removeData': () => {
          return new Refusal('uninstall-refused', {
            stateDir: look.stateDir,
            keys: [{ ...key, backup: 'none', stake: 'staked', stakeReason: null }],
            undelivered: 0,
          });
        },
      },
    });
    await page.getByRole('button', { name: 'Delete node data…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Delete node data?' });
    await dialog.getByLabel('Type REMOVE to continue').fill('REMOVE');
    await dialog.getByRole('button', { name: 'Delete data' }).click();
    await soon(() => dialog.innerText()).toContain('Node 7 is staked. Unstake and withdraw first.');
    expect(await dialog.innerText()).toContain('Your key has no backup at hand.');
    expect(await dialog.innerText()).not.toContain('parallelix-operator uninstall');
  });

  it('of a system package shows its command, and waits for a service to go first', async () => {
    const { page } = await open({
      page: 'settings',
      part: 'advanced',
      answers: {
        'uninstall.look': () => ({
          ...look,
          ...{ kind: 'deb', program: null, command: 'sudo apt remove parallelix-operator' },
          service: 'systemd unit x',
        }),
      },
    });
    expect(await page.getByRole('textbox', { name: 'Uninstall command' }).inputValue()).toContain(
      'apt remove',
    );
    expect(await page.getByRole('button', { name: 'Delete node data…' }).isDisabled()).toBe(true);
  });
});
