import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { describeBadge, describeState, statePrecedence } from '../../../shared/states/states.ts';
import { badges, type Row, type StateRow, states } from '../../../shared/states/table.ts';
import { agreedBadges, agreedStates } from '../../fixtures/states/agreed-states.ts';

const ours: readonly StateRow[] = states;
const ourBadges: readonly Row[] = badges;
/** Ours, for moments that the agreed table has no row for. */
const added = ['key-unreachable', 'ollama-not-running', 'model-not-loaded', 'connecting'];
const placeholders = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => String(name));
const nowMs = new Date(2026, 10, 23, 18, 42).getTime();

describe('the table of states', () => {
  it('says what was agreed, word for word, in the agreed order', () => {
    const agreed = ours.filter(({ code }) => !added.includes(code));
    const words = agreed.map(({ code, label, sentence, button, earns }) => ({
      // The document lists what may stand there.
      ...{ code, label, sentence: sentence.replace('{before}', '{restart/quit/update}'), button, earns },
    }));
    expect(words).toEqual(agreedStates);
    expect(ourBadges.map(({ code, sentence, button }) => ({ code, sentence, button }))).toEqual(agreedBadges);
  });

  const document = fileURLToPath(new URL('../../../docs/states.md', import.meta.url));
  it('agrees with the document it was agreed in', (context) => {
    if (!existsSync(document)) return context.skip('the document is not beside this checkout');
    const rows = readFileSync(document, 'utf8')
      .split('\n')
      .filter((line) => line.startsWith('| '))
      .map((line) =>
        line
          .split('|')
          .slice(1, -1)
          .map((cell) => cell.trim()),
      )
      .filter(([code]) => code !== 'code' && code !== 'badge');
    const words = [
      ...agreedStates.map(({ code, label, sentence, button, earns }) => [
        ...[code, label, sentence, button ?? '', earns === 'unknown' ? '?' : earns],
      ]),
      ...agreedBadges.map(({ code, sentence, button }) => [code, sentence, button]),
    ];
    expect(rows).toEqual(words);
  });

  it('has every code once, and its own rows are no promise of earning', () => {
    const codes = [...ours, ...ourBadges].map(({ code }) => code);
    expect(new Set(codes).size).toBe(codes.length);
    expect(ours.filter(({ code }) => added.includes(code)).map(({ earns }) => earns)).toEqual([
      'no',
      'no',
      'unknown',
      'no',
    ]);
  });

  it('knows how to write every value that its words name, and names every value that it knows', () => {
    for (const row of ours) {
      const named = new Set([...placeholders(row.sentence), ...placeholders(row.label)]);
      expect(new Set(Object.keys(row.params)), row.code).toEqual(named);
    }
    for (const row of ourBadges)
      expect(new Set(Object.keys(row.params)), row.code).toEqual(new Set(placeholders(row.sentence)));
  });

  it('orders every state above the one that only says "ready"', () => {
    const order = states.map(({ code }) => statePrecedence(code));
    expect(order).toEqual(order.toSorted((a, b) => a - b));
    expect(states.at(-1)?.code).toBe('ready');
  });
});

describe('a sentence', () => {
  it('shows every value that is not known as a dash, never as zero', () => {
    for (const { code, label, sentence } of states) {
      const params = Object.fromEntries(
        [...placeholders(sentence), ...placeholders(label)].map((n) => [n, null]),
      );
      for (const unknown of [params, {}]) {
        const words = describeState(code, unknown, nowMs);
        expect(words.sentence, code).not.toMatch(/[{}]|null|undefined|NaN/);
        const expected = sentence
          .replace('{end}', unknown === params ? 'you resume' : '—')
          .replace(/\{\w+\}/g, '—');
        expect(words.sentence).toBe(expected);
        expect(words.label).toBe(label.replace(/\{\w+\}/g, '—'));
      }
    }
    expect(describeBadge('figures-old', { n: null }, nowMs).sentence).toContain('at block —, — ago');
  });

  it('shows figures that are no numbers as a dash too', () => {
    for (const n of [Number.NaN, Number.POSITIVE_INFINITY, ''])
      expect(describeState('clock-skew', { n }, nowMs).sentence).toContain('clock is — s off');
    expect(describeState('clock-skew', { n: 0 }, nowMs).sentence).toContain('clock is 0 s off');
  });

  it('shows times both ways, dates, lengths, sizes and counts as people write them', () => {
    const time = nowMs - 12 * 60_000;
    const say = (
      ...[code, params]: [Parameters<typeof describeState>[0], Record<string, string | number | null>]
    ) => describeState(code, params, nowMs).sentence;
    expect(say('no-network', { time, n: 1234 })).toBe(
      'This computer has had no internet since 18:30 (12 min ago); nothing accrues meanwhile, 1,234 finished answers are safe; check cable, Wi-Fi or router.',
    );
    expect(say('paused', { time, end: nowMs + 3_600_000 })).toContain(
      'paused work at 18:30 (12 min ago), until 19:42 (in 1 h);',
    );
    expect(say('paused', { time, end: null })).toContain('until you resume;');
    expect(say('retired', { id: '4217', date: nowMs })).toContain('node 4217 was withdrawn on 2026-11-23;');
    expect(say('woke', { duration: 8 * 3_600_000 + 5 * 60_000 })).toContain('slept 8 h 5 min;');
    expect(say('no-model', { model: 'llama3.2', size: 2_019_393_189 })).toContain(
      'get llama3.2 (2.02 GB, fits',
    );
    expect(describeState('cooling', { date: nowMs, d: 3, h: 4 }, nowMs).label).toBe('Cooling, 3 d left');
  });

  it('takes values as they are, and fills nothing in twice', () => {
    const { sentence } = describeState('refused', { reason: '{n} $& {time}', time: null, n: 10 }, nowMs);
    expect(sentence).toContain('({n} $& {time})');
  });

  it('is not made up for a state that does not exist', () => {
    expect(() => describeState('earning' as never, {}, nowMs)).toThrow(RangeError);
    expect(() => describeBadge('ready' as never, {}, nowMs)).toThrow(RangeError);
  });
});
