import { createHash } from 'node:crypto';
import type { AppState } from '../../shared/contract/app.ts';
import type { RequestRecord } from '../../shared/contract/records.ts';
import type { Snapshot } from '../../shared/contract/snapshot.ts';

/*
 * A node as its daemon reports it, for the tests of the windows: a machine with two cards that serves and earns.
 * Only shapes matter here; every value is checked against the contract where it is handed over.
 */

const minuteMs = 60_000;
const gib = 2 ** 30;

/** The time that the pages of a test see; real ages are read off it. */
export const nowMs = Date.now();

export const sampleHash = '0x9c27a4d1e0b3f58a6c7d8e9f00112233445566778899aabbccddeeff00112233';

export function sampleApp(changes: Partial<AppState> = {}): AppState {
  return {
    version: '0.1.0',
    platform: 'linux',
    stateDir: '/home/ada/.parallelix-operator',
    node: { phase: 'hosting' },
    preparation: null,
    official: null,
    tray: 'shown',
    loginItem: { status: 'off', startedAtLogin: false },
    keepAwake: { allowed: true, active: true },
    quitting: null,
    explain: [],
    ...changes,
  };
}

export const sampleHardware: Snapshot['hardware'] = {
  tier: 3,
  mode: 'gpu',
  gpu: 'NVIDIA GeForce RTX 4090',
  vramGb: 24,
  cores: 32,
  ramGb: 67,
  cards: [
    {
      vendor: 'nvidia',
      name: 'NVIDIA GeForce RTX 4090',
      uuid: 'GPU-6f1c9a52-0000-4c1e-9b07-2c1d0f2a7e31',
      pciAddress: '0000:01:00.0',
      kind: 'discrete',
      vramGb: 24,
      vramBytes: 24 * gib,
      sharedBytes: null,
      driver: '570.86.15',
      tier: 3,
      counts: true,
    },
    {
      vendor: 'nvidia',
      name: 'NVIDIA GeForce RTX 3060',
      uuid: 'GPU-0a2b4c6d-1111-4d2f-8a16-7e5f4d3c2b1a',
      pciAddress: '0000:02:00.0',
      kind: 'discrete',
      vramGb: 12,
      vramBytes: 12 * gib,
      sharedBytes: null,
      driver: '570.86.15',
      tier: 2,
      counts: false,
    },
  ],
  findings: [],
  arithmetic: { gpu: true, vramGb: 24, thresholdGb: 16, nextThresholdGb: 40, uncappedTier: 3 },
  modelBudget: { bytes: 23.19e9, basis: 'vram' },
  chosenCards: null,
  registrationHold: null,
  declared: { tier: 3, match: 'same', accepted: false },
  load: {
    asOfMs: nowMs - 1000,
    cards: [
      {
        card: 'GPU-6f1c9a52-0000-4c1e-9b07-2c1d0f2a7e31',
        utilisationPercent: 87,
        vramUsedBytes: 9.8e9,
        temperatureCelsius: 64,
        powerWatts: 311,
      },
    ],
  },
  asOfMs: nowMs - 42 * minuteMs,
};

const model = {
  sizeBytes: 9_050_000_000,
  parameterSize: '14.7B',
  quantization: 'Q4_K_M',
  contextLength: 16_384,
  capabilities: ['completion'],
  servable: true,
  notServableBecause: null,
  loaded: null,
  fit: 'fits' as const,
};

export const sampleOllama: Snapshot['ollama'] = {
  url: 'http://127.0.0.1:11434',
  remote: false,
  state: 'running',
  condition: 'running',
  reason: null,
  sinceMs: nowMs - 300 * minuteMs,
  version: '0.12.6',
  server: 'ours',
  binary: '/usr/local/bin/ollama',
  pid: 4242,
  restart: null,
  models: [
    { ...model, name: 'phi4:latest', loaded: { sizeBytes: 9_800_000_000, vramBytes: 9_800_000_000 } },
    {
      ...model,
      name: 'llama3.2:latest',
      sizeBytes: 2_020_000_000,
      parameterSize: '3.2B',
      contextLength: 131_072,
    },
    {
      ...model,
      name: 'nomic-embed-text:latest',
      sizeBytes: 274_000_000,
      parameterSize: '137M',
      quantization: 'F16',
      contextLength: 2048,
      capabilities: ['embedding'],
      servable: false,
      notServableBecause: 'it makes embeddings, not text',
      fit: null,
    },
  ],
  defaultModel: 'phi4:latest',
  preferredMissing: false,
  warmUp: { state: 'loaded', model: 'phi4:latest', sinceMs: nowMs - 280 * minuteMs, reason: null },
  gpuUnused: null,
  parallel: 1,
  modelsVolume: { path: '/home/ada/.ollama/models', freeBytes: 412e9, reserveBytes: 10e9 },
  asOfMs: nowMs - 3000,
};

export function sampleSnapshot(changes: Partial<Snapshot> = {}): Snapshot {
  const uptime = {
    today: 0.9987,
    last30Days: 0.9821,
    sinceMs: nowMs - 9 * 24 * 60 * minuteMs,
    asOfMs: nowMs,
  };
  return {
    daemon: {
      pid: 4711,
      version: '0.1.0',
      startedAtMs: nowMs - 290 * minuteMs,
      stateDir: '/home/ada/.parallelix-operator',
      network: { coordinatorUrl: 'https://parallelix.io/api', rpcUrl: null },
    },
    identity: {
      nodeId: '4217',
      nodeAddress: '0x445566778899aabbccddeeff00112233deadbeef',
      nodeKeyHash: sampleHash,
      owner: '0x93FF39f65cC1D21067939961993ADF3f36BBF893',
      keyStore: 'keychain',
    },
    state: { code: 'ready', sinceMs: nowMs - 12 * minuteMs, params: { time: nowMs - 4 * minuteMs } },
    badges: [{ code: 'no-backup', params: {} }],
    registration: { status: 'registered', tier: 3, stakePrlx: '75000', asOfMs: nowMs - 20_000 },
    heartbeat: {
      accepted: 1738,
      failed: 2,
      firstAcceptedAtMs: nowMs - 289 * minuteMs,
      // Of the moment: a state that earns is not shown over an old one.
      lastAcceptedAtMs: Date.now() - 4000,
      lastAttemptAtMs: nowMs - 4000,
      failingSinceMs: null,
      lastFailure: null,
      intervalMs: 10_000,
      lastLatenessMs: 3,
      maxLatenessMs: 41,
      clockSkewMs: 120,
    },
    serving: {
      available: true,
      running: [],
      queued: 0,
      concurrency: 1,
      served: 137,
      servedToday: 141,
      failed: 3,
      refusedEntries: 0,
      duplicates: 1,
      conflicts: 0,
      withoutCounts: 0,
      inputTokens: 41_210,
      outputTokens: 88_402,
      lastRequestAtMs: nowMs - 4 * minuteMs,
      undelivered: 0,
      oldestUndeliveredAtMs: null,
      foreign: 0,
      delivered: 902,
      expired: 0,
      refused: 0,
    },
    ollama: sampleOllama,
    pulls: [
      {
        model: 'qwen2.5:14b',
        state: 'pulling',
        totalBytes: 8_990_000_000,
        completedBytes: 3_340_000_000,
        bytesPerSecond: 42_000_000,
        leftMs: 134_000,
        layers: [],
        attempt: 1,
        error: null,
        sinceMs: nowMs - minuteMs,
      },
    ],
    install: null,
    selfTests: [
      {
        model: 'phi4:latest',
        state: 'done',
        promptTokensPerSecond: 2150,
        generationTokensPerSecond: 71.4,
        firstTokenMs: 182,
        runs: 3,
        ollamaVersion: '0.12.6',
        productVersion: '0.1.0',
        reason: null,
        atMs: nowMs - 200 * minuteMs,
      },
    ],
    hardware: sampleHardware,
    earnings: { lifetimePrlx: '12345.678901', source: 'coordinator', asOfMs: nowMs - 25_000 },
    control: { pause: null, draining: false },
    uptime,
    ...changes,
  };
}

/** A node right after its key was made: nothing known of the network yet, and no model. */
export function freshSnapshot(changes: Partial<Snapshot> = {}): Snapshot {
  const full = sampleSnapshot();
  return {
    ...full,
    identity: { ...full.identity, nodeId: null, owner: null },
    state: { code: 'not-registered', sinceMs: nowMs - minuteMs, params: { time: nowMs - 5000 } },
    registration: { status: 'not-registered', tier: null, stakePrlx: null, asOfMs: nowMs - 5000 },
    heartbeat: {
      ...full.heartbeat,
      accepted: 0,
      failed: 0,
      firstAcceptedAtMs: null,
      lastAcceptedAtMs: null,
      lastAttemptAtMs: null,
      lastLatenessMs: null,
      maxLatenessMs: null,
      clockSkewMs: null,
    },
    serving: {
      ...full.serving,
      served: 0,
      servedToday: 0,
      failed: 0,
      inputTokens: 0,
      outputTokens: 0,
      delivered: 0,
    },
    hardware: { ...full.hardware, declared: { tier: null, match: 'unknown', accepted: false }, load: null },
    earnings: { lifetimePrlx: null, source: 'coordinator', asOfMs: null },
    pulls: [],
    selfTests: [],
    uptime: { today: null, last30Days: null, sinceMs: null, asOfMs: nowMs },
    ...changes,
  };
}

const outcomes = ['delivered', 'delivered', 'delivered', 'delivered', 'reported', 'delivered'] as const;

/** `count` requests, the newest first, as a daemon with that many on record would list them. */
export function sampleRequests(count: number): RequestRecord[] {
  return Array.from({ length: count }, (_, index) => {
    const seq = count - index;
    const state = outcomes[seq % outcomes.length] ?? 'delivered';
    const atMs = nowMs - index * 97_000;
    return {
      seq,
      requestId: `req_${seq.toString(16)}`,
      state,
      model: seq % 5 === 0 ? 'llama3.2:latest' : 'phi4:latest',
      acceptedAtMs: atMs,
      finishedAtMs: atMs + 4200,
      closedAtMs: atMs + 4300,
      generationMs: state === 'reported' ? null : 2100 + ((seq * 37) % 5000),
      inputTokens: 40 + ((seq * 13) % 700),
      outputTokens: state === 'reported' ? null : 120 + ((seq * 29) % 900),
      poe: state === 'reported' ? null : `0x${createHash('sha256').update(String(seq)).digest('hex')}`,
      failure: state === 'reported' ? 'deadline-exceeded' : null,
    };
  });
}
