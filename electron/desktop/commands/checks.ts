import type { CheckReport } from '../../../shared/check-findings.ts';
import { probeHardware } from '../../daemon/hardware/probe.ts';
import { systemFacts } from '../../daemon/hardware/system-facts.ts';
import { createPassphraseSource } from '../../daemon/identity/passphrase.ts';
import { readIdentityRecord } from '../../daemon/storage/identity-record.ts';
import type { StatePaths } from '../../daemon/storage/paths.ts';
import type { SettingsStore } from '../../daemon/storage/settings.ts';
import type { Clock } from '../../daemon/system/clock.ts';
import { createToolRunner } from '../../daemon/system/run-tool.ts';
import { settingsInForce } from '../../node/configuration.ts';
import type { DaemonManager } from '../../node/daemon-manager.ts';
import { checkUp } from '../../node/operations/checks.ts';

/**
 * Everything that could keep this node from earning, looked at anew, by what is in force for the app.
 *
 * @throws NodeError `setting-invalid` for a variable that cannot be, `ca-file-unreadable`
 */
export function createCheckUp(
  options: {
    paths: StatePaths;
    env: NodeJS.ProcessEnv;
    platform: NodeJS.Platform;
    homeDir: string;
    version: string;
  },
  modules: { settings: SettingsStore; node: Pick<DaemonManager, 'snapshot'>; clock: Clock },
): () => Promise<CheckReport[]> {
  const { paths, env } = options;
  const { settings: store, node, clock } = modules;
  return async () => {
    const { settings, ollama } = settingsInForce({ env }, store);
    // What is wrong with the record itself is one of the checks.
    const record = await readIdentityRecord(paths.identityFile).catch(() => null);
    const { nodeId = null, owner = null } = node.snapshot?.identity ?? record ?? {};
    const chosenCards = settings.hardware.cards?.split(',') ?? null;
    const runTool = createToolRunner({ env }, { clock });
    return checkUp(
      { ...options, settings, ollama, notices: store.notices, nodeId, owner },
      {
        clock,
        passphrase: createPassphraseSource({ env }),
        askDaemon: async () => node.snapshot,
        probe: () => probeHardware({ chosenCards }, { runTool, system: systemFacts(), clock }),
      },
    );
  };
}
