import { mkdir, mkdtemp, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { checkModelsDisk } from '../../../../electron/daemon/checks/ollama-checks.ts';
import { createHttpClient, type HttpClient } from '../../../../electron/daemon/http/client.ts';
import { createOllamaClient } from '../../../../electron/daemon/ollama/api/client.ts';
import { findModelsVolume } from '../../../../electron/daemon/ollama/models/own-volume.ts';
import { createModelsVolume, findModelsDir } from '../../../../electron/daemon/ollama/models/volume.ts';
import type { Settings } from '../../../../electron/daemon/storage/settings.ts';
import { systemClock } from '../../../../electron/daemon/system/clock.ts';
import { type OllamaStandIn, startOllamaStandIn } from '../../../practice-network/ollama/stand-in.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'px-models-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('where models lie', () => {
  const find = (more: Partial<Parameters<typeof findModelsDir>[0]> = {}) =>
    findModelsDir({
      setting: null,
      env: {},
      platform: 'linux',
      homeDir: join(folder, 'home'),
      serviceHome: join(folder, 'service'),
      ...more,
    });
  const own = () => join(folder, 'home', '.ollama', 'models');
  const service = () => join(folder, 'service', '.ollama', 'models');

  it('is what our own server is given, before everything else', async () => {
    expect(await find({ setting: '/big/models', env: { OLLAMA_MODELS: '/other' } })).toBe('/big/models');
  });
  it('is what OLLAMA_MODELS says, if that is a place', async () => {
    expect(await find({ env: { OLLAMA_MODELS: ' /other ' } })).toBe('/other');
    expect(await find({ env: { OLLAMA_MODELS: 'relative' } })).toBe(own());
  });
  it('is in this user’s home, on a Mac always', async () => {
    expect(await find()).toBe(own());
    await mkdir(join(folder, 'service'));
    expect(await find({ platform: 'darwin' })).toBe(own());
  });
  it('is in the home of the system service where there is one, unless this user’s own folder was used last', async () => {
    expect(await find()).toBe(service());
    await mkdir(join(own(), 'blobs'), { recursive: true });
    expect(await find()).toBe(own());
    await mkdir(join(service(), 'blobs'), { recursive: true });
    await utimes(join(own(), 'blobs'), new Date(1000), new Date(1000));
    expect(await find()).toBe(service());
  });
});

describe('the folder of a server that is not ours', () => {
  let ollama: OllamaStandIn;
  let http: HttpClient;
  const find = () =>
    findModelsVolume(
      {
        settings: { ollama: { modelsDir: null } as Settings['ollama'] },
        ollama: { url: ollama.url, remote: false },
        env: { HOME: folder },
        platform: 'linux',
      },
      createOllamaClient({ baseUrl: ollama.url }, { http, clock: systemClock }),
    );
  const start = async (options: Parameters<typeof startOllamaStandIn>[0]) => {
    ollama = await startOllamaStandIn(options);
    http = createHttpClient({ plainHttp: 'loopback', userAgent: 'test' }, { clock: systemClock });
    onTestFinished(async () => {
      await http.stop();
      await ollama.stop();
    });
  };

  it('is the one that the server names, not the one that it usually is', async () => {
    await start({ modelsDir: folder });
    const volume = await find();
    expect([volume?.path, volume?.certain]).toEqual([folder, true]);
    expect((await volume?.space())?.totalBytes).toBeGreaterThan(0);
    expect(await checkModelsDisk(find)).toMatchObject({
      finding: expect.stringMatching(/^models-disk-(?:has-room|tight)$/),
    });
  });

  it('of a container is no folder of this computer, and its room is not known', async () => {
    await start({ modelsDir: '/no/such/folder/here' });
    const volume = await find();
    expect([volume?.path, await volume?.space()]).toEqual(['/no/such/folder/here', null]);
    expect(await checkModelsDisk(find)).toMatchObject({ finding: 'models-disk-not-checked' });
  });

  it('is a guess, and called one, where the server has no model yet', async () => {
    await start({ models: [] });
    const volume = await find();
    expect(volume?.certain).toBe(false);
    const statFs = async () => ({ bavail: 1e9, blocks: 1e9, bsize: 1000 });
    const roomy = createModelsVolume({ path: '/somewhere' }, { statFs });
    const report = await checkModelsDisk(async () => roomy);
    expect(report).toMatchObject({
      finding: 'models-disk-guessed',
      means: expect.stringContaining('usually'),
    });
  });
});

describe('the room where models lie', () => {
  it('is that of the volume, also before the folder exists', async () => {
    const space = await createModelsVolume({ path: join(folder, 'not', 'yet', 'there') }).space();
    expect(space?.totalBytes).toBeGreaterThan(0);
    expect(space?.freeBytes).toBeLessThanOrEqual(Number(space?.totalBytes));
  });
  it('is unknown where the system does not say', async () => {
    const statFs = async () => {
      throw new Error('EIO');
    };
    expect(await createModelsVolume({ path: '/a/b' }, { statFs }).space()).toBeNull();
  });
});
