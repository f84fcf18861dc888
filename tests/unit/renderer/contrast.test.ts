import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { backgrounds } from '../../../electron/desktop/windows/first-look.ts';

const css = readFileSync(new URL('../../../renderer/styles/tokens.css', import.meta.url), 'utf8');

/** The colours of a theme, by token: the dark ones are the default, the light ones stand in a media query. */
function colours(block: string): Map<string, string> {
  return new Map(
    [...block.matchAll(/--([\w-]+):\s*(#[0-9a-f]{6});/gi)].map(([, name, hex]) => [name ?? '', hex ?? '']),
  );
}
const [, lightBlock = ''] = /prefers-color-scheme: light\)([\s\S]*?)\n\}/.exec(css) ?? [];
const dark = colours(css.replace(lightBlock, ''));
const light = new Map([...dark, ...colours(lightBlock)]);

/** Relative luminance and contrast as WCAG 2 defines them. */
function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
function contrast(a: string, b: string): number {
  const [high = 0, low = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (high + 0.05) / (low + 0.05);
}

const grounds = ['ground', 'surface', 'raised'];
const words = ['text', 'text-soft', 'text-faint', 'accent-text', 'warn', 'bad'];

describe.each([
  { theme: 'dark', tokens: dark },
  { theme: 'light', tokens: light },
])('in the $theme theme', ({ tokens }) => {
  const colour = (name: string) => {
    const hex = tokens.get(name);
    if (hex === undefined) throw new Error(`no colour --${name}`);
    return hex;
  };

  it.each(words)('--%s can be read on every ground', (word) => {
    for (const ground of grounds)
      expect(contrast(colour(word), colour(ground)), `on --${ground}`).toBeGreaterThanOrEqual(4.5);
  });

  it('words on the accent can be read, also while it is pointed at', () => {
    expect(contrast(colour('on-accent'), colour('accent'))).toBeGreaterThanOrEqual(4.5);
    expect(contrast(colour('on-accent'), colour('accent-hover'))).toBeGreaterThanOrEqual(4.5);
  });

  it('edges of what can be used stand out from every ground', () => {
    for (const ground of grounds)
      expect(contrast(colour('line-strong'), colour(ground)), `on --${ground}`).toBeGreaterThanOrEqual(3);
  });
});

it('the accent is the network’s own colour on near-black', () => {
  expect(dark.get('accent')).toBe('#d7ff01');
  expect(light.get('on-accent')).toBe('#d7ff01');
});

it('there are five sizes of text, and no other one in any stylesheet', () => {
  const names = [...css.matchAll(/--size-([\w-]+):/g)].map(([, name]) => name);
  expect(names).toHaveLength(5);
  for (const file of ['base', 'frame', 'controls', 'parts', 'lists', 'pages', 'onboarding']) {
    const sheet = readFileSync(new URL(`../../../renderer/styles/${file}.css`, import.meta.url), 'utf8');
    const sizes = [...sheet.matchAll(/font-size:\s*([^;]+);/g)].map(([, size]) => size ?? '');
    expect(
      sizes.filter((size) => size !== '100%' && !/^var\(--size-[\w-]+\)$/.test(size)),
      file,
    ).toEqual([]);
  }
});

it('a window is painted in the ground of its page before the page is there', () => {
  expect(backgrounds).toEqual({ dark: dark.get('ground'), light: light.get('ground') });
});
