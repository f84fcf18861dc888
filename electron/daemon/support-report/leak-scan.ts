import { LangEn } from 'ethers/wordlists';
import { isPartOfTerm, isVocabulary } from '../../../shared/vocabulary.ts';
import { literalPattern } from '../logging/redaction.ts';

/** What must not leave this computer. */
export const leakRules = [
  'holds-node-secret',
  'holds-key-shape',
  'holds-phrase-shape',
  'holds-account-name',
  'holds-secret-address',
  'holds-access-word',
] as const;
export type LeakRule = (typeof leakRules)[number];

/** What is known to be secret or personal here. */
export interface Sensitive {
  /** Texts such as the private key or a passphrase; searched for in hex, base64 and as they are. */
  secrets: readonly string[];
  homeDir: string;
  userName: string;
  hostName: string;
}

const keyShapes = [
  // Hashes are as long as keys, so none of them has a place in a text that leaves.
  /[0-9a-f]{33,}/i,
  /(?:\b[0-9a-f]{2}[\s:,-]+){15,}[0-9a-f]{2}\b/i,
  /(?:\b\d{1,3}[\s,]+){23,}\d{1,3}\b/,
  /[A-Za-z0-9+/]{43}=/,
  /-----BEGIN/,
];
const urlSecrets = [
  /[a-z][a-z0-9+.-]*:\/\/[^\s/"'<>]*@/i,
  // Such as the keys of Ethereum RPC providers.
  /[a-z][a-z0-9+.-]*:\/\/[^\s"'<>?#]*\/[A-Za-z0-9_-]{20,}/i,
  // A query that says more than that something was taken out of it.
  /[a-z][a-z0-9+.-]*:\/\/[^\s"'<>?#]*[?#](?!\[redacted\])[^\s"'<>]/i,
];
const namedSecrets = [
  /\b(?:bearer|basic)\s+(?!\[redacted\])[A-Za-z0-9._~+/=-]{6,}/i,
  /"?(?:pass(?:word|phrase|code)|api[-_]?key|private[-_]?key|mnemonic|authorization)"?\s*[:=]\s*"?(?!\[redacted\]|null\b)\S/i,
];
const shortestPhrase = 12;
/** Shorter ones are part of too many other words. */
const shortestName = 4;

/**
 * Searches for what must not leave in a text that has been redacted before, by other means than the
 * redaction's own. Null when nothing was found.
 *
 * @param facts those parts of the text that are not the product's own words: only there is a name somebody's. The whole
 * text where they are not known
 */
export function findLeak(
  text: string,
  sensitive: Sensitive,
  facts: readonly string[] = [text],
): LeakRule | null {
  const lower = text.toLowerCase();
  if (sensitive.secrets.flatMap(formsOf).some((form) => lower.includes(form.toLowerCase())))
    return 'holds-node-secret';
  if (keyShapes.some((shape) => shape.test(text))) return 'holds-key-shape';
  if (holdsSeedPhrase(text)) return 'holds-phrase-shape';
  const { homeDir } = sensitive;
  const homeIn = homeDir.length > '/root'.length && text.includes(homeDir);
  if (homeIn || namesOf(sensitive).some((name) => facts.some((fact) => holdsName(fact, name))))
    return 'holds-account-name';
  if (urlSecrets.some((shape) => shape.test(text))) return 'holds-secret-address';
  if (namedSecrets.some((shape) => shape.test(text))) return 'holds-access-word';
  return null;
}

/** Twelve words of the English list (BIP-39) in a row, whatever stands between them; a sentence has others among them. */
function holdsSeedPhrase(text: string): boolean {
  const list = LangEn.wordlist();
  let row = 0;
  for (const word of text.toLowerCase().split(/[^a-z]+/)) {
    if (word === '') continue;
    row = list.getWordIndex(word) >= 0 ? row + 1 : 0;
    if (row >= shortestPhrase) return true;
  }
  return false;
}

function formsOf(secret: string): string[] {
  const plain = secret.trim().replace(/^0x/i, '');
  if (plain.length < shortestName) return [];
  const bytes = /^([0-9a-f]{2})+$/i.test(plain) ? [Buffer.from(plain, 'hex')] : [];
  return [
    plain,
    Buffer.from(plain, 'utf8').toString('base64').replace(/=+$/, ''),
    ...bytes.flatMap((raw) => [raw.toString('base64').replace(/=+$/, ''), raw.toString('base64url')]),
  ];
}

/** Accounts that are named after nobody. */
const nobodys = new Set(['root', 'node', 'user', 'admin', 'localhost', 'ubuntu', 'debian', 'ollama']);

function namesOf({ userName, hostName }: Sensitive): RegExp[] {
  return [userName, hostName]
    .filter((name) => name.length >= shortestName && !nobodys.has(name.toLowerCase()))
    .map((name) => new RegExp(`(?<![\\p{L}\\p{N}])${literalPattern(name)}(?![\\p{L}\\p{N}])`, 'giu'));
}

/** A code or the name of an event is nobody's name. */
function holdsName(text: string, name: RegExp): boolean {
  if (isVocabulary(text)) return false;
  return [...text.matchAll(name)].some(({ 0: found, index }) => !isPartOfTerm(text, index, found.length));
}
