import type { Snapshot } from '../../../../shared/contract/snapshot.ts';
import { readCachedProbe } from '../../../daemon/hardware/probe-cache.ts';
import { silentLog } from '../../../daemon/logging/silent-log.ts';
import { createOllamaClient } from '../../../daemon/ollama/api/client.ts';
import { judgeOllamaVersion } from '../../../daemon/ollama/api/version.ts';
import { serveOptions } from '../../../daemon/ollama/server/serve-options.ts';
import { createOllamaSupervisor, type OllamaSupervisor } from '../../../daemon/ollama/server/supervisor.ts';
import { windowsSideOllama } from '../../../daemon/ollama/server/wsl-host.ts';
import { createOllamaWatch } from '../../../daemon/ollama/watch.ts';
import { createToolRunner } from '../../../daemon/system/run-tool.ts';
import { openConnections } from '../../../node/connections.ts';
import { knownHardware } from '../../../node/hardware.ts';
import type { Invocation } from '../../args/invocation.ts';
import type { OllamaDocument } from '../../documents/ollama.ts';
import type { Configuration } from '../../resolve.ts';

/** What a running node reports about its Ollama. */
export function reportedServer({ paths }: Configuration, ollama: Snapshot['ollama']): OllamaDocument {
  const { url, remote, condition, reason, sinceMs, version, server, binary, pid, restart } = ollama;
  return {
    schemaVersion: 1,
    document: 'ollama',
    by: 'node',
    url,
    remote,
    condition,
    reason,
    sinceMs,
    version,
    versionMeans: judgeOllamaVersion(version),
    server,
    binary,
    pid,
    restart,
    logFile: paths.ollamaLogFile,
  };
}

/**
 * Works on Ollama without a node: a server that `work` starts goes on after this, and the node takes it over when it
 * starts. Returns how it stands afterwards.
 */
export async function withoutNode(
  invocation: Invocation,
  configuration: Configuration,
  work: (supervisor: OllamaSupervisor) => Promise<void>,
): Promise<OllamaDocument> {
  const { env, platform, clock } = invocation;
  const { settings, paths } = configuration;
  const connections = openConnections(invocation, configuration);
  const http = connections.ollamaHttp();
  try {
    const answers = (baseUrl: string) =>
      createOllamaClient({ baseUrl }, { http, clock })
        .version()
        .then(
          () => true,
          () => false,
        );
    const run = createToolRunner({ env }, { clock });
    const ollama =
      (await windowsSideOllama(configuration.ollama, { platform }, { answers, run })) ?? configuration.ollama;
    // Only chosen cards have to be known, to be named to a server; nothing is probed otherwise.
    const hardware = settings.hardware.cards
      ? await knownHardware(invocation, paths)
      : ((await readCachedProbe(paths.probeCacheFile)) ?? { cards: [], chosenCards: null });
    const watch = createOllamaWatch(
      { preferredModel: settings.defaultModel },
      { client: createOllamaClient({ baseUrl: ollama.url }, { http, clock }), clock, log: silentLog },
    );
    const supervisor = createOllamaSupervisor(
      { ...serveOptions({ settings, ollama, paths, hardware, env, platform }), keepServer: true },
      { watch, clock, log: silentLog },
    );
    try {
      await work(supervisor);
      const { version } = watch.current();
      return {
        schemaVersion: 1,
        document: 'ollama',
        by: 'command',
        ...ollama,
        ...supervisor.status,
        version,
        versionMeans: judgeOllamaVersion(version),
        logFile: paths.ollamaLogFile,
      };
    } finally {
      await supervisor.stop();
      await watch.stop();
    }
  } finally {
    await connections.stop();
  }
}
