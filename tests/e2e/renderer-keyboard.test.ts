import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { pages } from '../../shared/contract/app.ts';
import {
  type AppWindow,
  buildRenderer,
  openWindow,
  type RendererBuild,
  soon,
} from '../fixtures/e2e/renderer-app.ts';
import { sampleApp } from '../fixtures/e2e/renderer-samples.ts';

// A browser on a busy computer; what is asserted does not depend on it.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

let built: RendererBuild;
beforeAll(async () => {
  built = await buildRenderer();
});
afterAll(() => built?.close());

interface Stop {
  name: string;
  /** Whether one sees that the focus is there. */
  shown: boolean;
}

/** Numbers what can be used on the page and returns it in the order of the document, one of each group of radios. */
const numbered = `(() => {
  const usable = [...document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex="0"]')]
    // Of a row of tabs and of a list's rows one is a stop, and the arrow keys lead to the others.
    .filter((element) => element.checkVisibility() && !element.disabled && element.tabIndex >= 0);
  const radios = new Map();
  for (const radio of usable.filter(({ type }) => type === 'radio'))
    if (!radios.has(radio.name) || radio.checked) radios.set(radio.name, radio);
  const stops = usable.filter((element) => element.type !== 'radio' || radios.get(element.name) === element);
  stops.forEach((element, index) => { element.dataset.stop = String(index); });
  return stops.map((element) => element.ariaLabel ?? element.labels?.[0]?.innerText ?? element.innerText);
})()`;

const focused = `(() => {
  const element = document.activeElement;
  if (element === null || element.dataset.stop === undefined) return null;
  const seen = [element, element.closest('.choice')].some((one) => {
    if (one === null) return false;
    const { outlineStyle, outlineWidth } = getComputedStyle(one);
    return outlineStyle !== 'none' && outlineWidth !== '0px';
  });
  return { index: Number(element.dataset.stop), shown: seen };
})()`;

async function walk(
  window: AppWindow,
): Promise<{ names: string[]; stops: Map<number, boolean>; order: number[] }> {
  const { page } = window;
  const names = await page.evaluate<string[]>(numbered);
  const stops = new Map<number, boolean>();
  const order: number[] = [];
  // Some places that scroll are stops of their own.
  for (let pressed = 0; pressed < names.length * 2 + 20 && stops.size < names.length; pressed += 1) {
    await page.keyboard.press('Tab');
    const stop = await page.evaluate<(Stop & { index: number }) | null>(focused);
    if (stop === null || stops.has(stop.index)) continue;
    stops.set(stop.index, stop.shown);
    order.push(stop.index);
  }
  return { names, stops, order };
}

it.each(pages)(
  '%s: the keyboard reaches everything that can be used, in order, and shows where it is',
  async (page) => {
    const window = await openWindow(built, { page });
    try {
      await window.page.locator('[data-page-title]').first().waitFor();
      await soon(() => window.page.locator('main').innerText()).not.toMatch(
        /Loading…|Checking…|Waiting for the first figures/,
      );
      // From the beginning of the document.
      await window.page.evaluate('document.body.tabIndex = -1; document.body.focus()');
      const { names, stops, order } = await walk(window);
      expect(names.length).toBeGreaterThan(7);
      expect(names.filter((_name, index) => !stops.has(index))).toEqual([]);
      expect(order).toEqual([...order].sort((a, b) => a - b));
      expect(names.filter((_name, index) => stops.get(index) === false)).toEqual([]);
      expect(names.filter((name) => name.trim() === '')).toEqual([]);
    } finally {
      await window.close();
    }
  },
);

it('shortcuts open pages, commands, the pause and the list of keys, and leave whoever types alone', async () => {
  const window = await openWindow(built, { page: 'dashboard' });
  const { page } = window;
  const hash = () => page.evaluate<string>('location.hash');
  const input = (name: string) => window.asked.findLast((each) => each.name === name)?.input;
  await page.locator('[data-page-title]').first().waitFor();
  for (const [index, name] of pages.entries()) {
    await page.keyboard.press(`Control+${index + 1}`);
    await soon(hash).toBe(`#/${name}`);
  }
  await page.keyboard.press('Control+,');
  await soon(hash).toBe('#/settings');

  // The page's own search; there letters are letters.
  await page.locator('main input[type="search"]').waitFor();
  await page.keyboard.press('/');
  await soon(() => page.evaluate('document.activeElement.type')).toBe('search');
  await page.keyboard.type('p?');
  expect(await page.evaluate('document.activeElement.value')).toBe('p?');
  expect(await page.locator('dialog').count()).toBe(0);

  await page.keyboard.press('Control+2');
  await soon(hash).toBe('#/dashboard');
  await soon(() => page.evaluate('document.activeElement.tagName')).toBe('H1');
  await page.keyboard.press('?');
  const keys = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
  await keys.waitFor();
  expect(await keys.innerText()).toMatch(
    /Open a page[\s\S]*Ctrl\+1 – Ctrl\+7[\s\S]*Search commands[\s\S]*Ctrl\+K/,
  );
  expect(await window.axe()).toEqual([]);
  await page.keyboard.press('Escape');
  await soon(() => keys.count()).toBe(0);

  // The palette: by a part of the name, the arrows, Enter.
  await page.keyboard.press('Control+k');
  const palette = page.getByRole('dialog', { name: 'Search commands' });
  await palette.waitFor();
  await soon(() => page.evaluate('document.activeElement.role')).toBe('combobox');
  await page.keyboard.type('copy');
  const chosen = () => palette.locator('[aria-selected="true"]').innerText();
  await soon(chosen).toBe('Copy node ID');
  await page.keyboard.press('ArrowDown');
  await soon(chosen).toBe('Copy key fingerprint');
  await page.keyboard.press('ArrowUp');
  await soon(chosen).toBe('Copy node ID');
  expect(await window.axe()).toEqual([]);
  await page.keyboard.press('Enter');
  await soon(() => page.evaluate('navigator.clipboard.readText()')).toBe('4217');
  await soon(() => palette.count()).toBe(0);

  // A pause is asked about first; paused, the same key resumes.
  await page.keyboard.press('p');
  const pause = page.getByRole('dialog', { name: 'Pause', exact: true });
  await pause.waitFor();
  expect(input('pause')).toBeUndefined();
  await pause.getByRole('button', { name: 'For 1 hour' }).click();
  await soon(() => input('pause')).toEqual({ forMs: 3_600_000 });
  await soon(() => pause.count()).toBe(0);
  await window.pushChange({ control: { pause: { sinceMs: Date.now(), untilMs: null }, draining: false } });
  await page.getByRole('button', { name: 'Pause', exact: true }).waitFor({ state: 'detached' });
  await page.keyboard.press('p');
  await soon(() => input('resume')).toEqual({});

  // Switched off, a letter does nothing; what needs Ctrl stays, and the list shows what is left.
  await window.pushApp(sampleApp({ singleKeys: false }));
  const resumes = window.asked.filter(({ name }) => name === 'resume').length;
  for (const key of ['p', '/', '?']) await page.keyboard.press(key);
  await page.keyboard.press('Control+k');
  await palette.waitFor();
  await page.keyboard.type('shortcuts');
  await soon(chosen).toBe('Keyboard shortcuts');
  await page.keyboard.press('Enter');
  await keys.waitFor();
  const listed = await keys.innerText();
  expect(listed).toContain('Single-key shortcuts are off.');
  expect(listed).toContain('Ctrl+K');
  expect(listed).not.toContain('Pause or resume');
  expect(await page.locator('dialog').count()).toBe(1);
  expect(window.asked.filter(({ name }) => name === 'resume')).toHaveLength(resumes);
  expect(window.faults).toEqual([]);
  await window.close();
});
