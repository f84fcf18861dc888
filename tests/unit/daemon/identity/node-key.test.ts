import { inspect } from 'node:util';
import { SigningKey } from 'ethers/crypto';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import {
  createNodeKey,
  generatePrivateKey,
  messageDigest,
  parsePrivateKey,
  proofOfExecution,
  signMessage,
} from '../../../../electron/daemon/identity/node-key.ts';
import { isNodeError, type NodeErrorCode } from '../../../../shared/errors.ts';
import vectorFile from '../../../fixtures/network-vectors.json' with { type: 'json' };

const signed = z.object({
  message: z.string(),
  messageUtf8Length: z.number(),
  digest: z.string(),
  signature: z.string(),
  r: z.string(),
  s: z.string(),
  v: z.number(),
});
const keyVector = z.object({
  privateKey: z.string(),
  nodeKeyFileContent: z.string(),
  uncompressedPublicKey: z.string(),
  configPubKey: z.string(),
  nodeKeyHash: z.string(),
  nodeAddress: z.string(),
  heartbeat: signed,
  result: signed,
});
const poeVector = z.object({
  requestId: z.string(),
  result: z.string().optional(),
  resultJsonEscaped: z.string().optional(),
  nodeId: z.string(),
  preimageUtf8Hex: z.string(),
  poe: z.string(),
});
const vectors = z
  .object({
    inputs: z.object({ nodeId: z.string(), timestampMs: z.number(), requestId: z.string() }),
    keys: z.record(z.string(), keyVector),
    signatureEdgeCases: z.looseObject({ privateKey: z.string() }),
    poe: z.record(z.string(), poeVector),
    poeEdgeCases: z.record(z.string(), poeVector),
  })
  .parse(vectorFile);

function codeOf(run: () => unknown): NodeErrorCode | null {
  try {
    run();
    return null;
  } catch (error) {
    return isNodeError(error) ? error.code : null;
  }
}

const privateKey = '93fe4a1ddf10d0339818127c21db7dc362d1287ff43b71e758a197c76100993c';

describe('the published vectors', () => {
  it('are all here', () => {
    expect(Object.keys(vectors.keys)).toHaveLength(6);
    expect(Object.keys(vectors.signatureEdgeCases)).toHaveLength(8);
    expect(Object.keys(vectors.poe)).toHaveLength(4);
    expect(Object.keys(vectors.poeEdgeCases).length).toBeGreaterThanOrEqual(8);
  });

  it.each(Object.entries(vectors.keys))(
    'key %s: public key, hash, address, both signatures',
    (_name, vector) => {
      const key = createNodeKey(vector.nodeKeyFileContent);
      expect(key.publicKey).toBe(vector.configPubKey);
      expect(key.nodeKeyHash).toBe(vector.nodeKeyHash);
      expect(key.nodeAddress).toBe(vector.nodeAddress);
      const { nodeId, timestampMs, requestId } = vectors.inputs;
      const { message, signature } = vector.heartbeat;
      expect(key.signHeartbeat(nodeId, timestampMs)).toEqual({ message, signature });
      expect(key.signResult(requestId)).toEqual({
        message: vector.result.message,
        signature: vector.result.signature,
      });
      expect(messageDigest(message)).toBe(vector.heartbeat.digest);
      expect(messageDigest(vector.result.message)).toBe(vector.result.digest);
      expect(signature).toBe(
        `${vector.heartbeat.r}${vector.heartbeat.s.slice(2)}${vector.heartbeat.v.toString(16)}`,
      );
    },
  );

  const { privateKey: edgeKey, ...edges } = vectors.signatureEdgeCases;
  it.each(Object.entries(edges))('signature %s', (_name, raw) => {
    const vector = signed.parse(raw);
    expect(messageDigest(vector.message)).toBe(vector.digest);
    expect(signMessage(new SigningKey(edgeKey), vector.message)).toEqual({
      message: vector.message,
      signature: vector.signature,
    });
  });

  it.each(Object.entries({ ...vectors.poe, ...vectors.poeEdgeCases }))(
    'Proof-of-Execution %s',
    (_name, vector) => {
      const result = vector.result ?? (JSON.parse(vector.resultJsonEscaped ?? '') as string);
      expect(proofOfExecution(vector.requestId, result, vector.nodeId)).toBe(vector.poe);
    },
  );
});

describe('the node key signs nothing else', () => {
  const key = createNodeKey(privateKey);

  it.each(['', '12a', '-1', '1.5', ' 1', '1\n', '٣', '1'.repeat(79), '1:2', null, 7])(
    'node id %j is refused',
    (nodeId) => {
      expect(codeOf(() => key.signHeartbeat(nodeId as string, 1))).toBe('signing-refused');
    },
  );

  it.each([-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])('time %d is refused', (nowMs) => {
    expect(codeOf(() => key.signHeartbeat('1', nowMs))).toBe('signing-refused');
  });

  it.each(['', 'a b', 'a\n', 'é', 'a|b', 'a/b', 'x'.repeat(129), '\u0000', undefined, {}])(
    'request id %j is refused',
    (requestId) => {
      expect(codeOf(() => key.signResult(requestId as string))).toBe('signing-refused');
    },
  );

  it('the longest valid identifiers are signed', () => {
    expect(key.signHeartbeat('9'.repeat(78), 0).message).toMatch(/:9{78}:0$/);
    expect(key.signResult('Az09._:~+=-'.padEnd(128, 'x')).message).toHaveLength(
      128 + 'parallelix-node:result:'.length,
    );
  });
});

describe('the private key', () => {
  it('shows in no rendering of the key object', () => {
    const key = createNodeKey(`0x${privateKey}`);
    const depths = { depth: null, showHidden: true, getters: true } as const;
    const renderings = [
      JSON.stringify(key),
      inspect(key, depths),
      String(key),
      inspect(Object.values(key), depths),
    ];
    for (const rendering of renderings)
      expect(rendering.toLowerCase()).not.toContain(privateKey.slice(0, 16));
    expect(() => Object.assign(key, { signResult: null })).toThrow();
  });

  it('is drawn anew each time and is always one of the curve', () => {
    const drawn = Array.from({ length: 200 }, generatePrivateKey);
    expect(new Set(drawn).size).toBe(200);
    for (const hex of drawn) expect(parsePrivateKey(hex, 'test')).toBe(hex);
  });

  it.each([
    ['white space around it', ` \n${privateKey}\r\n`],
    ['a 0x', `0x${privateKey}`],
    ['upper case', privateKey.toUpperCase()],
  ])('is read despite %s', (_what, text) => {
    expect(parsePrivateKey(text, 'test')).toBe(privateKey);
  });

  it.each([
    ['empty', '', 'empty'],
    ['white space', ' \n', 'empty'],
    ['one digit short', privateKey.slice(1), 'not-64-digits'],
    ['one digit long', `${privateKey}0`, 'not-64-digits'],
    ['another letter', `g${privateKey.slice(1)}`, 'not-64-digits'],
    ['zero', '0'.repeat(64), 'zero-key'],
    [
      'the order of the curve',
      'fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141',
      'beyond-curve',
    ],
    ['all ones', 'f'.repeat(64), 'beyond-curve'],
  ])('%s is refused, and the error does not repeat it', (_what, text, reason) => {
    let caught: unknown;
    try {
      parsePrivateKey(text, '/some/node.key');
    } catch (error) {
      caught = error;
    }
    expect(isNodeError(caught, 'key-malformed') && caught.details).toEqual({
      place: '/some/node.key',
      reason,
    });
    if (text.trim() !== '') expect(inspect(caught)).not.toContain(text);
  });

  it('may be the largest of the curve', () => {
    const largest = 'fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364140';
    expect(createNodeKey(largest).nodeKeyHash).toMatch(/^0x[0-9a-f]{64}$/);
  });
});
