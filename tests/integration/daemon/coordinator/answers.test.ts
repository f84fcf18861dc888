import { describe, expect, it } from 'vitest';
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

const { servers, connect } = coordinatorSuite();

describe('answers', () => {
  it('a result that the coordinator took is accepted though its answer is endless, broken or stalls', async () => {
    const head = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n';
    const endless = await servers.http((_request, response) => {
      const more = () => {
        while (!response.destroyed && response.write('x'.repeat(10_000)));
      };
      response.on('drain', more);
      more();
    });
    const broken = await servers.raw((socket) =>
      socket.once('data', () => socket.end(`${head}content-length: 100\r\n\r\n{"o`)),
    );
    for (const { port } of [endless, broken]) {
      const { coordinator } = connect(port);
      expect(await coordinator.result(done)).toEqual({ kind: 'accepted', status: 200, body: null });
      expect(await coordinator.heartbeat(beat)).toMatchObject({ kind: 'accepted' });
    }
  });

  it('a web page is not the coordinator, on every endpoint and with every status', async () => {
    for (const status of [200, 403, 404, 503]) {
      const page = '<!doctype html><title>Welcome to our hotel</title>';
      const server = await servers.http(answering(status, page, { 'content-type': 'text/html' }));
      const { coordinator, skew } = connect(server.port);
      for (const [name, call] of Object.entries(endpoints)) {
        if (name === 'health' && status !== 200) continue;
        expect(await call(coordinator), `${name} ${status}`).toMatchObject({ reason: 'not-the-coordinator' });
      }
      expect(skew.skewMs).toBeNull();
    }
  });

  it('refusals end results and failure reports, nothing else', async () => {
    for (const status of [400, 404, 409, 410, 413, 422]) {
      const server = await servers.http(answering(status, '{"error":"no_such_request"}'));
      const { coordinator } = connect(server.port);
      const refused = { kind: 'refused', status, reason: 'no_such_request' };
      expect(await coordinator.result(done)).toEqual(refused);
      expect(await coordinator.failure(failed)).toEqual(refused);
      const retry = { kind: 'retry', status, reason: 'no_such_request', retryAfterMs: null };
      expect(await coordinator.heartbeat(beat)).toEqual(retry);
      expect(await coordinator.inbox('1')).toEqual(retry);
      expect(await coordinator.stats(owner)).toEqual(retry);
    }
  });

  it('account reasons and Retry-After are handed on', async () => {
    const headers = { 'content-type': 'application/json', 'retry-after': '45' };
    const server = await servers.http(answering(403, '{"reason":"in_cooldown"}', headers));
    const { coordinator } = connect(server.port);
    const account = { kind: 'account', reason: 'in_cooldown', status: 403, retryAfterMs: 45_000 };
    expect(await coordinator.heartbeat(beat)).toEqual(account);
    expect(await coordinator.inbox('1')).toEqual(account);
    expect(await coordinator.nodeByKeyHash(keyHash)).toEqual({
      kind: 'unknown',
      reason: 'in_cooldown',
      retryAfterMs: 45_000,
    });
  });

  it('an inbox hands over its raw entries, and nothing is no work', async () => {
    const table: readonly [status: number, body: string, entries: unknown[] | null][] = [
      [
        200,
        '{"requests":[{"id":"a","__proto__":{"x":1}},7],"jobs":[1]}',
        [{ id: 'a', ['__proto__']: { x: 1 } }, 7],
      ],
      [200, '{"jobs":[null]}', [null]],
      [200, '{}', []],
      [200, '', []],
      [204, '', []],
      [200, '{"requests":[', null],
      [200, '[]', null],
      [200, 'null', null],
    ];
    for (const [status, body, entries] of table) {
      const server = await servers.http(answering(status, body));
      const outcome = await connect(server.port).coordinator.inbox('1');
      if (entries !== null) expect(outcome, body).toEqual({ kind: 'accepted', status, body: entries });
      else expect(outcome, body).toMatchObject({ kind: 'retry', reason: 'inbox-malformed' });
    }
    expect(Object.hasOwn(Object.prototype, 'x')).toBe(false);
  });

  it('an inbox nested 200,000 deep is one entry like any other', async () => {
    const server = await servers.http(
      answering(200, `{"requests":[${'['.repeat(200_000)}${']'.repeat(200_000)}]}`),
    );
    const outcome = await connect(server.port).coordinator.inbox('1');
    expect(outcome.kind).toBe('accepted');
    if (outcome.kind === 'accepted') expect(outcome.body).toHaveLength(1);
  });

  it('an inbox beyond 1 MiB and other answers beyond 64 KiB are not read', async () => {
    const big = (bytes: number) => JSON.stringify({ requests: ['x'.repeat(bytes)], lifetimeEarningsPrlx: 1 });
    const under = await servers.http(answering(200, big(1024 * 1024 - 100)));
    expect(await connect(under.port).coordinator.inbox('1')).toMatchObject({ kind: 'accepted' });
    expect(await connect(under.port).coordinator.stats(owner)).toMatchObject({ reason: 'body-too-large' });
    const over = await servers.http(answering(200, big(1024 * 1024)));
    expect(await connect(over.port).coordinator.inbox('1')).toMatchObject({
      kind: 'retry',
      reason: 'body-too-large',
    });
  });

  it('stats report lifetime earnings as a plain decimal, or that they are not known', async () => {
    for (const [body, earnings] of [
      [
        '{"lifetimeEarningsPrlx":"1234567890123456789.000000000000000001"}',
        '1234567890123456789.000000000000000001',
      ],
      ['{"lifetimeEarningsPrlx":12.5,"more":1}', '12.5'],
      ['{"lifetimeEarningsPrlx":"n/a"}', null],
      ['{}', null],
    ] as const) {
      const server = await servers.http(answering(200, body));
      expect(await connect(server.port).coordinator.stats(owner)).toEqual({
        kind: 'accepted',
        status: 200,
        body: { lifetimeEarningsPrlx: earnings },
      });
    }
    const server = await servers.http(answering(200, 'oops'));
    expect(await connect(server.port).coordinator.stats(owner)).toMatchObject({ reason: 'stats-malformed' });
  });

  it('a registration is there, not there, or not known to be either', async () => {
    const registered = JSON.stringify({ nodeId: 4217, owner, tier: 3, stakePrlx: '50000.00' });
    const table: readonly [status: number, body: string, wanted: object][] = [
      [200, registered, { kind: 'registered', nodeId: '4217', owner, tier: 3, stakePrlx: '50000' }],
      [404, '{"error":"not_found"}', { kind: 'not-registered' }],
      [404, '', { kind: 'not-registered' }],
      [200, '{}', { kind: 'unknown', reason: 'registration-malformed', retryAfterMs: null }],
      [200, '', { kind: 'unknown', reason: 'registration-malformed', retryAfterMs: null }],
      [500, '', { kind: 'unknown', reason: 'http_500', retryAfterMs: null }],
      [429, '{"error":"slow_down"}', { kind: 'unknown', reason: 'slow_down', retryAfterMs: null }],
    ];
    for (const [status, body, wanted] of table) {
      const server = await servers.http(answering(status, body));
      expect(await connect(server.port).coordinator.nodeByKeyHash(keyHash), `${status} ${body}`).toEqual(
        wanted,
      );
    }
  });
});
