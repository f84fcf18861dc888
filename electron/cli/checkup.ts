import type { CheckReport } from '../../shared/check-findings.ts';
import { runChecks } from '../daemon/diagnostics/checks.ts';
import { lastLines, parseLogLine } from '../daemon/diagnostics/log-file.ts';
import type { HardwareProbe } from '../daemon/hardware/probe.ts';
import { createFileKeyStore } from '../daemon/identity/file-store.ts';
import { createKeychainStore } from '../daemon/identity/keychain/store.ts';
import { ollamaInstalled } from '../daemon/ollama/binary.ts';
import { findModelsVolume } from '../daemon/ollama/own-volume.ts';
import { type Connections, openConnections } from './connections.ts';
import { withDaemon } from './daemon-link.ts';
import { probe } from './hardware.ts';
import type { Invocation } from './invocation.ts';
import { findOfficialWith } from './official.ts';
import { unattendedPassphrase } from './passphrases.ts';
import type { Configuration } from './resolve.ts';
import { stamp } from './stamp.ts';

/** As far back as the end of the last run is looked for. */
const linesLookedAt = 500;

/** Every check, with what is in force for this call. */
export async function checkUp(
  invocation: Invocation,
  configuration: Configuration,
  known: { hardware?: HardwareProbe; nodeId?: string | null } = {},
): Promise<CheckReport[]> {
  const { clock, env, platform } = invocation;
  const { paths, settings, store, ollama, nodeId, owner } = configuration;
  const connections: Connections = openConnections(invocation, configuration);
  try {
    return await runChecks(
      {
        nodeVersion: process.versions.node,
        paths,
        settings,
        notices: store.notices,
        ollama,
        nodeId: known.nodeId === undefined ? nodeId.value : known.nodeId,
        owner: owner.value,
        lastCrash: await lastCrash(paths.logFile),
      },
      {
        clock,
        coordinator: connections.coordinator(),
        skew: connections.skew,
        rpcHttp: connections.localHttp(),
        fileStore: createFileKeyStore({
          keyFile: paths.keyFile,
          passphrase: unattendedPassphrase(invocation),
        }),
        // macOS has no way to look without asking.
        inspectKeychain:
          platform === 'linux' ? createKeychainStore({ platform, env }, { clock }).inspect : null,
        officialWith: (nodeKeyHash) => findOfficialWith(invocation, nodeKeyHash),
        lookAtOllama: connections.lookAtOllama,
        findVolume: () => findModelsVolume({ settings, ollama, env, platform }),
        isOllamaInstalled: async () => (await ollamaInstalled({ env, platform })) !== null,
        askDaemon: () =>
          withDaemon(invocation, paths, (daemon) => daemon.ask('snapshot', {})).catch(() => null),
        probe: async () => known.hardware ?? probe(invocation, paths),
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
