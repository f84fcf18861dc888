import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type CdpEvent, unlessGone } from './cdp.ts';
import { chromium } from './chromium.ts';
import { createContexts } from './contexts.ts';
import { createFrameTree } from './frames.ts';
import { deliver, type IpcEvent, invoke } from './ipc.ts';
import { StrictEmitter, strict } from './not-implemented.ts';
import { decideRequest, type RequestOwner } from './requests.ts';
import { originOf, toApp, toPage } from './schemes.ts';
import type { HostSession } from './session.ts';
import { onPopup, onSession, openPage, type PageTarget } from './targets.ts';
import { decodeValue, encodeValue, worldScripts } from './worlds.ts';

const world = 'Test host preload';
const events = [
  'will-navigate',
  'will-frame-navigate',
  'will-redirect',
  'will-attach-webview',
  'did-navigate',
  'did-navigate-in-page',
  'did-frame-navigate',
  'did-finish-load',
  'did-fail-load',
  'dom-ready',
  'did-create-window',
  'console-message',
  'render-process-gone',
  'destroyed',
];

export interface PageOptions {
  session: HostSession;
  preload: string | null;
  additionalArguments: string[];
  width: number;
  height: number;
}

type OpenHandler = (details: object) => { action: 'allow' | 'deny' };
let lastId = 0;
let popupsWatched = false;
const all = new Set<HostWebContents>();

/** One page: its real frames, its messages and its navigations. */
export class HostWebContents extends StrictEmitter {
  readonly id: number;
  readonly facade: HostWebContents;
  readonly session: HostSession;
  readonly hostFrames = createFrameTree({ processId: process.pid });
  readonly hostReady: Promise<void>;
  /** Known once `hostReady`. */
  hostTarget: PageTarget | null = null;
  private readonly options: PageOptions;
  private readonly channel = randomBytes(8).toString('hex');
  private readonly contexts = createContexts({ world }, { frames: this.hostFrames });
  private ownNavigation: string | null = null;
  private openHandler: OpenHandler | null = null;
  private opened: { url: string; frameName: string; features: string } | null = null;
  private destroyed = false;

  constructor(options: PageOptions) {
    super('webContents', events);
    lastId += 1;
    this.id = lastId;
    this.options = options;
    this.session = options.session;
    this.facade = strict('webContents', this);
    all.add(this.facade);
    this.hostReady = this.open();
    // Whoever waits for it is told; a page closed while it opened is nobody's fault.
    this.hostReady.catch(unlessGone);
  }

  get mainFrame(): object {
    const { main } = this.hostFrames;
    if (!main)
      throw new Error('webContents.mainFrame before the page is there: not implemented in the test host');
    return main.facade;
  }

  private async open(): Promise<void> {
    watchPopups();
    const target = await openPage(await this.session.hostContext());
    this.hostTarget = target;
    await this.prepare(target.sessionId);
    await this.resize(this.options.width, this.options.height);
    await target.resume();
  }

  /** Of the page itself, or of a frame or worker that has a session of its own. */
  private async prepare(sessionId: string): Promise<void> {
    const { cdp } = await chromium();
    onSession(sessionId, (event) => void this.hear(event).catch(unlessGone));
    const send = (method: string, params?: object) => cdp.send(method, params, sessionId);
    const { preload, additionalArguments } = this.options;
    const source = preload === null ? null : readFileSync(preload, 'utf8');
    const facts = { platform: process.platform, argv: additionalArguments };
    const scripts = worldScripts(this.channel, source, facts);
    await Promise.all([
      send('Page.enable'),
      send('Runtime.enable'),
      send('Inspector.enable'),
      send('Runtime.addBinding', { name: '__testHost', executionContextName: world }),
      send('Page.addScriptToEvaluateOnNewDocument', { source: scripts.main }),
      send('Page.addScriptToEvaluateOnNewDocument', { source: scripts.isolated, worldName: world }),
      send('Fetch.enable', { patterns: [{ urlPattern: '*' }] }),
      send('Target.setAutoAttach', { autoAttach: true, waitForDebuggerOnStart: true, flatten: true }),
    ]);
    const { frameTree } = await send('Page.getFrameTree');
    if (!this.hostFrames.main) this.hostFrames.attached(frameTree.frame.id, null);
  }

  private async hear({ method, params, sessionId = '' }: CdpEvent): Promise<void> {
    const frames = this.hostFrames;
    const { cdp } = await chromium();
    switch (method) {
      case 'Fetch.requestPaused':
        return decideRequest(cdp, sessionId, params, this.requestOwner);
      case 'Runtime.bindingCalled':
        return this.receive(sessionId, params.executionContextId, JSON.parse(params.payload));
      case 'Runtime.executionContextCreated':
        return this.contexts.created(sessionId, params.context);
      case 'Runtime.executionContextDestroyed':
        return this.contexts.destroyed(sessionId, params.executionContextId);
      case 'Runtime.executionContextsCleared':
        return this.contexts.cleared(sessionId);
      case 'Page.frameAttached':
        return void frames.attached(params.frameId, params.parentFrameId);
      case 'Page.frameDetached':
        return params.reason === 'swap' ? undefined : frames.removed(params.frameId);
      case 'Page.frameNavigated':
        return this.navigated(params.frame);
      case 'Page.navigatedWithinDocument':
        return this.navigatedWithin(params.frameId, params.url);
      case 'Page.domContentEventFired':
        return void this.emit('dom-ready');
      case 'Page.loadEventFired':
        return void this.emit('did-finish-load');
      case 'Page.windowOpen':
        this.opened = {
          url: toApp(params.url),
          frameName: params.windowName,
          features: params.windowFeatures.join(','),
        };
        return;
      case 'Inspector.targetCrashed':
        return void this.emit('render-process-gone', {}, { reason: 'crashed', exitCode: 1 });
      case 'Runtime.consoleAPICalled': {
        const message = params.args.map((arg: { value?: unknown }) => String(arg.value)).join(' ');
        return void this.emit('console-message', { level: params.type, message });
      }
      case 'Target.attachedToTarget':
        return this.child(params);
    }
  }

  private async child(attached: { sessionId: string; targetInfo: { type: string } }): Promise<void> {
    const { cdp } = await chromium();
    const { sessionId, targetInfo } = attached;
    if (targetInfo.type === 'iframe') await this.prepare(sessionId);
    else {
      onSession(sessionId, (event) => {
        if (event.method === 'Fetch.requestPaused')
          void decideRequest(cdp, sessionId, event.params, this.requestOwner).catch(unlessGone);
      });
      // Not every kind of worker has this domain; what cannot be held is held at the door.
      await cdp.send('Fetch.enable', { patterns: [{ urlPattern: '*' }] }, sessionId).catch(() => undefined);
    }
    await cdp.send('Runtime.runIfWaitingForDebugger', {}, sessionId).catch(() => undefined);
  }

  private get requestOwner(): RequestOwner {
    return {
      id: this.id,
      session: this.session,
      facade: this.facade,
      frameFacade: (id) => this.hostFrames.get(id)?.facade ?? null,
      mayNavigate: (navigation) => this.mayNavigate(navigation),
    };
  }

  private async mayNavigate(navigation: {
    frameId: string;
    url: string;
    redirect: boolean;
  }): Promise<boolean> {
    const { frameId, url, redirect } = navigation;
    const frame = this.hostFrames.get(frameId);
    const isMainFrame = frame === this.hostFrames.main;
    if (!isMainFrame || this.ownNavigation !== url) {
      const details = {
        url,
        isMainFrame,
        isSameDocument: false,
        frame: frame?.facade ?? null,
        initiator: frame?.facade ?? null,
      };
      if (redirect) {
        if (this.emitPreventable('will-redirect', details, url, false, isMainFrame)) return false;
      } else {
        if (this.emitPreventable('will-frame-navigate', details)) return false;
        if (isMainFrame && this.emitPreventable('will-navigate', details, url)) return false;
      }
    }
    await this.session.hostPermissions(originOf(url), this.facade);
    return true;
  }

  private navigated(frame: { id: string; parentId?: string; url: string; name?: string }): void {
    this.hostFrames.attached(frame.id, frame.parentId ?? null);
    this.hostFrames.navigated(frame.id, frame.url, frame.name ?? '');
    if (frame.parentId) return;
    const url = toApp(frame.url);
    const seen =
      url === 'about:blank' || frame.url.startsWith('http') || frame.url.startsWith('chrome-error:');
    if (!seen) throw new Error(`${url}: a navigation that the test host cannot hold back`);
    this.emit('did-navigate', {}, url, 200, 'OK');
  }

  private navigatedWithin(frameId: string, url: string): void {
    const frame = this.hostFrames.get(frameId);
    this.hostFrames.navigated(frameId, url, frame?.name ?? '');
    this.emit('did-navigate-in-page', {}, toApp(url), frame === this.hostFrames.main);
  }

  /** A message from the isolated world of the frame that the context belongs to. */
  private async receive(
    sessionId: string,
    contextId: number,
    message: { kind: string; id: number; name: string; args: never },
  ): Promise<void> {
    const key = `${sessionId}:${contextId}`;
    const frame = this.contexts.frameOf(key);
    const event: IpcEvent = {
      sender: this.facade,
      get senderFrame() {
        return frame && !frame.detached ? frame.facade : null;
      },
      processId: process.pid,
      frameId: 1,
    };
    const args = decodeValue(message.args) as unknown[];
    if (message.kind === 'send') return deliver(message.name, event, args);
    const reply: Record<string, unknown> = { kind: 'result', id: message.id };
    try {
      reply.value = encodeValue(await invoke(message.name, event, args));
    } catch (error) {
      reply.error = `Error invoking remote method '${message.name}': ${error}`;
    }
    await this.toContext(key, reply);
  }

  private async toContext(key: string, message: object): Promise<void> {
    // The page may have gone meanwhile.
    await this.contexts.run(key, `__testHostReply(${JSON.stringify(message)})`).catch(() => undefined);
  }

  private async cdp(method: string, params: object = {}) {
    const { cdp } = await chromium();
    return cdp.send(method, params, this.hostTarget?.sessionId);
  }

  send(name: string, ...args: unknown[]): void {
    const wire = encodeValue(args);
    const { main } = this.hostFrames;
    if (this.destroyed) throw new TypeError('Object has been destroyed');
    // Without a world of its own nothing is loaded that could hear it.
    const key = main ? this.contexts.isolatedOf(main) : null;
    if (key !== null) void this.toContext(key, { kind: 'message', name, args: wire });
  }

  async loadURL(url: string): Promise<void> {
    await this.hostReady;
    this.ownNavigation = url;
    const loaded = new Promise<void>((resolve) => this.once('did-finish-load', () => resolve()));
    const { errorText, loaderId } = await this.cdp('Page.navigate', { url: toPage(url) });
    this.ownNavigation = null;
    if (errorText) {
      this.emit('did-fail-load', {}, -2, errorText, url, true);
      throw new Error(`${errorText} loading '${url}'`);
    }
    // Without a loader it stayed in the document, as for another fragment.
    if (loaderId) await loaded;
  }

  async executeJavaScript(code: string): Promise<unknown> {
    await this.hostReady;
    const { result, exceptionDetails } = await this.cdp('Runtime.evaluate', {
      expression: code,
      awaitPromise: true,
      returnByValue: true,
    });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  }

  async reload(): Promise<void> {
    await this.cdp('Page.reload');
  }

  /** Its event tells; the call itself is never answered. */
  forcefullyCrashRenderer(): void {
    void this.cdp('Page.crash').catch(() => undefined);
  }

  getURL(): string {
    const { main } = this.hostFrames;
    return main?.url === 'about:blank' ? '' : (main?.url ?? '');
  }

  isDestroyed(): boolean {
    return this.destroyed;
  }

  setWindowOpenHandler(handler: OpenHandler): void {
    this.openHandler = handler;
  }

  /** A page opened another one; it is held. */
  async hostPopup(popup: PageTarget): Promise<void> {
    const { cdp } = await chromium();
    const details = {
      ...(this.opened ?? { url: '', frameName: '', features: '' }),
      disposition: 'new-window',
      referrer: { url: this.getURL(), policy: 'default' },
    };
    const { action } = this.openHandler?.(details) ?? { action: 'allow' };
    if (action === 'deny') {
      const closed = cdp.send('Target.closeTarget', { targetId: popup.targetId });
      // It shares a thread with its opener, which would stand still with it; it is closed before it can begin.
      await Promise.all([closed, popup.resume()].map((one) => one.catch(() => undefined)));
      return;
    }
    this.emit('did-create-window', { hostTargetId: popup.targetId }, details);
    await popup.resume();
  }

  /** Runs `code` beside the preload of a frame, as a page would that has broken out of its world. */
  async hostInside(frameUrl: string, code: string): Promise<unknown> {
    return this.contexts.run(await this.shown(frameUrl), code);
  }

  /** The page knows of its frames before its events have come here. */
  private async shown(frameUrl: string): Promise<string> {
    for (;;) {
      const key = this.contexts.showing(frameUrl);
      if (key !== null) return key;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** Puts an empty frame into the page and waits until it is there; returns its URL. */
  async hostBlankFrame(): Promise<string> {
    await this.executeJavaScript("void document.body.append(document.createElement('iframe'))");
    await this.shown('about:blank');
    return 'about:blank';
  }

  async hostTheme(dark: boolean): Promise<void> {
    await this.hostReady;
    await this.cdp('Emulation.setEmulatedMedia', {
      features: [{ name: 'prefers-color-scheme', value: dark ? 'dark' : 'light' }],
    });
  }

  async hostResize(width: number, height: number): Promise<void> {
    await this.hostReady;
    await this.resize(width, height);
  }

  private resize(width: number, height: number): Promise<unknown> {
    const size = { width, height, deviceScaleFactor: 1, mobile: false };
    return this.cdp('Emulation.setDeviceMetricsOverride', size);
  }

  async hostClose(): Promise<void> {
    if (this.destroyed) return;
    this.destroyed = true;
    all.delete(this.facade);
    await this.hostReady.catch(() => undefined);
    const { cdp } = await chromium();
    this.hostFrames.removed(this.hostFrames.main?.id ?? '');
    if (this.hostTarget)
      await cdp.send('Target.closeTarget', { targetId: this.hostTarget.targetId }).catch(() => undefined);
    this.emit('destroyed');
  }
}

/** Each popup is put before the page that opened it. */
function watchPopups(): void {
  if (popupsWatched) return;
  popupsWatched = true;
  onPopup((popup) => {
    const opener = [...all].find((one) => one.hostTarget?.targetId === popup.openerId);
    if (opener) void opener.hostPopup(popup).catch(unlessGone);
    else void popup.resume();
  });
}
