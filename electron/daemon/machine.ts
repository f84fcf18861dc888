import { createProbeKeeper, type ProbeKeeper } from './hardware/probe-keeper.ts';
import { createHttpClient, type HttpClient } from './http/client.ts';
import { caHintFaults } from './http/roots.ts';
import type { Logger } from './logging/logger.ts';
import type { OllamaAddress } from './ollama/api/address.ts';
import { findModelsVolume } from './ollama/models/own-volume.ts';
import type { ModelsVolume } from './ollama/models/volume.ts';
import type { StatePaths } from './storage/paths.ts';
import type { Settings } from './storage/settings.ts';
import type { Clock } from './system/clock.ts';

export interface MachineOptions {
  paths: Pick<StatePaths, 'probeCacheFile'>;
  version: string;
  settings: Settings;
  ollama: Pick<OllamaAddress, 'url' | 'remote'>;
  env: NodeJS.ProcessEnv;
}

/** What serving stands on, with a key or before there is one: the probe, and the ways to Ollama and the internet. */
export interface Machine {
  readonly probe: ProbeKeeper;
  readonly userAgent: string;
  /** Prompts go straight to the Ollama that was named: through no proxy, and on to no other server. */
  readonly ollamaHttp: HttpClient;
  /** Reaches the registry of models and the releases of Ollama. */
  readonly internetHttp: HttpClient;
  /** Reaches Ethereum RPCs; the operator's own may be one in the local network. */
  readonly chainHttp: HttpClient;
  /** Where a local Ollama keeps its models; null for one elsewhere. */
  readonly modelsVolume: ModelsVolume | null;
  stop(): Promise<void>;
}

/** @throws NodeError `ca-file-unreadable` */
export async function openMachine(
  options: MachineOptions,
  modules: { clock: Clock; log: Logger },
): Promise<Machine> {
  const { paths, version, settings, ollama, env } = options;
  const { clock, log } = modules;
  const { caFile } = settings;
  const chosenCards = settings.hardware.cards?.split(',') ?? null;
  const userAgent = `parallelix-operator/${version}`;
  if (caFile === null) for (const fault of caHintFaults(env)) log.warn('ca-hint-unusable', { ...fault });
  const ollamaHttp = createHttpClient(
    { caFile, plainHttp: 'anywhere', leavesOrigin: false, userAgent },
    { clock },
  );
  const internetHttp = createHttpClient(
    { proxyEnv: env, caFile, plainHttp: 'loopback', userAgent },
    { clock },
  );
  const chainHttp = createHttpClient(
    { proxyEnv: env, caFile, plainHttp: 'anywhere', leavesOrigin: false, userAgent },
    { clock },
  );
  const [probe, modelsVolume] = await Promise.all([
    createProbeKeeper({ cacheFile: paths.probeCacheFile, env, chosenCards }, { clock, log }),
    findModelsVolume({ settings, ollama, env, platform: process.platform }),
  ]);
  return {
    probe,
    userAgent,
    ollamaHttp,
    internetHttp,
    chainHttp,
    modelsVolume,
    async stop() {
      await Promise.all([probe.stop(), ollamaHttp.stop(), internetHttp.stop(), chainHttp.stop()]);
    },
  };
}
