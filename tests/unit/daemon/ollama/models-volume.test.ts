import { mkdir, mkdtemp, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createModelsVolume, findModelsDir } from '../../../../electron/daemon/ollama/models/volume.ts';

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
