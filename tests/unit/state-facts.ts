import type { HeartbeatStatus } from '../../electron/daemon/coordinator/heartbeat.ts';
import type { RegistrationStatus } from '../../electron/daemon/coordinator/registration.ts';
import type { OllamaStatus } from '../../electron/daemon/ollama/watch.ts';
import type { StateFacts } from '../../electron/daemon/operator-state.ts';

export const nowMs = Date.UTC(2026, 10, 23, 12);
const secondMs = 1000;
export const agoMs = (seconds: number) => nowMs - seconds * secondMs;

export const heartbeat: HeartbeatStatus = {
  accepted: 100,
  failed: 0,
  firstAcceptedAtMs: agoMs(1000),
  lastAcceptedAtMs: agoMs(4),
  lastAcceptedSinceBootMs: 0,
  lastAttemptAtMs: agoMs(4),
  failingSinceMs: null,
  lastFailure: null,
  intervalMs: 10_000,
  lastLatenessMs: 0,
  maxLatenessMs: 0,
};
export const neverBeat: HeartbeatStatus = {
  ...heartbeat,
  accepted: 0,
  firstAcceptedAtMs: null,
  lastAcceptedAtMs: null,
  lastAcceptedSinceBootMs: null,
  lastAttemptAtMs: null,
};
export const registration: RegistrationStatus = {
  status: 'registered',
  nodeId: '4217',
  owner: `0x${'1'.repeat(40)}`,
  tier: 1,
  stakePrlx: '50000',
  asOfMs: agoMs(60),
};
export const nowhere: RegistrationStatus = {
  status: 'not-registered',
  nodeId: null,
  owner: null,
  tier: null,
  stakePrlx: null,
  asOfMs: agoMs(3),
};
export const ollama: OllamaStatus = {
  state: 'running',
  reason: null,
  sinceMs: agoMs(5000),
  asOfMs: agoMs(2),
  version: '0.9.0',
  models: [],
  servable: [],
  loaded: null,
  defaultModel: 'llama3.2:latest',
  preferredMissing: false,
  lastKnown: null,
};
export const ollamaGone: OllamaStatus = {
  ...ollama,
  state: 'unreachable',
  reason: 'ECONNREFUSED',
  sinceMs: agoMs(90),
  version: null,
  defaultModel: null,
};

/** A node that is online and has nothing to do. */
export const ready: StateFacts = {
  nowMs,
  nodeId: '4217',
  stateDir: '/var/lib/node',
  registration,
  heartbeat,
  lastAcceptedAgoMs: 4000,
  servedBefore: true,
  clockSkew: { skewMs: 120, warned: false },
  networkFailure: null,
  hasNetworkInterface: true,
  disk: { full: false, freeBytes: 5e9, neededBytes: 64 * 1024 * 1024, sinceMs: null },
  ollama,
  ollamaUrl: 'http://127.0.0.1:11434',
  supervised: { condition: 'running', reason: null, sinceMs: agoMs(5000), restart: null },
  installBytes: 1_400_000_000,
  warmUp: { state: 'loaded', model: 'llama3.2:latest', sinceMs: agoMs(100), reason: null },
  gpuUnused: null,
  recommended: { model: 'llama3.2', sizeBytes: 2_019_393_189 },
  tier: { state: null },
  gpu: null,
  pause: null,
  draining: null,
  running: [],
  lastRequestAtMs: agoMs(30),
  undelivered: 0,
  waiting: { count: 0, sinceMs: null },
  woke: null,
};

export type Failure = NonNullable<HeartbeatStatus['lastFailure']>;
export const failing = (lastFailure: Failure, intervalMs = 10_000): HeartbeatStatus => ({
  ...heartbeat,
  failed: 6,
  lastAcceptedAtMs: agoMs(64),
  failingSinceMs: agoMs(54),
  lastFailure,
  intervalMs,
});
/** No heartbeat was accepted for a minute, for that reason. */
export const offline = (lastFailure: Failure): Partial<StateFacts> => ({
  heartbeat: failing(lastFailure),
  lastAcceptedAgoMs: 64_000,
  undelivered: 3,
});
export const retry = (reason: string, status: number | null = null): Failure => ({
  kind: 'retry',
  reason,
  status,
});
export const account = (reason: string): Failure => ({ kind: 'account', reason, status: 403 });
