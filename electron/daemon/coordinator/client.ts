import { NodeError } from '../../../shared/errors.ts';
import type { Reason } from '../../../shared/reasons/reason-text.ts';
import type { HttpAnswer, HttpClient } from '../http/client.ts';
import { parseJson } from '../http/json-body.ts';
import type { Clock } from '../system/clock.ts';
import { isWebPage, type Outcome, reasonOf, retryAfterError, retryAfterMs } from './answer.ts';
import type { ClockSkew } from './clock-skew.ts';
import { createExchange } from './exchange.ts';
import {
  type FailureBody,
  failureJson,
  type HeartbeatBody,
  heartbeatJson,
  inboxSchema,
  type ResultBody,
  registrationSchema,
  resultJson,
  statsSchema,
} from './schemas.ts';

/** [network.md 6] */
const timeoutsMs = {
  heartbeat: 8_000,
  inbox: 6_000,
  result: 15_000,
  failure: 8_000,
  stats: 8_000,
  nodeByKeyHash: 8_000,
  health: 5_000,
};

/** What the coordinator knows about a key. */
export type Registration =
  | { kind: 'registered'; nodeId: string; owner: string; tier: number | null; stakePrlx: string | null }
  | { kind: 'not-registered' }
  | { kind: 'unknown'; reason: Reason; retryAfterMs: number | null };

/** `reachable`: something that may be the coordinator answered with less than 500. */
export interface Health {
  reachable: boolean;
  status: number | null;
  reason: Reason | null;
}

/** The coordinator's endpoints. No method rejects: what went wrong is in the outcome, an abort as retry 'aborted'. */
export interface CoordinatorClient {
  heartbeat(body: HeartbeatBody, signal?: AbortSignal): Promise<Outcome>;
  /** The raw entries of the inbox, not yet judged. */
  inbox(nodeId: string, signal?: AbortSignal): Promise<Outcome<unknown[]>>;
  result(body: ResultBody, signal?: AbortSignal): Promise<Outcome>;
  failure(body: FailureBody, signal?: AbortSignal): Promise<Outcome>;
  /** Lifetime earnings of the owner's wallet as a plain decimal in PRLX, null when not reported. */
  stats(owner: string, signal?: AbortSignal): Promise<Outcome<{ lifetimeEarningsPrlx: string | null }>>;
  nodeByKeyHash(hash: string, signal?: AbortSignal): Promise<Registration>;
  health(signal?: AbortSignal): Promise<Health>;
}

/**
 * Speaks to the coordinator at `baseUrl` [network.md 6] and sorts what it says. Every endpoint has its own time-out and
 * bound; every answer that is the coordinator's own is also a reading of its clock. Throws for an unusable base URL.
 */
export function createCoordinatorClient(
  options: { baseUrl: string; inboxBytes?: number; answerBytes?: number },
  modules: { http: HttpClient; clock: Clock; skew: ClockSkew },
): CoordinatorClient {
  const { inboxBytes = 1024 * 1024, answerBytes = 64 * 1024 } = options;
  const { clock } = modules;
  const { ask, post, get } = createExchange(options, modules);
  const within = (timeoutMs: number) => ({ timeoutMs, maxBodyBytes: answerBytes });

  return {
    heartbeat: (body, signal) =>
      post('/operator/heartbeat', heartbeatJson(body), within(timeoutsMs.heartbeat), 'retry', signal),

    result: (body, signal) =>
      post('/operator/result', resultJson(body), within(timeoutsMs.result), 'refuse', signal),

    failure: (body, signal) =>
      post('/operator/result', failureJson(body), within(timeoutsMs.failure), 'refuse', signal),

    inbox: (nodeId, signal) =>
      get(
        `/operator/inbox?nodeId=${encodeURIComponent(nodeId)}`,
        { timeoutMs: timeoutsMs.inbox, maxBodyBytes: inboxBytes },
        { read: inboxEntries, malformed: 'inbox-malformed' },
        signal,
      ),

    stats: (owner, signal) =>
      get(
        `/operator/stats/${encodeURIComponent(owner)}`,
        within(timeoutsMs.stats),
        {
          read: ({ body }) => statsSchema.safeParse(parseJson(body)).data ?? null,
          malformed: 'stats-malformed',
        },
        signal,
      ),

    async nodeByKeyHash(hash, signal) {
      const path = `/operator/node-by-keyhash/${encodeURIComponent(hash)}`;
      const answer = await ask(path, { method: 'GET', ...within(timeoutsMs.nodeByKeyHash) }, signal);
      if (answer instanceof NodeError) {
        const { reason } = retryAfterError(answer);
        return { kind: 'unknown', reason, retryAfterMs: null };
      }
      const wait = retryAfterMs(answer.headers, clock.now());
      if (isWebPage(answer)) return { kind: 'unknown', reason: 'not-the-coordinator', retryAfterMs: wait };
      if (answer.status === 404) return { kind: 'not-registered' };
      if (answer.status < 200 || answer.status > 299) {
        return { kind: 'unknown', reason: reasonOf(answer), retryAfterMs: wait };
      }
      const registration = registrationSchema.safeParse(parseJson(answer.body));
      if (!registration.success) {
        return { kind: 'unknown', reason: 'registration-malformed', retryAfterMs: wait };
      }
      return { kind: 'registered', ...registration.data };
    },

    async health(signal) {
      const request = { method: 'GET', ...within(timeoutsMs.health), partialBody: true } as const;
      let answer = await ask('/health', request, signal);
      if (answer instanceof NodeError && !signal?.aborted) answer = await ask('/', request, signal);
      if (answer instanceof NodeError) {
        return { reachable: false, status: null, reason: retryAfterError(answer).reason };
      }
      const { status } = answer;
      // A page with an error status may be the coordinator's own "no such path"; one that welcomes is a portal.
      if (isWebPage(answer) && status < 400) {
        return { reachable: false, status, reason: 'not-the-coordinator' };
      }
      const reachable = status < 500;
      return { reachable, status, reason: status < 400 ? null : reasonOf(answer) };
    },
  };
}

/** Nothing at all (204, say) is the plainest way to say that there is no work. */
function inboxEntries({ body }: HttpAnswer): unknown[] | null {
  return body.trim() === '' ? [] : (inboxSchema.safeParse(parseJson(body)).data ?? null);
}
