import type { MenuItemConstructorOptions } from 'electron';
import { describe, expect, it, vi } from 'vitest';
import { addGermanOfDesktop } from '../../../electron/desktop/texts/german.ts';
import { applicationMenu } from '../../../electron/desktop/windows/menu.ts';
import { inLanguage, type Language } from '../../../shared/language.ts';

// What Electron is given is what is looked at; it makes a menu of it on a Mac.
vi.mock('electron', () => ({ Menu: { buildFromTemplate: (template: unknown) => template } }));

const itemsIn = (language: Language) =>
  inLanguage(language, () => applicationMenu({ platform: 'darwin' }) as unknown as Item[]).flatMap(
    ({ submenu, ...menu }) => [menu, ...submenu],
  );
type Item = MenuItemConstructorOptions & { submenu: MenuItemConstructorOptions[] };

describe('the menu of the app on macOS', () => {
  it('names every role in the language that the app speaks', () => {
    addGermanOfDesktop();
    const named = (language: Language) =>
      itemsIn(language).filter(({ role, type }) => role !== 'appMenu' && type !== 'separator');
    expect(named('en').find(({ role }) => role === 'quit')?.label).toBe('Quit ParalleliX Operator');
    for (const [index, { role, label }] of named('de').entries()) {
      expect(label, role).toMatch(/./);
      const english = named('en')[index];
      expect(english?.role).toBe(role);
      expect(label, role).not.toBe(english?.label);
    }
  });

  it('has what text fields and windows take from it, and is missing elsewhere', () => {
    const roles = itemsIn('en').map(({ role }) => role);
    for (const role of ['cut', 'copy', 'paste', 'selectAll', 'undo', 'close', 'minimize', 'quit'])
      expect(roles).toContain(role);
    expect(applicationMenu({ platform: 'linux' })).toBeNull();
  });
});
