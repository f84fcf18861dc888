import type { IncomingMessage } from 'node:http';
import { isNodeError, NodeError } from '../../../shared/errors.ts';
import type { Clock } from '../system/clock.ts';
import { checkedUrl, type PlainHttp, printableUrl } from './address.ts';
import { createConnections } from './connections.ts';
import { type Exchange, openExchange } from './exchange.ts';
import { failureReason } from './failure.ts';
import { createProxyChoice } from './proxy.ts';
import type { HttpAnswer, HttpRequest, HttpStream } from './request.ts';
import { readTrust } from './roots.ts';

export { meansNoInternet } from './failure.ts';
export type { HttpAnswer, HttpRequest, HttpStream } from './request.ts';

/** The daemon's only way onto the network. Every rejection is a NodeError with an http code. */
export interface HttpClient {
  request(request: HttpRequest): Promise<HttpAnswer>;
  /** Resolves with the headers; what follows is the caller's to read and to limit in time. */
  stream(request: HttpRequest): Promise<HttpStream>;
  /** Requests under way, streams until they end or are closed. */
  readonly pending: number;
  /** Closes the connections that nobody uses, for example after sleep, when the server has forgotten them. */
  dropIdle(): void;
  /** Aborts what is under way, closes every connection and resolves when they are closed. */
  stop(): Promise<void>;
}

/** One request under way: its deadline and everything else that can end it early. */
interface Call {
  readonly signal: AbortSignal;
  abort(): void;
  stopTimer(): void;
  end(): void;
}

function plainHeaders(response: IncomingMessage): Record<string, string> {
  const headers: Record<string, string> = Object.create(null);
  for (const [name, value] of Object.entries(response.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return headers;
}

/** How long a server may take to end an answer of which nothing more is wanted. */
const letEndMs = 1000;

/** The body, piece by piece; throws `http-body-too-large` before the piece that would exceed the limit. */
async function* bodyOf(
  { response, url }: Exchange,
  { method, maxBodyBytes: limitBytes }: HttpRequest,
  signal: AbortSignal,
  end: (response: IncomingMessage) => void = (given) => given.destroy(),
): AsyncGenerator<Uint8Array, void> {
  const tooLarge = () => new NodeError('http-body-too-large', { url, limitBytes });
  try {
    // After HEAD the header speaks of a body that does not come.
    const announcedBytes = Number(response.headers['content-length'] ?? 0);
    if (method !== 'HEAD' && announcedBytes > limitBytes) throw tooLarge();
    let receivedBytes = 0;
    for await (const chunk of response.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>) {
      receivedBytes += chunk.byteLength;
      if (receivedBytes > limitBytes) throw tooLarge();
      yield chunk;
    }
    // A response that was destroyed while nobody waited ends like a whole one.
    if (signal.aborted) throw signal.reason;
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (error instanceof NodeError) throw error;
    throw new NodeError('http-unreachable', { url, reason: failureReason(error) }, { cause: error });
  } finally {
    end(response);
  }
}

async function readText(
  exchange: Exchange,
  request: HttpRequest,
  signal: AbortSignal,
): Promise<{ body: string; truncated: boolean }> {
  const chunks: Uint8Array[] = [];
  let truncated = false;
  try {
    for await (const chunk of bodyOf(exchange, request, signal)) chunks.push(chunk);
  } catch (error) {
    if (request.partialBody !== true || isNodeError(error, 'http-aborted')) throw error;
    truncated = true;
  }
  return { body: new TextDecoder().decode(Buffer.concat(chunks)), truncated };
}

/**
 * Makes a client on node:http and node:https. `proxyEnv` (usually process.env) is where HTTPS_PROXY, HTTP_PROXY,
 * NO_PROXY, NODE_EXTRA_CA_CERTS and SSL_CERT_FILE are read from, once; without it none of them counts. Servers are
 * reached over https; over http as `plainHttp` allows. Connections are kept alive, and as many are opened as there are
 * requests: none ever waits behind another. Throws `ca-file-unreadable`.
 */
export function createHttpClient(
  options: {
    proxyEnv?: NodeJS.ProcessEnv;
    caFile?: string | null;
    plainHttp: PlainHttp;
    /** False: a redirect to another server is refused, for what is sent is meant for this one only. Default true. */
    leavesOrigin?: boolean;
    userAgent: string;
  },
  modules: { clock: Clock },
): HttpClient {
  const { clock } = modules;
  const env = options.proxyEnv ?? {};
  const connections = createConnections(
    { trust: readTrust(options.caFile ?? null, env) },
    { proxyFor: createProxyChoice(env) },
  );
  const { plainHttp, userAgent, leavesOrigin = true } = options;
  const surroundings = { connections, clock, plainHttp, leavesOrigin, userAgent };
  const underWay = new Set<Call>();
  let stopped = false;

  function begin(request: HttpRequest): Call {
    const url = printableUrl(checkedUrl(request.url, options.plainHttp));
    if (stopped || request.signal?.aborted) throw new NodeError('http-aborted', { url });
    const controller = new AbortController();
    const abort = () => controller.abort(new NodeError('http-aborted', { url }));
    const timer = clock.after(request.timeoutMs, () => {
      controller.abort(new NodeError('http-timeout', { url, timeoutMs: request.timeoutMs }));
      // The network may have changed under them: the next request is not to wait for a dead connection again.
      connections.dropIdle();
    });
    request.signal?.addEventListener('abort', abort, { once: true });
    const call: Call = {
      signal: controller.signal,
      abort,
      stopTimer: () => timer.cancel(),
      end() {
        timer.cancel();
        request.signal?.removeEventListener('abort', abort);
        underWay.delete(call);
      },
    };
    underWay.add(call);
    return call;
  }

  return {
    async request(request) {
      const call = begin(request);
      try {
        const exchange = await openExchange(request, surroundings, call.signal);
        const { response, roundTripMs, receivedAtMs } = exchange;
        const text = await readText(exchange, request, call.signal);
        const status = response.statusCode ?? 0;
        return { status, headers: plainHeaders(response), ...text, roundTripMs, receivedAtMs };
      } finally {
        call.end();
      }
    },

    async stream(request) {
      const call = begin(request);
      try {
        const exchange = await openExchange(request, surroundings, call.signal);
        const { response } = exchange;
        call.stopTimer();
        response.once('close', () => call.end());
        let lettingEnd = false;
        const end = () => {
          if (!lettingEnd) return void response.destroy();
          response.resume();
          const timer = clock.after(letEndMs, () => response.destroy());
          response.once('close', () => timer.cancel());
        };
        return {
          status: response.statusCode ?? 0,
          headers: plainHeaders(response),
          chunks: bodyOf(exchange, request, call.signal, end),
          close() {
            if (response.closed || lettingEnd) return;
            call.abort();
            response.destroy();
            call.end();
          },
          letEnd() {
            lettingEnd = true;
          },
        };
      } catch (error) {
        call.end();
        throw error;
      }
    },

    get pending() {
      return underWay.size;
    },

    dropIdle: () => connections.dropIdle(),

    async stop() {
      stopped = true;
      for (const call of [...underWay]) call.abort();
      await connections.destroy();
    },
  };
}
