import { type OllamaAddress, parseOllamaAddress } from '../daemon/ollama/api/address.ts';
import { parseSettingText, type Settings, type SettingsStore } from '../daemon/storage/settings.ts';

/** Variables that count before what is saved, as on the command line. */
const variables = [
  ['coordinatorUrl', 'PARALLELIX_API_URL'],
  ['defaultModel', 'PARALLELIX_MODEL'],
] as const;

/**
 * What is in force for the daemon that this app hosts.
 *
 * @throws NodeError `setting-invalid` for a variable that cannot be
 */
export function configurationOf(
  store: SettingsStore,
  env: NodeJS.ProcessEnv,
): { settings: Settings; ollama: OllamaAddress } {
  const settings: Settings = { ...store.current };
  for (const [name, variable] of variables) {
    const text = env[variable]?.trim();
    if (text) Object.assign(settings, { [name]: parseSettingText(name, text) });
  }
  const named = env.OLLAMA_HOST?.trim();
  const ollama = parseOllamaAddress(
    named || (settings.ollamaUrl ?? undefined),
    named ? 'OLLAMA_HOST' : 'ollamaUrl',
  );
  if (named) settings.ollamaUrl = ollama.url;
  return { settings, ollama };
}
