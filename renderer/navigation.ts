import { useSyncExternalStore } from 'react';
import type { Page } from './bridge.ts';

const order = [
  'onboarding',
  'dashboard',
  'hardware',
  'models',
  'earnings',
  'settings',
  'diagnostics',
] as const satisfies readonly Page[];

/** In the order of the navigation. One page more in the contract than here does not compile. */
export const pageOrder: [Exclude<Page, (typeof order)[number]>] extends [never] ? typeof order : never =
  order;

export interface Route {
  page: Page;
  /** A part of the page, such as a step of the onboarding. */
  part: string | null;
}

/** Reads `#/onboarding/register`; whatever names no page is the fallback. */
export function readRoute(hash: string, fallback: Page): Route {
  const [, page, part] = /^#\/([a-z-]+)(?:\/([a-z-]+))?$/.exec(hash) ?? [];
  const known = pageOrder.find((name) => name === page);
  return known === undefined ? { page: fallback, part: null } : { page: known, part: part ?? null };
}

export function hashOf(page: Page, part?: string): string {
  return part === undefined ? `#/${page}` : `#/${page}/${part}`;
}

/** Goes to a page; the browser's own history keeps the way back. */
export function goTo(page: Page, part?: string): void {
  location.hash = hashOf(page, part);
}

function onHash(listener: () => void): () => void {
  addEventListener('hashchange', listener);
  return () => removeEventListener('hashchange', listener);
}

/** The present hash, empty where the window was opened without one. */
export function useHash(): string {
  return useSyncExternalStore(onHash, () => location.hash);
}

/** True in the window that shows the earnings alone. */
export function isEarningsWindow(): boolean {
  return new URLSearchParams(location.search).get('window') === 'earnings';
}
