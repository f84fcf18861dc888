import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { desktopWords } from '../../../electron/desktop/texts/english.ts';
import { addGermanOfDesktop } from '../../../electron/desktop/texts/german.ts';
import { de } from '../../../renderer/i18n/de.ts';
import { en } from '../../../renderer/i18n/en.ts';
import {
  formatBytes,
  formatCount,
  formatDate,
  formatDuration,
  formatPrlx,
  formatTime,
  stamp,
} from '../../../shared/format.ts';
import { addGerman, germanRows } from '../../../shared/german/german.ts';
import { inLanguage, languageInUse, languageOf, speak } from '../../../shared/language.ts';
import { phaseRows } from '../../../shared/states/phases.ts';
import type { Text } from '../../../shared/states/row.ts';
import { describeState } from '../../../shared/states/states.ts';
import { badges, states } from '../../../shared/states/table.ts';
import { root } from '../../fixtures/rules/probe.ts';
import { buttonKeys, germanProseIn, tableTexts, type WrittenText } from '../../fixtures/rules/texts.ts';

/** German is complete and follows docs/voice.md, "German". Types say already which text is missing. */
const english = tableTexts(en);
const german = tableTexts(de);
const englishAt = new Map(english.map(({ at, text }) => [at, text]));
const sources = germanProseIn('shared', 'electron/desktop');
const everything = [...german, ...sources];

const show = ({ at, text }: WrittenText) => `${at}: ${text}`;
const sentencesOf = (text: string) => text.split(/(?<=[.!?]§?)["“”)]? +(?=[„"(A-ZÄÖÜ§{])/);
const wordsOf = (sentence: string) =>
  sentence
    .replace(/\{\{?\w+(?::[^}]*)?\}?\}/g, '§')
    .split(/\s+/)
    .filter((word) => /[\p{L}\p{N}§]/u.test(word)).length;

/** Names, units and words that are the same in both languages. */
const sameInBoth =
  /^([^\p{L}]*|[^\p{L}]*[\p{L}-]{1,12}|Median, 24 h|ParalleliX Operator|Stake \(PRLX\)|Export|CPU-Threads|nodeKeyHash|GPU · .*|kv cache.*)$/u;

/** English that has a German word, and `du`. */
const refused =
  /\b(Nodes?(?!\.js)|Keys?|Backups?|Heartbeats?|Rewards?|Uptime|Tiers?|Settings|Dashboard|Requests?|Claims?|Cooldown|Unstake|Passwort-Phrase|Logs?|Retry|Cancel|canceln|downloaden|updaten|Error|du|dein|deine|deinen|dich|dir)\b/;
/** Pages of the Console, which are English, and names in programs. */
const names = /„(My Nodes|Rewards|Account)“|node\.key|Proof of Execution|url node chain/g;

beforeEach(() => {
  addGerman();
  addGermanOfDesktop();
});
afterEach(() => speak('en'));

describe('German', () => {
  it('has every text of the windows, and no other', () => {
    expect(new Set(german.map(({ at }) => at))).toEqual(new Set(englishAt.keys()));
  });

  it('is added to every table that can be in several languages', () => {
    const added = ['shared/german/german.ts', 'shared/german/forms.ts', 'electron/desktop/texts/german.ts']
      .map((file) => readFileSync(join(root, file), 'utf8'))
      .join('\n');
    const tables = ['shared', 'electron'].flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
        .filter((file) => file.endsWith('.ts') && file !== 'language.ts')
        .flatMap((file) =>
          [
            ...readFileSync(join(root, folder, file), 'utf8').matchAll(/const (\w+) =\s+translatable[<(]/g),
          ].map(([, name = '']) => name),
        ),
    );
    expect(tables.length).toBeGreaterThan(15);
    expect(tables.filter((name) => !added.includes(`${name}.add('de'`))).toEqual([]);
  });

  it('reaches every page: none has its texts from the English table itself', () => {
    const direct = readdirSync(join(root, 'renderer'), { recursive: true, encoding: 'utf8' }).filter(
      (file) =>
        /\.tsx?$/.test(file) &&
        !file.startsWith('i18n') &&
        /import \{[^}]*\} from '[^']*i18n\/(en|de)/.test(readFileSync(join(root, 'renderer', file), 'utf8')),
    );
    expect(direct).toEqual([]);
  });

  it('has the values of the English text in every text', () => {
    const valuesIn = (text: string) => [...new Set(text.match(/\{\{\w+\}\}/g))].toSorted();
    const bad = german.filter(
      ({ at, text }) => valuesIn(text).join() !== valuesIn(englishAt.get(at) ?? '').join(),
    );
    expect(bad.map(show)).toEqual([]);
  });

  it('says of every state, phase and badge as much as English does, with the same values', () => {
    const valuesIn = (text: string) => [...new Set(text.match(/\{\w+/g))].toSorted().join();
    const variants = (text: Text | null) => (text === null ? [] : typeof text === 'string' ? [text] : text);
    const rows = [...states, ...phaseRows, ...badges];
    expect(new Set(Object.keys(germanRows))).toEqual(new Set(rows.map(({ code }) => code)));
    for (const row of rows) {
      const words = germanRows[row.code];
      for (const field of ['what', 'effect', 'action'] as const)
        expect(variants(words[field]).map(valuesIn), `${row.code} ${field}`).toEqual(
          variants(row[field]).map(valuesIn),
        );
      expect(words.button === null, row.code).toBe(row.button === null);
      expect((words.button ?? '').split(' ').length, row.code).toBeLessThanOrEqual(3);
    }
  });

  it('leaves nothing in English', () => {
    const left = german.filter(
      ({ at, text }) =>
        text === englishAt.get(at) && !sameInBoth.test(text.replace(/\{\{\w+\}\}/g, '').trim()),
    );
    expect(left.map(show)).toEqual([]);
  });

  it('uses the German word where there is one, and says Sie', () => {
    const bad = everything.filter(({ text }) => refused.test(text.replace(names, '')));
    expect(bad.map(show)).toEqual([]);
    expect('Dein Node ist offline').toMatch(refused);
    expect('Ihr Knoten ist offline').not.toMatch(refused);
  });

  it('has buttons of at most three words, without a colon', () => {
    const keys = buttonKeys();
    const bad = german.filter(
      ({ at, text }) =>
        keys.has(at) &&
        !at.endsWith('Which') &&
        (text.includes(':') || text.replace(/\{\{\w+\}\}/g, '§').split(' ').length > 3),
    );
    expect(bad.map(show)).toEqual([]);
  });

  it('has sentences of at most 20 words, no dash in them, and German quotation marks', () => {
    const bad = everything.flatMap(({ at, text }) =>
      sentencesOf(text)
        .filter(
          (one) =>
            wordsOf(one) > 20 ||
            (one.match(/;/g) ?? []).length > 1 ||
            /[\p{L}\p{N}§}] ?— ?[\p{L}\p{N}§{]|["']/u.test(one),
        )
        .map((one) => `${at}: ${one}`),
    );
    expect(bad).toEqual([]);
    expect(sources.length).toBeGreaterThan(500);
  });

  it('writes numbers, dates and lengths of time as they are written in German', () => {
    const at = new Date(2026, 10, 23, 18, 42, 7).getTime();
    const written = inLanguage('de', () => [
      formatPrlx(12_345_670_000_000_000_000_000n, 2),
      formatCount(1_234_567),
      formatBytes(4_700_000_000),
      formatDate(at),
      formatDuration(2 * 86_400_000 + 4 * 3_600_000),
      formatDuration(86_400_000),
      formatTime(at, at + 3 * 86_400_000),
      formatTime(at, at - 3_600_000),
    ]);
    expect(written).toEqual([
      '12.345,67',
      '1.234.567',
      '4,7 GB',
      '23.11.2026',
      '2 Tage 4 h',
      '1 Tag',
      '23.11.2026 18:42 (vor 3 Tagen)',
      '18:42 (in 1 h)',
    ]);
    expect(stamp(at)).toBe(inLanguage('de', () => stamp(at)));
  });

  it('is spoken to the person alone: what is written outside stays English', () => {
    expect(inLanguage('de', () => describeState('paused', { end: null, time: null }, 0).what)).toBe(
      'Pausiert bis zum Fortsetzen.',
    );
    expect(languageInUse()).toBe('en');
    expect(describeState('paused', { end: null, time: null }, 0).what).toBe('Paused until you resume.');
    const fault = () => inLanguage('de', () => JSON.parse('{'));
    expect(fault).toThrow();
    expect(languageInUse()).toBe('en');
    expect(desktopWords().tray.quit).toBe('Quit');
    expect(inLanguage('de', () => desktopWords().tray.quit)).toBe('Beenden');
  });

  it('is what a system gets that prefers it to the other languages there are', () => {
    expect(languageOf(['de_AT.UTF-8', 'de', 'C'])).toBe('de');
    expect(languageOf(['fr-CH', 'de-CH', 'en'])).toBe('de');
    expect(languageOf(['en-GB', 'de'])).toBe('en');
    expect(languageOf(['C'])).toBe('en');
    expect(languageOf(['den'])).toBe('en');
  });
});
