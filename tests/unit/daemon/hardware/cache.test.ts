import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readCachedProbe, writeCachedProbe } from '../../../../electron/daemon/hardware/probe-cache.ts';
import { tierOf } from '../../../../electron/daemon/hardware/tier.ts';
import { sampleProbe } from '../../../fixtures/sample-probe.ts';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'px-hw-'));
  path = join(folder, 'hardware.json');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const probe = sampleProbe({
  tier: 2,
  gpu: 'NVIDIA GB10',
  vramGb: null,
  cards: [
    {
      ...{
        vendor: 'nvidia',
        name: 'NVIDIA GB10',
        uuid: 'GPU-1',
        pciAddress: '000f:01:00.0',
        kind: 'unified',
      },
      ...{ vramGb: null, vramBytes: null, sharedBytes: null, driver: '580.95.05', tier: 2, counts: true },
    },
  ],
  decision: tierOf({ gpu: true, vramGb: null, platform: 'linux' }),
  modelBudget: { bytes: null, basis: 'unified-memory' },
  ramLimitBytes: 64_000_000_000,
  cpuLimit: 1.5,
  driverStamp: 'a1b2',
  chosenCards: ['GPU-1'],
  findings: [{ code: 'memory-not-reported', tool: 'nvidia-smi', detail: 'NVIDIA GB10' }],
});

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
    ['an older format', (text: string) => text.replace('"formatVersion": 2', '"formatVersion": 1')],
    ['a finding that does not exist', (text: string) => text.replace('memory-not-reported', 'sunspots')],
  ])('is none for %s', async (_what, damage) => {
    await writeCachedProbe(path, probe);
    await writeFile(path, damage(await readFile(path, 'utf8')));
    expect(await readCachedProbe(path)).toBeNull();
  });
});
