import type { Page } from 'playwright-core';

const patienceMs = 60_000;

/** Waits until `look` gives something that is neither null nor false; says what it waited for when that never comes. */
export async function until<T>(
  what: string,
  look: () => Promise<T | null | false> | T | null | false,
): Promise<T> {
  const startedMs = performance.now();
  for (;;) {
    const found = await look();
    if (found !== null && found !== false) return found;
    if (performance.now() - startedMs > patienceMs) throw new Error(`waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

export type AnswerSeen = {
  ok: boolean;
  output?: unknown;
  error?: { code: string; details: Record<string, unknown> };
};

/** Asks over the page's own bridge. */
export function ask(page: Page, name: string, input: unknown = {}): Promise<AnswerSeen> {
  return page.evaluate(`operator.ask(${JSON.stringify(name)}, ${JSON.stringify(input)})`);
}

/**
 * Asks the app to end. With nothing left to finish it is gone at once, and its window with it: a page that is slower
 * than that never hears the answer, which is no fault.
 */
export async function askToQuit(page: Page): Promise<void> {
  await ask(page, 'app.quit').catch((error: unknown) => {
    if (!String(error).includes('has been closed')) throw error;
  });
}
