/** What a server that we start is configured with beside its user's own settings. */
export interface ServerSettings {
  /** `127.0.0.1:11434`. */
  listen: string;
  modelsDir: string | null;
  /** `CUDA_VISIBLE_DEVICES`, `ROCR_VISIBLE_DEVICES` and the like. */
  visibleDevices: Readonly<Record<string, string>>;
  contextLength: number | null;
  parallel: number | null;
}

/**
 * Variables that a server must not be given. At debug level, and with request logging, Ollama writes prompts to disk
 * [ollama server/routes.go, envconfig/config.go]; ours may name a file with a passphrase; the rest steers other
 * programs than Ollama.
 */
const withheld =
  /^(?:OLLAMA_(?:DEBUG|DEBUG_LOG_REQUESTS|HOST|NOPRUNE|NO_CLOUD)|PARALLELIX_.*|CREDENTIALS_DIRECTORY|NOTIFY_SOCKET|LISTEN_(?:FDS|PID|FDNAMES)|NODE_.*|ELECTRON_.*)$/;

/** Ours, and what they are; each was looked up in Ollama's own list of variables. [ollama envconfig/config.go] */
function ownVariables({ listen, modelsDir, visibleDevices, contextLength, parallel }: ServerSettings) {
  return {
    OLLAMA_HOST: listen,
    // Models that another Ollama is just getting lie unfinished in the same folder.
    OLLAMA_NOPRUNE: '1',
    // No model that runs on somebody else's computers.
    OLLAMA_NO_CLOUD: '1',
    ...(modelsDir === null ? {} : { OLLAMA_MODELS: modelsDir }),
    ...(contextLength === null ? {} : { OLLAMA_CONTEXT_LENGTH: String(contextLength) }),
    ...(parallel === null ? {} : { OLLAMA_NUM_PARALLEL: String(parallel) }),
    ...visibleDevices,
  };
}

/** The environment of a server. How long models stay loaded is said with each request, not here. */
export function serverEnvironment(
  settings: ServerSettings,
  context: { env: NodeJS.ProcessEnv; homeDir: string },
): Record<string, string> {
  const kept = Object.entries(context.env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && !withheld.test(entry[0]),
  );
  // A service may come without it, and Ollama does not start then.
  return { HOME: context.homeDir, ...Object.fromEntries(kept), ...ownVariables(settings) };
}

/** Whether two servers have the same configuration: the text differs when anything of ours does. */
export function settingsMark(settings: ServerSettings): string {
  const pairs = Object.entries(ownVariables(settings)).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return pairs.map(([name, value]) => `${name}=${value}`).join('\n');
}
