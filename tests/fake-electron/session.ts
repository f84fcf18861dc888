import { renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from './chromium.ts';
import { decideConnections } from './network-door.ts';
import { StrictEmitter, strict } from './not-implemented.ts';
import { isOwnScheme, toPage } from './schemes.ts';

type Handler = (request: Request) => Response | Promise<Response>;
export interface RequestDetails {
  id: number;
  url: string;
  method: string;
  resourceType: string;
  referrer: string;
  timestamp: number;
  webContentsId?: number | undefined;
  webContents?: object | undefined;
  frame?: object | null | undefined;
}
type BeforeRequest = (
  details: RequestDetails,
  callback: (decision: { cancel?: boolean; redirectURL?: string }) => void,
) => void;
type Headers = Record<string, string[]>;
type HeadersReceived = (
  details: RequestDetails & { responseHeaders: Headers; statusCode: number },
  callback: (decision: { cancel?: boolean; responseHeaders?: Record<string, string | string[]> }) => void,
) => void;
type PermissionRequest = (
  contents: object | null,
  permission: string,
  callback: (granted: boolean) => void,
  details: object,
) => void;
type PermissionCheck = (
  contents: object | null,
  permission: string,
  origin: string,
  details: object,
) => boolean;

/** Electron's names of permissions, by those that Chromium can be told about. */
const permissions: Readonly<Record<string, string>> = {
  geolocation: 'geolocation',
  notifications: 'notifications',
  midi: 'midi',
  'clipboard-read': 'clipboard-read',
  'clipboard-sanitized-write': 'clipboard-write',
  'idle-detection': 'idle-detection',
  'window-management': 'window-management',
  'local-fonts': 'local-fonts',
};

/**
 * A session: its own storage (a browser context), its own protocol handlers, requests and permissions.
 * Permissions are asked when a document of an origin is about to load, not when the page asks: Chromium
 * wants its answers beforehand.
 */
export class HostSession extends StrictEmitter {
  readonly partition: string;
  private readonly handlers = new Map<string, Handler>();
  private beforeRequest: BeforeRequest | null = null;
  headersReceived: HeadersReceived | null = null;
  private permissionRequest: PermissionRequest | null = null;
  private permissionCheck: PermissionCheck | null = null;
  private devicePermission: ((details: object) => boolean) | null = null;
  private context: Promise<string> | null = null;
  private readonly decided = new Set<string>();
  readonly protocol: object;
  readonly webRequest: object;

  constructor(partition: string) {
    super('session', ['will-download']);
    this.partition = partition;
    this.protocol = strict('session.protocol', {
      handle: (scheme: string, handler: Handler) => {
        if (!isOwnScheme(scheme))
          throw new Error(`protocol.handle('${scheme}'): not implemented in the test host`);
        if (this.handlers.has(scheme)) throw new Error(`protocol.handle('${scheme}') twice`);
        this.handlers.set(scheme, handler);
      },
      unhandle: (scheme: string) => void this.handlers.delete(scheme),
      isProtocolHandled: (scheme: string) => this.handlers.has(scheme),
    });
    this.webRequest = strict('session.webRequest', {
      onBeforeRequest: (...args: unknown[]) => {
        this.beforeRequest = onlyForAll<BeforeRequest>(args);
      },
      onHeadersReceived: (...args: unknown[]) => {
        this.headersReceived = onlyForAll<HeadersReceived>(args);
      },
    });
    decideConnections((url) => this.mayConnect(url));
  }

  setPermissionRequestHandler(handler: PermissionRequest | null): void {
    this.permissionRequest = handler;
  }

  setPermissionCheckHandler(handler: PermissionCheck | null): void {
    this.permissionCheck = handler;
  }

  setDevicePermissionHandler(handler: ((details: object) => boolean) | null): void {
    this.devicePermission = handler;
  }

  isPersistent(): boolean {
    return this.partition.startsWith('persist:') || this.partition === '';
  }

  /** What the app would say to a device; no device is ever there in a headless Chromium. */
  hostDevice(details: object): boolean {
    return this.devicePermission?.(details) ?? false;
  }

  /** The browser context, made when first needed. */
  hostContext(): Promise<string> {
    this.context ??= this.openContext();
    return this.context;
  }

  private async openContext(): Promise<string> {
    const { cdp } = await chromium();
    const { browserContextId } = await cdp.send('Target.createBrowserContext', { disposeOnDetach: true });
    const folder = join(process.env.TEST_HOST_USER_DATA ?? tmpdir(), 'downloads');
    // Under a name that nobody looks for, until the app has had its say.
    const named = { behavior: 'allowAndName', downloadPath: folder, eventsEnabled: true };
    await cdp.send('Browser.setDownloadBehavior', { ...named, browserContextId });
    const wanted = new Map<string, string>();
    cdp.onEvent(({ method, params }) => {
      if (method === 'Browser.downloadWillBegin') {
        const { url, suggestedFilename, guid } = params;
        const item = strict('DownloadItem', { getURL: () => url, getFilename: () => suggestedFilename });
        if (!this.emitPreventable('will-download', {}, item)) wanted.set(guid, suggestedFilename);
      }
      if (method !== 'Browser.downloadProgress' || params.state !== 'completed') return;
      const name = wanted.get(params.guid);
      const file = join(folder, params.guid);
      if (name === undefined) rmSync(file, { force: true });
      else renameSync(file, join(folder, name));
    });
    return browserContextId;
  }

  hostHandler(scheme: string): Handler | null {
    return this.handlers.get(scheme) ?? null;
  }

  hostBeforeRequest(details: RequestDetails): Promise<{ cancel?: boolean; redirectURL?: string }> {
    const listener = this.beforeRequest;
    if (!listener) return Promise.resolve({});
    return new Promise((resolve) => listener(details, resolve));
  }

  private mayConnect(url: string): boolean {
    let decision: { cancel?: boolean } = {};
    const nothing = { id: 0, method: 'GET', resourceType: 'webSocket', referrer: '', timestamp: Date.now() };
    this.beforeRequest?.({ ...nothing, url }, (given) => {
      decision = given;
    });
    return decision.cancel !== true;
  }

  /** Tells Chromium what the app's handlers allow to an origin, all of it as long as there are none. */
  async hostPermissions(origin: string, contents: object): Promise<void> {
    if (this.decided.has(origin) || origin === 'null') return;
    this.decided.add(origin);
    const { cdp } = await chromium();
    const browserContextId = await this.hostContext();
    for (const [permission, name] of Object.entries(permissions)) {
      const granted = await this.granted(origin, permission, contents);
      await cdp.send('Browser.setPermission', {
        permission: { name },
        setting: granted ? 'granted' : 'denied',
        origin: toPage(`${origin}/`).replace(/\/$/, ''),
        browserContextId,
      });
    }
  }

  private async granted(origin: string, permission: string, contents: object): Promise<boolean> {
    const details = { requestingUrl: `${origin}/`, isMainFrame: true, securityOrigin: `${origin}/` };
    if (this.permissionCheck?.(contents, permission, `${origin}/`, details) === false) return false;
    const ask = this.permissionRequest;
    if (!ask) return true;
    return new Promise((resolve) => ask(contents, permission, resolve, details));
  }
}

/** A listener for all URLs, or null; filters are not implemented. */
function onlyForAll<T>(args: readonly unknown[]): T | null {
  if (args.length > 1) throw new Error('filters of webRequest are not implemented in the test host');
  return (args[0] ?? null) as T | null;
}

const sessions = new Map<string, HostSession>();
const facades = new Map<HostSession, HostSession>();

function fromPartition(partition: string): HostSession {
  let found = sessions.get(partition);
  if (!found) {
    found = new HostSession(partition);
    sessions.set(partition, found);
    facades.set(found, strict('session', found));
  }
  return facades.get(found) as HostSession;
}

export const session = strict('session', {
  fromPartition,
  get defaultSession() {
    return fromPartition('');
  },
});
