import { createHardwareRuntime, type HardwareRuntime } from './hardware/runtime.ts';
import type { Logger } from './logging/logger.ts';
import type { Machine } from './machine.ts';
import type { OllamaAddress } from './ollama/api/address.ts';
import type { OllamaStatus } from './ollama/models/watch.ts';
import { createOllamaRuntime, type OllamaRuntime } from './ollama/runtime.ts';
import type { StatePaths } from './storage/paths.ts';
import type { Settings } from './storage/settings.ts';
import type { Clock } from './system/clock.ts';

export interface MachinePartsOptions {
  paths: StatePaths;
  version: string;
  settings: Settings;
  /** `known`: its status, checked just before. */
  ollama: Pick<OllamaAddress, 'url' | 'remote'> & { known: OllamaStatus | null };
  env: NodeJS.ProcessEnv;
}

export interface MachinePartsModules {
  machine: Pick<Machine, 'probe' | 'ollamaHttp' | 'internetHttp' | 'modelsVolume'>;
  /** The tier that the key is registered with; null while that is not known, or there is no key. */
  declaredTier: () => number | null;
  /** The models that requests of the network run on just now. */
  runningModels: () => readonly string[];
  saveSetting: (name: string, value: unknown) => Promise<void>;
  clock: Clock;
  log: Logger;
}

/** The two parts that need no key: the hardware, and Ollama with its models. */
export function createMachineParts(
  options: MachinePartsOptions,
  modules: MachinePartsModules,
): { hardware: HardwareRuntime; ollama: OllamaRuntime } {
  const { settings, paths, version, env } = options;
  const { machine, declaredTier, runningModels, saveSetting, clock, log } = modules;
  const hardware = createHardwareRuntime(
    { mode: settings.mode, acceptTierMismatch: settings.hardware.acceptTierMismatch, env },
    { keeper: machine.probe, declaredTier, saveSetting, clock, log },
  );
  const ollama = createOllamaRuntime(
    { ...options.ollama, settings, paths, version, env, platform: process.platform },
    {
      http: machine.ollamaHttp,
      internet: machine.internetHttp,
      volume: machine.modelsVolume,
      hardware,
      runningModels,
      saveSetting,
      clock,
      log,
    },
  );
  return { hardware, ollama };
}
