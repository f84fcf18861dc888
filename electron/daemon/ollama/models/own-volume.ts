import type { Settings } from '../../storage/settings.ts';
import { homeDirectory } from '../../system/account.ts';
import { listenAddress, type OllamaAddress } from '../api/address.ts';
import { createModelsVolume, findModelsDir, type ModelsVolume } from './volume.ts';

/** The models folder of an Ollama on this machine; null for one elsewhere, on the Windows side of WSL2 too. */
export async function findModelsVolume(options: {
  settings: Pick<Settings, 'ollama'>;
  ollama: OllamaAddress;
  env: NodeJS.ProcessEnv;
  platform: NodeJS.Platform;
}): Promise<ModelsVolume | null> {
  const { settings, ollama, env, platform } = options;
  if (listenAddress(ollama) === null) return null;
  const homeDir = env.HOME ?? homeDirectory();
  return createModelsVolume({
    path: await findModelsDir({ setting: settings.ollama.modelsDir, env, platform, homeDir }),
  });
}
