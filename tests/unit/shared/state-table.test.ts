import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { phaseRows } from '../../../shared/states/phases.ts';
import type { ParamKind, Row, StateRow, Text } from '../../../shared/states/row.ts';
import {
  describeBadge,
  describeState,
  type StateCode,
  statePrecedence,
  textOf,
} from '../../../shared/states/states.ts';
import { badges, states } from '../../../shared/states/table.ts';
import { errorText } from '../../../shared/texts/error-text.ts';
import { agreedTables, asDocument } from '../../fixtures/states/agreed-document.ts';

const ours: readonly StateRow[] = states;
const ourBadges: readonly Row[] = badges;
const phases: readonly StateRow[] = phaseRows;
const everyRow = [...ours, ...phases, ...ourBadges];
const placeholders = (text: string) =>
  [...text.matchAll(/\{(\w+)(?::[^}]*)?\}/g)].map(([, name]) => String(name));
const variants = (text: Text | null): readonly string[] => (text === null ? [] : [text].flat());
const textsOf = (row: Row) => [
  ...variants(row.what),
  ...variants(row.effect),
  ...variants(row.action),
  ...('label' in row ? variants((row as StateRow).label) : []),
];
const nowMs = new Date(2026, 10, 23, 18, 42).getTime();
const samples: Readonly<Record<ParamKind, string | number>> = {
  ...{ text: 'Something', reason: 'ECONNREFUSED', cause: 'driver', count: 7, some: 7, bytes: 4.7e9 },
  ...{ time: nowMs - 3_600_000, date: nowMs, end: nowMs + 3_600_000, duration: 7_200_000 },
};
const sampleParams = ({ params }: Row) =>
  Object.fromEntries(Object.entries(params).map(([name, kind]) => [name, samples[kind]]));

describe('the table of states', () => {
  it('says what docs/states.md says, column by column, in its order', () => {
    const agreed = agreedTables();
    expect(agreed.States).toEqual(ours.map((row) => asDocument({ ...row })));
    expect(agreed.Phases).toEqual(phases.map((row) => asDocument({ ...row })));
    expect(agreed.Badges).toEqual(ourBadges.map(({ code, ...row }) => asDocument({ badge: code, ...row })));
    expect(Object.keys(agreed)).toEqual(['States', 'Badges', 'Phases']);
  });

  it('has every code once', () => {
    const codes = everyRow.map(({ code }) => code);
    expect(new Set(codes).size).toBe(codes.length);
  });

  it('knows how to write every value that its texts name, and names every value that it knows', () => {
    for (const row of everyRow) {
      const named = new Set(textsOf(row).flatMap(placeholders));
      expect(new Set(Object.keys(row.params)), row.code).toEqual(named);
    }
  });

  it('orders every state above the one that only says "ready"', () => {
    const order = states.map(({ code }) => statePrecedence(code));
    expect(order).toEqual(order.toSorted((a, b) => a - b));
    expect(states.at(-1)?.code).toBe('ready');
  });

  it('notifies nobody of coming back online where time does not earn', () => {
    for (const { code, notify, earns } of [...ours, ...phases])
      if (notify === 'online') expect(earns, code).not.toBe('no');
  });
});

describe('classes of states', () => {
  const root = join(import.meta.dirname, '../../..');
  const sources = ['electron', 'renderer', 'shared'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.tsx?$/.test(file))
      .map((file) => join(folder, file)),
  );
  // The chain's own words for a node [network.md 9].
  const ofTheChain = new Set(['cooling', 'retired']);
  // What is a code of an error as well may stand in a list of errors.
  const codes = new Set(ours.map(({ code }) => code).filter((code) => !Object.hasOwn(errorText, code)));
  const listed = (text: string) =>
    [...text.matchAll(/\[([^[\]]*)\]/g)]
      .map(([, inner = '']) =>
        [...inner.matchAll(/'([a-z-]+)'/g)].flatMap(([, word = '']) => (codes.has(word) ? [word] : [])),
      )
      .filter((found) => found.length > 1 && !found.every((word) => ofTheChain.has(word)));

  it('are columns of the table, and no list of states is kept by hand anywhere else', () => {
    expect(listed("new Set(['paused', 'no-network'])")).toEqual([['paused', 'no-network']]);
    expect(sources.length).toBeGreaterThan(300);
    const lists = sources.flatMap((file) => {
      const found = listed(readFileSync(join(root, file), 'utf8'));
      return found.length === 0 ? [] : [`${file}: ${found.join(' and ')}`];
    });
    expect(lists).toEqual([]);
  });
});

describe('the texts of states, badges and phases', () => {
  it('are three: what happened, what it means for earning, and what to do where there is something', () => {
    for (const row of everyRow) {
      const { what, effect, action, sentence } = textOf(row, sampleParams(row), nowMs);
      for (const text of [what, effect, ...(action === null ? [] : [action])]) {
        expect(text, row.code).toMatch(/^[^a-z].*\.$/);
        expect(text, row.code).not.toContain(';');
      }
      expect(sentence).toBe([what, effect, action].filter((text) => text !== null).join(' '));
    }
  });

  it('have sentences of at most 20 words, and buttons of at most three', () => {
    for (const row of everyRow) {
      for (const text of textsOf(row))
        for (const one of text.split(/[.:] /)) expect(one.split(' ').length, one).toBeLessThanOrEqual(20);
      expect((row.button ?? '').split(' ').length, row.code).toBeLessThanOrEqual(3);
    }
  });

  it('use none of the words that nobody says', () => {
    const refused =
      /\b(mend|called? off|look again|go(es)? on|anew|take up|all the same|lies in|given back|is seen|tell when|stands)\b/i;
    const unusual = /graphics card|processor|main memory/i;
    for (const row of everyRow) {
      for (const text of [...textsOf(row), row.button ?? '']) {
        expect(text, row.code).not.toMatch(refused);
        expect(text, row.code).not.toMatch(unusual);
      }
    }
  });

  it('have a form that needs no value, so that no sentence has a hole, whatever is not known', () => {
    for (const row of everyRow) {
      for (const texts of [row.what, row.effect, row.action, 'label' in row ? row.label : null]) {
        const last = variants(texts as Text | null).at(-1) ?? '';
        expect(placeholders(last), `${row.code}: ${last}`).toEqual([]);
      }
      const names = Object.keys(row.params);
      // Every choice of what is known.
      for (let known = 0; known < 2 ** names.length; known += 1) {
        const all = sampleParams(row);
        for (const nothing of [null, undefined, '', Number.NaN, Number.POSITIVE_INFINITY]) {
          const params = Object.fromEntries(
            names.flatMap((name, bit) => {
              if ((known >> bit) & 1) return [[name, all[name] ?? null]];
              return nothing === undefined ? [] : [[name, nothing]];
            }),
          );
          const { sentence } = textOf(row, params, nowMs);
          expect(sentence, row.code).not.toMatch(/[{}|—]|null|undefined|NaN|Infinity/);
        }
      }
    }
  });
});

describe('a text', () => {
  const what = (code: StateCode, params: Record<string, string | number | null>) =>
    describeState(code, params, nowMs).what;

  it('is the fullest of which every value is known', () => {
    const time = nowMs - 12 * 60_000;
    expect(what('ollama-down', { time, reason: 'exit-code(2)' })).toBe(
      'Ollama stopped at 18:30 (12 min ago): exit code 2.',
    );
    expect(what('ollama-down', { time, reason: null })).toBe('Ollama stopped at 18:30 (12 min ago).');
    expect(what('ollama-down', { time: null, reason: 'exit-code(2)' })).toBe('Ollama stopped.');
  });

  it('shows figures that are no numbers as little as those that are not known', () => {
    for (const n of [Number.NaN, Number.POSITIVE_INFINITY, ''])
      expect(what('clock-skew', { n })).toBe('This computer’s clock is wrong.');
    expect(what('clock-skew', { n: 0 })).toBe('This computer’s clock is wrong by 0 s.');
    expect(what('clock-skew', { n: 40, way: 'behind' })).toBe('This computer’s clock is 40 s behind.');
  });

  it('shows times both ways, dates, lengths, sizes and counts as people write them', () => {
    const time = nowMs - 12 * 60_000;
    const offline = describeState('no-network', { time, n: 1234 }, nowMs);
    expect(offline.sentence).toBe(
      'This computer has had no internet since 18:30 (12 min ago). You’re not earning. 1,234 finished answers are kept and sent later. Check cable, Wi-Fi or router.',
    );
    expect(what('paused', { end: nowMs + 3_600_000 })).toBe('Paused until 19:42 (in 1 h).');
    expect(what('paused', { end: null })).toBe('Paused until you resume.');
    expect(what('retired', { id: '4217', date: nowMs })).toBe(
      'The stake of node 4217 was withdrawn on 2026-11-23.',
    );
    expect(what('woke', { duration: 8 * 3_600_000 + 5 * 60_000 })).toBe('This computer slept 8 h 5 min.');
    expect(describeState('no-model', { model: 'llama3.2', size: 2_019_393_189 }, nowMs).action).toBe(
      'Download llama3.2 (2.02 GB), which fits this computer.',
    );
    expect(describeState('cooling', { date: nowMs, d: 3, h: 4 }, nowMs).label).toBe('Unstaking, 3 d left');
    expect(describeState('cooling', {}, nowMs).label).toBe('Unstaking');
  });

  it('agrees with its count, and leaves out one of which there is none', () => {
    expect(what('serving', { n: 1, model: 'm' })).toBe('Answering 1 request with m.');
    expect(what('serving', { n: 2, model: 'm' })).toBe('Answering 2 requests with m.');
    expect(describeState('no-network', { n: 1 }, nowMs).effect).toContain('1 finished answer is kept');
    expect(describeState('no-network', { n: 0 }, nowMs).effect).toBe('You’re not earning.');
    expect(what('draining', { n: 0, before: 'stopping', s: 30 })).toBe('Finishing up before stopping.');
  });

  it('takes values as they are, and fills nothing in twice', () => {
    const params = { reason: '{n} $& {time}', time: nowMs, n: 10 };
    expect(what('refused', params)).toContain(': "{n} $& {time}".');
  });

  it('is not made up for a state that does not exist', () => {
    expect(() => describeState('earning' as never, {}, nowMs)).toThrow(RangeError);
    expect(() => describeBadge('ready' as never, {}, nowMs)).toThrow(RangeError);
  });
});
