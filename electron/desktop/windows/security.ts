import { app, type Session, session, type WebContents, type WebPreferences } from 'electron';
import type { Logger } from '../../daemon/logging/logger.ts';
import { isOwnUrl } from './protocol.ts';

/**
 * What keeps a window from becoming a way into this computer. A window shows our own files alone, has
 * no network, and reaches the app only over the bridge.
 */

/** In memory, so that no page leaves anything on the disk; without a `persist:` in its name. */
const windowPartition = 'operator-windows';

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
