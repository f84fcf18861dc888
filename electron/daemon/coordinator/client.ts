import { isNodeError, NodeError } from '../../../shared/errors.ts';
import { checkedUrl, printableUrl } from '../http/address.ts';
import type { HttpAnswer, HttpClient, HttpRequest } from '../http/client.ts';
import { parseJson } from '../http/json-body.ts';
import type { Clock } from '../system/clock.ts';
import {
  classifyAnswer,
  isWebPage,
  type Outcome,
  type RejectionPolicy,
  reasonOf,
  retryAfterError,
  retryAfterMs,
} from './answer.ts';
import type { ClockSkew } from './clock-skew.ts';
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
  | { kind: 'unknown'; reason: string; retryAfterMs: number | null };

/** `reachable`: something that may be the coordinator answered with less than 500. */
export interface Health {
  reachable: boolean;
  status: number | null;
  reason: string | null;
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

type Ask = Omit<HttpRequest, 'url' | 'headers' | 'signal'>;

/** The base URL without its trailing slash. Throws `http-invalid-url`, or `http-insecure-url` for http beyond loopback. */
function checkedBaseUrl(text: string): string {
  const url = checkedUrl(text, 'loopback');
  if (url.search !== '' || url.hash !== '') {
    throw new NodeError('http-invalid-url', { url: printableUrl(url) });
  }
  return (url.origin + url.pathname).replace(/\/$/, '');
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
  const baseUrl = checkedBaseUrl(options.baseUrl);
  const { http, clock, skew } = modules;

  async function ask(path: string, request: Ask, signal?: AbortSignal): Promise<HttpAnswer | NodeError> {
    let answer: HttpAnswer;
    try {
      answer = await http.request({
        ...request,
        url: baseUrl + path,
        headers: { accept: 'application/json' },
        ...(signal === undefined ? {} : { signal }),
      });
    } catch (error) {
      if (isNodeError(error)) return error;
      throw error;
    }
    const dateHeader = answer.headers.date;
    // A page of somebody else has somebody else's clock, an answer from a cache an old one.
    if (dateHeader !== undefined && !isWebPage(answer) && !(Number(answer.headers.age) > 0)) {
      skew.add({ dateHeader, roundTripMs: answer.roundTripMs, receivedAtMs: answer.receivedAtMs });
    }
    return answer;
  }

  /**
   * The status line alone decides about heartbeats and results: a 2xx says the coordinator took it, and what follows
   * is unpublished and unused. Work is not delivered twice because an answer was too long or broke off. They may be
   * repeated on a fresh connection: a heartbeat states, and a result is known by its request id.
   */
  async function post(
    path: string,
    body: string,
    timeoutMs: number,
    policy: RejectionPolicy,
    signal?: AbortSignal,
  ): Promise<Outcome> {
    const request: Ask = {
      method: 'POST',
      body,
      timeoutMs,
      maxBodyBytes: answerBytes,
      partialBody: true,
      repeatable: true,
    };
    const answer = await ask(path, request, signal);
    return answer instanceof NodeError
      ? retryAfterError(answer)
      : classifyAnswer(answer, policy, clock.now());
  }

  /** A GET whose body counts; `read` gives null for one that cannot be understood. */
  async function get<T>(
    path: string,
    limits: { timeoutMs: number; maxBodyBytes: number },
    read: (answer: HttpAnswer) => T | null,
    malformed: string,
    signal?: AbortSignal,
  ): Promise<Outcome<T>> {
    const answer = await ask(path, { method: 'GET', ...limits }, signal);
    if (answer instanceof NodeError) return retryAfterError(answer);
    const outcome = classifyAnswer(answer, 'retry', clock.now());
    if (outcome.kind !== 'accepted') return outcome;
    const body = read(answer);
    if (body !== null) return { ...outcome, body };
    return {
      kind: 'retry',
      reason: malformed,
      status: answer.status,
      retryAfterMs: retryAfterMs(answer.headers, clock.now()),
    };
  }

  return {
    heartbeat: (body, signal) =>
      post('/operator/heartbeat', heartbeatJson(body), timeoutsMs.heartbeat, 'retry', signal),

    result: (body, signal) => post('/operator/result', resultJson(body), timeoutsMs.result, 'refuse', signal),

    failure: (body, signal) =>
      post('/operator/result', failureJson(body), timeoutsMs.failure, 'refuse', signal),

    inbox: (nodeId, signal) =>
      get(
        `/operator/inbox?nodeId=${encodeURIComponent(nodeId)}`,
        { timeoutMs: timeoutsMs.inbox, maxBodyBytes: inboxBytes },
        ({ body }) => {
          // Nothing at all (204, say) is the plainest way to say that there is no work.
          if (body.trim() === '') return [];
          return inboxSchema.safeParse(parseJson(body)).data ?? null;
        },
        'inbox-malformed',
        signal,
      ),

    stats: (owner, signal) =>
      get(
        `/operator/stats/${encodeURIComponent(owner)}`,
        { timeoutMs: timeoutsMs.stats, maxBodyBytes: answerBytes },
        ({ body }) => statsSchema.safeParse(parseJson(body)).data ?? null,
        'stats-malformed',
        signal,
      ),

    async nodeByKeyHash(hash, signal) {
      const limits = { timeoutMs: timeoutsMs.nodeByKeyHash, maxBodyBytes: answerBytes };
      const path = `/operator/node-by-keyhash/${encodeURIComponent(hash)}`;
      const answer = await ask(path, { method: 'GET', ...limits }, signal);
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
      const request: Ask = {
        method: 'GET',
        timeoutMs: timeoutsMs.health,
        maxBodyBytes: answerBytes,
        partialBody: true,
      };
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
