import type { ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import type { HttpRequest } from '../../../../electron/daemon/http/client.ts';
import { failureFrom, getRequest, manualClock, until } from '../../../fixtures/http/servers.ts';
import { httpSuite } from '../../../fixtures/http/suite.ts';

const { servers, client } = httpSuite();
const get = (port: number, more: Partial<HttpRequest> = {}) => getRequest(`http://127.0.0.1:${port}/`, more);

describe('a stream', () => {
  it('hands over chunks as they come, without a time limit after the headers', async () => {
    let push: ServerResponse | undefined;
    const server = await servers.http((_request, response) => {
      response.write('one');
      push = response;
    });
    const clock = manualClock();
    const http = client({}, clock);
    const stream = await http.stream(get(server.port, { timeoutMs: 5_000 }));
    expect(stream.status).toBe(200);
    const chunks = stream.chunks[Symbol.asyncIterator]();
    expect(Buffer.from((await chunks.next()).value).toString()).toBe('one');
    clock.advance(3_600_000);
    expect(http.pending).toBe(1);
    push?.end('two');
    expect(Buffer.from((await chunks.next()).value).toString()).toBe('two');
    expect((await chunks.next()).done).toBe(true);
    await until(() => http.pending === 0);
  });

  it('is limited in time until its headers', async () => {
    const server = await servers.http(() => {});
    const clock = manualClock();
    const failure = failureFrom(client({}, clock).stream(get(server.port, { timeoutMs: 5_000 })));
    await until(() => server.open === 1);
    clock.advance(5_000);
    expect((await failure).code).toBe('http-timeout');
  });

  const endless = () =>
    servers.http((_request, response) => {
      const more = () => {
        while (!response.destroyed && response.write('x'.repeat(1000)));
      };
      response.on('drain', more);
      more();
    });

  it('that is left, closed or aborted closes its connection', async () => {
    const server = await endless();
    const http = client();
    const left = await http.stream(get(server.port, { maxBodyBytes: 1e9 }));
    for await (const _ of left.chunks) break;
    await until(() => server.open === 0 && http.pending === 0);

    const closed = await http.stream(get(server.port, { maxBodyBytes: 1e9 }));
    closed.close();
    closed.close();
    await until(() => server.open === 0 && http.pending === 0);

    const controller = new AbortController();
    const aborted = await http.stream(get(server.port, { maxBodyBytes: 1e9, signal: controller.signal }));
    const reading = failureFrom(
      (async () => {
        for await (const _ of aborted.chunks) controller.abort();
      })(),
    );
    expect((await reading).code).toBe('http-aborted');
    await until(() => server.open === 0 && http.pending === 0);
  });

  it('longer than its limit ends with an error, and so does one that breaks off', async () => {
    const http = client();
    const read = async (port: number, maxBodyBytes: number) => {
      const stream = await http.stream(get(port, { maxBodyBytes }));
      for await (const _ of stream.chunks);
    };
    const server = await endless();
    expect((await failureFrom(read(server.port, 100_000))).code).toBe('http-body-too-large');
    const broken = await servers.raw((socket) =>
      socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc')),
    );
    expect(await failureFrom(read(broken.port, 100))).toMatchObject({
      code: 'http-unreachable',
      reason: 'ECONNRESET',
    });
    expect(http.pending).toBe(0);
  });

  it('leaves a slow reader in charge of the pace', async () => {
    let written = 0;
    const server = await servers.http((_request, response) => {
      const more = () => {
        do written += 64 * 1024;
        while (!response.destroyed && response.write('x'.repeat(64 * 1024)));
      };
      response.on('drain', more);
      more();
    });
    const http = client();
    const stream = await http.stream(get(server.port, { maxBodyBytes: 1e12 }));
    let [last, quietTurns] = [0, 0];
    await until(() => {
      quietTurns = last === written && written > 0 ? quietTurns + 1 : 0;
      last = written;
      return quietTurns > 100;
    }, 'the sender waits');
    expect(written).toBeLessThan(20e6);
    stream.close();
  });
});
