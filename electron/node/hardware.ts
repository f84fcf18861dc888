import { type HardwareProbe, probeHardware } from '../daemon/hardware/probe.ts';
import { readCachedProbe, writeCachedProbe } from '../daemon/hardware/probe-cache.ts';
import { systemFacts } from '../daemon/hardware/system-facts.ts';
import { ensureStateDir, type StatePaths } from '../daemon/storage/paths.ts';
import { openSettings } from '../daemon/storage/settings.ts';
import { createToolRunner } from '../daemon/system/run-tool.ts';
import type { NodeContext } from './context.ts';

type Computer = Pick<NodeContext, 'env' | 'clock'>;

/** Probes the hardware now, with the cards that are chosen in the settings; takes seconds where a tool hangs. */
export async function probe(computer: Computer, paths: StatePaths): Promise<HardwareProbe> {
  const { env, clock } = computer;
  const chosenCards = await readChosenCards(computer, paths);
  const modules = { runTool: createToolRunner({ env }, { clock }), system: systemFacts(), clock };
  return probeHardware({ chosenCards }, modules);
}

/** Probes, and keeps the result for the next start; returns whether it could be kept. */
export async function probeAndKeep(
  computer: Computer,
  paths: StatePaths,
): Promise<{ hardware: HardwareProbe; kept: boolean }> {
  const hardware = await probe(computer, paths);
  try {
    await ensureStateDir(paths, computer);
    await writeCachedProbe(paths.probeCacheFile, hardware);
    return { hardware, kept: true };
  } catch {
    return { hardware, kept: false };
  }
}

/** The last probe if there is one of the cards that are chosen now, else a new one. */
export async function knownHardware(computer: Computer, paths: StatePaths): Promise<HardwareProbe> {
  const cached = await readCachedProbe(paths.probeCacheFile);
  const chosenCards = await readChosenCards(computer, paths);
  const current = cached !== null && (cached.chosenCards ?? []).join() === (chosenCards ?? []).join();
  return current ? cached : probe(computer, paths);
}

async function readChosenCards({ clock }: Computer, paths: StatePaths): Promise<string[] | null> {
  const { current } = await openSettings({ paths }, { clock });
  return current.hardware.cards?.split(',') ?? null;
}
