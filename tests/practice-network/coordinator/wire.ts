import { createHash } from 'node:crypto';
import { verifyMessage } from 'ethers/hash';
import * as z from 'zod';

/*
 * The wire exactly as the official client writes it [network.md 6], every field required and no other allowed:
 * a client that is looser than this has not been proved to work against a stricter coordinator.
 */

const nodeId = z.string().regex(/^\d{1,78}$/, 'nodeId must be a string of digits');
const address = z.string().regex(/^0x[0-9a-f]{40}$/, 'must be a lower-case address');
const signature = z.string().regex(/^0x[0-9a-f]{128}(1b|1c)$/, 'must be r||s||v, lower-case hex, v 27 or 28');
const count = z.int().nonnegative();

export const heartbeatSchema = z.strictObject({
  nodeId,
  nodeAddress: address,
  message: z.string(),
  signature,
  capabilities: z.strictObject({
    version: z.string().regex(/^\d+\.\d+\.\d+$/, 'version must be x.y.z'),
    tier: z.int().min(1).max(4),
    mode: z.enum(['gpu', 'cpu']),
    model: z.string().min(1),
    models: z.array(z.string().min(1)),
    gpu: z.string().nullable(),
    vramGb: z.number().nonnegative().nullable(),
    cores: z.int().positive(),
    ramGb: count,
  }),
  served: count,
  available: z.boolean(),
});

export const resultSchema = z.strictObject({
  nodeId,
  requestId: z.string().min(1),
  result: z.string(),
  poe: z.string().regex(/^0x[0-9a-f]{64}$/, 'poe must be 0x and 64 lower-case hex digits'),
  model: z.string().min(1),
  ms: count,
  inputTokens: count.nullable(),
  outputTokens: count.nullable(),
  message: z.string(),
  signature,
});

export const failureSchema = z.strictObject({
  nodeId,
  requestId: z.string().min(1),
  error: z.string().min(1),
  message: z.string(),
  signature,
});

export type HeartbeatWire = z.infer<typeof heartbeatSchema>;
export type ResultWire = z.infer<typeof resultSchema>;
export type FailureWire = z.infer<typeof failureSchema>;

const heartbeatMessage = /^parallelix-node:heartbeat:(\d+):(\d{1,16})$/;

/** The timestamp (ms) inside a heartbeat message for that node, or null if the message is anything else. */
export function heartbeatTimestamp(message: string, expectedNodeId: string): number | null {
  const found = heartbeatMessage.exec(message);
  return found && found[1] === expectedNodeId ? Number(found[2]) : null;
}

export const resultMessage = (requestId: string) => `parallelix-node:result:${requestId}`;

/** The lower-case address that signed `message` (EIP-191), or null if the signature is none. */
export function signerOf(message: string, signed: string): string | null {
  try {
    return verifyMessage(message, signed).toLowerCase();
  } catch {
    return null;
  }
}

/** The node's address is the tail of its key hash [network.md 4]. */
export const addressOfKeyHash = (nodeKeyHash: string) => `0x${nodeKeyHash.slice(-40).toLowerCase()}`;

/** Proof-of-Execution over the exact UTF-8 bytes [network.md 5]. */
export function proofOfExecution(requestId: string, result: string, forNodeId: string): string {
  const hash = createHash('sha256').update(`${requestId}|${result}|${forNodeId}`, 'utf8');
  return `0x${hash.digest('hex')}`;
}
