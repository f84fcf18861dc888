import type { CheckReport } from '../../../shared/check-findings.ts';
import type { Snapshot } from '../../../shared/contract/snapshot.ts';
import { stamp } from '../../../shared/format.ts';
import { runChecks } from '../../daemon/checks/checks.ts';
import type { HardwareProbe } from '../../daemon/hardware/probe.ts';
import { createFileKeyStore } from '../../daemon/identity/file-store.ts';
import { createPassphraseSource } from '../../daemon/identity/passphrase.ts';
import { lastLines, parseLogLine } from '../../daemon/logging/log-file.ts';
import { findModelsVolume } from '../../daemon/ollama/models/own-volume.ts';
import { ollamaInstalled } from '../../daemon/ollama/server/binary.ts';
import type { Configuration } from '../configuration.ts';
import { openConnections } from '../connections.ts';
import type { NodeContext } from '../context.ts';
import { runningSnapshot } from '../daemon-link.ts';
import { probe } from '../hardware.ts';
import { officialWithKey } from '../official-client.ts';

export interface CheckModules {
  /** What the running node reports, where the host knows it; asked over the control socket otherwise. */
  snapshot?: () => Promise<Snapshot | null>;
  /** What was just seen, and is not checked again. */
  known?: { hardware?: HardwareProbe; nodeId?: string | null };
}

/** As far back as the end of the last run is searched for. */
const linesRead = 500;

/**
 * Everything that could keep this node from earning, checked again on this computer and with connections of its own.
 * Takes seconds, a minute where Ollama doesn't answer, and asks nobody for a passphrase. The identity is the one that a flag names, else the running node,
 * else the record. Fails only where no connection can be made at all.
 *
 * @throws NodeError `ca-file-unreadable`
 */
export async function checkNode(
  context: NodeContext,
  configuration: Configuration,
  { snapshot = () => runningSnapshot(context), known = {} }: CheckModules = {},
): Promise<CheckReport[]> {
  const { paths, env, platform, version, clock } = context;
  const { settings, ollama, store, nodeId, owner } = configuration;
  const running = await snapshot();
  const of = (given: Configuration['nodeId'], reported: string | null | undefined) =>
    given.source === 'flag' ? given.value : (reported ?? given.value);
  const connections = openConnections(context, configuration);
  try {
    return await runChecks(
      {
        ...{ paths, settings, ollama, version, platform, notices: store.notices },
        nodeId: known.nodeId === undefined ? of(nodeId, running?.identity.nodeId) : known.nodeId,
        owner: of(owner, running?.identity.owner),
        nodeVersion: process.versions.node,
        lastCrash: await lastCrash(paths.logFile),
      },
      {
        clock,
        coordinator: connections.coordinator(),
        skew: connections.skew,
        rpcHttp: connections.localHttp(),
        fileStore: createFileKeyStore({
          keyFile: paths.keyFile,
          passphrase: createPassphraseSource({ env }),
        }),
        // macOS has no way to inspect without asking.
        inspectKeychain: platform === 'linux' ? context.keychain.inspect : null,
        officialWith: (nodeKeyHash) => officialWithKey(context, nodeKeyHash),
        inspectOllama: connections.inspectOllama,
        ollama: connections.ollamaClient(),
        findVolume: () => findModelsVolume({ settings, ollama, env, platform }, connections.ollamaClient()),
        isOllamaInstalled: async () => (await ollamaInstalled({ env, platform })) !== null,
        askDaemon: async () => running,
        probe: async () => known.hardware ?? probe(context, paths),
      },
    );
  } finally {
    await connections.stop();
  }
}

/** When the newest run ended by a fault; null when it did not, undefined when the log knows of no run. */
async function lastCrash(logFile: string): Promise<string | null | undefined> {
  const { lines } = await lastLines(logFile, linesRead).catch(() => ({ lines: [] as string[] }));
  if (lines.length === 0) return undefined;
  const end = lines
    .map(parseLogLine)
    .findLast((line) => line?.event === 'crashed' || line?.event === 'stopped');
  return end?.event === 'crashed' ? stamp(end.tMs) : null;
}
