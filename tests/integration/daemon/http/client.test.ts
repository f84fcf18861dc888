import { describe, expect, it } from 'vitest';
import type { HttpRequest } from '../../../../electron/daemon/http/client.ts';
import { failureFrom, getRequest, until } from '../../../fixtures/http/servers.ts';
import { httpSuite } from '../../../fixtures/http/suite.ts';

const { servers, client } = httpSuite();
const get = (port: number, more: Partial<HttpRequest> = {}) => getRequest(`http://127.0.0.1:${port}/`, more);

describe('a request', () => {
  it('arrives as it was given, and its answer comes back', async () => {
    let seen: unknown;
    const server = await servers.http((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        seen = [request.method, request.url, request.headers, Buffer.concat(chunks).toString()];
        response.setHeader('X-Several', ['a', 'b']).writeHead(201).end('grüße 🦙');
      });
    });
    const answer = await client().request(
      get(server.port, {
        method: 'POST',
        url: `http://127.0.0.1:${server.port}/a?b=c`,
        body: '{"é":1}',
        headers: { Accept: 'application/json' },
      }),
    );
    expect(answer).toMatchObject({ status: 201, body: 'grüße 🦙', truncated: false });
    expect(answer.headers['x-several']).toBe('a, b');
    expect(answer.roundTripMs).toBeGreaterThanOrEqual(0);
    expect(Math.abs(answer.receivedAtMs - Date.now())).toBeLessThan(10_000);
    expect(seen).toMatchObject([
      'POST',
      '/a?b=c',
      {
        'user-agent': 'operator-test/1',
        'accept-encoding': 'identity',
        accept: 'application/json',
        'content-type': 'application/json',
        'content-length': '8',
      },
      '{"é":1}',
    ]);
  });

  it('decodes invalid UTF-8 with replacement characters and drops a byte order mark', async () => {
    const server = await servers.http((request, response) => {
      if (request.url === '/bom') response.end(Buffer.from([0xef, 0xbb, 0xbf, 0x7b, 0x7d]));
      else response.end(Buffer.from([0x61, 0xff, 0xc3, 0x62]));
    });
    const http = client();
    expect((await http.request(get(server.port))).body).toBe('a\ufffd\ufffdb');
    expect((await http.request(get(server.port, { url: `http://127.0.0.1:${server.port}/bom` }))).body).toBe(
      '{}',
    );
  });

  it('to a port where nobody listens fails with ECONNREFUSED', async () => {
    const server = await servers.http(() => {});
    await servers.closeAll();
    expect(await failureFrom(client().request(get(server.port)))).toEqual({
      code: 'http-unreachable',
      reason: 'ECONNREFUSED',
      url: `http://127.0.0.1:${server.port}/`,
    });
  });

  it('to a name that does not exist fails with a reason of name resolution', async () => {
    const request = get(1, { url: 'https://no-such-host.invalid/' });
    const { code, reason } = await failureFrom(client().request(request));
    expect(code).toBe('http-unreachable');
    expect(['ENOTFOUND', 'EAI_AGAIN', 'EAI_FAIL']).toContain(reason);
  });

  it('over plain http beyond this computer, or with credentials, is never sent', async () => {
    const http = client();
    const insecure = http.request(get(1, { url: 'http://192.0.2.1/' }));
    expect((await failureFrom(insecure)).code).toBe('http-insecure-url');
    const credentials = http.request(get(1, { url: 'https://me:secret@127.0.0.1/' }));
    expect(JSON.stringify(await failureFrom(credentials))).toBe(
      '{"code":"http-invalid-url","url":"https://127.0.0.1/"}',
    );
    expect(http.pending).toBe(0);
  });

  it('after HEAD takes the announced length for what it is', async () => {
    const server = await servers.http((_request, response) =>
      response.setHeader('content-length', 1e9).end(),
    );
    const answer = await client().request(get(server.port, { method: 'HEAD', maxBodyBytes: 10 }));
    expect(answer).toMatchObject({ status: 200, body: '' });
  });
});

describe('bounds', () => {
  /** Writes 30 MB as fast as the client takes it; `sent` counts what left. */
  async function flood(announce: boolean) {
    const state = { sent: 0, closed: false };
    const server = await servers.http((_request, response) => {
      if (announce) response.setHeader('content-length', 30e6);
      response.on('close', () => {
        state.closed = true;
      });
      const piece = Buffer.alloc(64 * 1024, 'x');
      const more = () => {
        while (state.sent < 30e6 && !state.closed) {
          state.sent += piece.length;
          if (!response.write(piece)) return void response.once('drain', more);
        }
        response.end();
      };
      more();
    });
    return { server, state };
  }

  it.each([
    ['announced', true],
    ['unannounced', false],
  ])('30 MB, %s, are cut off at the limit and never held in memory', async (_name, announce) => {
    const { server, state } = await flood(announce);
    const http = client();
    const before = process.memoryUsage();
    let heldBytes = 0;
    const request = http.request(get(server.port, { maxBodyBytes: 1024 * 1024 }));
    const failure = failureFrom(request).then((facts) => {
      const now = process.memoryUsage();
      heldBytes = now.external + now.arrayBuffers - before.external - before.arrayBuffers;
      return facts;
    });
    expect(await failure).toMatchObject({ code: 'http-body-too-large', limitBytes: 1024 * 1024 });
    await until(() => state.closed, 'the server sees the connection cut');
    expect(state.sent).toBeLessThan(16e6);
    expect(heldBytes).toBeLessThan(10e6);
    expect(http.pending).toBe(0);
  });

  it('a body of exactly the limit is whole', async () => {
    const server = await servers.http((_request, response) => response.end('x'.repeat(1000)));
    const http = client();
    expect((await http.request(get(server.port, { maxBodyBytes: 1000 }))).body).toHaveLength(1000);
    const over = http.request(get(server.port, { maxBodyBytes: 999 }));
    expect((await failureFrom(over)).code).toBe('http-body-too-large');
  });

  it('headers may be long, and beyond 256 KiB are refused', async () => {
    let bytes = 20_000;
    const server = await servers.http((_request, response) =>
      response.setHeader('x', 'y'.repeat(bytes)).end(),
    );
    expect(await client().request(get(server.port))).toMatchObject({ status: 200 });
    bytes = 300_000;
    expect(await failureFrom(client().request(get(server.port)))).toMatchObject({
      code: 'http-unreachable',
      reason: 'HPE_HEADER_OVERFLOW',
    });
  });

  it('where only the status counts, a body that is too long or breaks off is no failure', async () => {
    const long = await flood(false);
    const http = client();
    const cut = await http.request(get(long.server.port, { partialBody: true, maxBodyBytes: 100_000 }));
    expect(cut).toMatchObject({ status: 200, truncated: true });
    expect(cut.body.length).toBeLessThanOrEqual(100_000);

    const broken = await servers.raw((socket) =>
      socket.once('data', () => socket.end('HTTP/1.1 202 Taken\r\ncontent-length: 10\r\n\r\nabc')),
    );
    const answer = await http.request(get(broken.port, { partialBody: true }));
    expect(answer).toMatchObject({ status: 202, truncated: true, body: 'abc' });
  });
});

describe('redirects', () => {
  /** `/301/n` leads with that status over n hops to `/end`. */
  const redirecting = () =>
    servers.http((request, response) => {
      const [, status, hops, scheme] = request.url?.split('/') ?? [];
      if (status === 'end')
        return void response.end(`${request.method} ${request.headers['content-length'] ?? 0}`);
      const next = hops === '1' ? '/end' : `/${status}/${Number(hops) - 1}`;
      response.writeHead(Number(status), { location: scheme ? `${scheme}://192.0.2.1/` : next }).end();
    });

  it('of a GET are followed up to three hops', async () => {
    const server = await redirecting();
    const http = client();
    const at = (path: string) =>
      http.request(get(server.port, { url: `http://127.0.0.1:${server.port}${path}` }));
    for (const status of [301, 302, 303, 307, 308]) expect((await at(`/${status}/3`)).body).toBe('GET 0');
    expect(await failureFrom(at('/302/4'))).toMatchObject({ code: 'http-redirect-refused', status: 302 });
    expect((await at('/304/1')).status).toBe(304);
  });

  it('of a POST are followed only where they repeat it as it was', async () => {
    const server = await redirecting();
    const http = client();
    const post = (path: string) =>
      http.request(
        get(server.port, { method: 'POST', body: '12345', url: `http://127.0.0.1:${server.port}${path}` }),
      );
    for (const status of [307, 308]) expect((await post(`/${status}/2`)).body).toBe('POST 5');
    for (const status of [301, 302, 303]) {
      expect((await failureFrom(post(`/${status}/1`))).code).toBe('http-redirect-refused');
    }
  });

  it('never lead a client that stays with its own server to another one', async () => {
    let arrivals = 0;
    const elsewhere = await servers.http((_, response) => {
      arrivals += 1;
      response.end();
    });
    const server = await servers.http((request, response) => {
      const away = request.url === '/away';
      const location = away ? `http://127.0.0.1:${elsewhere.port}/` : '/end';
      if (request.url === '/end') response.end('here');
      else response.writeHead(307, { location }).end();
    });
    const http = client({ leavesOrigin: false });
    const post = (path: string) =>
      http.request(
        get(server.port, { method: 'POST', body: 'a prompt', url: `http://127.0.0.1:${server.port}${path}` }),
      );
    expect((await failureFrom(post('/away'))).code).toBe('http-redirect-refused');
    expect(arrivals).toBe(0);
    expect((await post('/near')).body).toBe('here');
  });

  it('never lead to another scheme nor off this computer over plain http', async () => {
    const server = await redirecting();
    const http = client();
    for (const scheme of ['http', 'ftp', 'file']) {
      const request = get(server.port, { url: `http://127.0.0.1:${server.port}/302/1/${scheme}` });
      expect((await failureFrom(http.request(request))).code, scheme).toBe('http-redirect-refused');
    }
  });

  it('to another server leave authorization behind', async () => {
    let seen: unknown;
    const end = await servers.http((request, response) => {
      seen = [request.headers.authorization, request.headers.cookie, request.headers['x-other']];
      response.end();
    });
    const start = await servers.http((_request, response) =>
      response.writeHead(307, { location: `http://127.0.0.1:${end.port}/` }).end(),
    );
    const headers = { Authorization: 'Bearer t', Cookie: 'c', 'X-Other': 'o' };
    await client().request(get(start.port, { headers }));
    expect(seen).toEqual([undefined, undefined, 'o']);
  });
});
