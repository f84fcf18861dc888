/** Words in a seed phrase; no other numbers exist (BIP-39). */
const phraseLengths = new Set([12, 15, 18, 21, 24]);

/**
 * True for a text with the shape of a wallet's seed phrase: 12 to 24 plain words, numbered or
 * separated in any usual way. The words themselves are not looked up, since lists exist in many languages.
 */
export function looksLikeSeedPhrase(text: string): boolean {
  const words = text
    .trim()
    .replace(/\b\d{1,2}[.):]/g, ' ')
    .split(/[\s,;]+/)
    .filter((word) => word !== '');
  return phraseLengths.has(words.length) && words.every((word) => /^\p{L}{2,12}$/u.test(word));
}

/** True for 32 bytes in hex, which is how wallets show a private key. */
export function looksLikePrivateKey(text: string): boolean {
  return /^(0x)?[0-9a-f]{64}$/i.test(text.trim());
}
