import { describe, expect, it } from 'vitest';
import { createCoordinatorClient } from '../../../../electron/daemon/coordinator/client.ts';
import { createClockSkew } from '../../../../electron/daemon/coordinator/clock-skew.ts';
import type { HttpAnswer, HttpClient } from '../../../../electron/daemon/http/client.ts';
import { systemClock } from '../../../../electron/daemon/system/clock.ts';
import { NodeError, type NodeErrorDetails } from '../../../../shared/errors.ts';

/** Mulberry32: the same cases in every run. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const owner = '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed';
const fields = [
  'requests',
  'jobs',
  'reason',
  'error',
  'nodeId',
  'owner',
  'tier',
  'stakePrlx',
  'lifetimeEarningsPrlx',
  '__proto__',
  'constructor',
  'toString',
  'length',
];
const leaves: unknown[] = [
  null,
  true,
  0,
  -0,
  -1,
  3,
  4217,
  1e21,
  1e-9,
  2 ** 53,
  '',
  '4217',
  '007',
  'not_staked',
  'in_cooldown',
  owner,
  '\u0000\u001b[31m',
  '\ud800',
  'x'.repeat(70),
  '<html>',
  '9'.repeat(500),
  '12.5',
  'NaN',
  '1e400',
];
const literals = [
  '',
  ' ',
  'null',
  '[]',
  '{',
  '\u0000',
  '<!doctype html>',
  '['.repeat(100_000),
  '{"a":'.repeat(50_000),
  '{"requests":[1]}garbage',
  `{"reason":"${'x'.repeat(60_000)}"}`,
];

function makeFuzz(seed: number) {
  const next = random(seed);
  const below = (limit: number) => Math.floor(next() * limit);
  const pick = <T>(list: readonly T[]): T => list[below(list.length)] as T;

  function value(depth: number): unknown {
    const kind = depth > 4 ? 0 : below(4);
    if (kind === 0) return pick(leaves);
    if (kind === 1) return Array.from({ length: below(4) }, () => value(depth + 1));
    const entries = Array.from({ length: below(6) }, () => [pick(fields), value(depth + 1)] as const);
    return Object.fromEntries(entries);
  }
  /** An answer as it should be, with some of its fields replaced or taken away. */
  function almostRight(): unknown {
    const right = pick<object>([
      { requests: [{ id: 'a', prompt: 'p' }] },
      { reason: pick(['not_staked', 'in_cooldown', 'rpc_error']) },
      { lifetimeEarningsPrlx: pick(['12.5', 12.5, '1e3', 0]) },
      { nodeId: '4217', owner, tier: 3, stakePrlx: 50_000 },
    ]);
    return Object.fromEntries(
      Object.entries(right)
        .filter(() => next() < 0.95)
        .map(([key, inner]) => [key, next() < 0.2 ? value(1) : inner]),
    );
  }
  function body(): string {
    const kind = below(20);
    if (kind === 0) return pick(literals);
    const text = JSON.stringify(next() < 0.5 ? almostRight() : value(0)) ?? '';
    if (kind === 1) return text.slice(0, below(text.length + 1));
    if (kind === 2)
      return text.replace(/./g, (letter) => (next() < 0.02 ? String.fromCharCode(below(65_536)) : letter));
    return text;
  }
  const headerNames = ['content-type', 'retry-after', 'date', 'age', 'location'];
  const headerValues = [
    'application/json',
    'text/html',
    '5',
    '-5',
    '1e9',
    '9'.repeat(400),
    'Wed, 10 Jun 2026 12:00:00 GMT',
    'Wed, 99 Jun 2026 12:00:00 GMT',
    '\u0000',
    '',
    'x'.repeat(16_000),
  ];
  function answer(): HttpAnswer {
    const headers: Record<string, string> = Object.create(null);
    for (let i = below(4); i > 0; i--) headers[pick(headerNames)] = pick(headerValues);
    return {
      status: next() < 0.5 ? 200 : next() < 0.2 ? 403 : 200 + below(400),
      headers,
      body: body(),
      truncated: next() < 0.1,
      roundTripMs: next() * 10_000,
      receivedAtMs: Date.UTC(2026, 5, 10) + next() * 1e9,
    };
  }
  const failures: (() => NodeError)[] = [
    () =>
      new NodeError('http-unreachable', { url: 'u', reason: pick(['ECONNRESET', 'PROXY_407', 'UNKNOWN']) }),
    () => new NodeError('http-timeout', { url: 'u', timeoutMs: 1 }),
    () => new NodeError('http-aborted', { url: 'u' }),
    () =>
      new NodeError('http-body-too-large', {
        url: 'u',
        limitBytes: 1,
      } satisfies NodeErrorDetails['http-body-too-large']),
    () => new NodeError('http-redirect-refused', { url: 'u', status: 302 }),
  ];
  const http: HttpClient = {
    async request() {
      if (next() < 0.05) throw pick(failures)();
      return answer();
    },
    stream: () => Promise.reject(new Error('not used')),
    pending: 0,
    dropIdle: () => {},
    stop: () => Promise.resolve(),
  };
  return http;
}

const plainReason = /^[A-Za-z0-9._:-]{1,64}$/;

function checkWait(wait: unknown) {
  if (wait !== null) expect(wait).toSatisfy((ms: number) => Number.isSafeInteger(ms) && ms > 0);
}

/** Holds for any outcome, whatever was on the wire. */
function checkOutcome(outcome: { kind: string; reason?: unknown; status?: unknown; retryAfterMs?: unknown }) {
  expect(['accepted', 'retry', 'refused', 'account']).toContain(outcome.kind);
  if (outcome.kind === 'accepted') return;
  expect(outcome.reason).toMatch(plainReason);
  if (outcome.kind !== 'refused') checkWait(outcome.retryAfterMs);
  if (outcome.kind === 'account') expect(['not_staked', 'in_cooldown']).toContain(outcome.reason);
}

describe('whatever the coordinator answers', () => {
  const cases = 3_000;
  const skew = createClockSkew();
  const make = (seed: number) =>
    createCoordinatorClient({ baseUrl: 'https://h/api' }, { http: makeFuzz(seed), clock: systemClock, skew });
  const counted = new Map<string, number>();
  const count = (kind: string) => counted.set(kind, (counted.get(kind) ?? 0) + 1);

  it('heartbeats and deliveries end in an outcome with a plain reason', async () => {
    const coordinator = make(1);
    for (let i = 0; i < cases; i++) {
      const beat = await coordinator.heartbeat({ capabilities: {} } as never);
      checkOutcome(beat);
      expect(beat.kind).not.toBe('refused');
      const result = await coordinator.result({} as never);
      checkOutcome(result);
      count(result.kind);
      if (result.kind === 'accepted') expect(result.body).toBeNull();
    }
    expect(new Set(counted.keys())).toEqual(new Set(['accepted', 'account', 'refused', 'retry']));
  });

  it('an inbox is a list or an outcome', async () => {
    const coordinator = make(2);
    let lists = 0;
    for (let i = 0; i < cases; i++) {
      const outcome = await coordinator.inbox('1');
      checkOutcome(outcome);
      expect(outcome.kind).not.toBe('refused');
      if (outcome.kind === 'accepted') {
        expect(Array.isArray(outcome.body)).toBe(true);
        if (outcome.body.length > 0) lists += 1;
      }
    }
    expect(lists).toBeGreaterThan(20);
  });

  it('earnings are a plain decimal or not known', async () => {
    const coordinator = make(3);
    let known = 0;
    for (let i = 0; i < cases; i++) {
      const outcome = await coordinator.stats(owner);
      checkOutcome(outcome);
      if (outcome.kind !== 'accepted' || outcome.body.lifetimeEarningsPrlx === null) continue;
      known += 1;
      expect(outcome.body.lifetimeEarningsPrlx).toMatch(/^(0|[1-9]\d*)(\.\d{0,17}[1-9])?$/);
    }
    expect(known).toBeGreaterThan(20);
  });

  it('a registration has an id and an owner that can be ones', async () => {
    const coordinator = make(4);
    const kinds = new Set<string>();
    for (let i = 0; i < cases; i++) {
      const outcome = await coordinator.nodeByKeyHash('0x00');
      kinds.add(outcome.kind);
      if (outcome.kind === 'unknown') {
        expect(outcome.reason).toMatch(plainReason);
        checkWait(outcome.retryAfterMs);
      }
      if (outcome.kind !== 'registered') continue;
      expect(outcome.nodeId).toMatch(/^(0|[1-9]\d{0,77})$/);
      expect(outcome.owner).toMatch(/^0x[0-9a-fA-F]{40}$/);
      if (outcome.tier !== null) expect([1, 2, 3, 4]).toContain(outcome.tier);
    }
    expect(kinds).toEqual(new Set(['not-registered', 'registered', 'unknown']));
  });

  it('health says reachable or why not', async () => {
    const coordinator = make(5);
    for (let i = 0; i < cases; i++) {
      const { reachable, status, reason } = await coordinator.health();
      if (!reachable) expect(reason).toMatch(plainReason);
      else expect(status).toBeLessThan(500);
    }
  });

  it('nothing it sends leaks into the prototypes of this process, and the clock gauge stays sane', () => {
    for (const name of ['requests', 'reason', 'nodeId']) expect(name in {}, name).toBe(false);
    expect(skew.skewMs === null || Number.isFinite(skew.skewMs)).toBe(true);
  });
});
