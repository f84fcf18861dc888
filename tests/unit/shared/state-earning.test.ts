import { describe, expect, it } from 'vitest';
import { tierStanding } from '../../../electron/daemon/hardware/tier-match.ts';
import { decideState, type StateFacts } from '../../../electron/daemon/operator-state.ts';
import { describeState, type StateCode } from '../../../shared/states/states.ts';
import {
  account,
  agoMs,
  heartbeat,
  neverBeat,
  nowhere,
  nowMs,
  ollama,
  ollamaGone,
  ready,
  registration,
  retry,
} from '../../fixtures/states/facts.ts';

describe('earning', () => {
  /** mulberry32: the same facts on every machine. */
  function random(seed: number): () => number {
    let a = seed;
    return () => {
      a = (a + 0x6d2b79f5) | 0;
      let t = Math.imul(a ^ (a >>> 15), 1 | a);
      t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
      return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
    };
  }

  it('is claimed only within 30 s of an accepted heartbeat, whatever else is the case', () => {
    const next = random(20261123);
    const pick = <T>(choices: readonly T[]): T => choices[Math.floor(next() * choices.length)] as T;
    const failures = [
      null,
      ...[
        account('not_staked'),
        account('in_cooldown'),
        retry('rpc_error', 403),
        retry('bad_signature', 401),
      ],
      ...[retry('http_503', 503), retry('timeout'), retry('ENOTFOUND'), retry('not-the-coordinator', 200)],
    ];
    const drawn = (): StateFacts => ({
      ...ready,
      nodeId: pick(['4217', null]),
      registration: pick([registration, nowhere, { ...nowhere, status: 'unknown', asOfMs: null }]),
      heartbeat: pick([
        null,
        neverBeat,
        {
          ...heartbeat,
          // As after a clock that was set: no ground for any claim.
          lastAcceptedAtMs: pick([null, nowMs, nowMs + 3_600_000, nowMs - 3_600_000]),
          lastFailure: pick(failures),
          failingSinceMs: pick([null, agoMs(90)]),
        },
      ]),
      lastAcceptedAgoMs: pick([null, 0, 9999, 29_999, 30_000, 30_001, 45_000, 3_600_000, next() * 120_000]),
      servedBefore: pick([true, false]),
      clockSkew: pick([ready.clockSkew, { skewMs: 99_000, warned: true }, { skewMs: null, warned: false }]),
      networkFailure: pick([null, { reason: 'ECONNREFUSED', sinceMs: agoMs(40) }]),
      hasNetworkInterface: pick([true, false]),
      disk: pick([
        ready.disk,
        { full: true, cause: 'ENOSPC', freeBytes: null, neededBytes: 1e9, sinceMs: nowMs },
      ]),
      ollama: pick([ollama, ollamaGone, { ...ollama, defaultModel: null }, { ...ollama, state: 'unknown' }]),
      supervised: pick([
        ready.supervised,
        ...(['not-installed', 'starting', 'crashing', 'stopped'] as const).map((condition) => ({
          condition,
          reason: null,
          sinceMs: agoMs(9),
          restart: pick([null, { attempt: 2, atMs: nowMs + 900 }]),
        })),
      ]),
      warmUp: pick([
        ...[ready.warmUp, ready.warmUp, ready.warmUp, ready.warmUp],
        ...(['loading', 'failed'] as const).map((state) => ({
          state,
          model: 'm',
          sinceMs: agoMs(9),
          reason: null,
        })),
      ]),
      gpuUnused: pick([null, null, null, null, { model: 'm', causes: ['driver'] }]),
      tier: pick([
        ...[ready.tier, ready.tier, ready.tier],
        tierStanding({ declared: 4, probed: 1, accepted: false }),
        tierStanding({ declared: 1, probed: 2, accepted: false }),
      ]),
      pause: pick([null, null, { sinceMs: agoMs(9), untilMs: null }]),
      draining: pick([null, null, { limitMs: 1000 }]),
      running: pick([[], [{ model: 'm' }]]),
      undelivered: pick([0, 40]),
      waiting: pick([ready.waiting, { count: 40, sinceMs: agoMs(900) }]),
      woke: pick([null, { agoMs: 1000, durationMs: 1e6 }]),
    });
    const seen = new Map<StateCode, number>();
    for (let draw = 0; draw < 30_000; draw += 1) {
      const facts = drawn();
      const { code, params } = decideState(facts);
      const words = describeState(code, params, nowMs);
      seen.set(code, (seen.get(code) ?? 0) + 1);
      expect(words.sentence).not.toMatch(/[{}]|null|undefined|NaN/);
      if (words.earns !== 'yes') continue;
      const { lastAcceptedAgoMs } = facts;
      const online = lastAcceptedAgoMs !== null && lastAcceptedAgoMs <= 30_000;
      if (!online) expect.fail(`${code} for ${JSON.stringify(facts)}`);
    }
    for (const code of ['ready', 'serving', 'woke', 'backlog'] as const)
      expect(seen.get(code), code).toBeGreaterThan(20);
  });
});
