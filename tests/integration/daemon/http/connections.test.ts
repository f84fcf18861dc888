import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import type { HttpRequest } from '../../../../electron/daemon/http/client.ts';
import { failureFrom, getRequest, until } from '../../../fixtures/http/servers.ts';
import { httpSuite } from '../../../fixtures/http/suite.ts';

const { servers, client } = httpSuite();
const get = (port: number, more: Partial<HttpRequest> = {}) => getRequest(`http://127.0.0.1:${port}/`, more);

describe('giving up', () => {
  it('an abort ends a request at any time, and closes its connection', async () => {
    const phases: Record<string, string> = {
      headers: '',
      body: 'HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nabc',
    };
    for (const [phase, text] of Object.entries(phases)) {
      let received = false;
      const server = await servers.raw((socket) =>
        socket.once('data', () => socket.write(text, () => (received = true))),
      );
      const http = client();
      const controller = new AbortController();
      const failure = failureFrom(http.request(get(server.port, { signal: controller.signal })));
      await until(() => received);
      controller.abort();
      expect((await failure).code, phase).toBe('http-aborted');
      expect(http.pending).toBe(0);
      await until(() => server.open === 0);
    }
  });

  it('a signal that was aborted before sends nothing', async () => {
    const server = await servers.http((_request, response) => response.end());
    const request = client().request(get(server.port, { signal: AbortSignal.abort() }));
    expect((await failureFrom(request)).code).toBe('http-aborted');
    expect(server.connections).toBe(0);
  });

  it('stop rejects what is under way, closes every connection and takes nothing more', async () => {
    const server = await servers.http((request, response) => {
      if (request.url === '/idle') response.end();
    });
    const http = client();
    await http.request(get(server.port, { url: `http://127.0.0.1:${server.port}/idle` }));
    const failures = [1, 2, 3].map(() => failureFrom(http.request(get(server.port))));
    await until(() => server.open === 3);
    expect(http.pending).toBe(3);
    await http.stop();
    for (const failure of failures) expect((await failure).code).toBe('http-aborted');
    expect(http.pending).toBe(0);
    await until(() => server.open === 0);
    expect((await failureFrom(http.request(get(server.port)))).code).toBe('http-aborted');
  });

  it('leaves no listener behind on a signal that lives long', async () => {
    const server = await servers.http((_request, response) => response.end('x'));
    const http = client();
    const controller = new AbortController();
    let listeners = 0;
    const { signal } = controller;
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    signal.addEventListener = (...args: Parameters<typeof add>) => {
      listeners += 1;
      add(...args);
    };
    signal.removeEventListener = (...args: Parameters<typeof remove>) => {
      listeners -= 1;
      remove(...args);
    };
    for (let i = 0; i < 20; i++) await http.request(get(server.port, { signal }));
    const stream = await http.stream(get(server.port, { signal }));
    for await (const _ of stream.chunks);
    await until(() => http.pending === 0);
    expect(listeners).toBe(0);
  });
});

describe('kept connections', () => {
  it('are used again', async () => {
    const server = await servers.http((_request, response) => response.end('x'));
    const http = client();
    for (let i = 0; i < 5; i++) await http.request(get(server.port));
    expect(server.connections).toBe(1);
    http.dropIdle();
    await until(() => server.open === 0);
    await http.request(get(server.port));
    expect(server.connections).toBe(2);
  });

  /** Answers the first request on each connection and closes it when the second one comes, as a server does whose idle time just ended. */
  const closesOnReuse = () => {
    const served = new WeakSet<Socket>();
    return servers.http((request, response) => {
      if (served.has(request.socket)) return void request.socket.destroy();
      served.add(request.socket);
      response.end('x');
    });
  };

  it('that the server closed meanwhile are replaced once, unseen, for a GET', async () => {
    const server = await closesOnReuse();
    const http = client();
    for (let i = 0; i < 4; i++) expect((await http.request(get(server.port))).body).toBe('x');
    expect(server.connections).toBe(4);
  });

  it('even when several of them are dead', async () => {
    const server = await closesOnReuse();
    const http = client();
    await Promise.all([1, 2, 3].map(() => http.request(get(server.port))));
    expect((await http.request(get(server.port))).body).toBe('x');
  });

  it('a POST is sent again only if its caller says that it may be', async () => {
    const server = await closesOnReuse();
    const http = client();
    const post = get(server.port, { method: 'POST', body: '{}' });
    await http.request(post);
    expect(await failureFrom(http.request(post))).toMatchObject({
      code: 'http-unreachable',
      reason: 'ECONNRESET',
    });
    await http.request(post);
    expect((await http.request({ ...post, repeatable: true })).body).toBe('x');
  });

  it('a fresh connection that is reset is not tried again', async () => {
    let requests = 0;
    const server = await servers.http((request) => {
      requests += 1;
      request.socket.destroy();
    });
    await failureFrom(client().request(get(server.port)));
    expect(requests).toBe(1);
  });

  it('no request waits for another: fifty hang and the next is answered', async () => {
    const hanging: ServerResponse[] = [];
    const server = await servers.http((request, response) => {
      if (request.url === '/') hanging.push(response);
      else response.end('beat');
    });
    const http = client();
    const stuck = Array.from({ length: 50 }, () => failureFrom(http.request(get(server.port))));
    await until(() => hanging.length === 50);
    const beat = await http.request(get(server.port, { url: `http://127.0.0.1:${server.port}/beat` }));
    expect(beat.body).toBe('beat');
    expect(http.pending).toBe(50);
    await http.stop();
    await Promise.all(stuck);
  });
});
