import { mkdirSync, mkdtempSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { stopChromium } from './chromium.ts';
import { tell } from './control.ts';
import { releaseInstanceLock, takeInstanceLock } from './instance-lock.ts';
import { StrictEmitter, strict } from './not-implemented.ts';
import { recorded } from './record.ts';
import { sealSchemes } from './schemes.ts';
import { switches } from './switches.ts';

interface ClosableWindow {
  close(): void;
  destroy(): void;
  isDestroyed(): boolean;
}

const events = [
  'ready',
  'second-instance',
  'window-all-closed',
  'activate',
  'before-quit',
  'will-quit',
  'quit',
  'open-url',
  'web-contents-created',
  'browser-window-created',
];
const userData = process.env.TEST_HOST_USER_DATA ?? mkdtempSync(join(tmpdir(), 'plx-user-data-'));
const paths: Record<string, string> = {
  home: homedir(),
  documents: join(homedir(), 'Documents'),
  temp: tmpdir(),
  userData,
  sessionData: userData,
  appData: join(userData, '..'),
  logs: join(userData, 'logs'),
  exe: process.env.TEST_HOST_EXE ?? process.execPath,
};

class HostApp extends StrictEmitter {
  private ready = false;
  private quitting = false;
  private readonly becoming = Promise.withResolvers<void>();
  hostWindows: () => ClosableWindow[] = () => [];
  name = 'test-host';
  readonly isPackaged = process.env.TEST_HOST_PACKAGED === '1';
  /** What the login items of macOS are said to be; a test sets it. */
  hostLoginItem = { openAtLogin: false, wasOpenedAtLogin: false, status: 'not-registered' };
  readonly dock =
    process.platform === 'darwin'
      ? strict('app.dock', {
          show: async () => recorded('dock.show'),
          hide: () => recorded('dock.hide'),
        })
      : undefined;

  constructor() {
    super('app', events);
  }

  hostReady(): void {
    sealSchemes();
    this.ready = true;
    this.emit('ready', {}, {});
    this.becoming.resolve();
  }

  private before(what: string): void {
    if (this.ready) throw new Error(`app.${what}() can only be called before app is ready`);
  }

  whenReady(): Promise<void> {
    return this.becoming.promise;
  }

  isReady(): boolean {
    return this.ready;
  }

  enableSandbox(): void {
    this.before('enableSandbox');
    switches.sandboxed = true;
  }

  disableHardwareAcceleration(): void {
    this.before('disableHardwareAcceleration');
    switches.hardwareAcceleration = false;
  }

  getPath(name: string): string {
    const path = paths[name];
    if (path === undefined) throw new Error(`app.getPath('${name}') is not implemented in the test host`);
    if (name === 'userData') mkdirSync(path, { recursive: true });
    return path;
  }

  /** Whatever the tests' own machine speaks: a test that wants another language chooses it. */
  getPreferredSystemLanguages(): string[] {
    return ['en-US'];
  }

  getName(): string {
    return this.name;
  }

  setName(name: string): void {
    this.name = name;
  }

  /** Real between processes that share their `userData`. */
  requestSingleInstanceLock(additionalData: unknown = null): boolean {
    return takeInstanceLock(this.getPath('userData'), additionalData, (second) =>
      this.emit('second-instance', {}, second.argv, second.cwd, second.additionalData),
    );
  }

  /** Real as well: the next process with this folder takes it. */
  releaseSingleInstanceLock(): void {
    releaseInstanceLock(this.getPath('userData'));
  }

  setAsDefaultProtocolClient(scheme: string, ...rest: unknown[]): boolean {
    recorded('setAsDefaultProtocolClient', scheme, ...rest);
    return true;
  }

  getLoginItemSettings(): object {
    recorded('getLoginItemSettings');
    return { ...this.hostLoginItem };
  }

  setLoginItemSettings(settings: { openAtLogin?: boolean }): void {
    recorded('setLoginItemSettings', settings);
    this.hostLoginItem.openAtLogin = settings.openAtLogin === true;
    this.hostLoginItem.status = settings.openAtLogin ? 'enabled' : 'not-registered';
  }

  setAppUserModelId(): void {
    // Windows only, as in Electron.
  }

  /** The next start is the test's: it is told with what. */
  relaunch(options: { args?: string[]; execPath?: string } = {}): void {
    tell({ kind: 'relaunch', args: options.args ?? process.argv.slice(1) });
  }

  hostAllClosed(): void {
    if (this.quitting) return;
    if (!this.emit('window-all-closed')) this.quit();
  }

  quit(): void {
    if (this.quitting || this.emitPreventable('before-quit', {})) return;
    this.quitting = true;
    for (const window of this.hostWindows()) {
      window.close();
      if (window.isDestroyed()) continue;
      this.quitting = false;
      return;
    }
    if (this.emitPreventable('will-quit', {})) {
      this.quitting = false;
      return;
    }
    this.end(0);
  }

  exit(code = 0): void {
    this.quitting = true;
    for (const window of this.hostWindows()) window.destroy();
    this.end(code);
  }

  private end(code: number): void {
    this.emit('quit', {}, code);
    stopChromium();
    process.exit(code);
  }
}

export const app = strict('app', new HostApp());
