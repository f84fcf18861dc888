import { keccak256 } from 'ethers/crypto';

/**
 * The little of the ABI that static words need: everything here takes and gives 32-byte words. ethers' coder would
 * cost memory of the idle node for the same.
 */

const wordPattern = /^0x(?:[0-9a-f]{64})*$/;

/** The first four bytes of the hash of a signature, e.g. `earned(uint256)`, with 0x. */
export function selectorOf(signature: string): string {
  return keccak256(Buffer.from(signature, 'utf8')).slice(0, 10);
}

/** The words of an answer, or null where it is none. */
export function wordsOf(data: unknown): bigint[] | null {
  if (typeof data !== 'string') return null;
  const hex = data.toLowerCase();
  if (!wordPattern.test(hex)) return null;
  return (hex.slice(2).match(/.{64}/g) ?? []).map((word) => BigInt(`0x${word}`));
}

function wordHex(value: bigint): string {
  return value.toString(16).padStart(64, '0');
}

/** A call's bytes: selector and words. */
export function callData(selector: string, ...words: bigint[]): string {
  return selector + words.map(wordHex).join('');
}

export function addressOf(word: bigint): string | null {
  return word < 1n << 160n ? `0x${word.toString(16).padStart(40, '0')}` : null;
}

/** A quantity of JSON-RPC, or null. */
export function quantity(value: unknown): bigint | null {
  return typeof value === 'string' && /^0x[0-9a-f]{1,64}$/i.test(value) ? BigInt(value) : null;
}

/** The same as a safe integer: blocks and seconds. */
export function integer(value: unknown): number | null {
  const big = quantity(value);
  return big !== null && big <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(big) : null;
}

/** What a contract gave as its reason: the text of `Error(string)`, else the first four bytes. */
export function revertReason(data: string | null): string | null {
  if (data === null || data.length < 10) return null;
  if (!data.startsWith('0x08c379a0')) return data.slice(0, 10);
  const bytes = Buffer.from(data.slice(10), 'hex');
  if (bytes.length < 64) return null;
  const length = Number(BigInt(`0x${bytes.subarray(32, 64).toString('hex')}`) & 0xffffn);
  return bytes
    .subarray(64, 64 + Math.min(length, 200))
    .toString('utf8')
    .replace(/[^\x20-\x7e]/g, '?');
}
