import { type HardwareProbe, probeHardware, systemFacts } from '../daemon/hardware/probe.ts';
import { readCachedProbe, writeCachedProbe } from '../daemon/hardware/probe-cache.ts';
import { createToolRunner } from '../daemon/hardware/tool.ts';
import { ensureStateDir, type StatePaths } from '../daemon/storage/paths.ts';
import type { Invocation } from './invocation.ts';

/** Looks at the hardware now; takes seconds where a vendor's tool hangs. */
export function probe({ env, clock }: Invocation): Promise<HardwareProbe> {
  return probeHardware({}, { runTool: createToolRunner({ env }, { clock }), system: systemFacts(), clock });
}

/** Looks, and keeps what was seen for the next start; returns whether it could be kept. */
export async function probeAndKeep(
  invocation: Invocation,
  paths: StatePaths,
): Promise<{ hardware: HardwareProbe; kept: boolean }> {
  const hardware = await probe(invocation);
  try {
    await ensureStateDir(paths, invocation);
    await writeCachedProbe(paths.probeCacheFile, hardware);
    return { hardware, kept: true };
  } catch {
    return { hardware, kept: false };
  }
}

/** The last probe if there is one, else a new one. */
export async function knownHardware(invocation: Invocation, paths: StatePaths): Promise<HardwareProbe> {
  return (await readCachedProbe(paths.probeCacheFile)) ?? probe(invocation);
}
