import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server that nobody should reach; it remembers who did. */
export interface Canary {
  readonly url: string;
  readonly webSocketUrl: string;
  /** Method and path of everything that came, upgrades as `WS`. */
  readonly seen: readonly string[];
  forget(): void;
  stop(): Promise<void>;
}

export async function startCanary(): Promise<Canary> {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    // Chromium's own doing, some time after a page.
    if (request.url !== '/favicon.ico') seen.push(`${request.method} ${request.url}`);
    if (request.url === '/redirect') return response.writeHead(302, { location: '/redirected' }).end();
    response.writeHead(200, { 'content-type': 'text/html', 'access-control-allow-origin': '*' });
    response.end(
      '<!doctype html><title>Elsewhere</title><h1>Elsewhere</h1><script>globalThis.ran = true</script>',
    );
  });
  server.on('upgrade', (request, socket) => {
    seen.push(`WS ${request.url}`);
    socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    webSocketUrl: `ws://127.0.0.1:${port}`,
    seen,
    forget: () => void seen.splice(0),
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
