import type { AgentOptions, ClientRequest, Agent as HttpAgent, RequestOptions } from 'node:http';
import type { Agent as HttpsAgent } from 'node:https';
import { isIP, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { SecureContext } from 'node:tls';
import { socketHost } from './address.ts';
import { failureReason } from './failure.ts';
import { createSharedLookup } from './name-lookup.ts';
import type { ProxyServer } from './proxy.ts';

// `import 'node:http'` in a module evaluates every export of it, and one of them (WebSocket) loads
// undici: 13 MB and 30 ms. Fetched this way, nothing but http is loaded.
const http = process.getBuiltinModule('node:http');
// Every import of a builtin is loaded when the program starts, in a command too that asks nobody; TLS is 15 ms of that.
const https = () => process.getBuiltinModule('node:https');

/** An accepted result must not be sent for ever because of what a proxy wrote above the answer. */
const maxHeaderBytes = 256 * 1024;

/** Idle connections kept for each server. How many are in use is not limited: nobody queues. */
const maxIdlePerServer = 4;

/**
 * Until the next address of a name is tried. Node's 250 ms gives up on every IPv4 address of a slow line (satellite,
 * mobile) and then fails on the IPv6 address that such a line does not have.
 */
const addressAttemptMs = 1500;

/** What a request adds to its options so that a tunnel in the making dies with it. */
interface TunnelledOptions extends RequestOptions {
  tunnelSignal?: AbortSignal;
}

/** The sockets of one client: kept-alive pools for the direct way and for the ways through proxies. */
export interface Connections {
  /** Creates the request (not yet sent), by the right way. Throws when a proxy was asked for that cannot be used. */
  start(
    url: URL,
    method: string,
    headers: Record<string, string | number>,
    signal: AbortSignal,
  ): ClientRequest;
  /** Closes the connections that no request uses: after a time-out or sleep they are likely dead. */
  dropIdle(): void;
  /** Closes every connection and resolves when they are closed. */
  destroy(): Promise<void>;
}

function proxyFailure(reason: string): Error {
  return Object.assign(new Error('proxy'), { code: `PROXY_${reason}` });
}

/** For TLS to a proxy; without it the proxy's certificate would be checked against the Host header. */
function serverName(proxy: ProxyServer): string {
  return isIP(proxy.host) === 0 ? proxy.host : '';
}

/**
 * Opens a tunnel with CONNECT. Node's own `proxyEnv` option is not used: a request given up while the proxy hangs
 * leaves its socket open for good, NO_PROXY does not cover subdomains, and before 24.5 it is silently ignored.
 */
function openTunnel(
  proxy: ProxyServer,
  target: string,
  base: AgentOptions & { secureContext?: SecureContext },
  signal: AbortSignal | undefined,
  done: (error: Error | null, socket?: Socket) => void,
): void {
  const headers: Record<string, string> = { host: target, connection: 'keep-alive' };
  if (proxy.authorization !== null) headers['proxy-authorization'] = proxy.authorization;
  const request = (proxy.tls ? https() : http).request({
    ...base,
    method: 'CONNECT',
    host: proxy.host,
    port: proxy.port,
    path: target,
    headers,
    agent: false,
    maxHeaderSize: maxHeaderBytes,
    servername: serverName(proxy),
  });
  let finished = false;
  const finish = (error: Error | null, socket?: Socket) => {
    if (finished) return;
    finished = true;
    signal?.removeEventListener('abort', giveUp);
    if (error !== null) request.destroy();
    done(error, socket);
  };
  const giveUp = () => finish(proxyFailure('ABORTED'));
  request.on('error', (error) => finish(proxyFailure(failureReason(error))));
  request.on('close', () => finish(proxyFailure('CLOSED')));
  request.on('connect', (answer, socket, early) => {
    if (answer.statusCode === 200 && early.length === 0) return finish(null, socket as Socket);
    socket.destroy();
    finish(proxyFailure(answer.statusCode === 200 ? 'UNEXPECTED_DATA' : String(answer.statusCode)));
  });
  if (signal?.aborted) giveUp();
  else signal?.addEventListener('abort', giveUp, { once: true });
  request.end();
}

function createTunnelAgent(
  proxy: ProxyServer,
  base: AgentOptions & { secureContext?: SecureContext },
  lookup: AgentOptions,
): HttpsAgent {
  const agent = new (https().Agent)(base);
  const connectTls = agent.createConnection.bind(agent);
  agent.createConnection = (options: TunnelledOptions, callback) => {
    const host = String(options.host);
    const target = `${isIP(host) === 6 ? `[${host}]` : host}:${String(options.port)}`;
    openTunnel(proxy, target, { ...lookup, ...base }, options.tunnelSignal, (error, socket) => {
      // The type wants a socket beside an error; Node reads none.
      if (error !== null || socket === undefined) callback?.(error ?? proxyFailure('CLOSED'), null as never);
      else callback?.(null, connectTls({ ...options, socket } as RequestOptions) as Duplex);
    });
    return undefined;
  };
  return agent;
}

/** Makes the pools of one client; agents come to be when first needed. */
export function createConnections(
  options: { trust: (() => SecureContext) | null },
  modules: { proxyFor: (url: URL) => ProxyServer | null },
): Connections {
  const agents = new Map<string, HttpAgent>();
  const base: AgentOptions & { rejectUnauthorized: boolean } = {
    keepAlive: true,
    maxFreeSockets: maxIdlePerServer,
    // NODE_TLS_REJECT_UNAUTHORIZED=0 in the environment turns nothing off here: an own root is the setting caFile.
    rejectUnauthorized: true,
  };
  const network = { lookup: createSharedLookup(), autoSelectFamilyAttemptTimeout: addressAttemptMs };

  function agentOf(key: string, make: () => HttpAgent): HttpAgent {
    let agent = agents.get(key);
    if (agent === undefined) {
      agent = make();
      agents.set(key, agent);
    }
    return agent;
  }
  const secure = () => (options.trust === null ? base : { ...base, secureContext: options.trust() });
  const plainAgent = () => agentOf('http', () => new http.Agent({ ...base, ...network }));
  const tlsAgent = () => agentOf('https', () => new (https().Agent)({ ...secure(), ...network }));
  const tunnelAgent = (proxy: ProxyServer) =>
    agentOf(`${proxy.tls}|${proxy.host}|${proxy.port}`, () => createTunnelAgent(proxy, secure(), network));

  return {
    start(url, method, headers, signal) {
      const proxy = modules.proxyFor(url);
      const host = socketHost(url);
      const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
      const request = { method, headers, maxHeaderSize: maxHeaderBytes, path: url.pathname + url.search };
      if (url.protocol === 'https:') {
        if (proxy === null) return https().request({ ...request, host, port, agent: tlsAgent() });
        const tunnelled: TunnelledOptions = {
          ...request,
          host,
          port,
          agent: tunnelAgent(proxy),
          tunnelSignal: signal,
        };
        return https().request(tunnelled);
      }
      if (proxy === null) return http.request({ ...request, host, port, agent: plainAgent() });
      const forwarded = {
        ...request,
        host: proxy.host,
        port: proxy.port,
        path: url.origin + request.path,
        headers: {
          ...headers,
          host: url.host,
          ...(proxy.authorization === null ? {} : { 'proxy-authorization': proxy.authorization }),
        },
      };
      if (!proxy.tls) return http.request({ ...forwarded, agent: plainAgent() });
      return https().request({ ...forwarded, agent: tlsAgent(), servername: serverName(proxy) });
    },

    dropIdle() {
      for (const agent of agents.values()) {
        for (const sockets of Object.values(agent.freeSockets)) {
          for (const socket of sockets ?? []) socket.destroy();
        }
      }
    },

    async destroy() {
      const open = [...agents.values()].flatMap((agent) =>
        [...Object.values(agent.sockets), ...Object.values(agent.freeSockets)].flatMap((list) => list ?? []),
      );
      for (const agent of agents.values()) agent.destroy();
      await Promise.all(
        open.map(
          (socket) => socket.closed || new Promise<void>((resolve) => socket.once('close', () => resolve())),
        ),
      );
    },
  };
}
