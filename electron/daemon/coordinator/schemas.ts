import { keccak256 } from 'ethers/crypto';
import * as z from 'zod';
import { isNodeId } from '../../../shared/ids.ts';

/** What the node says about its machine in every heartbeat. [network.md 6.1] */
export interface Capabilities {
  version: string;
  tier: number;
  mode: 'gpu' | 'cpu';
  /** The default model. */
  model: string;
  /** As Ollama lists them, tags included. */
  models: readonly string[];
  gpu: string | null;
  vramGb: number | null;
  cores: number;
  ramGb: number;
}

/** POST /operator/heartbeat. [network.md 6.1] */
export interface HeartbeatBody {
  nodeId: string;
  nodeAddress: string;
  message: string;
  signature: string;
  capabilities: Capabilities;
  /** Results accepted since the process started. */
  served: number;
  available: boolean;
}

/** POST /operator/result, success. [network.md 6.3] */
export interface ResultBody {
  nodeId: string;
  requestId: string;
  result: string;
  poe: string;
  model: string;
  /** Wall time of the generation. */
  ms: number;
  inputTokens: number | null;
  outputTokens: number | null;
  message: string;
  signature: string;
}

/** POST /operator/result, failure. [network.md 6.3] */
export interface FailureBody {
  nodeId: string;
  requestId: string;
  /** One of our closed list of codes. */
  error: string;
  message: string;
  signature: string;
}

/** The body as the reference client writes it: its key order, no spaces, and not a field more. */
export function heartbeatJson(body: HeartbeatBody): string {
  const { nodeId, nodeAddress, message, signature, served, available } = body;
  const { version, tier, mode, model, models, gpu, vramGb, cores, ramGb } = body.capabilities;
  const capabilities = { version, tier, mode, model, models, gpu, vramGb, cores, ramGb };
  return JSON.stringify({ nodeId, nodeAddress, message, signature, capabilities, served, available });
}

/** See `heartbeatJson`. */
export function resultJson(body: ResultBody): string {
  const { nodeId, requestId, result, poe, model, ms, inputTokens, outputTokens, message, signature } = body;
  return JSON.stringify({
    nodeId,
    requestId,
    result,
    poe,
    model,
    ms,
    inputTokens,
    outputTokens,
    message,
    signature,
  });
}

/** See `heartbeatJson`. */
export function failureJson({ nodeId, requestId, error, message, signature }: FailureBody): string {
  return JSON.stringify({ nodeId, requestId, error, message, signature });
}

const tokenDecimals = 18;

/**
 * A token amount, given as a JSON number or a numeric string, as a plain decimal: no exponent, no needless zeros, at
 * most 18 decimals (further ones are cut). Digits of a string are kept as they are, never through a float. Null for
 * anything else, negative amounts included.
 */
export function decimalAmount(value: unknown): string | null {
  if (typeof value !== 'number' && typeof value !== 'string') return null;
  const parts = /^(\d{1,80})(?:\.(\d{0,80}))?(?:[eE]([+-]?\d{1,2}))?$/.exec(String(value).trim());
  if (parts === null) return null;
  const [, whole = '', fraction = '', exponent = '0'] = parts;
  const digits = whole + fraction;
  const point = whole.length + Number(exponent);
  const integer =
    point > 0
      ? digits
          .slice(0, point)
          .padEnd(point, '0')
          .replace(/^0+(?=\d)/, '')
      : '0';
  const rest = point >= 0 ? digits.slice(point) : '0'.repeat(-point) + digits;
  const decimals = rest.slice(0, tokenDecimals).replace(/0+$/, '');
  return decimals === '' ? integer : `${integer}.${decimals}`;
}

/** An Ethereum address: all lower or all upper case, or mixed with a correct EIP-55 checksum. */
export function isAddress(text: string): boolean {
  if (!/^0x[0-9a-fA-F]{40}$/.test(text)) return false;
  const hex = text.slice(2);
  const lower = hex.toLowerCase();
  if (hex === lower || hex === hex.toUpperCase()) return true;
  const hash = keccak256(Buffer.from(lower, 'ascii')).slice(2);
  return [...lower].every((digit, index) => {
    const wanted = Number.parseInt(hash.charAt(index), 16) >= 8 ? digit.toUpperCase() : digit;
    return hex.charAt(index) === wanted;
  });
}

const nodeIdSchema = z.union([z.string().refine(isNodeId), z.int().nonnegative().transform(String)]);

const amountSchema = z.unknown().optional().transform(decimalAmount);

/** GET /operator/inbox: `requests`, else `jobs`, else no work. The entries are judged elsewhere. [network.md 6.2] */
export const inboxSchema = z
  .object({ requests: z.unknown(), jobs: z.unknown() })
  .partial()
  .transform(({ requests, jobs }): unknown[] => {
    if (Array.isArray(requests)) return requests;
    return Array.isArray(jobs) ? jobs : [];
  });

/** GET /operator/stats/<owner>: lifetime earnings of the wallet, not of the node. [network.md 6.4] */
export const statsSchema = z.object({ lifetimeEarningsPrlx: amountSchema });

/** GET /operator/node-by-keyhash/<hash>, 200. `stakePrlx` is in whole tokens. [network.md 6.4] */
export const registrationSchema = z.object({
  nodeId: nodeIdSchema,
  owner: z.string().refine(isAddress),
  tier: z
    .union([z.int().min(1).max(4), z.enum(['1', '2', '3', '4']).transform(Number)])
    .nullable()
    .catch(null),
  stakePrlx: amountSchema,
});
