import type { HardwareProbe } from '../electron/daemon/hardware/probe.ts';
import { tierOf } from '../electron/daemon/hardware/tier.ts';
import type { Tier } from '../shared/tiers.ts';

/** A probe of a small machine without a GPU; where a test says the tier, the machine has it. */
export function sampleProbe(facts: Partial<HardwareProbe> & { tier?: Tier } = {}): HardwareProbe {
  return {
    tier: 1,
    gpu: null,
    vramGb: 0,
    cores: 2,
    ramGb: 8,
    cards: [],
    decision: tierOf({ gpu: false, vramGb: 0, platform: 'linux' }),
    modelBudget: { bytes: 4_000_000_000, basis: 'ram' },
    ramLimitBytes: null,
    cpuLimit: null,
    driverStamp: null,
    chosenCards: null,
    findings: [],
    probedAtMs: 1_760_000_000_000,
    ...facts,
  };
}
