import { describe, expect, it } from 'vitest';
import { type Problem, problemText } from '../../../../shared/texts/problem.ts';
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
          const problem = (words as (details: unknown) => Problem)(
            new Proxy(facts, { get: (target, name) => Reflect.get(target, name) ?? 'X' }),
          );
          const text = problemText(problem, 'terminal');
          for (const sentence of text.split(/(?<=[.:])\s/))
            expect(sentence.split(/\s+/).length, sentence).toBeLessThan(21);
          expect(text).not.toMatch(/;|—|\b(mend|anew|call off|look again|go on|lies in)\b/);
        }
    },
  );
});
