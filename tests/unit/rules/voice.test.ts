import { describe, expect, it } from 'vitest';
import { settingsByName } from '../../../electron/daemon/storage/settings-fields.ts';
import { en } from '../../../renderer/i18n/en.ts';
import {
  buttonKeys,
  documentTexts,
  linesOutsideCode,
  linesOutsideComments,
  proseIn,
  proseOf,
  tableTexts,
  type WrittenText,
} from '../../fixtures/rules/texts.ts';

/** The rules of docs/voice.md, by its numbers. */
const windows = tableTexts(en);
const sources = proseIn('shared', 'electron', 'renderer');
const documents = ['README.md', 'CHANGELOG.md'].flatMap(documentTexts);
const everything = [...windows, ...sources, ...documents];

const refused =
  /\b(mend(s|ed|ing)?|call(s|ed|ing)? (it )?off|look(s|ed|ing)? again|(go(es)?|goes|went|going) on(?! (the|a|your|this))|anew|take(s|n)? up|took up|all the same|lies in|l[ai]y in|given back|gives? back|gave back|(is|are|was|were) seen|tell when|stands? (still|there|here|in|at)|how it stands|graphics cards?|processors?\b(?! threads)|main memory)\b/i;

/** Sentences, and what stands before a colon that begins another one. */
const sentencesOf = (text: string) => text.split(/(?<=[.!?]§?)["”)]? +(?=["“(A-Z§{])/);
const wordsOf = (sentence: string) =>
  sentence
    .replace(/\{\{?\w+\}?\}/g, '§')
    .split(/\s+/)
    .filter((word) => /[\p{L}\p{N}§]/u.test(word)).length;

const show = ({ at, text }: WrittenText) => `${at}: ${text}`;

describe('the voice of the product', () => {
  it('rule 1: uses the words that the platforms use', () => {
    const words = (text: string) => text.replace(/\{\{\w+\}\}/g, '§');
    expect(everything.filter(({ text }) => refused.test(words(text))).map(show)).toEqual([]);
    for (const bad of [
      'The node goes on.',
      'Call it off',
      'It lies in a file',
      'the graphics card',
      'was given back',
    ])
      expect(bad).toMatch(refused);
    for (const good of ['Install it', 'It goes on the list', 'outstanding'])
      expect(good).not.toMatch(refused);
  });

  it('rule 2: has buttons of at most three words, without a colon', () => {
    const keys = buttonKeys();
    expect(keys.size).toBeGreaterThan(60);
    const bad = windows.filter(
      ({ at, text }) =>
        keys.has(at) &&
        !at.endsWith('Which') &&
        (text.includes(':') || text.replace(/\{\{\w+\}\}/g, '§').split(' ').length > 3),
    );
    expect(bad.map(show)).toEqual([]);
  });

  it('rule 3: writes an apostrophe as ’', () => {
    const typewriter = /[\p{L}\p{N}§]'\p{L}/u;
    const read = ['cli', 'faq', 'install', 'states', 'voice'].map((name) => `docs/${name}.md`);
    const pages = ['README.md', 'CHANGELOG.md', ...read].flatMap(linesOutsideCode);
    const scripts = ['resources/install.sh', 'resources/app/AppRun'].flatMap(linesOutsideComments);
    const bad = [...windows, ...sources, ...pages, ...scripts].filter(({ text }) => typewriter.test(text));
    expect(bad.map(show)).toEqual([]);
    expect("Your node isn't online").toMatch(typewriter);
    expect("state = 'sent' AND kind = 'x'").not.toMatch(typewriter);
  });

  it('rule 4: has sentences of at most 20 words, and no chains of semicolons', () => {
    const long = everything.flatMap(({ at, text }) =>
      sentencesOf(text)
        .filter((one) => wordsOf(one) > 20 || (one.match(/;/g) ?? []).length > 1)
        .map((one) => `${at}: ${one}`),
    );
    expect(long).toEqual([]);
    expect(sentencesOf('One. Two? {n} three.')).toHaveLength(3);
  });

  it('rule 8: names no command, file or setting in a window outside Advanced', () => {
    const settings = [...settingsByName.keys()].filter((name) => /[a-z][A-Z]|\./.test(name));
    const forTerminals =
      /parallelix-operator |(^|\s)--[a-z]|\b[A-Z]{3,}_[A-Z_]+\b|\/etc\/|~\/|\b[\w-]+\.(json|db|key|conf|service)\b|chmod|sudo/;
    const outside = windows.filter(({ at }) => !/^(advanced|diagnostics)\./.test(at));
    const bad = outside.filter(
      ({ text }) => forTerminals.test(text) || settings.some((name) => text.includes(name)),
    );
    expect(bad.map(show)).toEqual([]);
    expect(forTerminals.test('In a terminal: parallelix-operator verify')).toBe(true);
  });

  it('rule 9: has no dash inside a sentence', () => {
    const dash = /[\p{L}\p{N}§}] ?— ?[\p{L}\p{N}§{]/u;
    expect(everything.filter(({ text }) => dash.test(text)).map(show)).toEqual([]);
    expect(dash.test('Idle — no requests')).toBe(true);
  });

  it('finds every text: literals, templates, pages', () => {
    expect(proseOf(["const a = 'It goes on';", 'const b = `The $', '{a} is here`;'].join(''), false)).toEqual(
      ['It goes on', 'The § is here'],
    );
    expect(proseOf('const a = <p>It goes on</p>;', true)).toEqual(['It goes on']);
    expect(sources.length).toBeGreaterThan(1000);
  });
});
