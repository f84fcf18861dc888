import { useEffect } from 'react';
import type { AppState, Snapshot } from './bridge.ts';
import { goTo, pageOrder } from './navigation.ts';
import { openOverlay } from './overlay.ts';
import { mayPause } from './pause.ts';
import { undoToast } from './toasts.ts';

/** ⌘ on macOS, Ctrl elsewhere. */
export function modifierName(platform: AppState['platform'] | undefined): string {
  return platform === 'darwin' ? '⌘' : 'Ctrl+';
}

const withModifierKeys = ['pages', 'settings', 'palette', 'undo'] as const;
const single = ['pause', 'search', 'keys'] as const;
export type ShortcutKey = (typeof withModifierKeys | typeof single)[number];

/** The keys that work on every page, as they are listed: those of a single key only while they are on. [WCAG 2.1.4] */
export function shortcutsOn(singleKeys: boolean): readonly ShortcutKey[] {
  return singleKeys ? [...withModifierKeys, ...single] : withModifierKeys;
}

export function keysOf(shortcut: ShortcutKey, modifier: string): string {
  const keys: Readonly<Record<ShortcutKey, string>> = {
    pages: `${modifier}1 – ${modifier}${pageOrder.length}`,
    settings: `${modifier},`,
    palette: `${modifier}K`,
    undo: `${modifier}Z`,
    pause: 'P',
    search: '/',
    keys: '?',
  };
  return keys[shortcut];
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable ||
      target.matches('textarea, select, input:not([type="checkbox"], [type="radio"])'))
  );
}

/** Puts the cursor into the page's own search; where it has none, there is the palette. */
function search(): void {
  const field = document.querySelector<HTMLInputElement>('main input[type="search"]');
  if (field) field.focus();
  else openOverlay('palette');
}

interface Facts {
  platform: AppState['platform'] | undefined;
  singleKeys: boolean;
  control: Snapshot['control'] | undefined;
  resume: () => unknown;
}

/** With ⌘ or Ctrl: true when the key was one of ours. */
function withModifier(key: string, typing: boolean): boolean {
  const page = pageOrder[Number(key) - 1];
  if (page !== undefined) goTo(page);
  else if (key === ',') goTo('settings');
  else if (key === 'k') openOverlay('palette');
  else return key === 'z' && !typing && undoToast();
  return true;
}

function alone(key: string, { singleKeys, control, resume }: Facts): boolean {
  if (!singleKeys) return false;
  if (key === '/') search();
  else if (key === '?') openOverlay('keys');
  else if (key === 'p' && control?.pause) resume();
  else if (key === 'p' && mayPause(control)) openOverlay('pause');
  else return false;
  return true;
}

/** Listens for the keys while the window is open. Nothing is done while a dialog is, and no letter while somebody types. */
export function useShortcuts(facts: Facts): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.altKey || event.repeat || document.querySelector('dialog[open]'))
        return;
      const modified = facts.platform === 'darwin' ? event.metaKey : event.ctrlKey;
      const otherModifier = facts.platform === 'darwin' ? event.ctrlKey : event.metaKey;
      if (otherModifier) return;
      const key = event.key.toLowerCase();
      const typing = isTyping(event.target);
      const taken = modified ? withModifier(key, typing) : !typing && alone(key, facts);
      if (taken) event.preventDefault();
    };
    addEventListener('keydown', onKeyDown);
    return () => removeEventListener('keydown', onKeyDown);
  }, [facts]);
}
