import type { HardwareProbe } from '../../hardware/probe.ts';
import { visibleDevices } from '../../hardware/visible-devices.ts';
import type { StatePaths } from '../../storage/paths.ts';
import type { Settings } from '../../storage/settings.ts';
import type { OllamaAddress } from '../api/address.ts';
import type { SupervisorOptions } from './supervisor.ts';

/**
 * How a server of ours is run under these settings. One place for daemon and command line: a server whose configuration
 * is not the daemon's is started again when the daemon takes it over.
 */
export function serveOptions(options: {
  settings: Pick<Settings, 'concurrency' | 'ollama'>;
  ollama: OllamaAddress;
  paths: Pick<StatePaths, 'ollamaServerFile' | 'ollamaLogFile'>;
  hardware: Pick<HardwareProbe, 'cards' | 'chosenCards'>;
  env: NodeJS.ProcessEnv;
  platform: NodeJS.Platform;
}): SupervisorOptions {
  const { settings, ollama, paths, hardware, env, platform } = options;
  return {
    ...ollama,
    manage: settings.ollama.manage,
    recordFile: paths.ollamaServerFile,
    logFile: paths.ollamaLogFile,
    modelsDir: settings.ollama.modelsDir,
    visibleDevices: { ...visibleDevices(hardware.cards, hardware.chosenCards) },
    contextLength: settings.ollama.contextTokens,
    parallel: settings.concurrency,
    env,
    platform,
  };
}
