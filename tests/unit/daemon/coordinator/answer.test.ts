import { describe, expect, it } from 'vitest';
import {
  classifyAnswer,
  type RejectionPolicy,
  retryAfterError,
  retryAfterMs,
} from '../../../../electron/daemon/coordinator/answer.ts';
import { NodeError } from '../../../../shared/errors.ts';

const nowMs = Date.UTC(2026, 5, 10, 12, 0, 0);

function classify(
  status: number,
  body = '',
  policy: RejectionPolicy = 'refuse',
  headers: Record<string, string> = {},
) {
  const answer = { status, body, headers, truncated: false, roundTripMs: 1, receivedAtMs: nowMs };
  return classifyAnswer(answer, policy, nowMs);
}

describe('what an answer means for a result', () => {
  it('2xx is accepted, whatever the body says', () => {
    for (const status of [200, 201, 202, 204, 299]) {
      for (const body of ['', '{"ok":false}', 'nonsense', '{"error":"duplicate"}']) {
        expect(classify(status, body)).toEqual({ kind: 'accepted', status, body: null });
      }
    }
  });

  it('is refused for good by these statuses only', () => {
    const refused: number[] = [];
    for (let status = 300; status <= 599; status++) {
      if (classify(status).kind === 'refused') refused.push(status);
    }
    expect(refused).toEqual([400, 404, 405, 409, 410, 411, 413, 414, 415, 422]);
  });

  it('everything else that is not 2xx is tried again', () => {
    for (const status of [302, 304, 401, 402, 403, 407, 408, 418, 421, 425, 429, 500, 502, 503, 504, 599]) {
      expect(classify(status), String(status)).toMatchObject({ kind: 'retry', status });
    }
  });

  it('403 with an account reason concerns the account, any other 403 does not', () => {
    expect(classify(403, '{"reason":"not_staked"}')).toMatchObject({ kind: 'account', reason: 'not_staked' });
    expect(classify(403, '{"error":"in_cooldown"}')).toMatchObject({
      kind: 'account',
      reason: 'in_cooldown',
    });
    expect(classify(403, '{"reason":"rpc_error"}')).toMatchObject({ kind: 'retry', reason: 'rpc_error' });
    expect(classify(403, '{"reason":"x","error":"not_staked"}')).toMatchObject({
      kind: 'retry',
      reason: 'x',
    });
    expect(classify(500, '{"reason":"not_staked"}')).toMatchObject({ kind: 'retry' });
  });

  it('a web page is never the coordinator, whatever its status and label', () => {
    for (const status of [200, 204, 302, 400, 403, 404, 413, 500, 503]) {
      const wanted = { kind: 'retry', reason: 'not-the-coordinator', status };
      for (const page of [
        ' \n<!DOCTYPE html><title>Log in</title>',
        '<html><body>Log in</body></html>',
        '\uFEFF<?xml version="1.0"?>\n<!DOCTYPE html PUBLIC "-//W3C">',
        '<!-- saved --> <!-- twice -->\n<html>',
        '<head><meta http-equiv="refresh" content="0;url=http://portal/">',
        '<script>location="http://portal/"</script>',
      ])
        expect(classify(status, page), page).toMatchObject(wanted);
    }
  });

  it('a 2xx that is labelled a page and is none is accepted', () => {
    const headers = { 'content-type': 'Text/HTML; charset=utf-8' };
    for (const body of ['', 'ok', '{"ok":true}', '1 < 2'])
      expect(classify(200, body, 'refuse', headers), body).toMatchObject({ kind: 'accepted' });
    expect(classify(204, '', 'retry', headers)).toMatchObject({ kind: 'accepted' });
  });

  it('an error that is labelled a page counts only where it is the coordinator’s own JSON', () => {
    const headers = { 'content-type': 'text/html' };
    const foreign = { kind: 'retry', reason: 'not-the-coordinator' };
    expect(classify(404, 'Not Found', 'refuse', headers)).toMatchObject(foreign);
    expect(classify(404, '', 'refuse', headers)).toMatchObject(foreign);
    expect(classify(403, '{"reason":"not_staked"}', 'retry', headers)).toMatchObject({ kind: 'account' });
    expect(classify(409, '{"error":"duplicate"}', 'refuse', headers)).toMatchObject({ kind: 'refused' });
  });
});

describe('what an answer means for a heartbeat', () => {
  it('nothing is refused for good', () => {
    for (let status = 300; status <= 599; status++) {
      expect(classify(status, '', 'retry').kind, String(status)).toBe('retry');
    }
    expect(classify(400, '{"error":"bad_signature"}', 'retry')).toMatchObject({ reason: 'bad_signature' });
    expect(classify(403, '{"reason":"in_cooldown"}', 'retry').kind).toBe('account');
  });
});

describe('reasons', () => {
  it('are taken from reason, else error, if short and plain; else they name the status', () => {
    const table: readonly [body: string, reason: string][] = [
      ['{"reason":"deadline_exceeded","error":"other"}', 'deadline_exceeded'],
      ['{"error":"bad-poe"}', 'bad-poe'],
      ['{"reason":"","error":"bad:poe.1"}', 'bad:poe.1'],
      ['{"reason":null,"error":"late"}', 'late'],
      ['{"reason":{"a":1}}', 'http_400'],
      ['{"reason":"two words"}', 'http_400'],
      ['{"reason":"\\u001b[2J"}', 'http_400'],
      ['{"reason":"über"}', 'http_400'],
      [`{"reason":"${'x'.repeat(64)}"}`, 'x'.repeat(64)],
      [`{"reason":"${'x'.repeat(65)}"}`, 'http_400'],
      ['{"__proto__":{"reason":"polluted"}}', 'http_400'],
      ['["reason"]', 'http_400'],
      ['"reason"', 'http_400'],
      ['null', 'http_400'],
      ['{"reason":"trunca', 'http_400'],
      ['', 'http_400'],
      ['['.repeat(30_000), 'http_400'],
    ];
    for (const [body, reason] of table) {
      expect(classify(400, body), body.slice(0, 80)).toEqual({ kind: 'refused', status: 400, reason });
    }
  });

  it('of requests without an answer are codes', () => {
    const url = 'https://h/';
    expect(retryAfterError(new NodeError('http-unreachable', { url, reason: 'ECONNREFUSED' }))).toEqual({
      kind: 'retry',
      reason: 'ECONNREFUSED',
      status: null,
      retryAfterMs: null,
    });
    expect(retryAfterError(new NodeError('http-timeout', { url, timeoutMs: 8_000 })).reason).toBe('timeout');
    expect(retryAfterError(new NodeError('http-redirect-refused', { url, status: 302 })).reason).toBe(
      'redirect-refused',
    );
  });
});

describe('Retry-After', () => {
  const wait = (value: string, date?: string) =>
    retryAfterMs({ 'retry-after': value, ...(date === undefined ? {} : { date }) }, nowMs);

  it('is taken in seconds or as a date', () => {
    expect(wait('7')).toBe(7_000);
    expect(wait(' 120 ')).toBe(120_000);
    expect(wait('Wed, 10 Jun 2026 12:00:30 GMT')).toBe(30_000);
  });

  it('a date is measured against the answer, not against a clock that may be off', () => {
    expect(wait('Wed, 10 Jun 2026 15:00:30 GMT', 'Wed, 10 Jun 2026 15:00:00 GMT')).toBe(30_000);
  });

  it('ignores garbage, zero, negatives and the past', () => {
    for (const value of [
      '',
      '-5',
      '0',
      '1.5',
      '1e3',
      'soon',
      '9'.repeat(30),
      'Wed, 10 Jun 2026 11:59:59 GMT',
    ]) {
      expect(wait(value), value).toBeNull();
    }
    expect(retryAfterMs({}, nowMs)).toBeNull();
  });

  it('comes with a retry and with an account reason', () => {
    expect(classify(429, '', 'refuse', { 'retry-after': '9' })).toMatchObject({ retryAfterMs: 9_000 });
    const account = classify(403, '{"reason":"not_staked"}', 'retry', { 'retry-after': '60' });
    expect(account).toMatchObject({ kind: 'account', retryAfterMs: 60_000 });
  });
});
