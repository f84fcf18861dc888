import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../electron/daemon/system/clock.ts';
import { watchNewVersion } from '../../../electron/desktop/updates/new-version.ts';
import { readUpdateRecord } from '../../../electron/node/operations/update/record.ts';
import { mountSmallDisk, noRealDisk } from '../../fixtures/faults/disk.ts';
import { failureFrom } from '../../fixtures/http/servers.ts';
import {
  type AppFlavour,
  type AppWorld,
  createAppWorld,
  withBlockMap,
} from '../../fixtures/update/app-world.ts';
import { appImageName } from '../../fixtures/update/release-server.ts';

let world: AppWorld;
let old: Buffer;

beforeEach(async () => {
  world = await createAppWorld();
  old = world.make('0.1.0');
  world.install(old);
});
afterEach(() => world.stop());

/** Checks, brings and installs, as the app does one after the other. */
async function update(worker: Awaited<ReturnType<AppWorld['worker']>>): Promise<string> {
  const offered = await worker.check();
  if (offered === null) throw new Error('nothing is offered');
  const downloaded = await worker.own.download();
  await worker.own.install(offered, downloaded);
  return downloaded;
}

const untouched = () => {
  expect(world.installed().equals(old)).toBe(true);
  expect(world.leftovers()).toBe(false);
};

describe('an update of the app', () => {
  it('has the name of the file that runs, which lies aside, and is on record before it is handed over to', async () => {
    const next = world.make('0.2.0');
    world.releases.publishApp({ version: '0.2.0', bytes: next });
    let handedOver = false;
    const worker = await world.worker({ onHandOver: () => (handedOver = true) });
    await update(worker);
    expect(handedOver).toBe(true);
    expect(world.installed().equals(next)).toBe(true);
    expect(statSync(world.file).mode & 0o777).toBe(0o755);
    expect(world.previous()).toBe(true);
    expect((await world.record()).handover).toMatchObject({
      from: '0.1.0',
      to: '0.2.0',
      online: true,
      watcherPid: process.pid,
    });
    await worker.stop();
  });

  it('asks for the manifest, its signature and the file, and sends nothing that names this computer', async () => {
    world.releases.publishApp({ version: '0.2.0', bytes: world.make('0.2.0') });
    const worker = await world.worker();
    await update(worker);
    expect(world.releases.seen.map(({ path }) => path).sort()).toEqual([
      'manifest.json',
      'manifest.json.sig',
      appImageName('0.2.0'),
    ]);
    const headers = world.releases.headers.flatMap((sent) => Object.keys(sent));
    expect(headers.filter((name) => /staging|^x-|cookie/.test(name))).toEqual([]);
    expect(() => readFileSync(`${world.cacheDir}/.updaterId`)).toThrow('ENOENT');
    await worker.stop();
  });

  it('downloads only what has changed where both files have a block map', async () => {
    const before = withBlockMap(world.make('0.1.0', 'good', 2_000_000));
    world.install(before.bytes);
    const changed = Buffer.from(before.bytes.subarray(0, before.bytes.length - before.blockMapSize - 4));
    changed.write('another version, in the middle of the file', 1_000_000);
    const after = withBlockMap(changed);
    const { blockMapSize } = after;
    world.releases.publishApp({ version: '0.2.0', bytes: after.bytes, file: { blockMapSize } });
    const worker = await world.worker();
    await update(worker);
    expect(world.installed().equals(after.bytes)).toBe(true);
    const asked = world.releases.seen.filter(({ path }) => path.endsWith('.AppImage'));
    expect(asked.length).toBeGreaterThan(0);
    const sizes = asked.map(({ range }) => {
      const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(range ?? '') ?? [];
      return Number(to) - Number(from) + 1;
    });
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(after.bytes.length / 4);
    await worker.stop();
  });

  it('downloads the whole file where a part that was to be spared is not as the block map says', async () => {
    const before = withBlockMap(world.make('0.1.0', 'good', 400_000));
    const damaged = Buffer.from(before.bytes);
    damaged.write('a bit has fallen over', 100_000);
    world.install(damaged);
    world.releases.publishApp({
      version: '0.2.0',
      bytes: before.bytes,
      file: { blockMapSize: before.blockMapSize },
    });
    const worker = await world.worker();
    await update(worker);
    expect(world.installed().equals(before.bytes)).toBe(true);
    await worker.stop();
  });
});

describe('what is not installed', () => {
  it.each<[string, (bytes: Buffer) => void, string]>([
    [
      'a corrupt file',
      (bytes) => world.releases.files.set(appImageName('0.2.0'), Buffer.from(bytes).fill(7, 50_000, 50_100)),
      'download-mismatch',
    ],
    [
      'a file that is shorter than the manifest says',
      (bytes) => world.releases.files.set(appImageName('0.2.0'), bytes.subarray(0, 90_000)),
      'download-mismatch',
    ],
    [
      'a file that breaks off',
      () => (world.releases.faults = { cutAfterBytes: 64 * 1024 }),
      'download-failed',
    ],
    [
      'a redirect to another server',
      () =>
        (world.releases.faults = {
          redirects: { [appImageName('0.2.0')]: `${world.foreign.url}${appImageName('0.2.0')}` },
        }),
      'http-redirect-refused',
    ],
  ])('%s', async (_what, spoil, code) => {
    const next = world.make('0.2.0');
    world.foreign.publishApp({ version: '0.2.0', bytes: next });
    world.releases.publishApp({ version: '0.2.0', bytes: next });
    spoil(next);
    const worker = await world.worker();
    expect((await failureFrom(update(worker))).code).toBe(code);
    untouched();
    expect(world.foreign.seen).toEqual([]);
    await worker.stop();
  });

  it.each<[string, () => void, string]>([
    [
      'an older version',
      () => world.releases.publishApp({ version: '0.0.9', bytes: world.make('0.0.9') }),
      'update-downgrade',
    ],
    [
      'what is signed by another key',
      () => {
        world.foreign.publishApp({ version: '0.2.0', bytes: world.make('0.2.0') });
        const signature = String(world.foreign.files.get('manifest.json.sig')).trim();
        world.releases.publishApp({ version: '0.2.0', bytes: world.make('0.2.0'), signature });
      },
      'update-untrusted',
    ],
    [
      'what is not signed',
      () => world.releases.publishApp({ version: '0.2.0', bytes: world.make('0.2.0'), signature: null }),
      'update-untrusted',
    ],
    [
      'a file on another server',
      () =>
        world.releases.publishApp({
          version: '0.2.0',
          bytes: world.make('0.2.0'),
          name: `${world.foreign.url}evil.AppImage`,
        }),
      'update-manifest-invalid',
    ],
    [
      'a manifest that is redirected to another server',
      () => {
        world.foreign.publishApp({ version: '0.2.0', bytes: world.make('0.2.0') });
        world.releases.faults = { redirects: { 'manifest.json': `${world.foreign.url}manifest.json` } };
      },
      'http-redirect-refused',
    ],
    [
      'a release without a file for this app',
      () => world.releases.publish('0.2.0', world.make('0.2.0')),
      'update-no-package',
    ],
  ])('%s', async (_what, publish, code) => {
    publish();
    const worker = await world.worker();
    expect((await failureFrom(worker.check())).code).toBe(code);
    untouched();
    expect(world.foreign.seen).toEqual([]);
    await worker.stop();
  });

  it('a file of a server that hangs: the wait has an end', async () => {
    world.releases.publishApp({ version: '0.2.0', bytes: world.make('0.2.0') });
    world.releases.faults = { stallAfterBytes: 64 * 1024 };
    const worker = await world.worker({ silentMs: 1000 });
    expect((await failureFrom(update(worker))).code).toBe('download-stalled');
    untouched();
    await worker.stop();
  });

  it('a manifest of a server that hangs', async () => {
    world.releases.publishApp({ version: '0.2.0', bytes: world.make('0.2.0') });
    world.releases.faults = { silent: true };
    const worker = await world.worker({ requestMs: 500 });
    expect((await failureFrom(worker.check())).code).toBe('http-timeout');
    untouched();
    await worker.stop();
  });

  it.each<[string, (path: string) => void]>([
    ['that was changed after the download', (path) => writeFileSync(path, 'something else')],
    ['that is gone at the installation', (path) => rmSync(path)],
  ])('a file %s; it is brought again by the next check', async (_what, spoil) => {
    const next = world.make('0.2.0');
    world.releases.publishApp({ version: '0.2.0', bytes: next });
    const worker = await world.worker();
    const offered = await worker.check();
    const downloaded = await worker.own.download();
    spoil(downloaded);
    if (offered === null) throw new Error('nothing is offered');
    expect((await failureFrom(worker.own.install(offered, downloaded))).code).toBe('download-mismatch');
    untouched();
    expect((await world.record()).handover).toBeNull();
    await update(worker);
    expect(world.installed().equals(next)).toBe(true);
    await worker.stop();
  });

  it.skipIf(noRealDisk !== null)('a file for which there is no room beside the one that runs', async () => {
    const disk = await mountSmallDisk();
    world.folder = disk.folder;
    world.install(old);
    disk.fill();
    world.releases.publishApp({ version: '0.2.0', bytes: world.make('0.2.0') });
    const worker = await world.worker();
    expect((await failureFrom(update(worker))).code).toBe('disk-full');
    untouched();
    disk.makeRoom();
    await update(worker);
    expect(world.previous()).toBe(true);
    await worker.stop();
  });
});

describe.each(['deb', 'rpm'] as const)('in a package of the system (%s)', (kind) => {
  it('announces a newer version with its command, makes no updater, and says nothing of the same one', async () => {
    const name = `parallelix-operator-0.2.0-linux-x64.${kind}`;
    world.releases.publishApp({ version: '0.2.0', bytes: old, name, file: { format: kind } });
    const offer = await world.ofPackage(kind, '0.1.0');
    const offered = await offer.check();
    const install = kind === 'deb' ? 'sudo apt install' : 'sudo dnf install';
    expect([offer.own, offered && offer.command(offered)]).toEqual([
      null,
      `curl -fLO ${world.releases.url}${name} && ${install} ./${name}`,
    ]);
    await offer.stop();
    const same = await world.ofPackage(kind, '0.2.0');
    expect(await same.check()).toBeNull();
    await same.stop();
    expect(world.releases.seen.some(({ path }) => path === name)).toBe(false);
    untouched();
  });
});

describe('a version that was put in the place of another', () => {
  const timing = { startMs: 60_000, heartbeatMs: 1500, endMs: 10_000 };

  let release: Buffer | null = null;
  beforeEach(() => {
    release = null;
  });

  async function replaceWith(flavour: AppFlavour) {
    release ??= world.make('0.2.0', flavour);
    world.releases.publishApp({ version: '0.2.0', bytes: release });
    const worker = await world.worker();
    await update(worker);
    await worker.stop();
    const env = { ...process.env };
    return watchNewVersion(
      { file: world.file, args: [], env, place: world.place, timing },
      { clock: systemClock },
    );
  }

  /** The old version, started that many times, each of them past the look at what an update left. */
  async function oldOneRuns(times = 1): Promise<void> {
    while (world.settledRuns().filter((version) => version === '0.1.0').length < times)
      await new Promise((resolve) => setTimeout(resolve, 20));
  }

  it('stays once it has had a heartbeat accepted', async () => {
    expect(await replaceWith('good')).toBe('serves');
    expect((await world.record()).last).toMatchObject({ from: '0.1.0', to: '0.2.0' });
    expect(world.runs()).toEqual(['0.2.0 good']);
  });

  it.each<[string, AppFlavour, RegExp]>([
    ['does not start', 'does-not-start', /exit-code\(127\)/],
    ['falls over', 'falls-over', /exit-code\(70\)/],
    ['has no heartbeat accepted', 'never-beats', /heartbeat/],
  ])('gives it back where it %s, and the old one runs again', async (_what, flavour, reason) => {
    expect(await replaceWith(flavour)).toBe('put-back');
    untouched();
    expect(world.previous()).toBe(false);
    const { failures, handover } = await readUpdateRecord(world.place);
    expect(handover).toBeNull();
    expect(failures[0]).toMatchObject({ version: '0.2.0', attempts: 1 });
    expect(failures[0]?.reason).toMatch(reason);
    await oldOneRuns();
    expect(world.runs()).toEqual([`0.2.0 ${flavour}`, '0.1.0 good']);
  });

  it('is left alone where a person quits it, and proves itself at its next start', async () => {
    expect(await replaceWith('is-quit')).toBe('left');
    expect((await world.record()).handover).toMatchObject({ to: '0.2.0', starts: 1 });
    expect(world.previous()).toBe(true);
  });

  it('is held back after three times, and not tried again by itself', async () => {
    for (const attempts of [1, 2, 3]) {
      expect(await replaceWith('does-not-start')).toBe('put-back');
      // Another file each time would be another release; it is one and the same that failed.
      expect((await world.record()).failures.at(-1)?.attempts).toBe(attempts);
      // The next release would be put in the place of one that is just starting.
      await oldOneRuns(attempts);
    }
    const worker = await world.worker();
    const offered = await worker.check();
    if (offered === null) throw new Error('nothing is offered');
    expect(await worker.own.heldBack(offered)).toMatchObject({
      code: 'update-held-back',
      details: { version: '0.2.0', attempts: 3 },
    });
    const fixed = world.make('0.2.1');
    world.releases.publishApp({ version: '0.2.1', bytes: fixed });
    const next = await worker.check();
    expect(next === null ? 'nothing' : await worker.own.heldBack(next)).toBeNull();
    await worker.stop();
  });
});
