import { readCachedProbe } from '../../daemon/hardware/probe-cache.ts';
import { silentLog } from '../../daemon/logging/silent-log.ts';
import type { OllamaAddress } from '../../daemon/ollama/api/address.ts';
import { createOllamaClient } from '../../daemon/ollama/api/client.ts';
import { createOllamaWatch } from '../../daemon/ollama/models/watch.ts';
import { ollamaInstalled } from '../../daemon/ollama/server/binary.ts';
import { serveOptions } from '../../daemon/ollama/server/serve-options.ts';
import { createOllamaSupervisor, type OllamaSupervisor } from '../../daemon/ollama/server/supervisor.ts';
import type { SupervisorStatus } from '../../daemon/ollama/server/supervisor-status.ts';
import { ollamaServiceEnabled } from '../../daemon/ollama/server/system-service.ts';
import { windowsSideOllama } from '../../daemon/ollama/server/wsl-host.ts';
import { ensureStateDir } from '../../daemon/storage/paths.ts';
import { createToolRunner } from '../../daemon/system/run-tool.ts';
import type { Configuration } from '../configuration.ts';
import { type Connections, openConnections } from '../connections.ts';
import type { NodeContext } from '../context.ts';
import { knownHardware } from '../hardware.ts';

export type OllamaComputer = Pick<NodeContext, 'env' | 'platform' | 'clock' | 'version' | 'homeDir'>;

/** How Ollama stands where no node manages it. */
export interface ServerWithoutNode extends OllamaAddress, SupervisorStatus {
  version: string | null;
}

/** Where Ollama answers: as configured, or under WSL2 on the Windows side. */
export async function reachableOllama(
  { env, platform, clock }: Pick<OllamaComputer, 'env' | 'platform' | 'clock'>,
  { ollama }: Pick<Configuration, 'ollama'>,
  connections: Pick<Connections, 'ollamaHttp'>,
): Promise<OllamaAddress> {
  const answers = (baseUrl: string) =>
    createOllamaClient({ baseUrl }, { http: connections.ollamaHttp(), clock })
      .version()
      .then(
        () => true,
        () => false,
      );
  const run = createToolRunner({ env }, { clock });
  return (await windowsSideOllama(ollama, { platform }, { answers, run })) ?? ollama;
}

/**
 * Works on Ollama without a node: a server that `work` starts goes on after this, and the node takes it over when it
 * starts. Returns how it stands afterwards.
 */
export async function withoutNode(
  computer: OllamaComputer,
  configuration: Configuration,
  work: (supervisor: OllamaSupervisor) => Promise<void>,
): Promise<ServerWithoutNode> {
  const { env, platform, clock } = computer;
  const { settings, paths } = configuration;
  const connections = openConnections(computer, configuration);
  try {
    const ollama = await reachableOllama(computer, configuration, connections);
    // Only chosen cards have to be known, to be named to a server; nothing is probed otherwise.
    const hardware = settings.hardware.cards
      ? await knownHardware(computer, paths)
      : ((await readCachedProbe(paths.probeCacheFile)) ?? { cards: [], chosenCards: null });
    const client = createOllamaClient({ baseUrl: ollama.url }, { http: connections.ollamaHttp(), clock });
    const watch = createOllamaWatch(
      { preferredModel: settings.defaultModel },
      { client, clock, log: silentLog },
    );
    const supervisor = createOllamaSupervisor(
      { ...serveOptions({ settings, ollama, paths, hardware, env, platform }), keepServer: true },
      { watch, clock, log: silentLog },
    );
    try {
      await work(supervisor);
      return { ...ollama, ...supervisor.status, version: watch.current().version };
    } finally {
      await supervisor.stop();
      await watch.stop();
    }
  } finally {
    await connections.stop();
  }
}

/**
 * Starts the Ollama that is installed here, where that is for us to do: it is on this machine, no service of the
 * system starts it, and the settings let us. It goes on after this, and the node takes it over. False: nothing was
 * started.
 *
 * @param onStarting it is about to be started
 * @throws NodeError `ollama-start-failed`, `ollama-answer-invalid`
 */
export async function startInstalledOllama(
  computer: OllamaComputer,
  configuration: Configuration,
  onStarting: () => void,
): Promise<boolean> {
  const { env, platform, clock } = computer;
  const { settings, ollama, paths } = configuration;
  if (!settings.ollama.manage || ollama.remote) return false;
  if ((await ollamaInstalled({ env, platform })) === null) return false;
  if (await ollamaServiceEnabled({ platform })) return false;
  onStarting();
  await ensureStateDir(paths, { clock });
  await withoutNode(computer, configuration, (supervisor) => supervisor.startServer());
  return true;
}
