import { app } from './app.ts';
import { unlessGone } from './cdp.ts';
import { StrictEmitter, strict } from './not-implemented.ts';
import { type HostSession, session } from './session.ts';
import { nativeTheme } from './theme.ts';
import { HostWebContents } from './web-contents.ts';

interface WebPreferences {
  preload?: string;
  session?: HostSession;
  partition?: string;
  additionalArguments?: string[];
  [name: string]: unknown;
}
interface Rectangle {
  x: number;
  y: number;
  width: number;
  height: number;
}
interface WindowOptions extends Partial<Rectangle> {
  minWidth?: number;
  minHeight?: number;
  show?: boolean;
  title?: string;
  webPreferences?: WebPreferences;
  [name: string]: unknown;
}

const events = [
  'close',
  'closed',
  'show',
  'hide',
  'focus',
  'blur',
  'resize',
  'move',
  'resized',
  'moved',
  'ready-to-show',
  'minimize',
  'restore',
  'page-title-updated',
  'query-session-end',
  'session-end',
];

/** Preferences that this host's pages have anyway, and can have in no other way. */
const fixedPreferences: Readonly<Record<string, unknown>> = {
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
};
/** These change nothing that a headless page shows. */
const indifferentPreferences = new Set([
  'devTools',
  'spellcheck',
  'backgroundThrottling',
  'safeDialogs',
  'disableDialogs',
  'webgl',
  'enableWebSQL',
  'plugins',
  'autoplayPolicy',
]);
const windowOptions = new Set([
  'x',
  'y',
  'width',
  'height',
  'minWidth',
  'minHeight',
  'show',
  'title',
  'webPreferences',
  'backgroundColor',
  'autoHideMenuBar',
  'icon',
  'titleBarStyle',
  'useContentSize',
]);

const windows = new Set<HostWindow>();
let lastId = 0;

export class HostWindow extends StrictEmitter {
  readonly id: number;
  readonly webContents: HostWebContents;
  /** What the app asked for; tests read it. */
  readonly hostOptions: WindowOptions;
  readonly facade: HostWindow;
  private bounds: Rectangle;
  private title: string;
  private visible: boolean;
  private minimized = false;
  private destroyed = false;

  constructor(options: WindowOptions = {}) {
    super('BrowserWindow', events);
    if (!app.isReady()) throw new Error('Cannot create BrowserWindow before app is ready');
    for (const name of Object.keys(options))
      if (!windowOptions.has(name))
        throw new Error(`BrowserWindow option ${name} is not implemented in the test host`);
    const {
      preload,
      session: given,
      partition,
      additionalArguments,
      ...preferences
    } = options.webPreferences ?? {};
    for (const [name, value] of Object.entries(preferences)) {
      if (indifferentPreferences.has(name) || fixedPreferences[name] === value) continue;
      throw new Error(`webPreferences.${name}: ${String(value)} is not implemented in the test host`);
    }
    lastId += 1;
    this.id = lastId;
    this.hostOptions = options;
    this.title = options.title ?? '';
    this.visible = options.show !== false;
    const { x = 100, y = 100, width = 800, height = 600 } = options;
    this.bounds = this.bounded({ x, y, width, height });
    const own =
      given ?? (partition === undefined ? session.defaultSession : session.fromPartition(partition));
    this.webContents = new HostWebContents({
      session: own as HostSession,
      preload: preload ?? null,
      additionalArguments: additionalArguments ?? [],
      width: this.bounds.width,
      height: this.bounds.height,
    }).facade;
    this.facade = strict('BrowserWindow', this);
    windows.add(this.facade);
    let shown = false;
    this.webContents.on('did-finish-load', () => {
      if (!shown) this.emit('ready-to-show');
      shown = true;
    });
    this.webContents.hostTheme(nativeTheme.shouldUseDarkColors).catch(unlessGone);
    app.emit('web-contents-created', {}, this.webContents);
    app.emit('browser-window-created', {}, this.facade);
    // biome-ignore lint/correctness/noConstructorReturn: what the app gets must refuse what is not there.
    return this.facade;
  }

  private bounded(bounds: Rectangle): Rectangle {
    const { minWidth = 0, minHeight = 0 } = this.hostOptions;
    return { ...bounds, width: Math.max(bounds.width, minWidth), height: Math.max(bounds.height, minHeight) };
  }

  loadURL(url: string): Promise<void> {
    return this.webContents.loadURL(url);
  }

  show(): void {
    this.visible = true;
    this.emit('show');
  }

  showInactive(): void {
    this.show();
  }

  hide(): void {
    this.visible = false;
    this.emit('hide');
  }

  focus(): void {
    focused = this.facade;
    this.emit('focus');
  }

  isVisible(): boolean {
    return this.visible && !this.destroyed;
  }

  isFocused(): boolean {
    return focused === this.facade;
  }

  isMinimized(): boolean {
    return this.minimized;
  }

  isMaximized(): boolean {
    return false;
  }

  isFullScreen(): boolean {
    return false;
  }

  minimize(): void {
    this.minimized = true;
    this.emit('minimize');
  }

  restore(): void {
    this.minimized = false;
    this.emit('restore');
  }

  isDestroyed(): boolean {
    return this.destroyed;
  }

  getBounds(): Rectangle {
    return { ...this.bounds };
  }

  getNormalBounds(): Rectangle {
    return { ...this.bounds };
  }

  setBounds(bounds: Partial<Rectangle>): void {
    this.bounds = this.bounded({ ...this.bounds, ...bounds });
    this.webContents.hostResize(this.bounds.width, this.bounds.height).catch(unlessGone);
    this.emit('move');
    this.emit('resize');
  }

  getMinimumSize(): number[] {
    const { minWidth = 0, minHeight = 0 } = this.hostOptions;
    return [minWidth, minHeight];
  }

  setTitle(title: string): void {
    this.title = title;
  }

  getTitle(): string {
    return this.title;
  }

  setMenuBarVisibility(): void {
    // A headless window has no menu bar.
  }

  removeMenu(): void {
    // As above.
  }

  setBackgroundColor(): void {
    // Seen only before the page is painted.
  }

  /** As a person does it: the app may prevent it. */
  close(): void {
    if (this.destroyed || this.emitPreventable('close', {})) return;
    this.destroy();
  }

  destroy(): void {
    if (this.destroyed) return;
    this.destroyed = true;
    windows.delete(this.facade);
    void this.webContents.hostClose();
    this.emit('closed');
    if (windows.size === 0) app.hostAllClosed();
  }

  static getAllWindows(): HostWindow[] {
    return [...windows];
  }

  static getFocusedWindow(): HostWindow | null {
    return focused;
  }

  static fromWebContents(contents: HostWebContents): HostWindow | null {
    return [...windows].find((one) => one.webContents === contents) ?? null;
  }
}

let focused: HostWindow | null = null;

nativeTheme.on('updated', () => {
  for (const { webContents } of windows)
    webContents.hostTheme(nativeTheme.shouldUseDarkColors).catch(unlessGone);
});
app.hostWindows = () => [...windows];

export const BrowserWindow = strict('BrowserWindow', HostWindow);
