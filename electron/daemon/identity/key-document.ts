import {
  createCipheriv,
  createDecipheriv,
  pbkdf2,
  randomBytes,
  randomUUID,
  scrypt,
  timingSafeEqual,
} from 'node:crypto';
import { promisify } from 'node:util';
import { keccak256 } from 'ethers/crypto';
import * as z from 'zod';
import { NodeError } from '../../../shared/errors.ts';
import { storedNodeId } from '../../../shared/ids.ts';
import type { Reason } from '../../../shared/reasons/reason-text.ts';
import { createNodeKey, parsePrivateKey } from './node-key.ts';

/**
 * A private key under a passphrase, in the Ethereum V3 keystore format (Web3 Secret Storage: scrypt,
 * AES-128-CTR, keccak256 MAC), which geth and every wallet read, with what is ours beside it under
 * `parallelix`. The derivation is the system's own: it leaves the event loop free, and a daemon
 * that only opens its key need not load a wallet library.
 */
const bytes = (length: number) =>
  z
    .string()
    .regex(new RegExp(`^(0x)?[0-9a-fA-F]{${length * 2}}$`))
    .transform((text) => Buffer.from(text.replace(/^0x/, ''), 'hex'));

/** Bounds keep a hostile file from taking all memory or all time: at most 1 GiB and about a minute. */
const scryptSchema = z
  .object({
    n: z
      .int()
      .min(2)
      .max(2 ** 20)
      .refine((n) => (n & (n - 1)) === 0, 'not a power of two'),
    r: z.int().min(1).max(8),
    p: z.int().min(1).max(16),
    dklen: z.literal(32),
    salt: z.string().regex(/^(0x)?([0-9a-fA-F]{2}){1,128}$/),
  })
  // RFC 7914, section 2; OpenSSL holds to it.
  .refine(({ n, r }) => n < 2 ** (16 * r), 'n too large for r');
const pbkdf2Schema = z.object({
  c: z.int().min(1).max(10_000_000),
  prf: z.literal('hmac-sha256'),
  dklen: z.literal(32),
  salt: z.string().regex(/^(0x)?([0-9a-fA-F]{2}){1,128}$/),
});
const sealSchema = z.intersection(
  z.object({
    cipher: z.literal('aes-128-ctr'),
    cipherparams: z.object({ iv: bytes(16) }),
    ciphertext: bytes(32),
    mac: bytes(32),
  }),
  z.discriminatedUnion('kdf', [
    z.object({ kdf: z.literal('scrypt'), kdfparams: scryptSchema }),
    z.object({ kdf: z.literal('pbkdf2'), kdfparams: pbkdf2Schema }),
  ]),
);
type Seal = z.infer<typeof sealSchema>;

const hex = (digits: number) => z.string().regex(new RegExp(`^0x[0-9a-f]{${digits}}$`));
const belongingSchema = z.object({
  schemaVersion: z.literal(1),
  kind: z.enum(['backup', 'key-file']),
  nodeKeyHash: hex(64),
  nodeAddress: hex(40),
  nodeId: storedNodeId.nullable(),
  owner: hex(40).nullable(),
  network: z.object({ coordinatorUrl: z.string().max(2048), chainId: z.int().nullable() }).nullable(),
  /** Null for the key file itself, which `identity.json` dates. */
  createdAt: z.iso.datetime().nullable(),
});

/** What lies beside the encrypted key, readable by everybody. Only the key itself is proven by its passphrase. */
export type Belonging = z.infer<typeof belongingSchema>;

/** A document that was read and judged, not yet opened. */
export interface KeyDocument {
  /** 0x + 40 lower-case hex digits; null when the file does not name it. */
  readonly address: string | null;
  /** Null for a keystore that another program made. */
  readonly belonging: Belonging | null;
  readonly seal: Seal;
}

/** The cost that geth and ethers use; about half a second and 128 MiB. */
const standardCost = 2 ** 17;

const runScrypt = promisify<
  Buffer,
  Buffer,
  number,
  { N: number; r: number; p: number; maxmem: number },
  Buffer
>(scrypt);
const runPbkdf2 = promisify(pbkdf2);

/**
 * Encrypts a private key.
 *
 * @param cost scrypt's N, a power of two
 * @returns the text of the document
 */
export async function sealKey(
  privateKeyHex: string,
  passphrase: string,
  belonging: Omit<Belonging, 'schemaVersion' | 'nodeKeyHash' | 'nodeAddress'>,
  cost = standardCost,
): Promise<string> {
  const { nodeKeyHash, nodeAddress } = createNodeKey(privateKeyHex);
  const kdfparams = { dklen: 32, n: cost, p: 1, r: 8, salt: randomBytes(32).toString('hex') };
  const derived = await deriveKey(
    { kdf: 'scrypt', kdfparams: { ...kdfparams, dklen: 32 } },
    normal(passphrase),
  );
  const iv = randomBytes(16);
  const cipher = createCipheriv('aes-128-ctr', derived.subarray(0, 16), iv);
  const ciphertext = Buffer.concat([cipher.update(Buffer.from(privateKeyHex, 'hex')), cipher.final()]);
  const document = {
    version: 3,
    id: randomUUID(),
    address: nodeAddress.slice('0x'.length),
    crypto: {
      cipher: 'aes-128-ctr',
      cipherparams: { iv: iv.toString('hex') },
      ciphertext: ciphertext.toString('hex'),
      kdf: 'scrypt',
      kdfparams,
      mac: macOf(derived, ciphertext).toString('hex'),
    },
    parallelix: { schemaVersion: 1, nodeKeyHash, nodeAddress, ...belonging },
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

/**
 * Reads the text of a key document without opening it.
 *
 * @returns null when the text is no JSON object at all
 * @throws NodeError `key-malformed` for a document that cannot be one of ours or a V3 keystore
 */
export function readKeyDocument(text: string, place: string): KeyDocument | null {
  if (!text.trimStart().startsWith('{')) return null;
  const refuse = (reason: Reason) => new NodeError('key-malformed', { place, reason });
  let parsed: Record<string, unknown>;
  try {
    parsed = JSON.parse(text) as Record<string, unknown>;
  } catch {
    throw refuse('keystore-torn');
  }
  if (Number(parsed.version) !== 3) throw refuse('keystore-not-v3');
  // geth and ethers disagree about the capital.
  const seal = sealSchema.safeParse(lowerCased(parsed.crypto ?? parsed.Crypto));
  if (!seal.success) throw refuse(`keystore-field(${seal.error.issues[0]?.path.join('.') || 'crypto'})`);
  const belonging = belongingSchema.nullish().safeParse(parsed.parallelix);
  if (!belonging.success) {
    throw refuse(`keystore-field(parallelix.${belonging.error.issues[0]?.path.join('.') ?? ''})`);
  }
  const address = typeof parsed.address === 'string' ? parsed.address.toLowerCase().replace(/^0x/, '') : null;
  if (address !== null && !/^[0-9a-f]{40}$/.test(address)) throw refuse('keystore-field(address)');
  return { address: address && `0x${address}`, belonging: belonging.data ?? null, seal: seal.data };
}

/**
 * Opens a document.
 *
 * @returns the private key, 64 lower-case hex digits
 * @throws NodeError `passphrase-wrong`, `key-malformed` when what was locked in is no key or not the
 *   one that the document names
 */
export async function openKeyDocument(
  document: KeyDocument,
  passphrase: string,
  place: string,
): Promise<string> {
  const { seal, address, belonging } = document;
  const { ciphertext } = seal;
  // ethers composes characters before deriving, geth takes them as they come.
  for (const bytes of distinct([normal(passphrase), Buffer.from(passphrase, 'utf8')])) {
    const derived = await deriveKey(seal, bytes);
    if (!timingSafeEqual(macOf(derived, ciphertext), seal.mac)) continue;
    const decipher = createDecipheriv('aes-128-ctr', derived.subarray(0, 16), seal.cipherparams.iv);
    const opened = Buffer.concat([decipher.update(ciphertext), decipher.final()]);
    const privateKey = parsePrivateKey(opened.toString('hex'), place);
    const { nodeKeyHash, nodeAddress } = createNodeKey(privateKey);
    const named = belonging === null ? nodeKeyHash : belonging.nodeKeyHash;
    if ((address ?? nodeAddress) !== nodeAddress || named !== nodeKeyHash) {
      throw new NodeError('key-malformed', { place, reason: 'keystore-of-another-key' });
    }
    return privateKey;
  }
  throw new NodeError('passphrase-wrong', { place });
}

function deriveKey(seal: Pick<Seal, 'kdf' | 'kdfparams'>, passphrase: Buffer): Promise<Buffer> {
  const salt = Buffer.from(seal.kdfparams.salt.replace(/^0x/, ''), 'hex');
  if ('n' in seal.kdfparams) {
    const { n, r, p } = seal.kdfparams;
    return runScrypt(passphrase, salt, 32, { N: n, r, p, maxmem: 128 * r * (n + p + 8) });
  }
  return runPbkdf2(passphrase, salt, seal.kdfparams.c, 32, 'sha256');
}

function macOf(derived: Buffer, ciphertext: Buffer): Buffer {
  return Buffer.from(
    keccak256(Buffer.concat([derived.subarray(16, 32), ciphertext])).slice('0x'.length),
    'hex',
  );
}

function normal(passphrase: string): Buffer {
  return Buffer.from(passphrase.normalize('NFKC'), 'utf8');
}

function distinct(candidates: readonly [Buffer, Buffer]): readonly Buffer[] {
  return candidates[0].equals(candidates[1]) ? [candidates[0]] : candidates;
}

/** Names and values of a keystore are plain words and hex; some programs write the names with capitals. */
function lowerCased(value: unknown, levels = 3): unknown {
  // What lies deeper is nothing of a keystore's.
  if (typeof value !== 'object' || value === null || levels === 0) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name.toLowerCase(), lowerCased(inner, levels - 1)]),
  );
}
