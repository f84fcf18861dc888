import { describe, expect, it } from 'vitest';
import { errorFacts } from '../../../../electron/daemon/logging/fault.ts';
import { createRedactor } from '../../../../electron/daemon/logging/redaction.ts';
import { NodeError } from '../../../../shared/errors.ts';

const redactor = createRedactor({ homeDir: '/home/ann.smith', userName: 'ann.smith', hostName: 'annsbox' });
const key = '93fe4a1ddf10d0339818127c21db7dc362d1287ff43b71e758a197c76100993c';
const address = '0xfa3468e466ae6dd79e10dd90cd144f3bb640c31b';

describe('text in the log', () => {
  it.each([
    ['a private key', key],
    ['a private key with 0x', `0x${key}`],
    ['a private key in upper case', key.toUpperCase()],
    ['half a private key', key.slice(0, 32)],
    ['a private key within a word', `key${key}end`],
    ['a private key as bytes', key.replace(/../g, '$& ').trim()],
    ['a private key with colons', key.replace(/..(?!$)/g, '$&:')],
    ['a private key as a list of numbers', JSON.stringify([...Buffer.from(key, 'hex')])],
    ['a private key in base64', Buffer.from(key, 'hex').toString('base64')],
    ['a private key in base64url', Buffer.from(key, 'hex').toString('base64url')],
    ['a private key as a decimal number', BigInt(`0x${key}`).toString()],
    ['a private key after control characters', `\u0000\u001b[31m${key}`],
    ['a bearer token', 'Authorization: Bearer abc.def-123'],
    ['a passphrase', 'passphrase=correct horse battery staple'],
    ['a quoted passphrase', '{"passphrase": "correct horse battery staple"}'],
    ['a passphrase over two lines', 'passphrase: correct\nhorse battery staple'],
    ['an API key', 'api-key = 0a1b2c'],
    ['the user of a web address', 'https://ann:hunter2@rpc.example/x'],
    ['a password with a slash', 'https://ann:hun/ter2@rpc.example/x'],
    ['a password with a space', 'https://ann:hun ter2@rpc.example/x'],
    ['a password with a question mark', 'https://ann:hunter2?0a1b2c@rpc.example/x'],
    ['a user that is a token', 'https://hunter2@rpc.example/x'],
    ['a query value with an @', 'https://rpc.example/x?apikey=ab@0a1b2c'],
    ['a query value with an @ behind a port', 'https://rpc.example:8545/x?apikey=ab@0a1b2c'],
    ['a query value', 'https://rpc.example/x?apikey=0a1b2c&mode=full'],
    ['a bare query', 'https://rpc.example/x?0a1b2c'],
    ['a key in a path', 'https://mainnet.example/v3/0a1b2c3d4e5f60718293a4b5'],
    ['the home directory', '/home/ann.smith/.local/state'],
    ["another's home directory", 'ENOENT: /home/bob/.ssh/id_rsa'],
    ["somebody's home on macOS", "open '/Users/bob/Library/x'"],
    ["somebody's home on Windows", 'C:\\Users\\bob\\x'],
    ['the user name', 'Ann.Smith logged in'],
    ['the host name', 'ssh ANNSBOX.local'],
  ])('loses %s', (_what, text) => {
    const clean = redactor.text(`before ${text}`);
    expect(clean).toMatch(/^before /);
    const planted =
      /93fe4a|61009|hunter2|ter2|correct|horse|staple|0a1b2c|abc\.def|bob|smith|annsbox|\b147\b|k\/5K|k_5K|66942/i;
    expect(clean).not.toMatch(planted);
  });

  it.each([
    'heartbeat accepted after 12 ms',
    'model qwen2.5:7b-instruct-q4_K_M loaded',
    'https://parallelix.io/api/operator/heartbeat answered 503',
    'http://127.0.0.1:11434/api/generate',
    'connect ECONNREFUSED 127.0.0.1:11434',
    'tokens: 512 in, 64 out',
    'annual planning',
  ])('keeps %s', (text) => {
    expect(redactor.text(text)).toBe(text);
  });

  it('is one line whatever it holds', () => {
    const clean = redactor.text('a\nb\r\u001b[2Jc\u009b\u202ed\u2028e\u0000\ud800f\u{e0041}');
    expect(clean).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u);
    expect(clean).toContain('a\\u{a}b\\u{d}\\u{1b}[2Jc');
  });

  it('is cut after 500 characters, and only after secrets went', () => {
    expect(redactor.text('word '.repeat(200))).toMatch(/^(word ){100}… \[500 more\]$/);
    const straddling = `${'word '.repeat(97)}${key}`;
    expect(redactor.text(straddling)).not.toContain(key.slice(0, 8));
    expect(redactor.text('x'.repeat(20_000))).toBe('[20000 characters withheld]');
  });

  it('loses a text that was named a secret, in its usual encodings', () => {
    const own = createRedactor({ homeDir: '', userName: '', hostName: '' });
    const passphrase = 'blå "grød" & 1/2';
    own.protect(passphrase);
    const forms = [passphrase, JSON.stringify({ p: passphrase }), encodeURIComponent(passphrase)];
    for (const form of [...forms, Buffer.from(passphrase).toString('base64')]) {
      expect(own.text(`x ${form} y`)).toMatch(/\[redacted\]/);
      expect(own.text(`x ${form} y`)).not.toMatch(/gr|1\/2|1%2F2|Ymzl/);
    }
    expect(own.facts({ requestId: passphrase, model: `m:${passphrase}` })).toEqual({
      requestId: '[redacted]',
      model: 'm:[redacted]',
    });
  });
});

describe('a fact in the log', () => {
  it('may be long hex only under a name and in a shape that are known to be public', () => {
    const facts = {
      nodeKeyHash: `0x${key}`,
      poe: `0x${key}`,
      digest: `sha256:${key}`,
      nodeAddress: address,
      requestId: key,
    };
    expect(redactor.facts(facts)).toEqual(facts);
    // A key file's content has no 0x: it shows under none of these names.
    for (const name of ['nodeKeyHash', 'poe', 'digest', 'nodeAddress', 'model', 'reason', 'signature']) {
      expect(redactor.facts({ [name]: key })).toEqual({ [name]: '[redacted]' });
      expect(redactor.facts({ [name]: `0x${key}00` })).toEqual({ [name]: '[redacted]' });
    }
    expect(redactor.facts({ seen: `0x${key}` })).toEqual({ seen: '[redacted]' });
  });

  it.each(['passphrase', 'privateKey', 'key', 'token', 'Authorization', 'apiKey', 'cookie', 'mnemonic'])(
    'called %s is never shown, of whatever type',
    (name) => {
      expect(redactor.facts({ [name]: 'x' })).toEqual({ [name]: '[redacted]' });
      expect(redactor.facts({ [name]: 1234 })).toEqual({ [name]: '[redacted]' });
    },
  );

  it.each(['prompt', 'system', 'result', 'response', 'text', 'content', 'messages', 'output'])(
    'called %s shows its length and no more',
    (name) => {
      expect(redactor.facts({ [name]: 'Dear diary' })).toEqual({ [name]: '[10 characters withheld]' });
    },
  );

  it('is a plain value: objects, functions and symbols are withheld, undefined is left out', () => {
    const smuggled = { a: { prompt: 'x' }, b: ['x'], c: () => 'x', d: Symbol('x'), e: undefined, f: null };
    expect(redactor.facts(smuggled as unknown as Record<string, string>)).toEqual({
      a: '[object withheld]',
      b: '[object withheld]',
      c: '[function withheld]',
      d: '[symbol withheld]',
      f: null,
    });
    expect(redactor.facts({ a: 1.5, b: Number.NaN, c: true, earnedWei: 10n ** 20n })).toEqual({
      a: 1.5,
      b: 'NaN',
      c: true,
      earnedWei: '100000000000000000000',
    });
  });

  it('has a name from the program, not from the world', () => {
    expect(redactor.facts({ [key]: 1, 'a b': 2, '': 3 })).toEqual({ unnamed: '[redacted]' });
  });
});

describe('an error in the log', () => {
  it('loses what the runtime quotes', () => {
    let caught: unknown;
    try {
      JSON.parse('my secret prompt "with quotes" in it');
    } catch (error) {
      caught = error;
    }
    expect(String(caught)).toContain('my secret');
    for (const facts of [errorFacts(caught), { error: String(caught) }]) {
      expect(JSON.stringify(redactor.facts(facts))).not.toMatch(/secret|prompt|quotes/);
    }
  });

  it('keeps its code', () => {
    const facts = redactor.facts(
      errorFacts(new NodeError('disk-full', { path: '/home/ann.smith/x', place: 'other', reason: 'ENOSPC' })),
    );
    expect(facts.code).toBe('disk-full');
    expect(JSON.stringify(facts)).not.toContain('smith');
    expect(redactor.facts(errorFacts('a thrown text'))).toEqual({ error: 'thrown string' });
  });
});

describe('names of accounts and computers', () => {
  it.each(['ann-marie', 'my.laptop-2', 'a+b|c', 'o\u2019neill', '(root)', 'x/y\\z'])(
    '%s goes, whatever stands in it',
    (name) => {
      const own = createRedactor({ homeDir: '/nowhere', userName: name, hostName: `${name}-host` });
      expect(own.text(`seen ${name} here`)).toBe('seen [name] here');
    },
  );
});
