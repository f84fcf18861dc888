import type { LookupFunction } from 'node:net';
import { describe, expect, it } from 'vitest';
import { checkedUrl, printableUrl } from '../../../../electron/daemon/http/address.ts';
import { failureReason, meansNoInternet } from '../../../../electron/daemon/http/failure.ts';
import { createSharedLookup } from '../../../../electron/daemon/http/name-lookup.ts';
import { createProxyChoice } from '../../../../electron/daemon/http/proxy.ts';
import { isNodeError } from '../../../../shared/errors.ts';

function codeFrom(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (isNodeError(error)) return error.code;
    throw error;
  }
  return 'none';
}

describe('where requests may go', () => {
  it('http is for this computer only, unless it is allowed anywhere', () => {
    const loopback = [
      'http://localhost:1/',
      'http://127.0.0.1/',
      'http://127.9.8.7/',
      'http://127.1/',
      'http://[::1]:8/',
    ];
    for (const url of loopback)
      expect(
        codeFrom(() => checkedUrl(url, 'loopback')),
        url,
      ).toBe('none');
    const beyond = [
      'http://parallelix.io/',
      'http://192.168.1.4/',
      'http://localhost.example/',
      'http://128.0.0.1/',
      'http://[::2]/',
      'http://0.0.0.0/',
    ];
    for (const url of beyond) {
      expect(
        codeFrom(() => checkedUrl(url, 'loopback')),
        url,
      ).toBe('http-insecure-url');
      expect(
        codeFrom(() => checkedUrl(url, 'anywhere')),
        url,
      ).toBe('none');
      expect(
        codeFrom(() => checkedUrl(url.replace('http:', 'https:'), 'loopback')),
        url,
      ).toBe('none');
    }
  });

  it('refuses other schemes, garbage and URLs with credentials', () => {
    const refused = [
      'ftp://a/',
      'file:///etc/passwd',
      'javascript:1',
      'x',
      '',
      'https://',
      'https://me@h/',
      'https://me:pw@h/',
    ];
    for (const url of refused) {
      expect(
        codeFrom(() => checkedUrl(url, 'anywhere')),
        url,
      ).toBe('http-invalid-url');
    }
  });

  it('errors carry neither credentials nor query nor what looks like an API key', () => {
    expect(printableUrl(new URL('https://me:secret@host:8443/a/b?token=1#f'))).toBe('https://host:8443/a/b');
    expect(printableUrl(new URL('https://rpc.example/v3/0123456789abcdef0123456789abcdef'))).toBe(
      'https://rpc.example/v3/…',
    );
    const stats = 'https://parallelix.io/api/operator/stats/0xfa3468e466ae6dd79e10dd90cd144f3bb640c31b';
    expect(printableUrl(new URL(stats))).toBe(stats);
    try {
      checkedUrl('https://user:hunter2@host/', 'loopback');
    } catch (error) {
      expect(String(error)).not.toContain('hunter2');
    }
  });
});

describe('the choice of a proxy', () => {
  const via = (env: NodeJS.ProcessEnv, url: string) => createProxyChoice(env)(new URL(url))?.host ?? 'direct';

  it('follows HTTPS_PROXY and HTTP_PROXY by the scheme of the request, lower case first', () => {
    const env = {
      HTTPS_PROXY: 'http://upper:1',
      https_proxy: 'http://lower:2',
      HTTP_PROXY: 'plain.example:3128',
    };
    expect(via(env, 'https://parallelix.io/')).toBe('lower');
    expect(via(env, 'http://ollama.lan/')).toBe('plain.example');
    expect(via({ HTTP_PROXY: 'http://p:1' }, 'https://parallelix.io/')).toBe('direct');
    expect(via({ HTTPS_PROXY: '' }, 'https://parallelix.io/')).toBe('direct');
  });

  it('never sends loopback through a proxy', () => {
    const env = { HTTPS_PROXY: 'http://p:1', HTTP_PROXY: 'http://p:1' };
    for (const url of ['http://localhost:11434/', 'https://127.0.0.1/', 'http://[::1]/']) {
      expect(via(env, url), url).toBe('direct');
    }
  });

  const table: readonly [noProxy: string, url: string, wanted: string][] = [
    ['parallelix.io', 'https://parallelix.io/', 'direct'],
    ['parallelix.io', 'https://api.parallelix.io/', 'direct'],
    ['.parallelix.io', 'https://api.parallelix.io/', 'direct'],
    ['*.parallelix.io', 'https://api.parallelix.io/', 'direct'],
    ['PARALLELIX.io', 'https://parallelix.IO/', 'direct'],
    ['parallelix.io', 'https://notparallelix.io/', 'p'],
    ['parallelix.io:444', 'https://parallelix.io/', 'p'],
    ['parallelix.io:443', 'https://parallelix.io/', 'direct'],
    ['other.example, parallelix.io', 'https://parallelix.io/', 'direct'],
    ['other.example parallelix.io', 'https://parallelix.io/', 'direct'],
    ['*', 'https://parallelix.io/', 'direct'],
    ['10.0.0.0/8', 'https://10.20.30.40/', 'direct'],
    ['10.0.0.0/8', 'https://11.20.30.40/', 'p'],
    ['10.0.0.0/99', 'https://10.20.30.40/', 'p'],
    ['192.168.1.4', 'https://192.168.1.4/', 'direct'],
    ['fd00::/8', 'https://[fd12::1]/', 'direct'],
    ['[fd12::1]:8443', 'https://[fd12::1]:8443/', 'direct'],
    ['10.0.0.0/8', 'https://parallelix.io/', 'p'],
    [',, ,', 'https://parallelix.io/', 'p'],
  ];
  it.each(table)('NO_PROXY=%s sends %s to %s', (noProxy, url, wanted) => {
    expect(via({ HTTPS_PROXY: 'http://p:1', NO_PROXY: noProxy }, url)).toBe(wanted);
  });

  it('stays offline rather than going around a proxy it cannot speak to', () => {
    for (const value of ['socks5://p:1080', 'http://', '::::', 'http://%E0%A4%A@p:1']) {
      const choose = createProxyChoice({ HTTPS_PROXY: value });
      expect(
        codeFrom(() => choose(new URL('https://parallelix.io/'))),
        value,
      ).toBe('http-unreachable');
    }
  });

  it('takes ALL_PROXY where there is none for the scheme', () => {
    expect(via({ ALL_PROXY: 'http://all:1' }, 'https://parallelix.io/')).toBe('all');
    expect(via({ all_proxy: 'all:1' }, 'http://ollama.lan/')).toBe('all');
    expect(via({ ALL_PROXY: 'http://all:1', HTTPS_PROXY: 'http://p:1' }, 'https://parallelix.io/')).toBe('p');
    expect(via({ ALL_PROXY: 'http://all:1', NO_PROXY: '*' }, 'https://parallelix.io/')).toBe('direct');
  });

  it.each(['a%b', 'a#b', 'a/b', 'a?b', '100%', '%2'])(
    'says that %s in a password must be encoded',
    (password) => {
      const choose = createProxyChoice({ HTTPS_PROXY: `http://me:${password}@p:1` });
      const url = new URL('https://parallelix.io/');
      expect(() => choose(url)).toThrow('PROXY_PASSWORD');
      const encoded = createProxyChoice({ HTTPS_PROXY: `http://me:${encodeURIComponent(password)}@p:1` })(
        url,
      );
      const header = Buffer.from(encoded?.authorization?.replace('Basic ', '') ?? '', 'base64').toString();
      expect([encoded?.host, header]).toEqual(['p', `me:${password}`]);
    },
  );

  it('decodes the credentials of a proxy for its authorization header', () => {
    const choose = createProxyChoice({ HTTPS_PROXY: 'http://me:p%40ss@p:1' });
    const header = choose(new URL('https://parallelix.io/'))?.authorization ?? '';
    expect(Buffer.from(header.replace('Basic ', ''), 'base64').toString()).toBe('me:p@ss');
  });
});

describe('reasons of failures', () => {
  const failure = (code: string) => Object.assign(new Error('text from below'), { code });

  it('are codes, never text', () => {
    expect(failureReason(failure('ECONNREFUSED'))).toBe('ECONNREFUSED');
    expect(failureReason(failure('certificate of /home/me is bad'))).toBe('UNKNOWN');
    expect(failureReason(failure('X'.repeat(100)))).toBe('UNKNOWN');
    expect(failureReason('string')).toBe('UNKNOWN');
  });

  it('of several addresses the one that the network reached counts', () => {
    expect(failureReason(new AggregateError([failure('ENETUNREACH'), failure('ECONNREFUSED')]))).toBe(
      'ECONNREFUSED',
    );
    expect(failureReason(new AggregateError([failure('ENETUNREACH')]))).toBe('ENETUNREACH');
  });

  it('tell a computer without internet from a server that does not answer', () => {
    for (const reason of ['ENETUNREACH', 'ENOTFOUND', 'EAI_AGAIN', 'PROXY_ENOTFOUND']) {
      expect(meansNoInternet(reason), reason).toBe(true);
    }
    for (const reason of ['ECONNREFUSED', 'ECONNRESET', 'CERT_HAS_EXPIRED', 'PROXY_407']) {
      expect(meansNoInternet(reason), reason).toBe(false);
    }
  });
});

describe('name resolution', () => {
  it('asks once for a name however many requests wait for it', () => {
    const questions: { hostname: string; answer: Parameters<LookupFunction>[2] }[] = [];
    const lookup = createSharedLookup((hostname, _options, answer) => {
      questions.push({ hostname, answer });
    });
    const answers: string[] = [];
    for (let i = 0; i < 20; i++)
      lookup('a.example', { all: true }, (_e, address) => answers.push(`a ${address}`));
    lookup('b.example', { all: true }, (error) => answers.push(`b ${error?.code}`));
    expect(questions.map(({ hostname }) => hostname)).toEqual(['a.example', 'b.example']);

    questions[0]?.answer(null, '192.0.2.1');
    questions[1]?.answer(Object.assign(new Error(), { code: 'ENOTFOUND' }), []);
    expect(answers).toEqual([...Array(20).fill('a 192.0.2.1'), 'b ENOTFOUND']);

    lookup('a.example', { all: true }, () => {});
    expect(questions).toHaveLength(3);
  });
});
