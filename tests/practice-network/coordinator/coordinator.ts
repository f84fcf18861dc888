import type { IncomingMessage } from 'node:http';
import type { Exchange } from '../http-server.ts';
import { answerJson, answerText, readBody, startServer } from '../http-server.ts';
import type { PatchOf } from '../patch.ts';
import { withPatch } from '../patch.ts';
import type { NodeRegistry } from '../registry.ts';
import type { Answer } from './answer.ts';
import type { CoordinatorBehaviour } from './behaviour.ts';
import { defaultBehaviour } from './behaviour.ts';
import type { CoordinatorFaults, EndpointName } from './faults.ts';
import { createFaultBox, playAfter, playBefore } from './faults.ts';
import { createHeartbeatDesk } from './heartbeat.ts';
import { createInboxDesk } from './inbox.ts';
import type { Ledger, WorkRecord } from './ledger.ts';
import { createLedger } from './ledger.ts';
import { lookUpKeyHash, lookUpStats } from './look-ups.ts';
import { createOverlapWatch } from './overlap.ts';
import { createPresence } from './presence.ts';
import { createResultDesk } from './results.ts';
import type { Submission } from './work.ts';
import { createWorkQueue } from './work.ts';

export interface CoordinatorOptions {
  port?: number | undefined;
  behaviour?: PatchOf<CoordinatorBehaviour> | undefined;
  /** Longer POST bodies get 413. Default 16 MiB. */
  maxBodyBytes?: number | undefined;
}

/** `refused`: the listener is closed. `503`: it answers 503 to everything. */
export type Outage = 'off' | 'refused' | '503';

/** The practice coordinator: strict about the published wire, switchable in everything that is not published. */
export interface Coordinator {
  /** With the base path, as a node is given it: http://127.0.0.1:<port>/api */
  readonly url: string;
  readonly port: number;
  readonly ledger: Ledger;
  readonly behaviour: CoordinatorBehaviour;
  readonly faults: CoordinatorFaults;
  setBehaviour(patch: PatchOf<CoordinatorBehaviour>): void;
  /** Per endpoint; null takes a fault back, endpoints not named keep theirs. */
  setFaults(faults: CoordinatorFaults): void;
  clearFaults(): void;
  readonly outageNow: Outage;
  outage(mode: Outage): Promise<void>;
  /** Queues a request; returns its id. */
  submit(prompt: string, submission?: Submission): string;
  /** Resolves when the request is answered or given up. Default limit 30 s. */
  answered(requestId: string, options?: { timeoutMs?: number }): Promise<WorkRecord>;
  isOnline(nodeId: string): boolean;
  /** Resolves when every change of who is online has reached the registry; throws what the chain refused. */
  settled(): Promise<void>;
  stop(): Promise<void>;
}

const basePath = '/api';

export async function startCoordinator(
  options: CoordinatorOptions,
  modules: { registry: NodeRegistry },
): Promise<Coordinator> {
  const { registry } = modules;
  const maxBodyBytes = options.maxBodyBytes ?? 16 * 1024 * 1024;
  let behaviour = withPatch(defaultBehaviour, options.behaviour ?? {});
  let outageNow: Outage = 'off';
  const current = () => behaviour;

  const faults = createFaultBox();
  const ledger = createLedger();
  const presence = createPresence(registry, ledger.changed);
  const queue = createWorkQueue(current, ledger);
  const heartbeats = createHeartbeatDesk(current, { registry, ledger, presence });
  const overlap = createOverlapWatch(ledger);
  const inbox = createInboxDesk(current, { registry, ledger, queue, presence });
  const results = createResultDesk(current, { registry, ledger, queue });

  async function handle(exchange: Exchange): Promise<void> {
    const { request, response } = exchange;
    response.setHeader('server', 'ParalleliX-practice-network (coordinator)');
    response.setHeader('date', new Date(Date.now() + behaviour.clockSkewMs).toUTCString());
    if (outageNow === '503') return answerText(response, 503, '<html>503 Service Unavailable</html>');

    const text = request.method === 'POST' ? await readBody(request, maxBodyBytes) : '';
    if (text === null) {
      ledger.violation('post', 'size', `body over ${maxBodyBytes} bytes`);
      return answerJson(response, 413, { error: 'body_too_large' }, { connection: 'close' });
    }
    const body = parseJson(text);
    const endpoint = endpointOf(request, exchange.url.pathname, body);
    if (endpoint === null) return answerJson(response, 404, { error: 'not_found' });
    if (endpoint === 'heartbeat' || endpoint === 'inbox')
      overlap.begin(endpoint, nodeOf(exchange.url, body), response);
    const fault = faults.take(endpoint);
    if (await playBefore(fault, exchange)) return;
    if (request.method === 'POST' && !isJson(request)) {
      ledger.violation(endpoint, 'content-type', String(request.headers['content-type']));
      return answerJson(response, 415, { error: 'content_type' });
    }
    const answer = await decide(endpoint, exchange, body);
    if (await playAfter(fault, exchange)) return;
    response.once('finish', () => answer.sent?.(performance.now()));
    send(exchange, endpoint, answer);
  }

  async function decide(endpoint: EndpointName, exchange: Exchange, body: unknown): Promise<Answer> {
    switch (endpoint) {
      case 'heartbeat':
        return heartbeats.judge(body);
      case 'inbox':
        return inbox.hand(exchange.url.searchParams);
      case 'result':
        return results.success(body);
      case 'failure':
        return results.failure(body);
      case 'stats':
        return lookUpStats(registry, lastSegment(exchange.url));
      case 'keyhash':
        return lookUpKeyHash(registry, lastSegment(exchange.url));
      case 'health':
        return { status: 200, body: { status: 'ok' } };
    }
  }

  /** Successful heartbeats and results can come without a body: what it holds is not published. */
  function send({ response }: Exchange, endpoint: EndpointName, answer: Answer): void {
    const bodyless = endpoint === 'heartbeat' || endpoint === 'result' || endpoint === 'failure';
    if (answer.status >= 300 || !bodyless || behaviour.answerBody === 'json')
      return answerJson(response, answer.status, answer.body);
    if (behaviour.answerBody === 'empty-200') return answerText(response, 200, '');
    response.writeHead(204).end();
  }

  const server = await startServer({ port: options.port }, handle);

  return {
    get url() {
      return server.url + basePath;
    },
    get port() {
      return server.port;
    },
    ledger,
    get behaviour() {
      return behaviour;
    },
    get faults() {
      return faults.current;
    },
    setBehaviour(patch) {
      behaviour = withPatch(behaviour, patch);
    },
    setFaults: faults.set,
    clearFaults: faults.clear,
    get outageNow() {
      return outageNow;
    },
    async outage(mode) {
      outageNow = mode;
      await (mode === 'refused' ? server.down() : server.up());
    },
    submit: queue.submit,
    answered(requestId, { timeoutMs }: { timeoutMs?: number } = {}) {
      const ended = () => {
        const record = ledger.request(requestId);
        if (!record) throw new Error(`practice network: no request ${requestId}`);
        return record.outcome === 'open' ? null : record;
      };
      return ledger.when(`an answer to ${requestId}`, ended, timeoutMs === undefined ? {} : { timeoutMs });
    },
    isOnline: presence.isOnline,
    async settled() {
      await presence.settled();
      if (presence.chainErrors.length > 0) throw new Error(presence.chainErrors.join('; '));
    },
    async stop() {
      await server.down();
      await presence.stop();
    },
  };
}

function endpointOf(request: IncomingMessage, path: string, body: unknown): EndpointName | null {
  if (path === '/' || path === '/health') return 'health';
  if (!path.startsWith(basePath)) return null;
  const rest = path.slice(basePath.length).replace(/\/$/, '');
  const called = `${request.method} ${rest}`;
  if (rest === '' || rest === '/health') return 'health';
  if (called === 'POST /operator/heartbeat') return 'heartbeat';
  if (called === 'GET /operator/inbox') return 'inbox';
  if (called === 'POST /operator/result')
    return typeof body === 'object' && body !== null && 'error' in body ? 'failure' : 'result';
  if (/^GET \/operator\/stats\/[^/]+$/.test(called)) return 'stats';
  return /^GET \/operator\/node-by-keyhash\/[^/]+$/.test(called) ? 'keyhash' : null;
}

const isJson = (request: IncomingMessage) =>
  /^application\/json\b/.test(request.headers['content-type'] ?? '');

/** The node that a heartbeat or a poll claims to come from. */
function nodeOf(url: URL, body: unknown): string {
  const claimed = url.searchParams.get('nodeId') ?? (body as { nodeId?: unknown } | null)?.nodeId;
  return `node ${String(claimed)}`;
}

const lastSegment = (url: URL) => decodeURIComponent(url.pathname.split('/').at(-1) ?? '');

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
