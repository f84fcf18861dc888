import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parseLength } from '../../../electron/cli/args/duration.ts';
import { stoppedText } from '../../../electron/cli/commands/start/view.ts';
import { exitCodeOf } from '../../../electron/cli/exit-codes.ts';
import { wrap } from '../../../electron/cli/terminal/layout.ts';
import { coloured, reset } from '../../../electron/cli/terminal/sequences.ts';
import { cut } from '../../../electron/cli/terminal/status-line.ts';
import { walletFault } from '../../../electron/node/wallet-address.ts';
import { NodeError } from '../../../shared/errors.ts';
import { describeError, describeReason, errorText, printable } from '../../../shared/texts/error-text.ts';
import { createAnswerCache, describeEntry } from '../../../shared/texts/event-text.ts';
import { describeFailure } from '../../../shared/texts/failure-text.ts';
import { type Problem, problemText } from '../../../shared/texts/problem.ts';

describe('texts for errors', () => {
  it('exist for every code, on one line, without a mark of excitement', () => {
    const details = new Proxy(
      {},
      {
        get: (_target, name) =>
          name === 'keys'
            ? []
            : /Ms$|Bytes$|status|installed|ours|theirs|pid|schemaVersion/.test(String(name))
              ? 1000
              : 'fact',
      },
    );
    expect(Object.keys(errorText).toSorted()).toEqual(Object.keys(exitCodeOf).toSorted());
    for (const [code, words] of Object.entries(errorText)) {
      const text = problemText((words as (facts: unknown) => Problem)(details), 'terminal');
      expect(text, code).toMatch(/^[A-Za-z][^\n!]{8,}$/);
      expect(text, code).not.toMatch(/undefined|\[object|NaN/);
    }
  });

  it('cannot break out of their line', () => {
    const error = new NodeError('usage', { input: 'a\nb\u001b[2J\u202e', remedy: 'r' });
    expect(describeError(error)).toBe('a\\u{a}b\\u{1b}[2J\\u{202e}: r');
    expect(printable('x'.repeat(500))).toHaveLength(121);
  });

  it('of a code that only a newer node knows are its code', () => {
    expect(describeError(new NodeError('from-the-future' as 'usage', { input: '', remedy: '' }))).toContain(
      'from-the-future',
    );
  });

  it('translate reasons, and quote unknown ones', () => {
    expect(describeReason('ECONNREFUSED')).toBe('connection refused');
    expect(describeReason('http_503')).toBe('HTTP 503');
    expect(describeReason('constructor')).toBe('unknown reason "constructor"');
    expect(describeReason('EXDEV')).toBe('error EXDEV');
    expect(describeReason('exit code 3, said an older version')).toBe('"exit code 3, said an older version"');
    expect(describeReason('exit-code(3)')).toBe('exit code 3');
    expect(describeReason('ended-with(signal(SIGKILL))')).toBe('it ended (ended by SIGKILL)');
    expect(describeReason('constructor(3)')).toBe('"constructor(3)"');
    expect(describeReason('')).toBe('no reason was given');
    expect(describeFailure('deadline-exceeded')).toBe('it took too long');
    expect(describeFailure('__proto__')).toBe('unknown reason "__proto__"');
  });
});

describe('lines for events', () => {
  it('join the figures of an answer to its delivery', () => {
    const answers = createAnswerCache();
    answers.see({
      tMs: 0,
      level: 'info',
      event: 'request-finished',
      facts: { requestId: 'r', model: 'phi4', ms: 1500, inputTokens: null, outputTokens: 7 },
    });
    const line = describeEntry(
      { tMs: 1, level: 'info', event: 'delivered', facts: { requestId: 'r' } },
      answers,
    );
    expect(line).toEqual({
      tone: 'good',
      notable: true,
      text: 'Delivered r · phi4 · 1,500 ms · — → 7 tokens',
    });
  });

  it('show what has no text as it is, warnings as notable', () => {
    const line = describeEntry(
      { tMs: 1, level: 'warn', event: 'constructor', facts: { a: '\u001b', b: 2 } },
      createAnswerCache(),
    );
    expect(line).toEqual({ tone: 'warn', notable: true, text: 'constructor a=\\u{1b} b=2' });
  });
});

describe('a line cut to the width of a terminal', () => {
  const red = coloured('31', '').slice(0, -reset.length);
  const off = reset;
  it('keeps colours out of the count and ends them', () => {
    expect(cut(`${red}● Ready${off} · idle`, 20)).toBe(`${red}● Ready${off} · idle`);
    expect(cut(`${red}● Ready${off} · idle`, 10)).toBe(`${red}● Ready${off} ·…`);
    expect(cut(`${red}● Ready and more${off}`, 5)).toBe(`${red}● Re…${off}`);
  });
  it('wraps between words and never loses one', () => {
    const lines = wrap('one two three four five', 9);
    expect(lines).toEqual(['one two', 'three', 'four five']);
  });
  it('leaves a command on one line, so that it can be copied', () => {
    const text =
      'Fix that, then run: parallelix-operator config set concurrency 1. It applies after a restart.';
    expect(wrap(text, 24)).toEqual([
      'Fix that, then run:',
      'parallelix-operator config set concurrency 1.',
      'It applies after a',
      'restart.',
    ]);
    expect(wrap('Register here: parallelix-operator models pull llama3.2:3b', 20).at(-1)).toBe(
      'parallelix-operator models pull llama3.2:3b',
    );
  });
});

describe('a length of time', () => {
  it.each([
    ['90s', 90_000],
    ['30m', 1_800_000],
    ['1h30m', 5_400_000],
    ['1d', 86_400_000],
    ['0s', 0],
    ['', null],
    ['1', null],
    ['m30', null],
    ['1h 30m', null],
    ['-1h', null],
  ])('%s is %s ms', (text, ms) => expect(parseLength(text)).toBe(ms));
});

describe('a wallet address', () => {
  const checked = '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed';
  it.each([checked, checked.toLowerCase(), `0x${checked.slice(2).toUpperCase()}`])('%s is one', (text) =>
    expect(walletFault(text)).toBeNull(),
  );
  it.each([
    '',
    '0x',
    checked.slice(2),
    `${checked}0`,
    `0x${'0'.repeat(40)}`,
    checked.replace('F', 'f'),
    ` ${checked}`,
  ])('%s is none', (text) => expect(walletFault(text)).not.toBeNull());
});

describe('the log of a node', () => {
  it('has a text for every entry that the daemon writes', () => {
    const folder = fileURLToPath(new URL('../../../electron/daemon', import.meta.url));
    const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => readFileSync(join(folder, name), 'utf8'));
    const events = new Set(
      sources.flatMap((source) =>
        [...source.matchAll(/\blog\??\.(?:debug|info|warn|error)\(\s*'([a-z-]+)'/g)].map(
          ([, event]) => event ?? '',
        ),
      ),
    );
    expect(events.size).toBeGreaterThan(50);
    const wordless = [...events].filter((event) => {
      const line = { tMs: 0, level: 'warn', event, facts: {} };
      return describeEntry(line, createAnswerCache()).text.startsWith(event);
    });
    expect(wordless).toEqual([]);
  });
});

describe('what a node says when it has stopped', () => {
  it('counts answers apart from failure reports', () => {
    const of = (undelivered: number, answers: number) => stoppedText({ served: 5, undelivered, answers });
    expect(of(0, 0)).toContain('nothing is left to deliver');
    expect(of(29_322, 9)).toContain(
      '9 finished answers and 29313 reports of failed requests are safe on disk',
    );
    expect(of(1, 1)).toContain('1 finished answer is safe on disk');
    expect(of(1, 0)).toContain('1 report of failed requests is safe on disk');
  });
});
