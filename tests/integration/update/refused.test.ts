import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { failureFrom } from '../../fixtures/http/servers.ts';
import { archiveName, downloadName, manifestOf, testKey } from '../../fixtures/update/packages.ts';
import { createUpdateWorld, type UpdateWorld } from '../../fixtures/update/world.ts';

let world: UpdateWorld;
let good: Buffer;
const archive = archiveName('0.2.0');

beforeAll(async () => {
  world = await createUpdateWorld();
  await world.install('0.1.0');
  good = await world.package('0.2.0');
});
afterAll(() => world.stop());

beforeEach(() => {
  world.releases.faults = {};
  world.releases.files.clear();
  world.releases.seen.length = 0;
  for (const name of ['update.json', '.download'])
    rmSync(join(world.root, name), { recursive: true, force: true });
});

/** Whatever was refused: what was installed still is, it runs, and nothing lies about half done. */
afterEach(() => {
  expect(world.current()).toBe('0.1.0');
  expect(readdirSync(join(world.root, 'versions'))).toEqual(['0.1.0']);
  expect(readdirSync(world.root).filter((name) => /^\.(unpacking|current)/.test(name))).toEqual([]);
});

const refusal = (more: Parameters<UpdateWorld['update']>[0] = {}) => failureFrom(world.update(more));
const leftOver = () => {
  const file = join(world.root, downloadName('0.2.0', good));
  return existsSync(file) ? statSync(file).size : null;
};
const fetched = () => world.releases.seen.filter(({ path }) => path === archive).length;

describe('an update list is not believed', () => {
  it('without a signature', async () => {
    world.releases.publish('0.2.0', good, { signature: null });
    expect(await refusal()).toMatchObject({ code: 'update-untrusted', reason: 'unsigned' });
    expect(fetched()).toBe(0);
  });

  it.each<[string, () => string]>([
    ['of another key', () => testKey().sign(manifestOf('0.2.0', good))],
    ['of another list', () => world.releases.sign(manifestOf('0.3.0', good))],
    ['cut short', () => world.releases.sign(manifestOf('0.2.0', good)).slice(0, 40)],
    ['that is a web page', () => '<html>sign in</html>'],
    ['of nothing but zeros', () => Buffer.alloc(64).toString('base64')],
  ])('with a signature %s', async (_what, signature) => {
    world.releases.publish('0.2.0', good, { signature: signature() });
    expect(await refusal()).toMatchObject({ code: 'update-untrusted', reason: 'signature' });
    expect(fetched()).toBe(0);
  });

  it('by a build with the placeholder key, which says that it has none', async () => {
    world.releases.publish('0.2.0', good);
    const key = { ...world.releases.key, placeholder: true };
    expect(await refusal({ key })).toMatchObject({ code: 'update-no-key' });
    expect(world.releases.seen).toEqual([]);
  });

  it('that one byte was changed in, wherever it is', async () => {
    world.releases.publish('0.2.0', good);
    const signed = String(world.releases.files.get('manifest.json'));
    world.releases.files.set('manifest.json', signed.replace('"size":', '"size": '));
    expect(await refusal()).toMatchObject({ code: 'update-untrusted', reason: 'signature' });
  });

  it('when it is signed by either key of a build that changes keys', async () => {
    world.releases.publish('0.1.0', good);
    const [own] = world.releases.key.keys;
    const [next] = testKey().key.keys;
    const key = { ...world.releases.key, keys: [next, own].flatMap((one) => (one ? [one] : [])) };
    expect(await world.update({ key })).toMatchObject({ from: '0.1.0', to: '0.1.0' });
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['of another product', { product: 'something-else' }, 'product'],
    ['of a form that only later versions know', { schemaVersion: 2 }, 'schemaVersion'],
    ['with a version that is none', { version: '0.2' }, 'version'],
    ['with a version that leaves the folder', { version: '../../0.2.0' }, 'version'],
    ['without files', { files: null }, 'files'],
    ['with notes without end', { notes: 'x'.repeat(4001) }, 'notes'],
  ])('%s', async (_what, manifest, reason) => {
    world.releases.publish('0.2.0', good, { manifest });
    expect(await refusal()).toMatchObject({
      code: 'update-manifest-invalid',
      reason: `field-invalid(${reason})`,
    });
  });

  it.each<[string, Record<string, unknown>]>([
    ['names a file on another host', { name: 'https://elsewhere.example/a.tar.xz' }],
    ['names a file outside of the folder', { name: '../a.tar.xz' }],
    ['names no size', { size: -1 }],
    ['has a checksum of another kind', { sha256: 'abc' }],
  ])('that %s', async (_what, file) => {
    world.releases.publish('0.2.0', good, { file });
    expect(await refusal()).toMatchObject({ code: 'update-manifest-invalid' });
    expect(fetched()).toBe(0);
  });

  it('that is not one of this computer', async () => {
    world.releases.publish('0.2.0', good, { file: { arch: 'riscv64' } });
    expect(await refusal()).toMatchObject({ code: 'update-no-package' });
  });

  it('that offers an older version', async () => {
    world.releases.publish('0.0.9', good);
    expect(await refusal()).toMatchObject({ code: 'update-downgrade', have: '0.1.0', offered: '0.0.9' });
    expect(fetched()).toBe(0);
  });

  it('over http, not even to this computer', async () => {
    const releaseUrl = world.releases.url.replace('https:', 'http:');
    expect(await refusal({ releaseUrl })).toMatchObject({ code: 'http-insecure-url' });
    expect(await refusal({ releaseUrl: 'http://elsewhere.example/' })).toMatchObject({
      code: 'http-insecure-url',
    });
  });

  it('of a server whose certificate nobody vouches for', async () => {
    world.releases.publish('0.2.0', good);
    const trusted = world.env.NODE_EXTRA_CA_CERTS;
    world.env.NODE_EXTRA_CA_CERTS = '';
    try {
      const refused = await refusal({ caFile: null });
      expect(refused).toMatchObject({
        code: 'http-unreachable',
        reason: expect.stringMatching(/VERIFY|CERT/),
      });
    } finally {
      world.env.NODE_EXTRA_CA_CERTS = trusted;
    }
  });
});

describe('a redirect', () => {
  it.each(['manifest.json', 'manifest.json.sig'])('of %s to another server is not followed', async (path) => {
    world.releases.publish('0.2.0', good);
    const other = await world.servers.http((_request, response) => void response.end('{}'));
    world.releases.faults = { redirects: { [path]: `https://127.0.0.1:${other.port}/${path}` } };
    expect(await refusal()).toMatchObject({ code: 'http-redirect-refused' });
    expect(other.connections).toBe(0);
  });

  it('of the package to another server is not followed', async () => {
    world.releases.publish('0.2.0', good);
    const other = await world.servers.http((_request, response) => void response.end(good));
    for (const scheme of ['http', 'https']) {
      world.releases.faults = { redirects: { [archive]: `${scheme}://127.0.0.1:${other.port}/${archive}` } };
      expect(await refusal()).toMatchObject({ code: 'http-redirect-refused' });
    }
    expect(other.connections).toBe(0);
  });

  it('within the server is followed', async () => {
    world.releases.publish('0.1.0', good);
    world.releases.files.set('moved.json', world.releases.files.get('manifest.json') ?? '');
    world.releases.faults = { redirects: { 'manifest.json': '/r/moved.json' } };
    expect(await world.update()).toMatchObject({ to: '0.1.0' });
  });

  it('in a circle ends', async () => {
    world.releases.publish('0.2.0', good);
    world.releases.faults = { redirects: { [archive]: `/r/${archive}` } };
    expect(await refusal()).toMatchObject({ code: 'http-redirect-refused' });
  });
});

describe('a package is not installed', () => {
  it('that is corrupt; it is fetched anew next time', async () => {
    const corrupt = Buffer.from(good);
    corrupt[1000] = (corrupt[1000] ?? 0) ^ 1;
    world.releases.publish('0.2.0', corrupt, { sha256: sha256(good) });
    expect(await refusal()).toMatchObject({ code: 'download-mismatch', expected: sha256(good) });
    expect(leftOver()).toBe(null);
  });

  it('that breaks off; what came is resumed next time', async () => {
    world.releases.publish('0.2.0', good);
    world.releases.faults = { cutAfterBytes: 64 * 1024 };
    expect(await refusal()).toMatchObject({ code: 'download-failed' });
    const came = leftOver() ?? 0;
    expect(came).toBeGreaterThan(0);
    world.releases.faults = { cutAfterBytes: 64 * 1024 };
    expect(await refusal()).toMatchObject({ code: 'download-failed' });
    expect(world.releases.seen.findLast(({ path }) => path === archive)?.range).toBe(`bytes=${came}-`);
  });

  it('that is shorter or longer than the list says', async () => {
    for (const size of [good.length + 1000, good.length - 1000]) {
      world.releases.publish('0.2.0', good, { size });
      expect(await refusal()).toMatchObject({ code: 'download-mismatch' });
      expect(leftOver()).toBe(null);
    }
  });

  it.each([
    ['stops sending in the middle', { stallAfterBytes: 32 * 1024 }, { silentMs: 500 }, 'download-stalled'],
    ['never answers', { silent: true }, { requestMs: 500 }, 'http-timeout'],
    ['sends a byte now and then', { dripMs: 20 }, { wholeMs: 700 }, 'update-too-slow'],
  ] as const)('of a server that %s', async (_what, faults, limits, code) => {
    world.releases.publish('0.2.0', good);
    world.releases.faults = { ...faults };
    expect(await refusal(limits)).toMatchObject({ code });
  });

  it('that was changed after the download was checked', async () => {
    world.releases.publish('0.2.0', good);
    const other = await world.package('0.2.0', 'does-not-start');
    const changed = await failureFrom(
      world.update({
        onStep: (step) => {
          if (step === 'unpacking') writeFileSync(join(world.root, downloadName('0.2.0', good)), other);
        },
      }),
    );
    expect(changed.code).toBe('download-mismatch');
    expect(leftOver()).toBe(null);
  });

  it('that cannot say its version, or says another', async () => {
    for (const flavour of ['does-not-run', 'says-another-version'] as const) {
      world.releases.publish('0.2.0', await world.package('0.2.0', flavour));
      const refused = await refusal();
      expect(refused).toMatchObject({ code: 'update-failed', restored: true });
      expect(refused.reason).toMatch(/no such interpreter|7\.7\.7/);
    }
  });

  it('where xz is missing, which is said', async () => {
    world.releases.publish('0.2.0', good);
    const path = world.env.PATH;
    world.env.PATH = '/nonexistent';
    try {
      expect(await refusal()).toMatchObject({ code: 'update-tool-missing', tool: 'xz' });
    } finally {
      world.env.PATH = path;
    }
    // It need not be fetched again.
    expect(leftOver()).toBe(good.length);
  });

  it('while another update runs', async () => {
    world.releases.publish('0.2.0', good);
    world.releases.faults = { stallAfterBytes: 32 * 1024 };
    const first = refusal({ silentMs: 3000 });
    await expect.poll(fetched).toBe(1);
    expect(await refusal()).toMatchObject({ code: 'update-busy' });
    expect(await first).toMatchObject({ code: 'download-stalled' });
  });
});

describe('nobody watching', () => {
  const unattended = { unattended: true };

  it('leaves a file alone that was wrong three times, and takes a fixed one', async () => {
    const corrupt = Buffer.from(good);
    corrupt[1000] = (corrupt[1000] ?? 0) ^ 1;
    world.releases.publish('0.2.0', corrupt, { sha256: sha256(good) });
    for (let turn = 0; turn < 3; turn += 1)
      expect(await refusal(unattended)).toMatchObject({ code: 'download-mismatch' });
    const before = fetched();
    expect(await refusal(unattended)).toMatchObject({ code: 'update-held-back', attempts: 3 });
    expect(fetched()).toBe(before);
    // A person may try again anyway.
    expect(await refusal()).toMatchObject({ code: 'download-mismatch' });
    const fixed = await world.package('0.2.0', 'does-not-run');
    world.releases.publish('0.2.0', fixed);
    expect(await refusal(unattended)).toMatchObject({ code: 'update-failed' });
  });

  it('does not count a network that fails', async () => {
    world.releases.publish('0.2.0', good);
    world.releases.faults = { cutAfterBytes: 0 };
    for (let turn = 0; turn < 4; turn += 1)
      expect(await refusal(unattended)).toMatchObject({ code: 'download-failed' });
  });

  it('forgets nothing but the damaged part when its record is damaged', async () => {
    writeFileSync(join(world.root, 'update.json'), '{ half');
    world.releases.publish('0.1.0', good);
    expect(await world.update(unattended)).toMatchObject({ to: '0.1.0' });
    expect(readFileSync(join(world.root, 'update.json'), 'utf8')).toBe('{ half');
  });
});

function sha256(bytes: Buffer): string {
  return JSON.parse(manifestOf('0.2.0', bytes)).files[0].sha256;
}
