import { createHash, randomBytes } from 'node:crypto';
// The sub-path, because the whole library costs twice as long to load and 12 MB more memory.
import { keccak256, SigningKey } from 'ethers/crypto';
import { NodeError } from '../../../shared/errors.ts';
import { isNodeId, isRequestId } from '../../../shared/ids.ts';
import type { Reason } from '../../../shared/reasons/reason-text.ts';

/** What goes on the wire beside a body: the text that was signed and its signature. */
export interface SignedMessage {
  readonly message: string;
  /** 0x + r, s and v (27 or 28), lower-case hex. */
  readonly signature: string;
}

/**
 * The node key as the daemon uses it. It signs nothing but the two messages of the network, each
 * composed here from identifiers that were checked; the private key itself cannot be reached.
 */
export interface NodeKey {
  /** keccak256 of the public key, 0x + 64 hex digits [network.md 4]. */
  readonly nodeKeyHash: string;
  /** The last 20 bytes of `nodeKeyHash`, lower case. */
  readonly nodeAddress: string;
  /** X and Y without the 0x04 prefix: 0x + 128 hex digits. */
  readonly publicKey: string;
  /**
   * @param nowMs Unix time in ms, whole
   * @throws NodeError `signing-refused` when either is not what the network's message holds
   */
  signHeartbeat(nodeId: string, nowMs: number): SignedMessage;
  /**
   * Signs a result and a failure report alike: the network uses one message for both.
   *
   * @throws NodeError `signing-refused`
   */
  signResult(requestId: string): SignedMessage;
}

/** Order of the secp256k1 group: a private key is at least 1 and less than this. */
const curveOrder = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

/** A fresh private key from the system's random source: 64 lower-case hex digits, without 0x. */
export function generatePrivateKey(): string {
  for (;;) {
    const candidate = randomBytes(32).toString('hex');
    if (scalarFault(candidate) === null) return candidate;
  }
}

/**
 * Reads the text of a key file: surrounding white space, a 0x and upper case are forgiven.
 *
 * @param place where the text came from, for the error; the text itself is in no error
 * @returns 64 lower-case hex digits
 * @throws NodeError `key-malformed`
 */
export function parsePrivateKey(text: string, place: string): string {
  const trimmed = text.trim();
  const digits = trimmed.replace(/^0x/i, '').toLowerCase();
  if (trimmed === '') throw new NodeError('key-malformed', { place, reason: 'empty' });
  if (!/^[0-9a-f]{64}$/.test(digits)) {
    throw new NodeError('key-malformed', { place, reason: 'not-64-digits' });
  }
  const fault = scalarFault(digits);
  if (fault !== null) throw new NodeError('key-malformed', { place, reason: fault });
  return digits;
}

function scalarFault(digits: string): Reason | null {
  const scalar = BigInt(`0x${digits}`);
  if (scalar === 0n) return 'zero-key';
  return scalar < curveOrder ? null : 'beyond-curve';
}

/**
 * Makes the signer of a private key; the key stays in the closure.
 *
 * @throws NodeError `key-malformed`
 */
export function createNodeKey(privateKeyHex: string): NodeKey {
  const signer = new SigningKey(`0x${parsePrivateKey(privateKeyHex, 'memory')}`);
  const publicKey = `0x${signer.publicKey.slice('0x04'.length)}`;
  const nodeKeyHash = keccak256(publicKey);
  return Object.freeze({
    nodeKeyHash,
    nodeAddress: addressOf(nodeKeyHash),
    publicKey,
    signHeartbeat(nodeId: string, nowMs: number) {
      if (!isNodeId(nodeId)) {
        throw new NodeError('signing-refused', {
          what: 'heartbeat',
          reason: 'node-id-invalid',
        });
      }
      if (!Number.isSafeInteger(nowMs) || nowMs < 0) {
        throw new NodeError('signing-refused', {
          what: 'heartbeat',
          reason: 'time-invalid',
        });
      }
      return signMessage(signer, `parallelix-node:heartbeat:${nodeId}:${nowMs}`);
    },
    signResult(requestId: string) {
      if (!isRequestId(requestId)) {
        throw new NodeError('signing-refused', {
          what: 'result',
          reason: 'request-id-invalid',
        });
      }
      return signMessage(signer, `parallelix-node:result:${requestId}`);
    },
  });
}

/** The node address that belongs to a nodeKeyHash [network.md 4]. */
export function addressOf(nodeKeyHash: string): string {
  return `0x${nodeKeyHash.slice(-40)}`;
}

/** EIP-191 personal-sign, RFC 6979 nonce, low s [network.md 5]. Pure: it judges no message. */
export function signMessage(signer: SigningKey, message: string): SignedMessage {
  return { message, signature: signer.sign(messageDigest(message)).serialized };
}

/** keccak256 of the EIP-191 prefix, the message's length in UTF-8 bytes, and the message. */
export function messageDigest(message: string): string {
  const bytes = Buffer.from(message, 'utf8');
  return keccak256(
    Buffer.concat([Buffer.from(`\x19Ethereum Signed Message:\n${bytes.length}`, 'utf8'), bytes]),
  );
}

/**
 * The Proof-of-Execution of an answer: sha256 over request, answer and node, exactly as produced.
 * An unpaired surrogate counts as U+FFFD, as in the reference client [network.md 5].
 */
export function proofOfExecution(requestId: string, result: string, nodeId: string): string {
  return `0x${createHash('sha256').update(`${requestId}|${result}|${nodeId}`, 'utf8').digest('hex')}`;
}
