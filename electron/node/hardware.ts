import { memorySpeed, readMemorySpeed } from '../daemon/hardware/memory-speed.ts';
import { type HardwareProbe, probeHardware } from '../daemon/hardware/probe.ts';
import { readCachedProbe, writeCachedProbe } from '../daemon/hardware/probe-cache.ts';
import { systemFacts } from '../daemon/hardware/system-facts.ts';
import { catalogueWeights } from '../daemon/ollama/models/catalogue.ts';
import { createSelfTestStore } from '../daemon/ollama/models/self-test-store.ts';
import { bytesPerSecondOf } from '../daemon/ollama/models/speed.ts';
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
  return withSpeed(current ? cached : await probe(computer, paths), paths, readMemorySpeed);
}

/** The same with its speed measured, once and for all: for whoever recommends a model, or says how fast one will be. */
export function withMeasuredSpeed(hardware: HardwareProbe, paths: StatePaths): Promise<HardwareProbe> {
  return withSpeed(hardware, paths, memorySpeed);
}

async function withSpeed(
  hardware: HardwareProbe,
  paths: StatePaths,
  read: (path: string) => Promise<number | null>,
): Promise<HardwareProbe> {
  const bytesPerSecond = bytesPerSecondOf({
    machine: hardware,
    memoryBytesPerSecond: await read(paths.memorySpeedFile),
    tests: createSelfTestStore(paths.selfTestFile).load(),
    weightsOf: catalogueWeights,
  });
  return { ...hardware, bytesPerSecond };
}

async function readChosenCards({ clock }: Computer, paths: StatePaths): Promise<string[] | null> {
  const { current } = await openSettings({ paths }, { clock });
  return current.hardware.cards?.split(',') ?? null;
}
