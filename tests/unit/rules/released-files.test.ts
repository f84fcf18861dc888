import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { nameOf, releasedFiles } from '../../../.tasks/release/files.ts';
import { parseManifest } from '../../../electron/node/operations/update/manifest.ts';
import { withBlockMap } from '../../fixtures/update/app-world.ts';

describe('the files of a release', () => {
  it.each([
    ['parallelix-operator-cli-0.2.0-linux-x64.tar.xz', 'cli', 'tar.xz', 'linux', 'x64'],
    ['parallelix-operator-0.2.0-linux-x64.AppImage', 'app', 'AppImage', 'linux', 'x64'],
    ['parallelix-operator-0.2.0-linux-arm64.AppImage', 'app', 'AppImage', 'linux', 'arm64'],
    ['parallelix-operator-0.2.0-linux-x64.deb', 'app', 'deb', 'linux', 'x64'],
    ['parallelix-operator-0.2.0-linux-arm64.rpm', 'app', 'rpm', 'linux', 'arm64'],
    ['parallelix-operator-0.2.0-mac-arm64.zip', 'app', 'zip', 'darwin', 'arm64'],
    ['parallelix-operator-0.2.0-mac-x64.dmg', 'app', 'dmg', 'darwin', 'x64'],
  ])('are known by their names: %s', (name, kind, format, platform, arch) => {
    expect(nameOf(name, '0.2.0')).toEqual({ kind, format, platform, arch, name });
  });

  it.each([
    'parallelix-operator-0.1.0-linux-x64.deb',
    'parallelix-operator-0.2.0-linux-mips.deb',
    'other-0.2.0-linux-x64.deb',
    'parallelix-operator-0.2.0-linux-x64.deb.part',
  ])('are nothing else: %s', (name) => expect(nameOf(name, '0.2.0')).toBeNull());

  it.each(['README.md', 'docs/install.md'])('are called in %s as they are made', (document) => {
    const text = readFileSync(join(import.meta.dirname, '..', '..', '..', document), 'utf8');
    const names = [...text.matchAll(/parallelix-operator[\w-]*-X\.Y\.Z[\w.-]*/g)].map(([name]) => name);
    expect(names.length).toBeGreaterThan(3);
    for (const name of names) expect(nameOf(name.replace('X.Y.Z', '0.2.0'), '0.2.0'), name).not.toBeNull();
    expect(text).not.toContain('aarch64');
  });

  it('of the app have the sum that electron-updater checks, and the block map that an AppImage ends with', () => {
    const folder = mkdtempSync(join(tmpdir(), 'plr-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const { bytes, blockMapSize } = withBlockMap(Buffer.alloc(100_000, 'a'));
    writeFileSync(join(folder, 'parallelix-operator-0.2.0-linux-x64.AppImage'), bytes);
    writeFileSync(join(folder, 'parallelix-operator-0.2.0-mac-arm64.zip'), 'no block map');
    const files = releasedFiles('0.2.0', folder);
    expect(files.map((file) => file.blockMapSize)).toEqual([blockMapSize, undefined]);
    const manifest = { schemaVersion: 1, product: 'parallelix-operator', version: '0.2.0', notes: '', files };
    const text = JSON.stringify({ ...manifest, publishedAt: '2026-11-27T12:00:00Z' });
    expect(parseManifest(text, 'https://r.example').files).toEqual(files);
  });
});
