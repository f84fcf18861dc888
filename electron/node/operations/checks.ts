import type { CheckReport } from '../../../shared/check-findings.ts';
import type { Snapshot } from '../../../shared/contract/snapshot.ts';
import { stamp } from '../../../shared/format.ts';
import { type CheckSubject, runChecks } from '../../daemon/checks/checks.ts';
import type { HardwareProbe } from '../../daemon/hardware/probe.ts';
import { createFileKeyStore } from '../../daemon/identity/file-store.ts';
import { createKeychainStore } from '../../daemon/identity/keychain/store.ts';
import type { PassphraseSource } from '../../daemon/identity/passphrase.ts';
import { officialDirectory, officialKeyHash } from '../../daemon/incumbent/files.ts';
import { findOfficialRun } from '../../daemon/incumbent/run.ts';
import { lastLines, parseLogLine } from '../../daemon/logging/log-file.ts';
import { findModelsVolume } from '../../daemon/ollama/models/own-volume.ts';
import { ollamaInstalled } from '../../daemon/ollama/server/binary.ts';
import type { Clock } from '../../daemon/system/clock.ts';
import { createToolRunner } from '../../daemon/system/run-tool.ts';
import { openConnections } from '../connections.ts';

export interface CheckUpOptions extends Omit<CheckSubject, 'nodeVersion' | 'lastCrash'> {
  env: NodeJS.ProcessEnv;
  platform: NodeJS.Platform;
  homeDir: string;
  version: string;
}

/** As far back as the end of the last run is looked for. */
const linesLookedAt = 500;

/**
 * Every check, on this computer and with connections of its own; takes seconds. Fails only where no connection
 * can be made at all.
 *
 * @throws NodeError `ca-file-unreadable`
 */
export async function checkUp(
  options: CheckUpOptions,
  modules: {
    clock: Clock;
    /** Opens the key file, if it is locked. */
    passphrase: PassphraseSource;
    /** What the running node reports; null when none runs, or none that can be asked. */
    askDaemon: () => Promise<Snapshot | null>;
    probe: () => Promise<HardwareProbe>;
  },
): Promise<CheckReport[]> {
  const { env, platform, homeDir, version, paths, settings, ollama } = options;
  const { clock, passphrase, askDaemon, probe } = modules;
  const connections = openConnections({ clock, env, version }, { settings, ollama });
  try {
    return await runChecks(
      { ...options, nodeVersion: process.versions.node, lastCrash: await lastCrash(paths.logFile) },
      {
        clock,
        coordinator: connections.coordinator(),
        skew: connections.skew,
        rpcHttp: connections.localHttp(),
        fileStore: createFileKeyStore({ keyFile: paths.keyFile, passphrase }),
        // macOS has no way to look without asking.
        inspectKeychain:
          platform === 'linux' ? createKeychainStore({ platform, env }, { clock }).inspect : null,
        officialWith: async (nodeKeyHash) =>
          (await officialKeyHash(officialDirectory(homeDir))) === nodeKeyHash
            ? findOfficialRun({ platform, homeDir }, { runTool: createToolRunner({ env }, { clock }) })
            : null,
        lookAtOllama: connections.lookAtOllama,
        findVolume: () => findModelsVolume({ settings, ollama, env, platform }),
        isOllamaInstalled: async () => (await ollamaInstalled({ env, platform })) !== null,
        askDaemon,
        probe,
      },
    );
  } finally {
    await connections.stop();
  }
}

/** When the newest run ended by a fault; null when it did not, undefined when the log knows of no run. */
async function lastCrash(logFile: string): Promise<string | null | undefined> {
  const { lines } = await lastLines(logFile, linesLookedAt).catch(() => ({ lines: [] as string[] }));
  if (lines.length === 0) return undefined;
  const end = lines
    .map(parseLogLine)
    .findLast((line) => line?.event === 'crashed' || line?.event === 'stopped');
  return end?.event === 'crashed' ? stamp(end.tMs) : null;
}
