import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import { pullLimits } from '../../../../electron/daemon/ollama/models/pull-run.ts';
import { createModelsVolume, type ModelsVolume } from '../../../../electron/daemon/ollama/models/volume.ts';
import {
  createPullFixture,
  type PullFixture,
  type PullFixtureOptions,
} from '../../../fixtures/ollama/pull.ts';
import { defaultLibrary } from '../../../practice-network/ollama/library.ts';

const run = promisify(execFile);
const gb = 1_000_000_000;
const mib = 1024 * 1024;
const whole = 4 * mib + 1_429 + 7_711 + 485;

let fixture: PullFixture;
let opened = false;
const openFixture = async (options: PullFixtureOptions = {}) => {
  fixture = await createPullFixture(options);
  opened = true;
  return fixture;
};
afterEach(async () => {
  if (opened) await fixture.stop();
  opened = false;
});

/** A volume that says it has that much free; what is in it is checked where it says. */
function volumeWith(freeBytes: () => number, path = '/nowhere/models'): ModelsVolume {
  const statFs = async () => ({ bavail: freeBytes(), blocks: 400 * gb, bsize: 1 });
  return createModelsVolume({ path }, { statFs });
}
const { reserveBytes, lowWaterBytes } = pullLimits;

describe('room on the disk before a pull', () => {
  it('keeps back 10 GB, or 5 % of a large volume', () => {
    expect([100 * gb, 200 * gb, 1000 * gb].map(reserveBytes)).toEqual([10 * gb, 10 * gb, 50 * gb]);
  });

  it.each([
    [20 * gb + whole, 'done'],
    [20 * gb + whole - 1, 'no-room'],
  ])('of 400 GB with %i bytes free: %s', async (freeBytes, state) => {
    const limits = { reserveBytes, lowWaterBytes };
    const { queue } = await openFixture({ volume: volumeWith(() => freeBytes), limits });
    queue.pull('phi4');
    expect(await fixture.ended('phi4')).toMatchObject({ state });
    expect(fixture.pulls()).toHaveLength(state === 'done' ? 1 : 0);
    if (state === 'no-room') {
      expect(fixture.report('phi4').error).toEqual({
        code: 'pull-no-room',
        details: {
          model: 'phi4',
          path: '/nowhere/models',
          neededBytes: whole,
          freeBytes,
          reserveBytes: 20 * gb,
        },
      });
    }
  });

  it('goes by the catalogue where the registry does not say', async () => {
    const limits = { reserveBytes, lowWaterBytes };
    const { queue, registry } = await openFixture({ volume: volumeWith(() => 25 * gb), limits });
    registry.setFault('down');
    // phi4 is 9.1 GB by the catalogue.
    queue.pull('phi4');
    expect(await fixture.ended('phi4')).toMatchObject({
      state: 'no-room',
      error: { details: { neededBytes: 9_053_116_391 } },
    });
    queue.pull('llama3.2');
    expect(await fixture.ended('llama3.2')).toMatchObject({ state: 'done' });
  });

  it.each(['down', 'nonsense', 'endless'] as const)(
    'a registry that is %s holds nothing up',
    async (fault) => {
      const { queue, registry } = await openFixture();
      registry.setFault(fault);
      queue.pull('phi4');
      expect(await fixture.ended('phi4')).toMatchObject({ state: 'done', totalBytes: null });
      expect(registry.asked).toEqual(['/v2/library/phi4/manifests/latest']);
    },
  );

  it('what is here already needs no room', async () => {
    const { queue, ollama } = await openFixture();
    await ollama.setFaults({ pullHangAfterBytes: 3 * mib });
    queue.pull('phi4');
    await fixture.when('phi4', ({ completedBytes }) => completedBytes === 3 * mib);
    queue.cancel('phi4');
    await ollama.seen.when('the end', () => fixture.pulls()[0]?.outcome === 'aborted');
    const volume = createModelsVolume({ path: ollama.modelsDir });
    const [layer] = fixture.report('phi4').layers;
    const layers = [{ digest: layer?.digest ?? '', sizeBytes: 4 * mib }];
    // In blocks of the disk, so a little less than what is missing byte by byte.
    const missing = await volume.missingBytes(layers);
    expect([missing <= mib, missing >= mib - 64 * 1024]).toEqual([true, true]);
    await ollama.clearFaults();
    queue.pull('phi4');
    await fixture.ended('phi4');
    expect(await volume.missingBytes(layers)).toBe(0);
  });

  it('is not checked for a server elsewhere', async () => {
    const { queue } = await openFixture({ volume: null, limits: { reserveBytes, lowWaterBytes } });
    queue.pull('phi4');
    expect(await fixture.ended('phi4')).toMatchObject({ state: 'done' });
  });
});

describe('a model of unknown size', () => {
  const library = [{ name: 'anything' }, { name: 'small', weightsBytes: 1000 }];
  const unknown = { library, registry: false, limits: { askAboveBytes: mib } };

  it('above 5 GB stops as soon as that shows, and asks', async () => {
    expect(pullLimits.askAboveBytes).toBe(5 * gb);
    const { queue, ollama } = await openFixture(unknown);
    queue.pull('anything');
    expect(await fixture.ended('anything')).toMatchObject({
      state: 'needs-consent',
      error: {
        code: 'pull-needs-consent',
        details: { model: 'anything', sizeBytes: 4 * mib, askAboveBytes: mib },
      },
    });
    await ollama.seen.when('the end', () => fixture.pulls()[0]?.outcome === 'aborted');
    expect(queue.active).toBe(false);
    queue.pull('anything', { large: true });
    expect(await fixture.ended('anything')).toMatchObject({ state: 'done' });
  });

  it('below that comes without a question', async () => {
    const { queue } = await openFixture(unknown);
    queue.pull('small');
    expect(await fixture.ended('small')).toMatchObject({ state: 'done' });
  });

  it('needs as much room as any other', async () => {
    const volume = volumeWith(() => 20 * gb);
    const limits = { reserveBytes, lowWaterBytes, lookAtSpaceMs: 1 };
    const { queue, ollama } = await openFixture({ library, registry: false, volume, limits });
    await ollama.setFaults({ pullHangAfterBytes: 1000 });
    queue.pull('anything');
    expect(await fixture.ended('anything')).toMatchObject({
      state: 'no-room',
      error: { code: 'pull-no-room', details: { freeBytes: 20 * gb, reserveBytes: 20 * gb } },
    });
  });
});

describe('a disk that fills up during a pull', () => {
  it('is left alone before it is full: the pull stops, with the figures', async () => {
    let freeBytes = 100 * gb;
    const limits = { reserveBytes, lowWaterBytes, lookAtSpaceMs: 1 };
    const { queue, ollama } = await openFixture({ volume: volumeWith(() => freeBytes), limits });
    await ollama.setFaults({ pullHangAfterBytes: mib });
    queue.pull('phi4');
    await fixture.when('phi4', ({ completedBytes }) => completedBytes === mib);
    // Somebody else fills the disk.
    freeBytes = lowWaterBytes + (whole - mib) - 1;
    expect(await fixture.ended('phi4')).toMatchObject({
      state: 'no-room',
      error: { details: { neededBytes: whole - mib, freeBytes, reserveBytes: lowWaterBytes } },
    });
    await ollama.seen.when('the end', () => fixture.pulls()[0]?.outcome === 'aborted');
  });

  it('that Ollama finds full first ends the pull in the same way', async () => {
    const { queue, ollama } = await openFixture();
    const errorText = 'write /models/blobs/sha256-1-partial: no space left on device';
    await ollama.setFaults({ pullErrorAfterBytes: mib, errorText });
    queue.pull('phi4');
    expect(await fixture.ended('phi4')).toMatchObject({
      state: 'no-room',
      attempt: 1,
      error: { code: 'pull-no-room', details: { path: ollama.modelsDir, neededBytes: whole - mib } },
    });
  });
});

describe('a real small disk', () => {
  it('takes the model that fits and is not filled by the one that does not', async (context) => {
    const mount = await mkdtemp(join(tmpdir(), 'px-volume-'));
    try {
      await run('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', mount]);
    } catch {
      await rm(mount, { recursive: true });
      return context.skip('a file system can be mounted here only by root');
    }
    try {
      const modelsDir = join(mount, 'models');
      await mkdir(modelsDir);
      const library = [
        { name: 'fits', weightsBytes: 3 * mib },
        { name: 'large', weightsBytes: 6 * mib },
      ];
      const limits = { reserveBytes: () => mib, lowWaterBytes: mib / 2, lookAtSpaceMs: 1 };
      const { queue } = await openFixture({ library: [...library, ...defaultLibrary], modelsDir, limits });
      queue.pull('fits');
      expect(await fixture.ended('fits')).toMatchObject({ state: 'done' });
      queue.pull('large');
      const { state, error } = await fixture.ended('large');
      expect([state, error?.code]).toEqual(['no-room', 'pull-no-room']);
      const { bavail, bsize } = await statfs(mount);
      expect(error?.details.freeBytes).toBe(bavail * bsize);
      expect(fixture.pulls().map(({ model }) => model)).toEqual(['fits']);
      await fixture.queue.stop();
    } finally {
      await run('umount', [mount]);
      await rm(mount, { recursive: true });
    }
  });
});
