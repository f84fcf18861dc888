import { createHash, generateKeyPairSync, type KeyObject, verify } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { onPath, runTool } from '../../../.tasks/package/tools.ts';
import { makeRelease, type ReleaseOptions } from '../../../.tasks/release/release.ts';
import { type ReleaseKeys, readPrivateKey } from '../../../.tasks/release/signing.ts';
import { fileFor, parseManifest } from '../../../electron/node/operations/update/manifest.ts';
import { isSigned } from '../../../electron/node/operations/update/release-key.ts';

const reason = onPath('xz') && onPath('tar') ? null : 'not installed here: xz';

describe('npm run release', () => {
  let folder: string;
  let publicKey: KeyObject;
  let keyFile: string;
  let trusted: ReleaseKeys;
  let options: ReleaseOptions;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'plx-release-'));
    const pair = generateKeyPairSync('ed25519');
    publicKey = pair.publicKey;
    keyFile = join(folder, 'release.key');
    writeFileSync(keyFile, pair.privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
    trusted = {
      placeholder: false,
      releaseUrl: 'https://releases.example/cli/',
      keys: [
        { id: 'old', publicKey: spki(generateKeyPairSync('ed25519').publicKey) },
        { id: 'test', publicKey: spki(publicKey) },
      ],
    };
    for (const arch of ['x64', 'arm64']) {
      writeFileSync(join(folder, `cli-${arch}`), Buffer.alloc(5000, arch));
      const archive = join(folder, `parallelix-operator-cli-1.2.3-linux-${arch}.tar.xz`);
      if (!reason) runTool('tar', ['-cJf', archive, '-C', folder, `cli-${arch}`]);
      writeFileSync(join(folder, `parallelix-operator-cli-1.2.3-linux-${arch}.deb`), `deb ${arch}`);
    }
    writeFileSync(join(folder, 'parallelix-operator-cli-1.2.2-linux-x64.deb'), 'of the version before');
    options = {
      version: '1.2.3',
      packagesDir: folder,
      outDir: join(folder, 'release'),
      notes: 'What is new',
      publishedAt: new Date('2026-11-27T12:00:00.123Z'),
      releaseUrl: trusted.releaseUrl,
      privateKey: pair.privateKey,
      trusted,
    };
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('makes what update reads: signed, and with a package for each computer', (test) => {
    test.skip(reason !== null, reason ?? '');
    makeRelease(options);
    const text = (name: string) => readFileSync(join(options.outDir, name), 'utf8');
    const manifest = text('manifest.json');
    expect(isSigned({ comment: [], ...trusted }, Buffer.from(manifest), text('manifest.json.sig'))).toBe(
      true,
    );
    const parsed = parseManifest(manifest, 'https://releases.example/cli/manifest.json');
    expect(parsed.version).toBe('1.2.3');
    for (const arch of ['x64', 'arm64'])
      expect(fileFor(parsed, { kind: 'cli', format: 'tar.xz', platform: 'linux', arch }).name).toContain(
        `1.2.3-linux-${arch}`,
      );
    expect(fileFor(parsed, { kind: 'cli', format: 'deb', platform: 'linux', arch: 'x64' }).name).toMatch(
      /1\.2\.3.*\.deb$/,
    );
  });

  it('makes a folder whose manifest is signed and names every file by size and sum', (test) => {
    test.skip(reason !== null, reason ?? '');
    const { names, keyId } = makeRelease(options);
    expect(keyId).toBe('test');
    const read = (name: string) => readFileSync(join(options.outDir, name));
    expect(names).toEqual(readdirSync(options.outDir).sort());
    const bytes = read('manifest.json');
    expect(verify(null, bytes, publicKey, Buffer.from(read('manifest.json.sig').toString(), 'base64'))).toBe(
      true,
    );
    const manifest = JSON.parse(bytes.toString());
    expect(manifest).toMatchObject({
      schemaVersion: 1,
      product: 'parallelix-operator',
      version: '1.2.3',
      publishedAt: '2026-11-27T12:00:00Z',
      notes: 'What is new',
    });
    expect(manifest.files).toHaveLength(4);
    for (const file of manifest.files) {
      const content = read(file.name);
      expect(file).toMatchObject({
        kind: 'cli',
        platform: 'linux',
        size: content.length,
        sha256: createHash('sha256').update(content).digest('hex'),
      });
      expect(read('SHA256SUMS').toString()).toContain(`${file.sha256}  ${file.name}\n`);
    }
    expect(manifest.files.filter((file: { unpackedSize?: number }) => file.unpackedSize)).toHaveLength(2);
    expect(read('install.sh').toString()).toContain("release_url='https://releases.example/cli/'");
  });

  it('has a SHA256SUMS that sha256sum accepts', (test) => {
    test.skip(reason !== null, reason ?? '');
    makeRelease(options);
    expect(runTool('sha256sum', ['--check', 'SHA256SUMS'], { cwd: options.outDir })).toMatch(
      /^(.*: OK\n){4}$/,
    );
  });

  it.each<[string, () => Partial<ReleaseOptions>, string]>([
    [
      'a key that no program knows',
      () => ({ privateKey: generateKeyPairSync('ed25519').privateKey }),
      'belongs to none',
    ],
    [
      'the placeholder of the repository',
      () => ({ trusted: { ...trusted, placeholder: true } }),
      'belongs to none',
    ],
    ['an address that is not https', () => ({ releaseUrl: 'http://releases.example/' }), 'over https'],
    ['an address that a shell would read', () => ({ releaseUrl: "https://a/'; rm -rf ~" }), 'over https'],
    ['no address', () => ({ releaseUrl: null }), '--url'],
    ['a version that is none', () => ({ version: '1.2.3-beta' }), 'X.Y.Z'],
    ['a version without packages', () => ({ version: '9.9.9' }), 'npm run package -- --all'],
    ['notes that are too long', () => ({ notes: 'x'.repeat(4001) }), '4000 is the most'],
    ['a folder that exists', () => ({ outDir: folder }), 'never changed'],
  ])('refuses %s, and leaves nothing', (name, change, words) => {
    void name;
    const changed = { ...options, ...change() };
    const before = readdirSync(folder).sort();
    expect(() => makeRelease(changed)).toThrow(words);
    expect(readdirSync(folder).sort()).toEqual(before);
    expect(existsSync(`${changed.outDir}.unfinished`)).toBe(false);
  });

  it('takes no private key that others can read, and none of another kind', () => {
    expect(readPrivateKey(keyFile).asymmetricKeyType).toBe('ed25519');
    const open = join(folder, 'open.key');
    writeFileSync(open, readFileSync(keyFile), { mode: 0o644 });
    expect(() => readPrivateKey(open)).toThrow('chmod 600');
    const other = join(folder, 'rsa.key');
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
    writeFileSync(other, rsa.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
    expect(() => readPrivateKey(other)).toThrow('signed with Ed25519');
  });
});

function spki(key: KeyObject): string {
  return key.export({ type: 'spki', format: 'der' }).toString('base64');
}
