import { describe, expect, it } from 'vitest';
import { en } from '../../../renderer/i18n/en.ts';

/** Words of the trade that a person need not know to run a node. */
const trade = /\b(RPCs?|ABIs?|selectors?|sockets?|nonces?)\b/i;
const mayHoldThem = ['advanced', 'diagnostics'];

type Texts = { readonly [key: string]: string | readonly string[] | Texts };

function* texts(of: Texts, path: string): Generator<[key: string, text: string]> {
  for (const [key, value] of Object.entries(of)) {
    const at = path === '' ? key : `${path}.${key}`;
    if (typeof value === 'string') yield [at, value];
    else if (Array.isArray(value))
      for (const [index, text] of value.entries()) yield [`${at}.${index}`, text];
    else yield* texts(value as Texts, at);
  }
}

const all = [...texts(en, '')];

describe('the texts of the interface', () => {
  it('hold words of the trade under Advanced and Diagnostics only', () => {
    const found = all.filter(
      ([key, text]) => !mayHoldThem.includes(key.split('.')[0] ?? '') && trade.test(text),
    );
    expect(found).toEqual([]);
    // The rule can fail: these pages do hold them.
    expect(all.some(([key, text]) => key.startsWith('advanced.') && trade.test(text))).toBe(true);
  });

  it('are never empty, and open and close their braces', () => {
    for (const [key, text] of all) {
      expect(text.trim(), key).not.toBe('');
      expect(text.replace(/\{\{\w+\}\}/g, ''), key).not.toMatch(/[{}]/);
    }
  });

  it('keep to the characters that the bundled font has', () => {
    // Basic Latin, Latin-1 and the punctuation of the latin subset; anything else would fall back to another font.
    const bundled = /^[\u0020-\u007e\u00a0-\u00ff\u2000-\u206f\u20ac\u2122\u2212]*$/;
    expect(all.filter(([, text]) => !bundled.test(text))).toEqual([]);
  });
});
