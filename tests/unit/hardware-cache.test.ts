import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { HardwareProbe } from '../../electron/daemon/hardware/probe.ts';
import { readCachedProbe, writeCachedProbe } from '../../electron/daemon/hardware/probe-cache.ts';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'px-hw-'));
  path = join(folder, 'hardware.json');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const probe: HardwareProbe = {
  tier: 2,
  gpu: 'NVIDIA GB10',
  vramGb: null,
  cores: 20,
  ramGb: 128,
  cards: [{ vendor: 'nvidia', name: 'NVIDIA GB10', vramGb: null, vramBytes: null }],
  findings: [{ code: 'memory-not-reported', tool: 'nvidia-smi', detail: 'NVIDIA GB10' }],
  probedAtMs: 1_760_000_000_000,
};

describe('the cached probe', () => {
  it('comes back as it was written, readable by its owner only', async () => {
    await writeCachedProbe(path, probe);
    expect(await readCachedProbe(path)).toEqual(probe);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    await writeCachedProbe(path, { ...probe, tier: 4 });
    expect(await readCachedProbe(path)).toMatchObject({ tier: 4 });
  });

  it('is none when there is no file', async () => {
    expect(await readCachedProbe(path)).toBeNull();
    expect(await readCachedProbe(folder)).toBeNull();
  });

  it.each([
    ['a torn file', (text: string) => text.slice(0, text.length / 2)],
    ['an empty file', () => ''],
    ['a tier that does not exist', (text: string) => text.replace('"tier": 2', '"tier": 5')],
    ['another format', (text: string) => text.replace('"formatVersion": 1', '"formatVersion": 2')],
  ])('is none for %s', async (_what, damage) => {
    await writeCachedProbe(path, probe);
    await writeFile(path, damage(await readFile(path, 'utf8')));
    expect(await readCachedProbe(path)).toBeNull();
  });
});
