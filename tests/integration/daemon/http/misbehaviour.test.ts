import { describe, expect, it } from 'vitest';
import type { HttpRequest } from '../../../../electron/daemon/http/client.ts';
import { failureFrom, getRequest, manualClock, until } from '../../../fixtures/http/servers.ts';
import { httpSuite } from '../../../fixtures/http/suite.ts';

const { servers, client } = httpSuite();
const get = (port: number, more: Partial<HttpRequest> = {}) => getRequest(`http://127.0.0.1:${port}/`, more);

describe('servers that misbehave', () => {
  it.each([
    ['before the headers', '', 'ECONNRESET'],
    ['within the headers', 'HTTP/1.1 200 OK\r\nconte', 'ECONNRESET'],
    ['within the body', 'HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc', 'ECONNRESET'],
    ['within a chunk', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n10\r\nabc', 'ECONNRESET'],
  ])('hanging up %s is unreachable', async (_name, text, reason) => {
    const server = await servers.raw((socket) => socket.once('data', () => socket.end(text)));
    const http = client();
    expect(await failureFrom(http.request(get(server.port)))).toMatchObject({
      code: 'http-unreachable',
      reason,
    });
    expect(http.pending).toBe(0);
  });

  it.each([
    ['no HTTP at all', 'SSH-2.0-OpenSSH_9.6\r\n'],
    ['two lengths', 'HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab'],
    ['a negative length', 'HTTP/1.1 200 OK\r\ncontent-length: -5\r\n\r\n'],
    ['a bad chunk', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n'],
    ['another protocol', 'HTTP/1.1 101 Switching\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n'],
  ])('speaking %s is unreachable with a code for a reason', async (_name, text) => {
    const server = await servers.raw((socket) => socket.once('data', () => socket.end(text)));
    const facts = await failureFrom(client().request(get(server.port)));
    expect(facts.code).toBe('http-unreachable');
    expect(facts.reason).toMatch(/^[A-Z][A-Z0-9_]+$/);
  });

  it.each([
    ['accepts and says nothing', ''],
    ['sends half the headers', 'HTTP/1.1 200 OK\r\nx: '],
    ['sends half the body', 'HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc'],
  ])('one that %s is given up at the time-out, and its connection closed', async (_name, text) => {
    let received = false;
    const server = await servers.raw((socket) =>
      socket.once('data', () => socket.write(text, () => (received = true))),
    );
    const clock = manualClock();
    const http = client({}, clock);
    const failure = failureFrom(http.request(get(server.port, { timeoutMs: 6_000 })));
    await until(() => received);
    clock.advance(5_999);
    expect(http.pending).toBe(1);
    clock.advance(1);
    expect(await failure).toMatchObject({ code: 'http-timeout', timeoutMs: 6_000 });
    expect(http.pending).toBe(0);
    await until(() => server.open === 0);
  });

  it('one that drips a byte at a time is given up at the time-out all the same', async () => {
    let dripped = 0;
    const server = await servers.raw((socket) =>
      socket.once('data', () => {
        socket.write('HTTP/1.1 200 OK\r\ncontent-length: 50000\r\n\r\n');
        const drip = () => {
          if (!socket.destroyed) socket.write('x', () => setImmediate(drip));
          dripped += 1;
        };
        drip();
      }),
    );
    const clock = manualClock();
    const http = client({}, clock);
    const failure = failureFrom(http.request(get(server.port, { timeoutMs: 6_000 })));
    await until(() => dripped > 20);
    clock.advance(6_000);
    expect((await failure).code).toBe('http-timeout');
    await until(() => server.open === 0);
  });

  it('the time for a body that stalls after its status is limited too', async () => {
    let received = false;
    const server = await servers.raw((socket) =>
      socket.once('data', () =>
        socket.write('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nabc', () => (received = true)),
      ),
    );
    const clock = manualClock();
    const http = client({}, clock);
    const answer = http.request(get(server.port, { partialBody: true, timeoutMs: 6_000 }));
    await until(() => received);
    // The status has to have been read before time runs out.
    for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
    clock.advance(6_000);
    expect(await answer).toMatchObject({ status: 200, truncated: true });
  });
});
