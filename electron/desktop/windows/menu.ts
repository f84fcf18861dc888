import { Menu } from 'electron';

/**
 * Linux windows have none: everything is in the page. macOS takes copy, paste and quit from the menu of
 * the app, so there it is as small as that allows.
 */
export function applicationMenu({ platform }: { platform: NodeJS.Platform }): Menu | null {
  if (platform !== 'darwin') return null;
  return Menu.buildFromTemplate([{ role: 'appMenu' }, { role: 'editMenu' }, { role: 'windowMenu' }]);
}
