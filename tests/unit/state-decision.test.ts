import { describe, expect, it } from 'vitest';
import { tierStanding } from '../../electron/daemon/hardware/tier-match.ts';
import { decideState, type StateFacts } from '../../electron/daemon/operator-state.ts';
import { type StateCode, statePrecedence } from '../../shared/states.ts';
import {
  account,
  agoMs,
  type Failure,
  failing,
  neverBeat,
  nowhere,
  nowMs,
  offline,
  ollama,
  ollamaGone,
  ready,
  retry,
} from './state-facts.ts';

const stopped = { condition: 'stopped', reason: null, sinceMs: agoMs(90), restart: null } as const;

/** Facts, what they are called, and with which values. Every state that can be reached has a row. */
const table: [why: string, facts: Partial<StateFacts>, code: StateCode, params: Record<string, unknown>][] = [
  [
    'no node id is known and the look-up found none',
    { nodeId: null, registration: nowhere, heartbeat: null, lastAcceptedAgoMs: null, servedBefore: false },
    'not-registered',
    { time: nowhere.asOfMs },
  ],
  [
    'the saved node id is not staked, never was online, and the key is registered nowhere',
    {
      registration: nowhere,
      heartbeat: { ...neverBeat, lastAttemptAtMs: agoMs(4), lastFailure: account('not_staked') },
      lastAcceptedAgoMs: null,
      servedBefore: false,
    },
    'not-registered',
    { time: nowhere.asOfMs },
  ],
  [
    'a node that served before is not staked any more',
    { heartbeat: failing(account('not_staked'), 60_000), lastAcceptedAgoMs: 64_000, registration: nowhere },
    'retired',
    { id: '4217', date: null },
  ],
  [
    'the account is in cooldown',
    { heartbeat: failing(account('in_cooldown'), 60_000), lastAcceptedAgoMs: 64_000 },
    'cooling',
    { date: null, d: null, h: null },
  ],
  [
    'the account is in cooldown since the last heartbeat, which was accepted',
    { heartbeat: failing(account('in_cooldown'), 60_000), lastAcceptedAgoMs: 9000 },
    'cooling',
    { date: null, d: null, h: null },
  ],
  [
    'heartbeats get 403 for another reason',
    offline(retry('rpc_error', 403)),
    'refused',
    { reason: 'rpc_error', time: agoMs(54), n: 10 },
  ],
  [
    'heartbeats get 401',
    offline(retry('bad_signature', 401)),
    'refused',
    { reason: 'bad_signature', time: agoMs(54), n: 10 },
  ],
  [
    'a staked node, never online, is told that it is not',
    {
      heartbeat: {
        ...neverBeat,
        lastAttemptAtMs: agoMs(4),
        failingSinceMs: agoMs(54),
        lastFailure: account('not_staked'),
        intervalMs: 60_000,
      },
      lastAcceptedAgoMs: null,
      servedBefore: false,
    },
    'refused',
    { reason: 'not_staked', time: agoMs(54), n: 60 },
  ],
  [
    'the clock is off and heartbeats are accepted all the same',
    { clockSkew: { skewMs: -41_499, warned: true } },
    'clock-skew',
    { n: 41 },
  ],
  ['names cannot be looked up', offline(retry('ENOTFOUND')), 'no-network', { time: agoMs(54), n: 3 }],
  [
    'no network interface is up',
    { ...offline(retry('timeout')), hasNetworkInterface: false },
    'no-network',
    { time: agoMs(54), n: 3 },
  ],
  ...[
    ['refuses connections', retry('ECONNREFUSED')],
    ['does not answer in time', retry('timeout')],
    ['answers 503', retry('http_503', 503)],
    ['answers 429', retry('http_429', 429)],
    ['answers 408', retry('http_408', 408)],
    ['is hidden behind a page of somebody else with 403', retry('not-the-coordinator', 403)],
  ].map(([what, failure]): (typeof table)[number] => [
    `the coordinator ${String(what)}`,
    offline(failure as Failure),
    'coordinator-down',
    { time: agoMs(54), n: 3 },
  ]),
  [
    'the look-up of the registration fails before there is a node',
    {
      nodeId: null,
      registration: { ...nowhere, status: 'unknown', asOfMs: null },
      heartbeat: null,
      lastAcceptedAgoMs: null,
      servedBefore: false,
      networkFailure: { reason: 'http_502', sinceMs: agoMs(20) },
    },
    'coordinator-down',
    { time: agoMs(20), n: 0 },
  ],
  [
    'the look-up fails for want of a network',
    {
      nodeId: null,
      registration: { ...nowhere, status: 'unknown', asOfMs: null },
      heartbeat: null,
      lastAcceptedAgoMs: null,
      servedBefore: false,
      networkFailure: { reason: 'EAI_AGAIN', sinceMs: agoMs(20) },
    },
    'no-network',
    { time: agoMs(20), n: 0 },
  ],
  [
    'the disk has less than its reserve',
    { disk: { full: true, freeBytes: 12_345_678, neededBytes: 64 * 1024 * 1024, sinceMs: agoMs(5) } },
    'disk-full',
    { n: 12, volume: '/var/lib/node', m: 1 },
  ],
  [
    'a write failed and the free space cannot be told',
    { disk: { full: true, freeBytes: null, neededBytes: 2e9, sinceMs: agoMs(5) } },
    'disk-full',
    { n: null, volume: '/var/lib/node', m: 2 },
  ],
  [
    'Ollama is not installed',
    {
      ollama: ollamaGone,
      supervised: { ...stopped, condition: 'not-installed' },
      heartbeat: neverBeat,
      lastAcceptedAgoMs: null,
    },
    'ollama-missing',
    { size: 1_400_000_000 },
  ],
  [
    'Ollama is being started before the first heartbeat',
    {
      ollama: ollamaGone,
      supervised: { ...stopped, condition: 'starting', sinceMs: agoMs(7) },
      heartbeat: neverBeat,
      lastAcceptedAgoMs: null,
    },
    'ollama-starting',
    { n: 7 },
  ],
  [
    'our Ollama crashed while heartbeats go on, and is started again soon',
    {
      ollama: ollamaGone,
      supervised: {
        condition: 'crashing',
        reason: 'exit code 2',
        sinceMs: agoMs(20),
        restart: { attempt: 3, atMs: nowMs + 3500 },
      },
    },
    'ollama-down',
    { time: agoMs(90), reason: 'exit code 2', k: 3, n: 4 },
  ],
  [
    'Ollama has not answered in this run',
    { ollama: ollamaGone, heartbeat: neverBeat, lastAcceptedAgoMs: null },
    'ollama-not-running',
    { url: 'http://127.0.0.1:11434', time: agoMs(90) },
  ],
  [
    'something else answers at the address of Ollama before the first heartbeat',
    {
      ollama: { ...ollamaGone, state: 'failing', reason: 'status 404' },
      heartbeat: neverBeat,
      lastAcceptedAgoMs: null,
    },
    'ollama-not-running',
    { url: 'http://127.0.0.1:11434', time: agoMs(90) },
  ],
  [
    'Ollama stopped while heartbeats go on',
    { ollama: ollamaGone },
    'ollama-down',
    { time: agoMs(90), reason: 'ECONNREFUSED', k: null, n: null },
  ],
  [
    'Ollama stopped and was removed while heartbeats go on',
    { ollama: ollamaGone, supervised: { ...stopped, condition: 'not-installed' } },
    'ollama-down',
    { time: agoMs(90), reason: 'ECONNREFUSED', k: null, n: null },
  ],
  [
    'Ollama answers with errors while heartbeats go on',
    { ollama: { ...ollamaGone, state: 'failing', reason: 'status 500' } },
    'ollama-down',
    { time: agoMs(90), reason: 'status 500', k: null, n: null },
  ],
  [
    'nothing that can serve is installed',
    { ollama: { ...ollama, defaultModel: null } },
    'no-model',
    { model: 'llama3.2', size: 2_019_393_189 },
  ],
  [
    'the default model is on its way into memory',
    { warmUp: { state: 'loading', model: 'llama3.2:latest', sinceMs: agoMs(12), reason: null } },
    'model-loading',
    { model: 'llama3.2:latest', n: 12 },
  ],
  [
    'the default model does not fit what is free',
    { warmUp: { state: 'failed', model: 'phi4:latest', sinceMs: agoMs(3), reason: 'model-needs-memory' } },
    'model-not-loaded',
    { model: 'phi4:latest', time: agoMs(3), reason: 'model-needs-memory' },
  ],
  [
    'the chain names a higher tier than this machine shows',
    { tier: tierStanding({ declared: 3, probed: 1, accepted: false }) },
    'tier-high',
    { a: 3, b: 1 },
  ],
  [
    'the chain names a higher tier, and the operator goes on',
    { tier: tierStanding({ declared: 3, probed: 1, accepted: true }) },
    'ready',
    { time: agoMs(30) },
  ],
  [
    'the chain names a lower tier than this machine shows',
    { tier: tierStanding({ declared: 2, probed: 3, accepted: false }) },
    'tier-low',
    { a: 2, b: 3, x: '1.5', y: '2.5' },
  ],
  [
    'the model runs on the processor beside an idle GPU',
    {
      gpu: 'NVIDIA GeForce RTX 4090',
      gpuUnused: { model: 'phi4:latest', causes: ['memory-in-use', 'cpu-only-build'] },
    },
    'gpu-on-cpu',
    {
      model: 'phi4:latest',
      gpu: 'NVIDIA GeForce RTX 4090',
      cause: 'its memory is in use by other programs',
    },
  ],
  [
    'work is paused until a time',
    { pause: { sinceMs: agoMs(100), untilMs: nowMs + 3_600_000 } },
    'paused',
    { time: agoMs(100), end: nowMs + 3_600_000 },
  ],
  [
    'work is paused until it is resumed',
    { pause: { sinceMs: agoMs(100), untilMs: null } },
    'paused',
    { time: agoMs(100), end: null },
  ],
  [
    'the daemon is stopping',
    { draining: { limitMs: 30_000 }, running: [{ model: 'llama3.2:latest' }], undelivered: 2 },
    'draining',
    { n: 3, before: 'stopping', s: 30 },
  ],
  [
    'the first heartbeat is under way',
    { heartbeat: { ...neverBeat, lastAttemptAtMs: nowMs }, lastAcceptedAgoMs: null },
    'connecting',
    {},
  ],
  [
    'nothing is known yet',
    {
      nodeId: null,
      registration: { ...nowhere, status: 'unknown', asOfMs: null },
      heartbeat: null,
      lastAcceptedAgoMs: null,
      ollama: { ...ollama, state: 'unknown', defaultModel: null, asOfMs: null },
    },
    'connecting',
    {},
  ],
  [
    'the computer has just woken and no heartbeat was accepted since',
    { lastAcceptedAgoMs: 8 * 3_600_000, woke: { agoMs: 0, durationMs: 8 * 3_600_000 } },
    'connecting',
    {},
  ],
  [
    'answers could not be delivered for a while',
    { undelivered: 5, waiting: { count: 4, sinceMs: agoMs(20) } },
    'backlog',
    { n: 4, time: agoMs(20) },
  ],
  [
    'the computer slept and the node is online again',
    { woke: { agoMs: 599_999, durationMs: 8 * 3_600_000 } },
    'woke',
    { duration: 8 * 3_600_000 },
  ],
  [
    'requests are being answered',
    { running: [{ model: 'llama3.2:latest' }, { model: 'qwen2.5:7b' }] },
    'serving',
    { n: 2, model: 'llama3.2:latest' },
  ],
  ['nothing is the matter', {}, 'ready', { time: agoMs(30) }],
  ['nothing is the matter and no request ever came', { lastRequestAtMs: null }, 'ready', { time: null }],
  [
    'a delivery failed only just now',
    { undelivered: 1, waiting: { count: 1, sinceMs: agoMs(19) } },
    'ready',
    { time: agoMs(30) },
  ],
  [
    'the computer slept long ago',
    { woke: { agoMs: 600_000, durationMs: 1e7 } },
    'ready',
    { time: agoMs(30) },
  ],
  [
    'one heartbeat failed, less than 30 s after one that was accepted',
    { heartbeat: failing(retry('timeout')), lastAcceptedAgoMs: 30_000 },
    'ready',
    { time: agoMs(30) },
  ],
  [
    'the saved node id is online though the look-up does not find it',
    { registration: nowhere },
    'ready',
    { time: agoMs(30) },
  ],
  [
    'polls fail while heartbeats are accepted',
    { networkFailure: { reason: 'http_500', sinceMs: agoMs(40) } },
    'ready',
    { time: agoMs(30) },
  ],
];

describe('the state of a node', () => {
  it.each(table)('when %s', (_, facts, code, params) => {
    expect(decideState({ ...ready, ...facts })).toEqual({ code, params });
  });

  it('is shown for every state that a daemon of this kind can be in', () => {
    // The keychain, the chain, supervision, schedules and sensors come with other parts of the product.
    expect([...new Set(table.map(([, , code]) => code))].toSorted()).toEqual(
      [
        ...[
          'not-registered',
          'retired',
          'cooling',
          'refused',
          'clock-skew',
          'no-network',
          'coordinator-down',
        ],
        ...['disk-full', 'ollama-missing', 'ollama-not-running', 'ollama-down', 'no-model', 'paused'],
        ...['ollama-starting', 'model-loading', 'model-not-loaded', 'tier-high', 'tier-low', 'gpu-on-cpu'],
        ...['draining', 'connecting', 'backlog', 'woke', 'serving', 'ready'],
      ].toSorted(),
    );
  });

  it('is the highest row of the table when two hold', () => {
    let pairs = 0;
    for (const [why, facts, code] of table) {
      for (const [otherWhy, otherFacts, otherCode] of table) {
        const clash = Object.keys(facts).some((name) => name in otherFacts);
        // Facts that alone are nothing to speak of may be part of what makes the other state.
        if (clash || otherCode === 'ready' || statePrecedence(code) >= statePrecedence(otherCode)) continue;
        pairs += 1;
        const decided = decideState({ ...ready, ...otherFacts, ...facts }).code;
        expect(decided, `${why} and ${otherWhy}`).toBe(code);
      }
    }
    expect(pairs).toBeGreaterThan(200);
  });
});
