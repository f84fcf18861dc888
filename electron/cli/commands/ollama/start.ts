import type { OllamaAddress } from '../../../daemon/ollama/api/address.ts';
import { createOllamaClient } from '../../../daemon/ollama/api/client.ts';
import { ollamaInstalled } from '../../../daemon/ollama/server/binary.ts';
import { ollamaServiceEnabled } from '../../../daemon/ollama/server/system-service.ts';
import { windowsSideOllama } from '../../../daemon/ollama/server/wsl-host.ts';
import { ensureStateDir } from '../../../daemon/storage/paths.ts';
import { createToolRunner } from '../../../daemon/system/run-tool.ts';
import type { Connections } from '../../../node/connections.ts';
import type { Invocation } from '../../args/invocation.ts';
import type { Configuration } from '../../resolve.ts';
import { paragraph } from '../../terminal/layout.ts';
import { withoutNode } from './server.ts';

/** Where Ollama answers: as configured, or under WSL2 on the Windows side. */
export async function reachableOllama(
  { env, platform, clock }: Invocation,
  { ollama }: Configuration,
  connections: Connections,
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
 * Starts the Ollama that is installed here, where that is for us to do: it is on this machine, no service of the
 * system starts it, and the settings let us. It goes on after this, and the node takes it over. False: nothing was
 * started.
 *
 * @throws NodeError `ollama-start-failed`, `ollama-answer-invalid`
 */
export async function startInstalledOllama(
  invocation: Invocation,
  configuration: Configuration,
  say: (text: string) => void,
): Promise<boolean> {
  const { env, platform, terminal } = invocation;
  const { settings, ollama, paths } = configuration;
  if (!settings.ollama.manage || ollama.remote) return false;
  if ((await ollamaInstalled({ env, platform })) === null) return false;
  if (await ollamaServiceEnabled({ platform })) return false;
  say(paragraph(terminal, 'Ollama is installed and does not run; it is being started.', 0));
  await ensureStateDir(paths, invocation);
  await withoutNode(invocation, configuration, (supervisor) => supervisor.startServer());
  return true;
}
