import { onlineForMs } from '../../shared/liveness.ts';
import type { Reason } from '../../shared/reasons/reason-text.ts';
import { type Params, type StateCode, statePrecedence } from '../../shared/states/states.ts';
import type { HeartbeatStatus } from './coordinator/heartbeat-record.ts';
import type { RegistrationStatus } from './coordinator/registration.ts';
import type { TierStanding } from './hardware/tier-match.ts';
import { meansNoInternet } from './http/client.ts';
import type { OllamaFacts } from './ollama/runtime.ts';
import type { Failing } from './serving/generation-health.ts';
import type { DiskStatus } from './storage/disk-guard.ts';

/** What the state is judged by; everything here is known to the daemon itself. */
export interface StateFacts extends OllamaFacts {
  nowMs: number;
  nodeId: string | null;
  stateDir: string;
  registration: Readonly<RegistrationStatus>;
  heartbeat: Readonly<HeartbeatStatus> | null;
  /** How long ago a heartbeat was last accepted, by a clock that nobody can set; null: never in this run. */
  lastAcceptedAgoMs: number | null;
  /** This node was online before, in this run or an earlier one. */
  servedBefore: boolean;
  clockSkew: { skewMs: number | null; warned: boolean };
  /** Why the last exchange with the coordinator failed, whoever had it. */
  networkFailure: { reason: Reason; sinceMs: number } | null;
  hasNetworkInterface: boolean;
  disk: Readonly<DiskStatus>;
  tier: Pick<TierStanding, 'state'>;
  /** The card that decides the tier; null without a GPU. */
  gpu: string | null;
  pause: { sinceMs: number; untilMs: number | null } | null;
  draining: { limitMs: number } | null;
  running: readonly { model: string }[];
  /** Generations fail, one after the other, and no work is taken. */
  failing: Failing | null;
  lastRequestAtMs: number | null;
  undelivered: number;
  waiting: { count: number; sinceMs: number | null };
  woke: { agoMs: number; durationMs: number } | null;
  /** How long the cooldown still runs, by the chain; null where the chain does not say. */
  cooldownLeftMs: number | null;
}

export interface OperatorState {
  code: StateCode;
  params: Params & { readonly reason?: Reason | null };
}

/** How long waking up is mentioned. */
const wokeForMs = 10 * 60_000;
/** A backlog younger than this is a delivery under way. */
const backlogAfterMs = 20_000;

/** The one state that applies: of all that do, the highest row of the table. */
export function decideState(facts: StateFacts): OperatorState {
  const active = [
    ...identityStates(facts),
    ...networkStates(facts),
    ...machineStates(facts),
    ...workStates(facts),
  ];
  return active.reduce(
    (best, next) => (statePrecedence(next.code) < statePrecedence(best.code) ? next : best),
    {
      code: 'ready',
      params: { time: facts.lastRequestAtMs },
    },
  );
}

function* identityStates(facts: StateFacts): Generator<OperatorState> {
  const { registration, heartbeat, nodeId } = facts;
  const account = heartbeat?.lastFailure?.kind === 'account' ? heartbeat.lastFailure.reason : null;
  if (account === 'in_cooldown') yield coolingState(facts.cooldownLeftMs);
  if (account === 'not_staked') {
    if (facts.servedBefore) yield { code: 'retired', params: { id: nodeId, date: null } };
    else if (registration.status !== 'registered')
      yield { code: 'not-registered', params: { time: registration.asOfMs } };
  }
  if (nodeId === null && registration.status === 'not-registered') {
    yield { code: 'not-registered', params: { time: registration.asOfMs } };
  }
}

/** That the node cools is the coordinator's word, which comes with every heartbeat; how long still, the chain's. */
function coolingState(leftMs: number | null): OperatorState {
  if (leftMs === null) return { code: 'cooling', params: { date: null, d: null, h: null } };
  if (leftMs === 0) return { code: 'withdrawable', params: {} };
  // Begun hours count, so that there are never 0 d 0 h left.
  const hours = Math.ceil(leftMs / 3_600_000);
  return { code: 'cooling', params: { date: null, d: Math.floor(hours / 24), h: hours % 24 } };
}

function* networkStates(facts: StateFacts): Generator<OperatorState> {
  const { heartbeat, lastAcceptedAgoMs, networkFailure, undelivered } = facts;
  const { skewMs, warned } = facts.clockSkew;
  if (warned && skewMs !== null)
    yield {
      code: 'clock-skew',
      params: { n: Math.round(Math.abs(skewMs) / 1000), way: skewMs > 0 ? 'ahead' : 'behind' },
    };
  if (lastAcceptedAgoMs !== null && lastAcceptedAgoMs <= onlineForMs) return;
  yield { code: 'connecting', params: {} };
  const failure = heartbeat?.lastFailure ?? null;
  const sinceMs = heartbeat?.failingSinceMs ?? networkFailure?.sinceMs ?? null;
  if (failure && (failure.kind === 'account' || isRefusal(failure))) {
    const n = Math.round((heartbeat?.intervalMs ?? 0) / 1000);
    yield { code: 'refused', params: { reason: failure.reason, time: sinceMs, n } };
  } else if (failure || networkFailure) {
    const reason = failure?.reason ?? networkFailure?.reason ?? 'not-said';
    const own = !facts.hasNetworkInterface || meansNoInternet(reason);
    yield { code: own ? 'no-network' : 'coordinator-down', params: { time: sinceMs, n: undelivered } };
  }
}

/** The coordinator answered and said no, as opposed to not answering properly, or somebody else answering. */
function isRefusal({ reason, status }: { reason: string; status: number | null }): boolean {
  if (status === null || reason === 'not-the-coordinator') return false;
  return status >= 400 && status < 500 && status !== 408 && status !== 429;
}

function* machineStates(facts: StateFacts): Generator<OperatorState> {
  const { disk, ollama, heartbeat } = facts;
  if (disk.cause === 'EROFS') yield { code: 'disk-read-only', params: { volume: facts.stateDir } };
  else if (disk.full && disk.cause !== 'ENOSPC' && disk.cause !== 'EDQUOT')
    yield { code: 'disk-failing', params: { volume: facts.stateDir, reason: disk.cause } };
  else if (disk.full) {
    const missing = Math.max(0, disk.neededBytes - (disk.freeBytes ?? 0));
    const n = disk.freeBytes === null ? null : Math.floor(disk.freeBytes / 1e6);
    yield {
      code: 'disk-full',
      params: { n, volume: facts.stateDir, m: Math.max(1, Math.ceil(missing / 1e9)) },
    };
  }
  const beating = heartbeat !== null && heartbeat.lastAttemptAtMs !== null;
  if (ollama.state === 'unreachable' || ollama.state === 'failing') {
    yield beating ? ollamaDown(facts) : ollamaNotThere(facts);
  }
  if (ollama.state === 'running' && ollama.defaultModel === null) {
    const { model, sizeBytes } = facts.recommended;
    yield { code: 'no-model', params: { model, size: sizeBytes } };
  }
  yield* modelStates(facts);
  if (facts.failing) {
    const { model, reason, sinceMs } = facts.failing;
    yield { code: 'answers-failing', params: { model, reason, time: sinceMs } };
  }
  if (facts.tier.state) yield facts.tier.state;
}

/** Heartbeats go on; what is said of a restart is about a server that we started. */
function ollamaDown({ ollama, supervised, nowMs }: StateFacts): OperatorState {
  const { restart, condition } = supervised;
  const waitMs = restart ? Math.max(0, restart.atMs - nowMs) : condition === 'starting' ? 0 : null;
  const n = waitMs === null ? null : Math.ceil(waitMs / 1000);
  const reason = supervised.reason ?? ollama.reason;
  return { code: 'ollama-down', params: { time: ollama.sinceMs, reason, k: restart?.attempt ?? null, n } };
}

/** No heartbeat was sent yet, and none is before Ollama answers. */
function ollamaNotThere({ ollama, ollamaUrl, supervised, installBytes, nowMs }: StateFacts): OperatorState {
  const { condition, sinceMs } = supervised;
  if (condition === 'not-installed') return { code: 'ollama-missing', params: { size: installBytes } };
  if (condition === 'starting') {
    return { code: 'ollama-starting', params: { n: Math.max(0, Math.round((nowMs - sinceMs) / 1000)) } };
  }
  return { code: 'ollama-not-running', params: { url: ollamaUrl, time: ollama.sinceMs } };
}

function* modelStates({ warmUp, gpuUnused, gpu, nowMs }: StateFacts): Generator<OperatorState> {
  const { state, model, sinceMs, reason } = warmUp;
  if (state === 'loading') {
    const n = sinceMs === null ? null : Math.max(0, Math.round((nowMs - sinceMs) / 1000));
    yield { code: 'model-loading', params: { model, n } };
  }
  if (state === 'failed') yield { code: 'model-not-loaded', params: { model, time: sinceMs, reason } };
  if (gpuUnused) {
    const [cause] = gpuUnused.causes;
    const params = {
      model: gpuUnused.model,
      gpu,
      cause: cause ?? null,
    };
    yield { code: 'gpu-on-cpu', params };
  }
}

function* workStates(facts: StateFacts): Generator<OperatorState> {
  const { pause, draining, running, waiting, woke, nowMs } = facts;
  if (pause) yield { code: 'paused', params: { time: pause.sinceMs, end: pause.untilMs } };
  if (draining) {
    const params = {
      n: running.length + facts.undelivered,
      before: 'stopping',
      s: Math.round(draining.limitMs / 1000),
    };
    yield { code: 'draining', params };
  }
  if (waiting.count > 0 && waiting.sinceMs !== null && nowMs - waiting.sinceMs >= backlogAfterMs) {
    yield { code: 'backlog', params: { n: waiting.count, time: waiting.sinceMs } };
  }
  if (woke && woke.agoMs < wokeForMs) yield { code: 'woke', params: { duration: woke.durationMs } };
  const [first] = running;
  if (first) yield { code: 'serving', params: { n: running.length, model: first.model } };
}
