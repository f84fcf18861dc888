import type { IncomingMessage, ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import { createCoordinatorClient } from '../../../../electron/daemon/coordinator/client.ts';
import { createClockSkew } from '../../../../electron/daemon/coordinator/clock-skew.ts';
import { systemClock } from '../../../../electron/daemon/system/clock.ts';
import { isNodeError } from '../../../../shared/errors.ts';
import {
  answering,
  beat,
  done,
  endpoints,
  failed,
  keyHash,
  owner,
} from '../../../fixtures/coordinator/answers.ts';
import { coordinatorSuite } from '../../../fixtures/coordinator/suite.ts';
import { createClients, manualClock, until } from '../../../fixtures/http/servers.ts';

const { servers, connect } = coordinatorSuite();

describe('on the wire', () => {
  it('every endpoint has the method, path and body of the network', async () => {
    const seen: string[] = [];
    const server = await servers.http((request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (chunk) => (body += chunk));
      request.on('end', () => {
        seen.push(`${request.method} ${request.url} ${request.headers['content-type'] ?? '-'} ${body}`);
        response.end('{}');
      });
    });
    const { coordinator } = connect(server.port);
    for (const call of Object.values(endpoints)) await call(coordinator);
    await coordinator.inbox('42&nodeId=1/../x');
    const json = 'application/json';
    expect(seen).toEqual([
      `POST /api/operator/heartbeat ${json} ${JSON.stringify(beat)}`,
      'GET /api/operator/inbox?nodeId=4217 - ',
      `POST /api/operator/result ${json} ${JSON.stringify(done)}`,
      `POST /api/operator/result ${json} ${JSON.stringify(failed)}`,
      `GET /api/operator/stats/${owner} - `,
      `GET /api/operator/node-by-keyhash/${keyHash} - `,
      'GET /api/health - ',
      'GET /api/operator/inbox?nodeId=42%26nodeId%3D1%2F..%2Fx - ',
    ]);
  });

  it.each([
    ['heartbeat', 8_000],
    ['inbox', 6_000],
    ['result', 15_000],
    ['failure', 8_000],
    ['stats', 8_000],
    ['nodeByKeyHash', 8_000],
  ])('%s is given up after %i ms', async (name, timeoutMs) => {
    const clock = manualClock();
    const asked: IncomingMessage[] = [];
    const server = await servers.http((request) => asked.push(request));
    const { coordinator, http } = connect(server.port, clock);
    const outcome = endpoints[name]?.(coordinator);
    await until(() => asked.length === 1);
    clock.advance(timeoutMs - 1);
    expect(http.pending).toBe(1);
    clock.advance(1);
    expect(await outcome).toMatchObject({ reason: 'timeout' });
  });

  it.each(Object.keys(endpoints))('%s is abandoned on abort, without an exception', async (name) => {
    const asked: IncomingMessage[] = [];
    const server = await servers.http((request) => asked.push(request));
    const { coordinator, http } = connect(server.port);
    const controller = new AbortController();
    const { signal } = controller;
    const running: Record<string, () => Promise<object>> = {
      heartbeat: () => coordinator.heartbeat(beat, signal),
      inbox: () => coordinator.inbox('1', signal),
      result: () => coordinator.result(done, signal),
      failure: () => coordinator.failure(failed, signal),
      stats: () => coordinator.stats(owner, signal),
      nodeByKeyHash: () => coordinator.nodeByKeyHash(keyHash, signal),
      health: () => coordinator.health(signal),
    };
    const outcome = running[name]?.();
    await until(() => asked.length === 1);
    controller.abort();
    expect(await outcome).toMatchObject({ reason: 'aborted' });
    expect(http.pending).toBe(0);
    expect(asked).toHaveLength(1);
  });

  it('a base URL is https, or http on this computer, and nothing more than a URL', () => {
    const make = (baseUrl: string) => {
      const { client } = createClients();
      const http = client({ plainHttp: 'anywhere' });
      try {
        createCoordinatorClient({ baseUrl }, { http, clock: systemClock, skew: createClockSkew() });
      } catch (error) {
        return isNodeError(error) ? error.code : error;
      }
      return 'taken';
    };
    for (const url of ['https://parallelix.io/api', 'https://parallelix.io/api/', 'http://127.0.0.1:1']) {
      expect(make(url), url).toBe('taken');
    }
    expect(make('http://parallelix.io/api')).toBe('http-insecure-url');
    for (const url of [
      '',
      'parallelix.io',
      'ftp://h/',
      'https://me:pw@h/',
      'https://h/?a=b',
      'https://h/#x',
    ]) {
      expect(make(url), url).toBe('http-invalid-url');
    }
  });
});

describe('liveness', () => {
  it('a hanging inbox and hanging results do not delay a heartbeat', async () => {
    const hanging: ServerResponse[] = [];
    const server = await servers.http((request, response) => {
      if (request.url?.endsWith('/heartbeat')) response.end('{}');
      else hanging.push(response);
    });
    const { coordinator, http } = connect(server.port);
    const stuck = [coordinator.inbox('1'), coordinator.stats(owner)];
    const results = Array.from({ length: 32 }, () => coordinator.result(done));
    await until(() => hanging.length === 34);
    for (let i = 0; i < 3; i++) expect(await coordinator.heartbeat(beat)).toMatchObject({ kind: 'accepted' });
    expect(http.pending).toBe(34);
    await http.stop();
    await Promise.all([...stuck, ...results]);
  });

  it('a heartbeat whose kept connection was just closed is not lost', async () => {
    const served = new WeakSet<object>();
    const server = await servers.http((request, response) => {
      if (served.has(request.socket)) return void request.socket.destroy();
      served.add(request.socket);
      response.end('{}');
    });
    const { coordinator } = connect(server.port);
    for (let i = 0; i < 4; i++) expect((await coordinator.heartbeat(beat)).kind).toBe('accepted');
  });

  it('no server, a hang-up and a closed port are tried again, with the reason', async () => {
    const server = await servers.http((request) => request.socket.destroy());
    const { coordinator } = connect(server.port);
    const wanted = { kind: 'retry', reason: 'ECONNRESET', status: null, retryAfterMs: null };
    expect(await coordinator.heartbeat(beat)).toEqual(wanted);
    expect(await coordinator.result(done)).toEqual(wanted);
    await servers.closeAll();
    expect(await coordinator.inbox('1')).toEqual({ ...wanted, reason: 'ECONNREFUSED' });
  });
});

describe('health', () => {
  it('anything below 500 that may be the coordinator counts as reachable', async () => {
    for (const [status, wanted] of [
      [200, { reachable: true, status: 200, reason: null }],
      [404, { reachable: true, status: 404, reason: 'http_404' }],
      [503, { reachable: false, status: 503, reason: 'http_503' }],
    ] as const) {
      const server = await servers.http(answering(status));
      expect(await connect(server.port).coordinator.health()).toEqual(wanted);
    }
  });

  it('the root is asked when the health path gets no answer at all', async () => {
    const asked: (string | undefined)[] = [];
    const server = await servers.http((request, response) => {
      asked.push(request.url);
      if (request.url?.endsWith('/health')) request.socket.destroy();
      else response.writeHead(404).end();
    });
    const { coordinator } = connect(server.port);
    expect(await coordinator.health()).toMatchObject({ reachable: true, status: 404 });
    expect(asked).toEqual(['/api/health', '/api/']);
    await servers.closeAll();
    expect(await coordinator.health()).toEqual({ reachable: false, status: null, reason: 'ECONNREFUSED' });
  });
});

describe('the coordinator’s clock', () => {
  it('is read from every answer of its own, with the round trip taken off', async () => {
    const clock = manualClock();
    const behindMs = 90_000;
    const server = await servers.http((request, response) => {
      request.resume().on('end', () => {
        clock.advance(2_000);
        response.setHeader('date', new Date(clock.now() - behindMs).toUTCString());
        clock.advance(2_000);
        response.end('{}');
      });
    });
    const { coordinator, skew } = connect(server.port, clock);
    await coordinator.heartbeat(beat);
    await coordinator.inbox('1');
    expect(skew.skewMs).toBeNull();
    await coordinator.stats(owner);
    expect(Math.abs((skew.skewMs ?? 0) - behindMs)).toBeLessThanOrEqual(500);
    expect(skew.warned).toBe(true);
  });

  it('is not read from an answer out of a cache', async () => {
    const headers = { 'content-type': 'application/json', age: '600' };
    const server = await servers.http(answering(200, '{}', headers));
    const { coordinator, skew } = connect(server.port);
    for (let i = 0; i < 5; i++) await coordinator.stats(owner);
    expect(skew.skewMs).toBeNull();
  });
});
