import { isCloudName } from '../../../../shared/model-names.ts';
import type { Settings } from '../../storage/settings.ts';
import { homeDirectory } from '../../system/account.ts';
import { listenAddress, type OllamaAddress } from '../api/address.ts';
import type { OllamaClient } from '../api/client.ts';
import { createModelsVolume, findModelsDir, type ModelsVolume } from './volume.ts';

/**
 * The models folder of an Ollama on this machine; null for one elsewhere, on the Windows side of WSL2 too. A server that
 * runs is asked where it has its models, as long as it has any; what nobody says is a guess.
 *
 * @param client asks the server; null where it will be asked later
 */
export async function findModelsVolume(
  options: {
    settings: Pick<Settings, 'ollama'>;
    ollama: OllamaAddress;
    env: NodeJS.ProcessEnv;
    platform: NodeJS.Platform;
  },
  client: Pick<OllamaClient, 'tags' | 'show'> | null = null,
): Promise<ModelsVolume | null> {
  const { settings, ollama, env, platform } = options;
  if (listenAddress(ollama) === null) return null;
  const homeDir = env.HOME ?? homeDirectory();
  const setting = settings.ollama.modelsDir;
  const volume = createModelsVolume({ path: await findModelsDir({ setting, env, platform, homeDir }) });
  const told = client === null ? null : await askModelsDir(client);
  if (told !== null) volume.learn(told);
  return volume;
}

/** Where a server has its models; null when it has none, or does not say. Never rejects. */
async function askModelsDir(client: Pick<OllamaClient, 'tags' | 'show'>): Promise<string | null> {
  try {
    const local = (await client.tags()).find(({ name, cloud }) => !cloud && !isCloudName(name));
    return local === undefined ? null : (await client.show(local.name)).modelsDir;
  } catch {
    return null;
  }
}
