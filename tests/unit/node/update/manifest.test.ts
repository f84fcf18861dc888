import { describe, expect, it } from 'vitest';
import { compareVersions, releaseFolder } from '../../../../electron/node/operations/update/manifest.ts';
import {
  heldBack,
  type UpdateRecord,
  withFailure,
  withSuccess,
} from '../../../../electron/node/operations/update/record.ts';
import { isSigned, releaseKey } from '../../../../electron/node/operations/update/release-key.ts';
import { testKey } from '../../../fixtures/update/packages.ts';

describe('versions', () => {
  it('are compared number by number, and a pre-release comes before its release', () => {
    const sorted = ['0.1.0-rc.1', '0.1.0', '0.2.0', '0.10.0', '1.0.0', '10.0.0'];
    expect(sorted.toReversed().toSorted(compareVersions)).toEqual(sorted);
    expect(compareVersions('1.2.3', '1.2.3')).toBe(0);
  });
});

describe('the folder of releases', () => {
  it('ends in a slash, whoever forgot it', () => {
    expect(releaseFolder('https://a.example/r', false).href).toBe('https://a.example/r/');
  });

  it.each([
    ['http://a.example/', 'http-insecure-url'],
    ['http://127.0.0.1/', 'http-insecure-url'],
    ['ftp://a.example/', 'http-invalid-url'],
    ['https://user:secret@a.example/', 'http-invalid-url'],
    ['https://a.example/?token=1', 'http-invalid-url'],
    ['nonsense', 'http-invalid-url'],
  ])('is not %s', (text, code) => expect(() => releaseFolder(text, false)).toThrow(code));

  it('is on this computer without TLS only where that is said', () => {
    expect(releaseFolder('http://127.0.0.1:8080/', true).href).toBe('http://127.0.0.1:8080/');
    expect(() => releaseFolder('http://a.example/', true)).toThrow('http-insecure-url');
  });
});

describe('the release key', () => {
  it('of the repository is a placeholder, with which nothing counts as signed', () => {
    expect(releaseKey.placeholder).toBe(true);
    expect(releaseKey.releaseUrl).toBe(null);
    expect(isSigned(releaseKey, Buffer.from('x'), Buffer.alloc(64).toString('base64'))).toBe(false);
  });

  it('takes a signature of its own, on one line with or without its end, and nothing like it', () => {
    const { key, sign } = testKey();
    const signature = sign('text');
    const bytes = Buffer.from('text');
    expect(isSigned(key, bytes, signature) && isSigned(key, bytes, `${signature}\n`)).toBe(true);
    for (const wrong of [
      '',
      signature.slice(4),
      `${signature}AAAA`,
      signature.replace('==', ''),
      'x'.repeat(10_000),
    ])
      expect(isSigned(key, bytes, wrong), wrong.slice(0, 100)).toBe(false);
    expect(isSigned(key, Buffer.from('text '), signature)).toBe(false);
    const broken = { ...key, keys: [{ id: 'broken', publicKey: 'AAAA' }] };
    expect(isSigned(broken, bytes, signature)).toBe(false);
  });
});

describe('the record of updates', () => {
  const empty: UpdateRecord = { schemaVersion: 1, handover: null, failures: [], last: null };
  const failure = { version: '0.2.0', sha256: 'a', final: false, reason: 'ended' as const, atMs: 1 };

  it('holds a file back after three tries, or after one that ran and did not serve', () => {
    let record = empty;
    for (const held of [null, null, 'ended']) {
      record = withFailure(record, failure);
      expect(heldBack(record, 'a')?.reason ?? null).toBe(held);
    }
    expect(heldBack(withFailure(empty, { ...failure, final: true }), 'a')?.attempts).toBe(1);
    expect(heldBack(record, 'another file of the same version')).toBe(null);
  });

  it('never forgets that a file ran and did not serve because of a later, lesser fault', () => {
    const record = withFailure(withFailure(empty, { ...failure, final: true }), failure);
    expect(heldBack(record, 'a')?.final).toBe(true);
  });

  it('forgets failures of a version that works in the end, and does not grow without end', () => {
    const worked = withSuccess(withFailure(empty, failure), { from: '0.1.0', to: '0.2.0', atMs: 2 });
    expect(worked.failures).toEqual([]);
    let record = empty;
    for (let n = 0; n < 50; n += 1) record = withFailure(record, { ...failure, sha256: String(n) });
    expect(record.failures).toHaveLength(20);
  });
});
