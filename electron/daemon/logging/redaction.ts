import { isRequestId } from '../../../shared/ids.ts';
import { isPartOfTerm, isVocabulary } from '../../../shared/vocabulary.ts';

/**
 * Keeps out of the log what must never be in it. It fails closed: what cannot be recognised as
 * harmless by its name and shape is treated as text, and text loses everything that looks like a
 * secret, even where that costs a harmless figure. The product's own fixed vocabulary is nobody's name.
 */

/** What can be logged: facts, never texts. Prompts, answers and objects have no place here. */
export type LogFact = string | number | boolean | bigint | null | undefined;
export type LogFacts = Readonly<Record<string, LogFact>>;

export interface Redactor {
  /** One line of text without secrets, control characters escaped, at most 500 characters and a note. */
  text(text: string): string;
  facts(facts: LogFacts): Record<string, string | number | boolean | null>;
  /** From now on removes this very text wherever it appears, in its usual encodings too. */
  protect(secret: string): void;
}

const longestText = 500;
/** Nothing that long is a fact; searching it for secrets would only cost time. */
const longestInput = 8_192;
const redacted = '[redacted]';

/** Names under which a long hex value may stand, each with the only shape that it may have. */
const shapes: Readonly<Record<string, Pick<RegExp, 'test'>>> = {
  nodeKeyHash: /^0x[0-9a-f]{64}$/,
  // The two sides of `key-differs`.
  expected: /^0x[0-9a-f]{64}$/,
  found: /^0x[0-9a-f]{64}$/,
  poe: /^0x[0-9a-f]{64}$/,
  txHash: /^0x[0-9a-f]{64}$/,
  blockHash: /^0x[0-9a-f]{64}$/,
  digest: /^sha256:[0-9a-f]{64}$/,
  nodeAddress: /^0x[0-9a-fA-F]{40}$/,
  owner: /^0x[0-9a-fA-F]{40}$/,
  contract: /^0x[0-9a-fA-F]{40}$/,
  // Chosen by the coordinator, which knows no secret of ours.
  requestId: { test: isRequestId },
};

const withheldName =
  /^(prompts?|system|results?|responses?|texts?|contents?|messages|answers?|outputs?|inputs?|body|chunks?|completions?)$/i;
const secretName =
  /pass(word|phrase|code|wd)|secret|private|mnemonic|seed|credential|authorization|cookie|api_?key|^key$|^token$/i;
/** Messages of the runtime quote what they could not parse, and that may be somebody's prompt. */
const quotingName = /^(error|cause|stack|message|reason)$/i;

/** @param options whose traces to remove; empty strings are ignored */
export function createRedactor(options: { homeDir: string; userName: string; hostName: string }): Redactor {
  const protectedTexts = new Set<string>();
  const home = options.homeDir.length > 1 ? options.homeDir : null;
  const names = [wordPattern(options.userName), wordPattern(options.hostName)].filter(
    (name) => name !== null,
  );

  const withoutSecrets = (text: string): string => {
    let clean = text;
    for (const secret of protectedTexts) clean = clean.replaceAll(secret, redacted);
    clean = clean.replace(/(:\/\/)([^\s/@:]*:[^@\n]{0,200}@\S*)/g, withoutUser);
    clean = clean.replace(/\b[a-z][a-z0-9+.-]*:\/\/[^\s"'<>]+/gi, withoutUrlSecrets);
    clean = clean.replace(namedSecret, `$1$2${redacted}`);
    clean = clean.replace(/\b(bearer|basic)\s+\S+/gi, `$1 ${redacted}`);
    for (const keyLike of keyLikes) clean = clean.replace(keyLike, redacted);
    if (home !== null) clean = clean.replaceAll(home, '~');
    for (const directory of homeDirectories) clean = clean.replace(directory, '~');
    return names.reduce(withoutName, clean);
  };

  const text = (raw: string): string => {
    if (raw.length > longestInput) return `[${raw.length} characters withheld]`;
    const clean = escapeControls(withoutSecrets(raw));
    // Cut last: half a secret would no longer be recognised.
    return clean.length > longestText
      ? `${clean.slice(0, longestText)}… [${clean.length - longestText} more]`
      : clean;
  };

  const fact = (name: string, value: unknown): string | number | boolean | null => {
    if (value === null || typeof value === 'boolean') return value;
    if (secretName.test(name)) return redacted;
    if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
    if (typeof value === 'bigint') return text(String(value));
    if (typeof value !== 'string') return `[${typeof value} withheld]`;
    if (withheldName.test(name)) return `[${value.length} characters withheld]`;
    if (shapes[name]?.test(value) && !protectedTexts.has(value)) return value;
    return text(quotingName.test(name) ? value.replace(/"[\s\S]*"/, '"…"') : value);
  };

  return {
    text,
    facts: (facts) =>
      Object.fromEntries(
        Object.entries(facts)
          .filter(([, value]) => value !== undefined)
          .map(([name, value]) =>
            /^[A-Za-z]\w{0,30}$/.test(name) ? [name, fact(name, value)] : ['unnamed', redacted],
          ),
      ),
    protect(secret) {
      // Shorter ones would tear holes into every other word.
      if (secret.length < 4) return;
      const base64 = Buffer.from(secret, 'utf8').toString('base64');
      const jsonEscaped = JSON.stringify(secret).slice(1, -1);
      for (const form of [secret, jsonEscaped, encodeURIComponent(secret.toWellFormed()), base64]) {
        protectedTexts.add(form);
      }
    },
  };
}

/** `passphrase=…`, `"secret": …`, and all that follows, because a passphrase has spaces. */
const namedSecret =
  /(pass(?:word|phrase|code|wd)|secret|token|api[-_ ]?key|private[-_ ]?key|mnemonic|seed|authorization|cookie|credentials?)("?'?\s*[:=]\s*)[\s\S]+/gi;

const keyLikes = [
  // A private key, or most of one, as one run of hex digits; of decimal digits just as well.
  /(?:0x)?[0-9a-f]{32,}/gi,
  // The same as separate bytes, hex or decimal.
  /(?:\b[0-9a-f]{2}[\s:,-]+){15,}[0-9a-f]{2}\b/gi,
  /(?:\b\d{1,3}[\s,]+){23,}\d{1,3}\b/g,
  // 32 bytes in base64.
  /[A-Za-z0-9+/]{43}=/g,
  /[A-Za-z0-9+_-]{40,}/g,
];

const homeDirectories = [/(?:\/var)?\/(?:home|Users)\/[^/\s"':,;)]+/g, /\b[A-Z]:\\Users\\[^\\\s"':,;)]+/gi];

/** Names of accounts that name nobody; removing such names would only make the log unreadable. */
const nobodysNames = new Set([
  'root',
  'node',
  'user',
  'admin',
  'ubuntu',
  'debian',
  'ollama',
  'localhost',
  'parallelix',
]);

/** `text` as a part of a regular expression, of one with the flag `u` too, which knows no needless escapes. */
export function literalPattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}

function wordPattern(name: string): RegExp | null {
  if (name.length < 3 || nobodysNames.has(name.toLowerCase())) return null;
  return new RegExp(`(?<![\\p{L}\\p{N}])${literalPattern(name)}(?![\\p{L}\\p{N}])`, 'giu');
}

/** Codes and event names stay as they are, also where a computer is called like them. */
function withoutName(text: string, name: RegExp): string {
  if (text.search(name) === -1 || isVocabulary(text)) return text;
  return text.replace(name, (found: string, at: number) =>
    isPartOfTerm(text, at, found.length) ? found : '[name]',
  );
}

/** Scheme, host and path stay; user-info, query, fragment and keys in the path go. */
function withoutUrlSecrets(url: string): string {
  const [, scheme = '', rest = ''] = /^([^:]+:\/\/)([\s\S]*)$/.exec(url) ?? [];
  const named = withoutUser(url, scheme, rest);
  const end = named.search(/[?#]/);
  const path = (end === -1 ? named : named.slice(0, end)).replace(
    /\/[A-Za-z0-9_-]{20,}(?![A-Za-z0-9_-])/g,
    `/${redacted}`,
  );
  return `${path}${end === -1 ? '' : `?${redacted}`}`;
}

/** Where an @ stands behind a ? or #, user-info and query cannot be distinguished: both go. */
function withoutUser(_whole: string, scheme: string, rest: string): string {
  const at = rest.lastIndexOf('@');
  if (at === -1) return scheme + rest;
  return /[?#]/.test(rest.slice(0, at)) ? scheme + redacted : `${scheme}${redacted}${rest.slice(at)}`;
}

/** Control, direction and line characters as visible escapes: a log line is one line, on every terminal. */
function escapeControls(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu,
    (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`,
  );
}
