import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import type { RunningApp } from './app.ts';

let folder: string | null = null;
const open = new Set<Page>();

/** Where this run puts its pictures, for a person to look at. */
export function pictureFolder(): string {
  folder ??= mkdtempSync(join(tmpdir(), 'plx-product-pictures-'));
  return folder;
}

export async function picture(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: join(pictureFolder(), `${name}.png`), animations: 'disabled' });
}

/** What the windows show that are open, for the reader of a failure. */
export async function pictureAll(name: string): Promise<void> {
  for (const page of open) if (!page.isClosed()) await picture(page, `failed-${name}`).catch(() => undefined);
  open.clear();
}

export interface Watched {
  readonly page: Page;
  /** Errors of the page and of its console, those of the policy among them. Empty is right. */
  readonly faults: string[];
}

/** A window of the running app with somebody listening to its console. */
export async function watched(app: RunningApp, window: 'main' | 'earnings' = 'main'): Promise<Watched> {
  const page = await app.page(window);
  const faults: string[] = [];
  open.add(page);
  page.on('console', (message) => {
    const wanted = message.type() === 'error' || message.type() === 'warning';
    // Chromium asks for it by itself.
    if (wanted && !message.location().url.endsWith('/favicon.ico')) faults.push(message.text());
  });
  page.on('pageerror', (error) => faults.push(String(error)));
  return { page, faults };
}
