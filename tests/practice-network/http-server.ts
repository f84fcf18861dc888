import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request as the handlers see it. `gone` aborts when the client hangs up before the answer is complete. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly url: URL;
  readonly gone: AbortSignal;
}

/** A loopback HTTP server that can be taken down (connections refused) and brought back on its own port. */
export interface SwitchableServer {
  readonly url: string;
  readonly port: number;
  readonly isUp: boolean;
  up(): Promise<void>;
  down(): Promise<void>;
}

/** Idle connections are kept longer than any client keeps them, so that a reused one never meets a closing server. */
const keepAliveTimeoutMs = 120_000;

export async function startServer(
  options: { port?: number | undefined },
  handle: (exchange: Exchange) => Promise<void>,
): Promise<SwitchableServer> {
  let server: Server | null = null;
  let port = options.port ?? 0;

  async function up(): Promise<void> {
    if (server) return;
    const fresh = createServer((request, response) => void serve(request, response));
    fresh.keepAliveTimeout = keepAliveTimeoutMs;
    fresh.requestTimeout = 0;
    await new Promise<void>((resolve, reject) => {
      fresh.once('error', reject);
      fresh.listen(port, '127.0.0.1', resolve);
    });
    port = (fresh.address() as AddressInfo).port;
    server = fresh;
  }

  async function down(): Promise<void> {
    const old = server;
    if (!old) return;
    server = null;
    const closed = new Promise<void>((resolve) => old.close(() => resolve()));
    old.closeAllConnections();
    await closed;
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const gone = new AbortController();
    response.once('close', () => {
      if (!response.writableFinished) gone.abort();
    });
    response.on('error', () => undefined);
    const url = new URL(request.url ?? '/', `http://127.0.0.1:${port}`);
    try {
      await handle({ request, response, url, gone: gone.signal });
    } catch (cause) {
      if (gone.signal.aborted) return;
      console.error(
        `practice network: ${request.method} ${url.pathname} failed in the network itself`,
        cause,
      );
      if (response.headersSent) response.destroy();
      else answerJson(response, 500, { error: `practice network: ${String(cause)}` });
    }
  }

  await up();
  return {
    get url() {
      return `http://127.0.0.1:${port}`;
    },
    get port() {
      return port;
    },
    get isUp() {
      return server !== null;
    },
    up,
    down,
  };
}

/** The body as text, or null when it is longer than `maxBytes`. */
export async function readBody(request: IncomingMessage, maxBytes: number): Promise<string | null> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > maxBytes) return null;
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

export function answerJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  answerText(response, status, JSON.stringify(body), { 'content-type': 'application/json', ...headers });
}

export function answerText(
  response: ServerResponse,
  status: number,
  text: string,
  headers: Record<string, string> = {},
): void {
  if (response.destroyed) return;
  response.writeHead(status, { ...headers, 'content-length': String(Buffer.byteLength(text)) });
  response.end(text);
}

/** Resolves when the exchange is over for the client, whichever way. */
export function untilGone(gone: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (gone.aborted) resolve();
    else gone.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** Resolves with true after `delayMs`, with false as soon as the client is gone. */
export function waitUnlessGone(delayMs: number, gone: AbortSignal | null): Promise<boolean> {
  if (gone?.aborted) return Promise.resolve(false);
  if (delayMs <= 0) return Promise.resolve(true);
  return new Promise((resolve) => {
    const leave = (whole: boolean) => {
      clearTimeout(timer);
      gone?.removeEventListener('abort', cut);
      resolve(whole);
    };
    const cut = () => leave(false);
    const timer = setTimeout(() => leave(true), delayMs);
    gone?.addEventListener('abort', cut, { once: true });
  });
}
