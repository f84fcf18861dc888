import { NodeError } from '../../../shared/errors.ts';
import { silentLog } from '../../daemon/logging/silent-log.ts';
import { createOllamaInstaller, type OllamaInstaller } from '../../daemon/ollama/install/install.ts';
import type { InstallPlan } from '../../daemon/ollama/install/plan.ts';
import { ollamaRelease } from '../../daemon/ollama/install/release.ts';
import { installTarget } from '../../daemon/ollama/install/target.ts';
import { ownOllamaFolder } from '../../daemon/ollama/server/binary.ts';
import type { Configuration } from '../configuration.ts';
import { openConnections } from '../connections.ts';
import type { NodeContext } from '../context.ts';
import { knownHardware } from '../hardware.ts';

/** The installer of the pinned release while no node runs here; a node that runs has its own. */
export async function openInstaller(
  context: Pick<NodeContext, 'env' | 'platform' | 'clock' | 'version'>,
  configuration: Configuration,
): Promise<{ installer: OllamaInstaller; stop: () => Promise<void> }> {
  const { env, platform, clock } = context;
  const { settings, paths } = configuration;
  const folder = ownOllamaFolder(env, platform);
  if (folder === null) {
    throw new NodeError('usage', {
      input: 'HOME',
      remedy: 'nobody says whose home this is; set HOME to it, and try again',
    });
  }
  const hardware = await knownHardware(context, paths);
  const connections = openConnections(context, configuration);
  const installer = createOllamaInstaller(
    {
      release: ollamaRelease,
      baseUrl: settings.ollama.releaseUrl,
      folder,
      ...installTarget(hardware, platform),
    },
    { http: connections.internetHttp(), clock, log: silentLog },
  );
  const stop = async () => {
    await installer.stop();
    await connections.stop();
  };
  return { installer, stop };
}

/**
 * What an installation would do here, before a person is asked for it.
 *
 * @throws NodeError `no-room`, `ollama-install-unavailable`
 */
export async function planInstall(installer: OllamaInstaller): Promise<InstallPlan> {
  const plan = await installer.plan();
  const { installed, freeBytes, neededBytes, folder } = plan;
  if (installed === null && freeBytes !== null && freeBytes < neededBytes)
    throw new NodeError('no-room', { path: folder, neededBytes, freeBytes });
  return plan;
}
