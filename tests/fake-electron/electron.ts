/**
 * TEST HOST, NOT ELECTRON. What `import … from 'electron'` gives under `hooks.ts`: enough of Electron's
 * main process to run this app unmodified on plain Node, with real Chromium pages. Everything has its
 * effect there or throws; the exceptions stand in `record.ts`.
 */
export { app } from './app.ts';
export {
  HostMenu as Menu,
  HostNotification as Notification,
  HostTray as Tray,
  powerMonitor,
  powerSaveBlocker,
} from './desktop.ts';
export { ipcMain } from './ipc.ts';
export { nativeImage } from './native-image.ts';
export { protocol } from './protocol.ts';
export { session } from './session.ts';
export { clipboard, dialog, screen, shell } from './system.ts';
export { nativeTheme } from './theme.ts';
export { BrowserWindow } from './window.ts';
