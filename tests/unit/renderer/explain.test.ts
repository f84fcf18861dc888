import { describe, expect, it } from 'vitest';
import { explain } from '../../../renderer/i18n/en/explain.ts';

describe('what the button of a state explains', () => {
  it.each(Object.entries(explain))(
    '%s: in short sentences, and in words that people say',
    (_topic, paragraphs) => {
      for (const paragraph of paragraphs) {
        expect(paragraph).toMatch(/\.$/);
        for (const sentence of paragraph.split(/[.:;] /))
          expect(sentence.split(' ').length, sentence).toBeLessThanOrEqual(20);
        expect(paragraph).not.toMatch(
          /\b(mend|anew|take up|goes? on|looks? again|all the same|graphics card)\b/i,
        );
        // No command lines and no names of settings in windows.
        expect(paragraph).not.toMatch(/ --|parallelix-operator|timedatectl|chmod/);
      }
    },
  );
});
