import { describe, expect, it } from 'vitest';
import { updateText } from '../../../../shared/texts/update-text.ts';

/** [voice.md, "Ten rules"] */
describe('texts for updates', () => {
  it.each(Object.entries(updateText))(
    '%s: sentences of at most 20 words, none chained, none old',
    (_code, words) => {
      for (const installedBy of ['deb', 'rpm', 'app', 'checkout', 'unknown'])
        for (const restored of [true, false]) {
          const facts = {
            installedBy,
            restored,
            command: '',
            attempts: 2,
            limitMs: 60_000,
            reason: 'R',
            url: 'U',
          };
          const text = (words as (details: unknown) => string)(
            new Proxy(facts, { get: (target, name) => Reflect.get(target, name) ?? 'X' }),
          );
          for (const sentence of text.split(/(?<=[.:])\s/))
            expect(sentence.split(/\s+/).length, sentence).toBeLessThan(21);
          expect(text).not.toMatch(/;|—|\b(mend|anew|call off|look again|go on|lies in)\b/);
        }
    },
  );
});
