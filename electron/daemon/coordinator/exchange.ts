import { isNodeError, NodeError } from '../../../shared/errors.ts';
import type { ReasonCode } from '../../../shared/reasons/reason-text.ts';
import { checkedUrl, printableUrl } from '../http/address.ts';
import type { HttpAnswer, HttpClient, HttpRequest } from '../http/client.ts';
import type { Clock } from '../system/clock.ts';
import {
  classifyAnswer,
  isWebPage,
  type Outcome,
  type RejectionPolicy,
  retryAfterError,
  retryAfterMs,
} from './answer.ts';
import type { ClockSkew } from './clock-skew.ts';

type Ask = Omit<HttpRequest, 'url' | 'headers' | 'signal'>;

/** Requests to the coordinator. No method rejects; every answer that is its own is also a reading of its clock. */
export interface Exchange {
  /** The answer as it came. */
  ask(path: string, request: Ask, signal?: AbortSignal): Promise<HttpAnswer | NodeError>;
  post(
    path: string,
    body: string,
    limits: { timeoutMs: number; maxBodyBytes: number },
    policy: RejectionPolicy,
    signal?: AbortSignal,
  ): Promise<Outcome>;
  /** A GET whose body counts; `read` gives null for one that cannot be understood, which is `malformed`. */
  get<T>(
    path: string,
    limits: { timeoutMs: number; maxBodyBytes: number },
    { read, malformed }: { read: (answer: HttpAnswer) => T | null; malformed: ReasonCode },
    signal?: AbortSignal,
  ): Promise<Outcome<T>>;
}

/** The base URL without its trailing slash. Throws `http-invalid-url`, or `http-insecure-url` for http beyond loopback. */
function checkedBaseUrl(text: string): string {
  const url = checkedUrl(text, 'loopback');
  if (url.search !== '' || url.hash !== '') {
    throw new NodeError('http-invalid-url', { url: printableUrl(url) });
  }
  return (url.origin + url.pathname).replace(/\/$/, '');
}

/** @throws NodeError `http-invalid-url`, `http-insecure-url` */
export function createExchange(
  options: { baseUrl: string },
  modules: { http: HttpClient; clock: Clock; skew: ClockSkew },
): Exchange {
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
      const { roundTripMs, receivedAtMs } = answer;
      skew.add({ dateHeader, roundTripMs, receivedAtMs, receivedSinceBootMs: clock.sinceBootMs() });
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
    limits: { timeoutMs: number; maxBodyBytes: number },
    policy: RejectionPolicy,
    signal?: AbortSignal,
  ): Promise<Outcome> {
    const request: Ask = {
      method: 'POST',
      body,
      ...limits,
      partialBody: true,
      repeatable: true,
    };
    const answer = await ask(path, request, signal);
    return answer instanceof NodeError
      ? retryAfterError(answer)
      : classifyAnswer(answer, policy, clock.now());
  }

  async function get<T>(
    path: string,
    limits: { timeoutMs: number; maxBodyBytes: number },
    { read, malformed }: { read: (answer: HttpAnswer) => T | null; malformed: ReasonCode },
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

  return { ask, post, get };
}
