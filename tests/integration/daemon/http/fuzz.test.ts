import { afterAll, describe, expect, it } from 'vitest';
import { createHttpClient } from '../../../../electron/daemon/http/client.ts';
import { systemClock } from '../../../../electron/daemon/system/clock.ts';
import { isNodeError } from '../../../../shared/errors.ts';
import { createServers, until } from '../../../fixtures/http/servers.ts';

const servers = createServers();
afterAll(() => servers.closeAll());

/** Mulberry32: the same cases in every run. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const samples = [
  'HTTP/1.1 200 OK\r\ncontent-length: 5\r\ncontent-type: application/json\r\n\r\nhello',
  'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n',
  'HTTP/1.0 403 No\r\n\r\n{"reason":"x"}',
  'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n',
  'HTTP/1.1 302 Found\r\nlocation: /elsewhere\r\ncontent-length: 0\r\n\r\n',
  'HTTP/1.1 429 Slow\r\nretry-after: 5\r\ndate: Wed, 10 Jun 2026 12:00:00 GMT\r\ncontent-length: 0\r\n\r\n',
  'HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\nxyz',
];

describe('bytes that are hardly HTTP', () => {
  it('end in an answer or an http error, and leave nothing open', async () => {
    const next = random(7);
    const below = (limit: number) => Math.floor(next() * limit);
    function mutated(): Buffer {
      const bytes = Buffer.from(samples[below(samples.length)] ?? '', 'latin1');
      for (let i = below(6); i > 0; i--) bytes[below(bytes.length)] = below(256);
      const cut = next() < 0.3 ? bytes.subarray(0, below(bytes.length)) : bytes;
      return next() < 0.2 ? Buffer.concat([cut, Buffer.alloc(below(50_000), below(256))]) : cut;
    }
    const server = await servers.raw((socket) => socket.once('data', () => socket.end(mutated())));
    const http = createHttpClient({ plainHttp: 'loopback', userAgent: 'fuzz' }, { clock: systemClock });
    const ended = { answers: 0, errors: 0 };
    for (let i = 0; i < 2_000; i++) {
      try {
        const answer = await http.request({
          method: next() < 0.5 ? 'GET' : 'POST',
          url: `http://127.0.0.1:${server.port}/`,
          timeoutMs: 20_000,
          maxBodyBytes: 10_000,
          partialBody: next() < 0.5,
        });
        expect(answer.body.length).toBeLessThanOrEqual(10_000);
        ended.answers += 1;
      } catch (error) {
        if (!isNodeError(error) || !error.code.startsWith('http-')) throw error;
        if (isNodeError(error, 'http-unreachable')) expect(error.details.reason).toMatch(/^[A-Z][A-Z0-9_]+$/);
        ended.errors += 1;
      }
    }
    expect(ended.answers).toBeGreaterThan(100);
    expect(ended.errors).toBeGreaterThan(100);
    expect(http.pending).toBe(0);
    await http.stop();
    await until(() => server.open === 0);
  });
});
