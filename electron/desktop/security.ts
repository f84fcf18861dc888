import { app, type Session, session, type WebContents, type WebPreferences } from 'electron';
import type { Logger } from '../daemon/diagnostics/logger.ts';
import { isOwnUrl } from './protocol.ts';

/**
 * What keeps a window from becoming a way into this computer. A window shows our own files alone, has
 * no network, and reaches the app only over the bridge.
 */

/** In memory, so that no page leaves anything on the disk; without a `persist:` in its name. */
export const windowPartition = 'operator-windows';

/** Of every window. */
export const windowPreferences = {
  contextIsolation: true,
  sandbox: true,
  nodeIntegration: false,
  nodeIntegrationInWorker: false,
  nodeIntegrationInSubFrames: false,
  webSecurity: true,
  allowRunningInsecureContent: false,
  experimentalFeatures: false,
  enableBlinkFeatures: '',
  webviewTag: false,
  navigateOnDragDrop: false,
  devTools: false,
  spellcheck: false,
} as const satisfies WebPreferences;

/** Electron's security checklist, all 20 items, and how each is met here; the tests go by this table. */
export const checklist: readonly { number: number; item: string; how: string; proof: Proof }[] = [
  {
    number: 1,
    item: 'Only load secure content',
    how: 'own scheme, and the session refuses every other request',
    proof: 'requests',
  },
  {
    number: 2,
    item: 'No Node integration for remote content',
    how: 'nodeIntegration off, in workers and frames too',
    proof: 'preferences',
  },
  { number: 3, item: 'Context isolation', how: 'contextIsolation on', proof: 'preferences' },
  { number: 4, item: 'Process sandboxing', how: 'app.enableSandbox() and sandbox on', proof: 'preferences' },
  {
    number: 5,
    item: 'Permission requests',
    how: 'every request and check of the session is refused',
    proof: 'permissions',
  },
  { number: 6, item: 'webSecurity stays on', how: 'webSecurity on', proof: 'preferences' },
  {
    number: 7,
    item: 'Content Security Policy',
    how: 'a header on every answer of the scheme',
    proof: 'policy',
  },
  { number: 8, item: 'No insecure content', how: 'allowRunningInsecureContent off', proof: 'preferences' },
  { number: 9, item: 'No experimental features', how: 'experimentalFeatures off', proof: 'preferences' },
  { number: 10, item: 'No enableBlinkFeatures', how: 'empty', proof: 'preferences' },
  { number: 11, item: 'No allowpopups on webviews', how: 'webviewTag off', proof: 'webview' },
  {
    number: 12,
    item: 'Verify webview options',
    how: 'every attempt to attach one is refused',
    proof: 'webview',
  },
  {
    number: 13,
    item: 'Limit navigation',
    how: 'will-frame-navigate and will-redirect refuse all but our origin',
    proof: 'navigation',
  },
  { number: 14, item: 'Limit new windows', how: 'setWindowOpenHandler refuses all', proof: 'windows' },
  {
    number: 15,
    item: 'No shell.openExternal with untrusted content',
    how: 'links.ts alone, by a list of parsed URLs',
    proof: 'links',
  },
  { number: 16, item: 'A current Electron', how: 'pinned exactly in package.json', proof: 'version' },
  {
    number: 17,
    item: 'Validate the sender of IPC',
    how: 'ipc.ts: our window, its main frame, our origin',
    proof: 'sender',
  },
  { number: 18, item: 'No file protocol', how: 'own scheme, served from a list of files', proof: 'scheme' },
  { number: 19, item: 'Fuses', how: 'set when the app is packaged', proof: 'packaging' },
  {
    number: 20,
    item: 'No Electron API for untrusted content',
    how: 'the preload exposes one frozen object of four functions',
    proof: 'bridge',
  },
];
export type Proof =
  | 'requests'
  | 'preferences'
  | 'permissions'
  | 'policy'
  | 'webview'
  | 'navigation'
  | 'windows'
  | 'links'
  | 'version'
  | 'sender'
  | 'scheme'
  | 'packaging'
  | 'bridge';

/** The session of the windows, closed to everything but our own files. After the app is ready. */
export function openWindowSession({ log }: { log: Logger }): Session {
  const own = session.fromPartition(windowPartition);
  own.webRequest.onBeforeRequest(({ url, resourceType }, callback) => {
    const isDataImage = resourceType === 'image' && url.startsWith('data:');
    const cancel = !isOwnUrl(url) && !isDataImage;
    if (cancel) log.warn('request-refused', { resourceType });
    callback({ cancel });
  });
  own.setPermissionRequestHandler((_contents, _permission, callback) => callback(false));
  own.setPermissionCheckHandler(() => false);
  own.setDevicePermissionHandler(() => false);
  own.on('will-download', (event) => event.preventDefault());
  return own;
}

/** Every page that this app ever makes, whoever makes it. Before the first window. */
export function restrictPages({ log }: { log: Logger }): void {
  app.on('web-contents-created', (_event, contents) => restrict(contents, log));
}

function restrict(contents: WebContents, log: Logger): void {
  const refuseUnlessOwn = (event: { url: string; preventDefault: () => void }) => {
    if (isOwnUrl(event.url)) return;
    event.preventDefault();
    log.warn('navigation-refused');
  };
  contents.on('will-frame-navigate', refuseUnlessOwn);
  contents.on('will-navigate', refuseUnlessOwn);
  contents.on('will-redirect', refuseUnlessOwn);
  contents.on('will-attach-webview', (event) => event.preventDefault());
  contents.setWindowOpenHandler(() => {
    log.warn('window-refused');
    return { action: 'deny' };
  });
}
