import type { CdpEvent } from './cdp.ts';
import { chromium } from './chromium.ts';

/** Pages that Chromium opens are held until somebody here has taken them in hand. */
export interface PageTarget {
  readonly targetId: string;
  readonly sessionId: string;
  /** Lets it run. */
  resume(): Promise<void>;
}

export type PopupListener = (popup: PageTarget & { openerId: string }) => void;

const waiting = new Map<string, (sessionId: string) => void>();
const early = new Map<string, string>();
const popupListeners: PopupListener[] = [];
const sessionListeners = new Map<string, (event: CdpEvent) => void>();
let watching: Promise<void> | null = null;

/** Hears everything of one session. */
export function onSession(sessionId: string, listener: (event: CdpEvent) => void): void {
  sessionListeners.set(sessionId, listener);
}

export function onPopup(listener: PopupListener): void {
  popupListeners.push(listener);
}

async function watch(): Promise<void> {
  const { cdp } = await chromium();
  const resume = (sessionId: string) =>
    cdp.send('Runtime.runIfWaitingForDebugger', {}, sessionId).catch(() => undefined);
  cdp.onEvent((event) => {
    if (event.sessionId !== undefined) return sessionListeners.get(event.sessionId)?.(event);
    if (event.method !== 'Target.attachedToTarget') return;
    const { sessionId, targetInfo } = event.params;
    const { targetId, type, openerId } = targetInfo;
    if (type !== 'page') return void resume(sessionId);
    if (openerId) {
      const popup = { targetId, sessionId, openerId, resume: () => resume(sessionId) };
      for (const listener of popupListeners) listener(popup);
      return;
    }
    early.set(targetId, sessionId);
    waiting.get(targetId)?.(sessionId);
  });
  await cdp.send('Target.setAutoAttach', { autoAttach: true, waitForDebuggerOnStart: true, flatten: true });
}

/** Opens a blank page in a browser context, held. */
export async function openPage(browserContextId: string): Promise<PageTarget> {
  watching ??= watch();
  await watching;
  const { cdp } = await chromium();
  const { targetId } = await cdp.send('Target.createTarget', {
    url: 'about:blank',
    browserContextId,
    newWindow: true,
  });
  const sessionId = await new Promise<string>((resolve) => {
    const known = early.get(targetId);
    if (known) resolve(known);
    else waiting.set(targetId, resolve);
  });
  const resume = () => cdp.send('Runtime.runIfWaitingForDebugger', {}, sessionId);
  return { targetId, sessionId, resume };
}
