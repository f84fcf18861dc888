import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Card, Finding } from '../../../../electron/daemon/hardware/card.ts';
import {
  createGpuUse,
  gpuUnused,
  hasGpuLibraries,
  hidesCards,
  likelyCauses,
} from '../../../../electron/daemon/ollama/server/gpu-use.ts';
import { sampleProbe } from '../../../fixtures/sample-probe.ts';
import { silentLog } from '../../../fixtures/silent-log.ts';
import { temporaryFolder } from '../../../fixtures/storage/sandbox.ts';

const card: Card = {
  vendor: 'nvidia',
  name: 'NVIDIA GeForce RTX 4090',
  uuid: 'GPU-1',
  pciAddress: '0000:01:00.0',
  kind: 'discrete',
  vramGb: 24,
  vramBytes: 24 * 1024 ** 3,
  sharedBytes: null,
  driver: '570.86.10',
  tier: 3,
  counts: true,
};
const loaded = (share: number | null) => ({
  name: 'phi4:latest',
  sizeBytes: 10e9,
  vramBytes: share === null ? null : share * 10e9,
  expiresAtMs: null,
});
const facts = { fit: 'fits', cards: [card], findings: [] } as const;

describe('a model that was loaded', () => {
  it.each<[string, boolean, Parameters<typeof gpuUnused>[0]]>([
    ['wholly on the processor', true, { ...facts, loaded: loaded(0) }],
    ['less than half on the GPU', true, { ...facts, loaded: loaded(0.49) }],
    ['half on the GPU', false, { ...facts, loaded: loaded(0.5) }],
    ['wholly on the GPU', false, { ...facts, loaded: loaded(1) }],
    ['that is tight', true, { ...facts, fit: 'tight', loaded: loaded(0) }],
    ['that does not fit', false, { ...facts, fit: 'too-big', loaded: loaded(0) }],
    ['of which it is not known whether it fits', false, { ...facts, fit: null, loaded: loaded(0) }],
    ['on a server that does not say where', false, { ...facts, loaded: loaded(null) }],
    ['without a GPU', false, { ...facts, cards: [], loaded: loaded(0) }],
    [
      'beside a card that does not count',
      false,
      { ...facts, cards: [{ ...card, counts: false }], loaded: loaded(0) },
    ],
  ])('%s: GPU unused is %s', (_, expected, given) => {
    expect(gpuUnused(given)).toBe(expected);
  });
});

describe('the likely causes', () => {
  const unknown = {
    findings: [] as Finding[],
    freeVramBytes: null,
    loaded: loaded(0),
    hasGpuLibraries: null,
    deviceHidden: null,
  };

  it('are none while nothing speaks for any: the driver of a card that is read without a finding works', () => {
    expect(likelyCauses(unknown)).toEqual([]);
    expect(
      likelyCauses({ ...unknown, freeVramBytes: 80e9, hasGpuLibraries: true, deviceHidden: false }),
    ).toEqual([]);
  });

  it('are those that something speaks for, in their order', () => {
    const old: Finding = { code: 'driver-too-old', tool: 'nvidia-smi', detail: '470.42' };
    expect(
      likelyCauses({ ...unknown, freeVramBytes: 20e9, hasGpuLibraries: false, deviceHidden: false }),
    ).toEqual(['cpu-only-build']);
    expect(likelyCauses({ ...unknown, findings: [old], freeVramBytes: 1e9, deviceHidden: true })).toEqual([
      'driver',
      'memory-in-use',
      'device-hidden',
    ]);
  });

  it('know from the folder beside the program whether it came with its GPU parts', async () => {
    const home = await temporaryFolder();
    const binary = join(home, 'bin', 'ollama');
    await mkdir(join(home, 'bin'));
    await writeFile(binary, '');
    expect(await hasGpuLibraries(binary, 'nvidia', 'linux')).toBeNull();
    await mkdir(join(home, 'lib', 'ollama', 'cuda_v12'), { recursive: true });
    expect(await hasGpuLibraries(binary, 'nvidia', 'linux')).toBe(true);
    expect(await hasGpuLibraries(binary, 'amd', 'linux')).toBe(false);
    expect(await hasGpuLibraries(binary, 'apple', 'darwin')).toBeNull();
    expect(await hasGpuLibraries(null, 'nvidia', 'linux')).toBeNull();
  });

  it('know what an environment hides', () => {
    expect(hidesCards({ CUDA_VISIBLE_DEVICES: '-1' }, 'nvidia')).toBe(true);
    expect(hidesCards({ CUDA_VISIBLE_DEVICES: '' }, 'nvidia')).toBe(true);
    expect(hidesCards({ CUDA_VISIBLE_DEVICES: 'GPU-1' }, 'nvidia')).toBe(false);
    expect(hidesCards({ CUDA_VISIBLE_DEVICES: '-1' }, 'amd')).toBe(false);
    expect(hidesCards({ HIP_VISIBLE_DEVICES: '-1' }, 'amd')).toBe(true);
    expect(hidesCards({}, 'nvidia')).toBe(false);
  });
});

describe('the check after each load', () => {
  it('says so once a model lies on the processor, and takes it back when it no longer does', async () => {
    let told = 0;
    const use = createGpuUse(
      { env: { CUDA_VISIBLE_DEVICES: '-1' }, platform: 'linux' },
      {
        hardware: { probe: sampleProbe({ cards: [card], tier: 3 }), freeVram: async () => 20e9 },
        fitOf: () => 'fits',
        server: () => ({ binary: null, ours: true }),
        onChange: () => {
          told += 1;
        },
        log: silentLog,
      },
    );
    await use.check(loaded(0.1));
    expect(use.unused).toEqual({ model: 'phi4:latest', causes: ['device-hidden'] });
    await use.check(loaded(1));
    expect(use.unused).toBeNull();
    expect(told).toBe(2);
  });
});
