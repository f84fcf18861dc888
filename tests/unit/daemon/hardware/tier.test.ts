import { describe, expect, it } from 'vitest';
import { parseOfficialQuery } from '../../../../electron/daemon/hardware/nvidia.ts';
import { probeHardware } from '../../../../electron/daemon/hardware/probe.ts';
import { tierOf } from '../../../../electron/daemon/hardware/tier.ts';
import { systemClock } from '../../../../electron/daemon/system/clock.ts';
import { treeOf } from '../../../fixtures/hardware-cases.ts';

// The published arithmetic of the reference client. [network.md 3.1]
const nvidia = [
  [4096, 4, 2],
  [8192, 8, 2],
  [12288, 12, 2],
  [15360, 15, 2],
  [15871, 15, 2],
  [15872, 16, 3],
  [16376, 16, 3],
  [24564, 24, 3],
  [40447, 39, 3],
  [40448, 40, 4],
  [40960, 40, 4],
  [46068, 45, 4],
  [81559, 80, 4],
] as const;
const appleSilicon = [
  [8, 9, 2],
  [16, 17, 3],
  [24, 26, 3],
  [32, 34, 3],
  [64, 69, 3],
  [128, 137, 3],
  [192, 206, 3],
] as const;

describe('the tier rule', () => {
  it.each(nvidia)('an NVIDIA card that reports %i MiB counts as %i GB and tier %i', (mib, vramGb, tier) => {
    const [card] = parseOfficialQuery(`NVIDIA Card, ${mib}\n`).cards;
    expect(card?.vramGb).toBe(vramGb);
    expect(tierOf({ gpu: true, vramGb, platform: 'linux' }).tier).toBe(tier);
  });

  it.each(appleSilicon)(
    'an Apple Silicon Mac with %i GiB counts as %i GB and tier %i',
    async (gib, gb, tier) => {
      const probe = await probeHardware(
        { root: treeOf({}) },
        {
          runTool: async () => ({ kind: 'missing' }),
          system: { platform: 'darwin', arch: 'arm64', cores: 8, ramBytes: gib * 1024 ** 3 },
          clock: systemClock,
        },
      );
      expect(probe).toMatchObject({ ramGb: gb, vramGb: gb, tier, gpu: 'Apple Silicon GPU' });
    },
  );

  it('no GPU is tier 1, whatever the memory says', () => {
    expect(tierOf({ gpu: false, vramGb: 0, platform: 'linux' }).tier).toBe(1);
    expect(tierOf({ gpu: false, vramGb: 80, platform: 'linux' }).tier).toBe(1);
  });

  it('a GPU whose memory is not reported is tier 2', () => {
    expect(tierOf({ gpu: true, vramGb: null, platform: 'linux' })).toMatchObject({
      tier: 2,
      label: 'GPU · entry',
      multiplierTenths: 15,
      arithmetic: { vramGb: null, thresholdGb: null, nextThresholdGb: 16 },
    });
  });

  it('tier 4 is lowered to 3 on macOS, and the arithmetic says so', () => {
    expect(tierOf({ gpu: true, vramGb: 206, platform: 'darwin' })).toMatchObject({
      tier: 3,
      multiplierTenths: 25,
      arithmetic: { thresholdGb: 40, nextThresholdGb: null, uncappedTier: 4 },
    });
    expect(tierOf({ gpu: true, vramGb: 9, platform: 'darwin' })).toMatchObject({
      tier: 2,
      arithmetic: { nextThresholdGb: 16, uncappedTier: 2 },
    });
  });

  it('states the threshold that was reached and the next one', () => {
    const arithmetic = (vramGb: number) => tierOf({ gpu: true, vramGb, platform: 'linux' }).arithmetic;
    expect(arithmetic(80)).toMatchObject({ vramGb: 80, thresholdGb: 40, nextThresholdGb: null });
    expect(arithmetic(39)).toMatchObject({ thresholdGb: 16, nextThresholdGb: 40 });
    expect(arithmetic(15)).toMatchObject({ thresholdGb: null, nextThresholdGb: 16 });
    expect(tierOf({ gpu: false, vramGb: 0, platform: 'linux' }).arithmetic).toMatchObject({
      thresholdGb: null,
      nextThresholdGb: null,
    });
  });
});
