import { appendFileSync, chmodSync, readFileSync, writeFileSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { createHttpClient } from '../../../../electron/daemon/http/client.ts';
import {
  type Authority,
  createAuthority,
  failureFrom,
  getRequest,
  hasOpenssl,
  manualClock,
  until,
} from '../../../fixtures/http/servers.ts';
import { httpSuite } from '../../../fixtures/http/suite.ts';

type Options = Partial<Parameters<typeof createHttpClient>[0]>;

import { caHintFaults } from '../../../../electron/daemon/http/roots.ts';

const { servers, client } = httpSuite();
const hello: RequestListener = (request, response) => response.end(`hello ${request.headers.host}`);

describe('over TLS', () => {
  beforeEach((context) => {
    if (!hasOpenssl) context.skip('openssl is not installed');
  });
  let authority: Authority;
  let loopback: ReturnType<Authority['issue']>;
  let named: ReturnType<Authority['issue']>;
  beforeAll(() => {
    if (!hasOpenssl) return;
    authority = createAuthority();
    loopback = authority.issue('127.0.0.1');
    named = authority.issue('coordinator.test');
  });
  afterAll(() => hasOpenssl && authority.remove());

  describe('trust', () => {
    it('a server whose authority is unknown is not spoken to, and nothing reaches it', async () => {
      let requests = 0;
      const server = await servers.https(() => {
        requests += 1;
      }, loopback);
      const facts = await failureFrom(client().request(getRequest(`https://127.0.0.1:${server.port}/`)));
      expect(facts.code).toBe('http-unreachable');
      expect(facts.reason).toMatch(/^(UNABLE_TO_VERIFY_LEAF_SIGNATURE|UNABLE_TO_GET_ISSUER_CERT_LOCALLY)$/);
      expect(requests).toBe(0);
    });

    it('no variable of the environment turns the check off', async () => {
      const server = await servers.https(hello, loopback);
      vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
      const facts = await failureFrom(client().request(getRequest(`https://127.0.0.1:${server.port}/`)));
      vi.unstubAllEnvs();
      expect(facts.reason).toMatch(/^(UNABLE_TO_VERIFY_LEAF_SIGNATURE|UNABLE_TO_GET_ISSUER_CERT_LOCALLY)$/);
    });

    it.each([
      ['the option', (caFile: string): Options => ({ caFile })],
      ['NODE_EXTRA_CA_CERTS', (caFile: string): Options => ({ proxyEnv: { NODE_EXTRA_CA_CERTS: caFile } })],
      ['SSL_CERT_FILE', (caFile: string): Options => ({ proxyEnv: { SSL_CERT_FILE: caFile } })],
    ])('a CA file named by %s is trusted, on connections that are kept', async (_name, options) => {
      const server = await servers.https(hello, loopback);
      const http = client(options(authority.caFile));
      for (let i = 0; i < 3; i++) {
        const answer = await http.request(getRequest(`https://127.0.0.1:${server.port}/`));
        expect(answer.body).toBe(`hello 127.0.0.1:${server.port}`);
      }
      expect(server.connections).toBe(1);
    });

    it('an expired certificate and one for another name are refused all the same', async () => {
      const http = client({ caFile: authority.caFile });
      const expired = await servers.https(hello, authority.issue('127.0.0.1', { expired: true }));
      expect(await failureFrom(http.request(getRequest(`https://127.0.0.1:${expired.port}/`)))).toMatchObject(
        {
          reason: 'CERT_HAS_EXPIRED',
        },
      );
      const other = await servers.https(hello, named);
      expect(await failureFrom(http.request(getRequest(`https://127.0.0.1:${other.port}/`)))).toMatchObject({
        reason: 'ERR_TLS_CERT_ALTNAME_INVALID',
      });
    });

    it('a server that speaks no TLS is unreachable', async () => {
      const server = await servers.raw((socket) => socket.end('HTTP/1.1 200 OK\r\n\r\n'));
      const facts = await failureFrom(client().request(getRequest(`https://127.0.0.1:${server.port}/`)));
      expect(facts.code).toBe('http-unreachable');
      expect(facts.reason).toMatch(/^[A-Z][A-Z0-9_]+$/);
    });

    it('a CA file that cannot be used is said at once', () => {
      const path = (name: string, text: string) => {
        writeFileSync(join(authority.dir, name), text);
        return join(authority.dir, name);
      };
      const good = readFileSync(authority.caFile, 'utf8');
      const table: readonly [file: string, reason: string][] = [
        [join(authority.dir, 'absent.pem'), 'ENOENT'],
        [authority.dir, 'EISDIR'],
        [path('empty.pem', ''), 'no-certificate'],
        [path('key.pem', '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n'), 'no-certificate'],
        [
          path('broken.pem', `${good}-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n`),
          'not-a-certificate',
        ],
        [path('huge.pem', 'x'.repeat(5 * 1024 * 1024)), 'too-large'],
      ];
      for (const [caFile, reason] of table) {
        expect(() => client({ caFile }), caFile).toThrow(
          `ca-file-unreadable ${JSON.stringify({ path: caFile, reason })}`,
        );
      }
      expect(() => client({ proxyEnv: { SSL_CERT_FILE: '' } })).not.toThrow();
      // The same files in an inherited variable cost nothing but a warning.
      for (const [file, reason] of table) {
        const env = { SSL_CERT_FILE: file };
        expect(() => client({ proxyEnv: env }), file).not.toThrow();
        expect(caHintFaults(env)).toEqual([{ variable: 'SSL_CERT_FILE', path: file, reason }]);
      }
      expect(caHintFaults({ NODE_EXTRA_CA_CERTS: authority.caFile })).toEqual([]);
    });

    it('the good certificates of an inherited file with a bad one count', async () => {
      const mixed = join(authority.dir, 'mixed.pem');
      const bad = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';
      writeFileSync(mixed, bad + readFileSync(authority.caFile, 'utf8'));
      const server = await servers.https(hello, loopback);
      const http = client({ proxyEnv: { NODE_EXTRA_CA_CERTS: mixed } });
      expect((await http.request(getRequest(`https://127.0.0.1:${server.port}/`))).status).toBe(200);
    });

    it('several certificates in one file all count', async () => {
      const second = createAuthority();
      try {
        const both = join(authority.dir, 'both.pem');
        writeFileSync(both, readFileSync(authority.caFile));
        appendFileSync(both, `# a comment\n${readFileSync(second.caFile, 'utf8')}`);
        chmodSync(both, 0o600);
        const http = client({ caFile: both });
        for (const tls of [loopback, second.issue('127.0.0.1')]) {
          const server = await servers.https(hello, tls);
          expect((await http.request(getRequest(`https://127.0.0.1:${server.port}/`))).status).toBe(200);
        }
      } finally {
        second.remove();
      }
    });

    it('a redirect from https to http is refused even on this computer', async () => {
      const plain = await servers.http(hello);
      const server = await servers.https(
        (_request, response) =>
          response.writeHead(302, { location: `http://127.0.0.1:${plain.port}/` }).end(),
        loopback,
      );
      const http = client({ caFile: authority.caFile });
      expect(await failureFrom(http.request(getRequest(`https://127.0.0.1:${server.port}/`)))).toMatchObject({
        code: 'http-redirect-refused',
      });
      expect(plain.connections).toBe(0);
    });

    it('a kept connection that the server closed meanwhile is replaced once, unseen', async () => {
      const served = new WeakSet<object>();
      const server = await servers.https((request, response) => {
        if (served.has(request.socket)) return void request.socket.destroy();
        served.add(request.socket);
        response.end('x');
      }, loopback);
      const http = client({ caFile: authority.caFile });
      for (let i = 0; i < 3; i++) await http.request(getRequest(`https://127.0.0.1:${server.port}/`));
      expect(server.connections).toBe(3);
    });

    it('the round trip does not count the handshake', async () => {
      const clock = manualClock();
      const http = client({ caFile: authority.caFile }, clock);
      const server = await servers.https(hello, loopback);
      const running = http.request(getRequest(`https://127.0.0.1:${server.port}/`, { timeoutMs: 60_000 }));
      clock.advance(3_000);
      expect((await running).roundTripMs).toBe(0);
    });
  });

  describe('through a proxy', () => {
    const through = (port: number, credentials = '') => `http://${credentials}127.0.0.1:${port}`;

    it('https goes through a tunnel that is kept, and the certificate is the server’s', async () => {
      const server = await servers.https(hello, named);
      const proxy = await servers.proxy();
      const http = client({ caFile: authority.caFile, proxyEnv: { HTTPS_PROXY: through(proxy.port) } });
      for (let i = 0; i < 3; i++) {
        const answer = await http.request(getRequest(`https://coordinator.test:${server.port}/`));
        expect(answer.body).toBe(`hello coordinator.test:${server.port}`);
      }
      expect(proxy.asked).toEqual([`CONNECT coordinator.test:${server.port}`]);
      expect(server.connections).toBe(1);
      const wrong = http.request(getRequest(`https://other.test:${server.port}/`));
      expect(await failureFrom(wrong)).toMatchObject({ reason: 'ERR_TLS_CERT_ALTNAME_INVALID' });
      await http.stop();
      await until(() => proxy.open === 0 && server.open === 0);
    });

    it('the proxy itself may be reached over TLS', async () => {
      const server = await servers.https(hello, named);
      const inner = await servers.proxy();
      // TLS in front of the proxy, as a TLS-terminating front would be.
      const { createServer } = await import('node:tls');
      const { connect } = await import('node:net');
      const front = createServer(loopback, (socket) => {
        const onward = connect(inner.port, '127.0.0.1');
        socket.on('error', () => onward.destroy());
        onward.on('error', () => socket.destroy());
        socket.on('close', () => onward.destroy());
        socket.pipe(onward).pipe(socket);
      });
      await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve));
      const { port } = front.address() as { port: number };
      const http = client({
        caFile: authority.caFile,
        proxyEnv: { https_proxy: `https://127.0.0.1:${port}` },
      });
      const answer = await http.request(getRequest(`https://coordinator.test:${server.port}/`));
      expect(answer.body).toBe(`hello coordinator.test:${server.port}`);
      await http.stop();
      await until(() => inner.open === 0);
      await new Promise((resolve) => front.close(resolve));
    });

    it('gives its credentials, and says when they are refused', async () => {
      const server = await servers.https(hello, named);
      const proxy = await servers.proxy({ credentials: 'me:p@ss' });
      const url = `https://coordinator.test:${server.port}/`;
      const right = client({
        caFile: authority.caFile,
        proxyEnv: { HTTPS_PROXY: through(proxy.port, 'me:p%40ss@') },
      });
      expect((await right.request(getRequest(url))).status).toBe(200);
      const wrong = client({
        caFile: authority.caFile,
        proxyEnv: { HTTPS_PROXY: through(proxy.port, 'me:no@') },
      });
      const facts = await failureFrom(wrong.request(getRequest(url)));
      expect(facts).toEqual({ code: 'http-unreachable', reason: 'PROXY_407', url });
    });

    it('a proxy that refuses or is not there is told from a server that is not there', async () => {
      const refusing = await servers.proxy({ refuse: 502 });
      const http = client({ proxyEnv: { HTTPS_PROXY: through(refusing.port) } });
      expect(await failureFrom(http.request(getRequest('https://coordinator.test/')))).toMatchObject({
        reason: 'PROXY_502',
      });
      await servers.closeAll();
      expect(await failureFrom(http.request(getRequest('https://coordinator.test/')))).toMatchObject({
        reason: 'PROXY_ECONNREFUSED',
      });
    });

    it('a proxy that hangs is left at the time-out, and no connection to it stays open', async () => {
      const proxy = await servers.proxy({ hang: true });
      const clock = manualClock();
      const http = client({ proxyEnv: { HTTPS_PROXY: through(proxy.port) } }, clock);
      for (let i = 0; i < 3; i++) {
        const failure = failureFrom(
          http.request(getRequest('https://coordinator.test/', { timeoutMs: 8_000 })),
        );
        await until(() => proxy.asked.length === i + 1);
        clock.advance(8_000);
        expect((await failure).code).toBe('http-timeout');
      }
      await until(() => proxy.open === 0);
      expect(http.pending).toBe(0);
    });

    it('a proxy that answers CONNECT without end is cut off', async () => {
      const proxy = await servers.raw((socket) =>
        socket.once('data', () => {
          const more = () => {
            while (!socket.destroyed && socket.write(`x: ${'y'.repeat(10_000)}\r\n`));
          };
          socket.write('HTTP/1.1 200 OK\r\n');
          socket.on('drain', more);
          more();
        }),
      );
      const http = client({ proxyEnv: { HTTPS_PROXY: through(proxy.port) } });
      expect(await failureFrom(http.request(getRequest('https://coordinator.test/')))).toMatchObject({
        reason: 'PROXY_HPE_HEADER_OVERFLOW',
      });
      await until(() => proxy.open === 0);
    });

    it('an abort while the tunnel is dug closes the connection to the proxy', async () => {
      const proxy = await servers.proxy({ hang: true });
      const http = client({ proxyEnv: { HTTPS_PROXY: through(proxy.port) } });
      const controller = new AbortController();
      const failure = failureFrom(
        http.request(getRequest('https://coordinator.test/', { signal: controller.signal })),
      );
      await until(() => proxy.asked.length === 1);
      controller.abort();
      expect((await failure).code).toBe('http-aborted');
      await until(() => proxy.open === 0);
    });

    it('stop while the tunnel is dug closes the connection to the proxy', async () => {
      const proxy = await servers.proxy({ hang: true });
      const http = client({ proxyEnv: { HTTPS_PROXY: through(proxy.port) } });
      const failure = failureFrom(http.request(getRequest('https://coordinator.test/')));
      await until(() => proxy.asked.length === 1);
      await http.stop();
      expect((await failure).code).toBe('http-aborted');
      await until(() => proxy.open === 0);
    });

    it('loopback and the servers of NO_PROXY are reached directly', async () => {
      const server = await servers.https(hello, loopback);
      const proxy = await servers.proxy();
      const http = client({ caFile: authority.caFile, proxyEnv: { HTTPS_PROXY: through(proxy.port) } });
      expect((await http.request(getRequest(`https://127.0.0.1:${server.port}/`))).status).toBe(200);
      const exempt = client({ proxyEnv: { HTTPS_PROXY: through(proxy.port), NO_PROXY: '.invalid' } });
      const direct = exempt.request(getRequest('https://no-such-host.invalid/'));
      expect((await failureFrom(direct)).reason).not.toMatch(/^PROXY/);
      expect(proxy.asked).toEqual([]);
    });
  });
});

describe('plain http through a proxy', () => {
  it('is asked for with the whole URL; the credentials stay between client and proxy', async () => {
    let headers: Record<string, unknown> = {};
    const server = await servers.http((request, response) => {
      headers = request.headers;
      response.end('tags');
    });
    const proxy = await servers.proxy();
    const http = client({
      plainHttp: 'anywhere',
      proxyEnv: { http_proxy: `http://me:pw@127.0.0.1:${proxy.port}` },
    });
    const url = `http://ollama.test:${server.port}/api/tags?x=1`;
    for (let i = 0; i < 2; i++) expect((await http.request(getRequest(url))).body).toBe('tags');
    expect(proxy.asked).toEqual([`GET ${url}`, `GET ${url}`]);
    expect(proxy.connections).toBe(1);
    expect(headers.host).toBe(`ollama.test:${server.port}`);
    expect(headers['proxy-authorization']).toBeUndefined();
  });
});
