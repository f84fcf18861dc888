import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { pages } from '../../shared/contract/app.ts';
import {
  type AppWindow,
  buildRenderer,
  openWindow,
  type RendererBuild,
  soon,
} from '../fixtures/e2e/renderer-app.ts';

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
    .filter((element) => element.checkVisibility() && !element.disabled);
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
