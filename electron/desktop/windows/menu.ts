import { Menu, type MenuItemConstructorOptions } from 'electron';
import { desktopWords } from '../texts/english.ts';

/**
 * Linux windows have none: everything is in the page. macOS takes copy, paste and quit from the menu of
 * the app, so there it is as small as that allows. Electron names its roles in English alone, so each is named here:
 * in the language that is spoken when the menu is made.
 */
export function applicationMenu({ platform }: { platform: NodeJS.Platform }): Menu | null {
  if (platform !== 'darwin') return null;
  const words = desktopWords().menu;
  const item = (role: Exclude<keyof typeof words, 'edit' | 'window'>): MenuItemConstructorOptions => ({
    role,
    label: words[role],
  });
  const line: MenuItemConstructorOptions = { type: 'separator' };
  return Menu.buildFromTemplate([
    {
      role: 'appMenu',
      submenu: [
        ...[item('about'), line, item('services'), line],
        ...[item('hide'), item('hideOthers'), item('unhide'), line, item('quit')],
      ],
    },
    {
      role: 'editMenu',
      label: words.edit,
      submenu: [
        ...[item('undo'), item('redo'), line, item('cut'), item('copy'), item('paste')],
        ...[item('pasteAndMatchStyle'), item('delete'), item('selectAll')],
      ],
    },
    {
      role: 'windowMenu',
      label: words.window,
      submenu: [item('close'), item('minimize'), item('zoom'), line, item('front')],
    },
  ]);
}
