import { writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { failureFrom } from '../../fixtures/http/servers.ts';
import { builtAppPackage, noPackagesReason, onlySlowly } from '../../fixtures/package/packages.ts';
import { type AppWorld, createAppWorld } from '../../fixtures/update/app-world.ts';
import { appImageName } from '../../fixtures/update/release-server.ts';

const reason = noPackagesReason(['tar.xz']) ?? onlySlowly;

/** What electron-builder puts at the end of an AppImage. */
interface BlockMap {
  files: [{ offset: number; sizes: number[]; checksums: string[] }];
}

/** Updates from and to what the packager makes, with its own block map; the matrix is in tests/integration/update. */
describe('an AppImage that was built here', { timeout: 300_000 }, () => {
  let world: AppWorld;
  let built: Buffer;
  let blockMapSize: number;
  let older: Buffer;
  let changedAt: number;

  beforeAll(async () => {
    if (reason) return;
    built = await readFile(await builtAppPackage('AppImage'));
    blockMapSize = built.readUInt32BE(built.length - 4);
    ({ bytes: older, changedAt } = anotherVersionOf(built));
  }, 180_000);
  beforeEach(async ({ skip }) => {
    if (reason) return skip(reason);
    world = await createAppWorld();
    world.install(older);
    world.releases.publishApp({ version: '0.2.0', bytes: built, file: { blockMapSize } });
  });
  afterEach(() => world?.stop());

  async function update(): Promise<void> {
    const worker = await world.worker();
    try {
      const offered = await worker.check();
      if (offered === null) throw new Error('nothing is offered');
      await worker.own.install(offered, await worker.own.download());
    } finally {
      await worker.stop();
    }
  }

  it('is updated by the blocks that have changed, and is then byte for byte the new one', async () => {
    await update();
    expect(world.installed().equals(built)).toBe(true);
    expect(world.previous()).toBe(true);
    const asked = world.releases.seen.filter(({ path }) => path.endsWith('.AppImage'));
    const sizes = asked.map(({ range }) => {
      const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(range ?? '') ?? [];
      return Number(to) - Number(from) + 1;
    });
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(built.length / 20);
  });

  it.each<[string, (name: string) => void, string]>([
    [
      'is corrupt where it has changed',
      (name) => world.releases.files.set(name, Buffer.from(built).fill(7, changedAt, changedAt + 100)),
      'download-mismatch',
    ],
    [
      'ends early',
      (name) => world.releases.files.set(name, built.subarray(0, built.length / 2)),
      'download-mismatch',
    ],
  ])('is not replaced by one that %s', async (_what, spoil, code) => {
    spoil(appImageName('0.2.0'));
    expect((await failureFrom(update())).code).toBe(code);
    expect(world.installed().equals(older)).toBe(true);
    expect(world.leftovers()).toBe(false);
  });

  it('is not replaced by one that was changed after the download', async () => {
    const worker = await world.worker();
    const offered = await worker.check();
    const downloaded = await worker.own.download();
    writeFileSync(downloaded, older);
    if (offered === null) throw new Error('nothing is offered');
    expect((await failureFrom(worker.own.install(offered, downloaded))).code).toBe('download-mismatch');
    expect(world.installed().equals(older)).toBe(true);
    await worker.stop();
  });
});

/** The same image with one block in the middle that is another, and so says its block map. */
function anotherVersionOf(image: Buffer): { bytes: Buffer; changedAt: number } {
  const end = image.length - 4;
  const start = end - image.readUInt32BE(end);
  const map = JSON.parse(inflateRawSync(image.subarray(start, end)).toString('utf8')) as BlockMap;
  const content = Buffer.from(image.subarray(0, start));
  const [{ sizes, checksums, offset }] = map.files;
  const middle = Math.floor(sizes.length / 2);
  const at = sizes.slice(0, middle).reduce((sum, size) => sum + size, offset);
  content.fill(7, at, at + (sizes[middle] ?? 0));
  checksums[middle] = Buffer.alloc(18, 'another').toString('base64');
  const packed = deflateRawSync(JSON.stringify(map));
  const size = Buffer.alloc(4);
  size.writeUInt32BE(packed.length);
  return { bytes: Buffer.concat([content, packed, size]), changedAt: at };
}
