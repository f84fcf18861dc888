import { join } from 'node:path';
import { BrowserWindow, type Session, type WebContents } from 'electron';
import type { Page } from '../../../shared/contract/app.ts';
import type { Logger } from '../../daemon/logging/logger.ts';
import type { Clock } from '../../daemon/system/clock.ts';
import type { DesktopLanguage } from '../language.ts';
import { desktopWords } from '../texts/english.ts';
import { backgrounds, firstSizes, type WindowName } from './first-look.ts';
import { appOrigin } from './protocol.ts';
import { windowPreferences } from './security.ts';
import { type Bounds, createBoundsBook, minimumSize } from './window-bounds.ts';

export type { WindowName };

/** A page that falls twice within it would fall once more. */
const crashWindowMs = 60_000;

export interface Windows {
  /** Shows a window, making it first where it was closed; with `page` the main one goes there. */
  show(name: WindowName, page?: Page): void;
  /** The pages that may speak to the app. */
  contents(): readonly WebContents[];
  readonly open: number;
  /** Names every window in the language that is spoken now. */
  rename(): void;
  /** Takes every window away, whatever its page says to that. */
  closeAll(): void;
  onOpened(listener: () => void): void;
  /** Called when a window has been closed by the person; `left` windows remain. */
  onClosed(listener: (left: number) => void): void;
  /** A page was asked for in a window that is open already. */
  onPage(listener: (page: Page) => void): void;
}

/** The app's windows. Closing one destroys it, and all of its memory; it is made again when it is next shown. */
export function createWindows(
  options: { preloadFile: string; boundsDir: string },
  modules: {
    session: Session;
    isDark: () => boolean;
    language: Pick<DesktopLanguage, 'current' | 'say'>;
    /** Whether there is another way back to a window once the last one is closed. */
    mayBeWithout: () => boolean;
    clock: Clock;
    log: Logger;
  },
): Windows {
  const { preloadFile, boundsDir } = options;
  const { session, isDark, mayBeWithout, clock, log, language } = modules;
  const windows = new Map<WindowName, BrowserWindow>();
  const bounds = createBoundsBook({ file: join(boundsDir, 'windows.json') });
  const closedListeners: ((left: number) => void)[] = [];
  const openedListeners: (() => void)[] = [];
  const pageListeners: ((page: Page) => void)[] = [];

  function make(name: WindowName, page: Page | undefined): BrowserWindow {
    const place: Partial<Bounds> = bounds.of(name) ?? firstSizes[name];
    const window = new BrowserWindow({
      ...place,
      ...minimumSize,
      show: false,
      title: titleOf(name),
      autoHideMenuBar: true,
      backgroundColor: isDark() ? backgrounds.dark : backgrounds.light,
      webPreferences: { ...windowPreferences, session, preload: preloadFile },
    });
    windows.set(name, window);
    window.once('ready-to-show', () => window.show());
    window.on('close', (event) => {
      bounds.keep(name, window.getNormalBounds());
      if (windows.size > 1 || mayBeWithout()) return;
      event.preventDefault();
      window.minimize();
    });
    window.on('closed', () => {
      windows.delete(name);
      for (const listener of closedListeners) listener(windows.size);
    });
    // The page says what it is; the window keeps its own name.
    window.on('page-title-updated', (event) => event.preventDefault());
    let lastCrashMs = Number.NEGATIVE_INFINITY;
    window.webContents.on('render-process-gone', (_event, { reason }) => {
      log.error('page-gone', { window: name, reason });
      const again = clock.monotonicMs() - lastCrashMs < crashWindowMs;
      lastCrashMs = clock.monotonicMs();
      // One that falls again and again is closed; the node goes on, and the window can be opened again.
      if (again || reason === 'clean-exit') window.destroy();
      else window.webContents.reload();
    });
    for (const listener of openedListeners) listener();
    // Without a page the interface opens where there is something to do: the set-up while there is no node.
    load(name, window, page === undefined ? '' : `#/${page}`);
    return window;
  }

  function titleOf(name: WindowName): string {
    const { product, earningsWindow } = language.say(desktopWords);
    return name === 'earnings' ? earningsWindow : product;
  }

  function load(name: WindowName, window: BrowserWindow, hash: string): void {
    const spoken = language.current === 'en' ? '' : `&language=${language.current}`;
    // Overtaken by another load, or by the window's end: neither may take the node down.
    window.loadURL(`${appOrigin}/index.html?window=${name}${spoken}${hash}`).catch((error: unknown) => {
      log.warn('page-not-loaded', { window: name, error: String(error) });
    });
  }

  return {
    show(name, page) {
      const present = windows.get(name);
      if (present === undefined)
        return void make(name, page ?? (name === 'earnings' ? 'earnings' : undefined));
      if (page !== undefined && name === 'main') for (const listener of pageListeners) listener(page);
      if (present.isMinimized()) present.restore();
      present.show();
      present.focus();
    },
    contents: () => [...windows.values()].map((window) => window.webContents),
    get open() {
      return windows.size;
    },
    rename() {
      for (const [name, window] of windows) window.setTitle(titleOf(name));
    },
    closeAll() {
      for (const window of [...windows.values()]) window.destroy();
    },
    onOpened: (listener) => void openedListeners.push(listener),
    onClosed: (listener) => void closedListeners.push(listener),
    onPage: (listener) => void pageListeners.push(listener),
  };
}
