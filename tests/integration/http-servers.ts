import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import net, { type AddressInfo, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { type Clock, systemClock } from '../../electron/daemon/clock.ts';
import { createHttpClient, type HttpClient, type HttpRequest } from '../../electron/daemon/http.ts';
import { isNodeError } from '../../shared/errors.ts';

/** Servers and folders of one test file; `closeAll` in `afterEach`. */
export interface Servers {
  http(handle: http.RequestListener, options?: http.ServerOptions): Promise<TestServer>;
  https(handle: http.RequestListener, tls: https.ServerOptions): Promise<TestServer>;
  /** A TCP server whose every byte the test decides. */
  raw(onSocket: (socket: Socket) => void): Promise<TestServer>;
  /** A forward proxy: CONNECT tunnels and absolute-form requests, all led to 127.0.0.1 whatever the name. */
  proxy(options?: { credentials?: string; refuse?: number; hang?: boolean }): Promise<TestProxy>;
  closeAll(): Promise<void>;
}

export interface TestServer {
  readonly port: number;
  /** Connections accepted so far. */
  readonly connections: number;
  /** Connections open now. */
  readonly open: number;
  closeConnections(): void;
}

export interface TestProxy extends TestServer {
  /** The request lines it was asked to forward. */
  readonly asked: readonly string[];
}

export function createServers(): Servers {
  const running: { server: Server; sockets: Set<Socket> }[] = [];

  async function listen(server: Server): Promise<TestServer> {
    const sockets = new Set<Socket>();
    let connections = 0;
    server.on('connection', (socket: Socket) => {
      connections += 1;
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => sockets.delete(socket));
    });
    running.push({ server, sockets });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return {
      port: (server.address() as AddressInfo).port,
      get connections() {
        return connections;
      },
      get open() {
        return sockets.size;
      },
      closeConnections() {
        for (const socket of sockets) socket.destroy();
      },
    };
  }

  return {
    http: (handle, options = {}) => listen(http.createServer(options, handle)),
    https: (handle, tls) => {
      const server = https.createServer(tls, handle);
      server.on('tlsClientError', () => {});
      return listen(server);
    },
    raw: (onSocket) => listen(net.createServer(onSocket)),

    async proxy({ credentials, refuse, hang } = {}) {
      const asked: string[] = [];
      const wanted = credentials && `Basic ${Buffer.from(credentials).toString('base64')}`;
      const server = http.createServer((request, response) => {
        asked.push(`${request.method} ${request.url}`);
        const { pathname, port } = new URL(request.url ?? '');
        const { 'proxy-authorization': _, ...headers } = request.headers;
        const onward = http.request(
          { host: '127.0.0.1', port, path: pathname, method: request.method, headers },
          (answer) => {
            response.writeHead(answer.statusCode ?? 502, answer.headers);
            answer.pipe(response);
          },
        );
        request.pipe(onward);
      });
      server.on('connect', (request: http.IncomingMessage, client: Socket) => {
        asked.push(`CONNECT ${request.url}`);
        client.on('error', () => {});
        // Without a reader the end of the connection would never be noticed.
        if (hang) return client.on('end', () => client.destroy()).resume();
        if (refuse) return client.end(`HTTP/1.1 ${refuse} No\r\ncontent-length: 0\r\n\r\n`);
        if (wanted && request.headers['proxy-authorization'] !== wanted) {
          return client.end('HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n');
        }
        const onward = net.connect(Number(request.url?.split(':').pop()), '127.0.0.1', () => {
          client.write('HTTP/1.1 200 Connection established\r\n\r\n');
          client.pipe(onward).pipe(client);
        });
        onward.on('error', () => client.destroy());
        client.on('close', () => onward.destroy());
      });
      const base = await listen(server);
      return Object.assign(base, { asked });
    },

    async closeAll() {
      for (const { server, sockets } of running.splice(0)) {
        const closed = new Promise((resolve) => server.close(resolve));
        for (const socket of sockets) socket.destroy();
        await closed;
      }
    },
  };
}

/** Makes clients of one test file; `stopAll` in `afterEach`. */
export function createClients() {
  const made: HttpClient[] = [];
  type Options = Partial<Parameters<typeof createHttpClient>[0]>;
  return {
    client(options: Options = {}, clock: Clock = systemClock): HttpClient {
      const http = createHttpClient(
        { plainHttp: 'loopback', userAgent: 'operator-test/1', ...options },
        { clock },
      );
      made.push(http);
      return http;
    },
    async stopAll() {
      await Promise.all(made.splice(0).map((http) => http.stop()));
    },
  };
}

export function getRequest(url: string, more: Partial<HttpRequest> = {}): HttpRequest {
  return { method: 'GET', url, timeoutMs: 10_000, maxBodyBytes: 64 * 1024, ...more };
}

/** Time that stands still until `advance`. */
export interface ManualClock extends Clock {
  advance(ms: number): void;
}

export function manualClock(startMs = Date.UTC(2026, 5, 10, 12)): ManualClock {
  let elapsedMs = 0;
  const timers = new Set<{ atMs: number; run: () => void }>();
  return {
    now: () => startMs + elapsedMs,
    monotonicMs: () => elapsedMs,
    sinceBootMs: () => elapsedMs,
    after(delayMs, run) {
      const timer = { atMs: elapsedMs + delayMs, run };
      timers.add(timer);
      return { cancel: () => timers.delete(timer) };
    },
    advance(ms) {
      elapsedMs += ms;
      for (const timer of [...timers].sort((a, b) => a.atMs - b.atMs)) {
        if (timer.atMs <= elapsedMs && timers.delete(timer)) timer.run();
      }
    },
  };
}

/** Waits, turn by turn of the event loop, until `condition` holds; fails after ten seconds. */
export async function until(condition: () => boolean, what = String(condition)): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`never came true: ${what}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** The code and facts of the NodeError that `promise` rejects with; anything else fails the test. */
export async function failureFrom(
  promise: Promise<unknown>,
): Promise<{ code: string; url?: string; reason?: string }> {
  try {
    await promise;
  } catch (error) {
    if (isNodeError(error)) return { code: error.code, ...error.details };
    throw error;
  }
  throw new Error('it succeeded');
}

export const hasOpenssl = (process.env.PATH ?? '')
  .split(delimiter)
  .some((folder) => existsSync(join(folder, 'openssl')));

/** A certificate authority made for one test file, and certificates signed by it. */
export interface Authority {
  readonly dir: string;
  /** PEM file of the authority itself. */
  readonly caFile: string;
  issue(name: string, options?: { expired?: boolean }): { key: Buffer; cert: Buffer };
  remove(): void;
}

export function createAuthority(): Authority {
  const dir = mkdtempSync(join(tmpdir(), 'plx-ca-'));
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: dir, stdio: 'pipe' });
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  openssl(
    'req',
    '-x509',
    ...newKey,
    '-keyout',
    'ca.key',
    '-out',
    'ca.pem',
    '-days',
    '2',
    '-subj',
    '/CN=Test CA',
  );
  return {
    dir,
    caFile: join(dir, 'ca.pem'),
    issue(name, { expired = false } = {}) {
      const file = `${name}-${expired}`;
      openssl('req', ...newKey, '-keyout', `${file}.key`, '-out', `${file}.csr`, '-subj', `/CN=${name}`);
      const alternative = /^[\d.]+$/.test(name) ? `IP:${name}` : `DNS:${name}`;
      writeFileSync(
        join(dir, 'sign.cnf'),
        [
          '[ca]\ndefault_ca=own\n[own]\nnew_certs_dir=.\ndatabase=index.txt\nserial=serial\ncertificate=ca.pem',
          'private_key=ca.key\ndefault_md=sha256\npolicy=any\nunique_subject=no\nx509_extensions=names',
          `[any]\ncommonName=supplied\n[names]\nsubjectAltName=${alternative}\n`,
        ].join('\n'),
      );
      if (!existsSync(join(dir, 'index.txt'))) {
        writeFileSync(join(dir, 'index.txt'), '');
        writeFileSync(join(dir, 'serial'), '01\n');
      }
      // The subcommand `ca` rather than `x509`: it alone dates certificates in the past in every version.
      const validity = expired
        ? ['-startdate', '200101000000Z', '-enddate', '200102000000Z']
        : ['-days', '2'];
      const sign = ['ca', '-batch', '-config', 'sign.cnf', '-notext'];
      openssl(...sign, '-in', `${file}.csr`, '-out', `${file}.pem`, ...validity);
      return { key: readFileSync(join(dir, `${file}.key`)), cert: readFileSync(join(dir, `${file}.pem`)) };
    },
    remove: () => rmSync(dir, { recursive: true, force: true }),
  };
}
