import type { IncomingMessage } from 'node:http';
import { NodeError } from '../../../shared/errors.ts';
import type { Clock } from '../system/clock.ts';
import { checkedUrl, type PlainHttp, printableUrl } from './address.ts';
import type { Connections } from './connections.ts';
import { failureReason } from './failure.ts';
import type { HttpRequest } from './request.ts';

/** An answer whose headers are here and whose body is not read yet. */
export interface Exchange {
  response: IncomingMessage;
  /** Where the answer came from, after redirects, as errors may print it. */
  url: string;
  /** From the request having left on a ready connection to the headers of the answer. */
  roundTripMs: number;
  /** Unix time at which the headers arrived. */
  receivedAtMs: number;
}

const maxRedirects = 3;

interface Surroundings {
  connections: Connections;
  clock: Clock;
  plainHttp: PlainHttp;
  /** Whether a redirect may lead to another server. */
  leavesOrigin: boolean;
  userAgent: string;
}

function headersOf(request: HttpRequest, userAgent: string): Record<string, string | number> {
  const headers: Record<string, string | number> = { 'user-agent': userAgent, 'accept-encoding': 'identity' };
  if (request.body !== undefined) {
    headers['content-type'] = 'application/json';
    headers['content-length'] = Buffer.byteLength(request.body);
  } else if (request.method === 'POST') {
    headers['content-length'] = 0;
  }
  for (const [name, value] of Object.entries(request.headers ?? {})) headers[name.toLowerCase()] = value;
  return headers;
}

/**
 * Sends once. Resolves with 'stale' when a connection kept from an earlier request was closed by the
 * server before it answered anything. Rejects with a NodeError; on abort with the reason of `signal`.
 */
function send(
  url: URL,
  request: HttpRequest,
  headers: Record<string, string | number>,
  { connections, clock }: Surroundings,
  signal: AbortSignal,
): Promise<Exchange | 'stale'> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const fail = (error: unknown, reason = failureReason(error)) =>
      reject(new NodeError('http-unreachable', { url: printableUrl(url), reason }, { cause: error }));

    let answered = false;
    let sentAtMs = clock.monotonicMs();
    let outgoing: ReturnType<Connections['start']>;
    try {
      outgoing = connections.start(url, request.method, headers, signal);
    } catch (error) {
      if (error instanceof NodeError) reject(error);
      else fail(error);
      return;
    }
    const onAbort = () => {
      outgoing.destroy();
      reject(signal.reason);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    outgoing.once('finish', () => {
      sentAtMs = clock.monotonicMs();
    });
    outgoing.once('response', (response) => {
      // Errors while the body is read reach whoever reads it; this one keeps the rest from being uncaught.
      response.on('error', () => {});
      answered = true;
      resolve({
        response,
        url: printableUrl(url),
        roundTripMs: Math.max(0, clock.monotonicMs() - sentAtMs),
        receivedAtMs: clock.now(),
      });
    });
    outgoing.on('error', (error) => {
      const reason = failureReason(error);
      if (outgoing.reusedSocket && (reason === 'ECONNRESET' || reason === 'EPIPE')) resolve('stale');
      else fail(error, reason);
    });
    outgoing.once('close', () => {
      signal.removeEventListener('abort', onAbort);
      // An answer that is none to this client (101) ends here.
      if (!answered) fail(undefined, 'CLOSED');
    });
    outgoing.end(request.body);
  });
}

/**
 * Where an answer sends its request on to, or null when it does not. GET and HEAD follow every redirect, the rest only
 * 307 and 308 (which repeat the request as it was). Never from https to http, nor where the rules for URLs forbid, nor to
 * another server when the client stays with its own.
 */
function redirectTarget(
  from: URL,
  request: HttpRequest,
  exchange: Exchange,
  { plainHttp, leavesOrigin }: Surroundings,
): URL | null {
  const status = exchange.response.statusCode ?? 0;
  const location = exchange.response.headers.location;
  if (![301, 302, 303, 307, 308].includes(status) || location === undefined) return null;
  const refused = new NodeError('http-redirect-refused', { url: printableUrl(from), status });
  const reads = request.method === 'GET' || request.method === 'HEAD';
  if (!reads && status !== 307 && status !== 308) throw refused;
  const target = URL.parse(location, from.href);
  if (target === null || (from.protocol === 'https:' && target.protocol !== 'https:')) throw refused;
  if (!leavesOrigin && target.origin !== from.origin) throw refused;
  try {
    return checkedUrl(target.href, plainHttp);
  } catch {
    throw refused;
  }
}

/**
 * Sends a request, follows its redirects and resolves when the headers of the last answer are here. A connection that
 * the server had closed meanwhile is replaced once by a fresh one: always for GET and HEAD, otherwise only if the
 * caller declared the request `repeatable`, because the server may have worked on it before it hung up.
 */
export async function openExchange(
  request: HttpRequest,
  surroundings: Surroundings,
  signal: AbortSignal,
): Promise<Exchange> {
  const { connections, plainHttp } = surroundings;
  const repeatable = request.repeatable ?? (request.method === 'GET' || request.method === 'HEAD');
  const headers = headersOf(request, surroundings.userAgent);
  let url = checkedUrl(request.url, plainHttp);
  for (let redirects = 0; ; redirects += 1) {
    let exchange = await send(url, request, headers, surroundings, signal);
    if (exchange === 'stale') {
      // Where one kept connection is dead the others are too, and the pool would hand out the next.
      connections.dropIdle();
      if (repeatable) exchange = await send(url, request, headers, surroundings, signal);
    }
    if (exchange === 'stale') {
      throw new NodeError('http-unreachable', { url: printableUrl(url), reason: 'ECONNRESET' });
    }
    let target: URL | null;
    try {
      target = redirectTarget(url, request, exchange, surroundings);
      if (target !== null && redirects === maxRedirects) {
        const status = exchange.response.statusCode ?? 0;
        throw new NodeError('http-redirect-refused', { url: printableUrl(url), status });
      }
    } catch (error) {
      exchange.response.destroy();
      throw error;
    }
    if (target === null) return exchange;
    exchange.response.destroy();
    if (target.origin !== url.origin) {
      delete headers.authorization;
      delete headers.cookie;
    }
    url = target;
  }
}
