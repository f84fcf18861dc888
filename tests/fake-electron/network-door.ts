import { createServer, request, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';

/**
 * Every connection of Chromium goes through this proxy. Requests of pages have been asked about
 * before (`requests.ts`); WebSockets have not, for DevTools cannot hold them back, so here is where
 * `webRequest.onBeforeRequest` decides over them.
 */

type Decide = (url: string) => boolean;

/** Hosts that a page's request was allowed to. */
const allowed = new Set<string>();
const deciders: Decide[] = [];
/** Everything that was let out, for whoever asks. */
export const letOut: string[] = [];

export function allowHost(url: string): void {
  const { hostname, port, protocol } = new URL(url);
  allowed.add(`${hostname}:${port || (protocol === 'https:' ? 443 : 80)}`);
}

/** Each session decides over connections that no request announced. */
export function decideConnections(decide: Decide): void {
  deciders.push(decide);
}

function mayLeave(host: string): boolean {
  const may = allowed.has(host) || deciders.every((decide) => decide(`ws://${host}/`));
  if (may) letOut.push(host);
  return may;
}

export async function startNetworkDoor(): Promise<{ port: number }> {
  const refuse = (response: ServerResponse) => response.writeHead(403).end();
  const server = createServer((incoming, response) => {
    const url = URL.parse(incoming.url ?? '');
    if (!url || !mayLeave(`${url.hostname}:${url.port || 80}`)) return refuse(response);
    const { 'proxy-connection': _, ...headers } = incoming.headers;
    const onward = request(url, { method: incoming.method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => response.destroy());
    incoming.pipe(onward);
  });
  server.on('connect', (incoming, socket) => {
    const host = incoming.url ?? '';
    socket.on('error', () => socket.destroy());
    if (!mayLeave(host)) return socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
    const at = host.lastIndexOf(':');
    const onward = connect(Number(host.slice(at + 1)), host.slice(0, at).replace(/^\[|\]$/g, ''));
    onward.on('connect', () => socket.write('HTTP/1.1 200 Connection established\r\n\r\n'));
    onward.on('error', () => socket.destroy());
    socket.pipe(onward).pipe(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  server.unref();
  return { port: (server.address() as AddressInfo).port };
}
