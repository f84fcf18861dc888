import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Clock, systemClock } from '../../electron/daemon/clock.ts';
import { createLogger, type LogEntry } from '../../electron/daemon/diagnostics/logger.ts';
import { createRedactor } from '../../electron/daemon/diagnostics/redaction.ts';
import { writeCachedProbe } from '../../electron/daemon/hardware/probe-cache.ts';
import { type HostedDaemon, hostDaemon } from '../../electron/daemon/host.ts';
import { createFileKeyStore } from '../../electron/daemon/identity/file-store.ts';
import { createIdentity } from '../../electron/daemon/identity/identity.ts';
import { parseOllamaAddress } from '../../electron/daemon/ollama/address.ts';
import { type StatePaths, statePaths } from '../../electron/daemon/storage/paths.ts';
import { openSettings } from '../../electron/daemon/storage/settings.ts';
import type { PracticeNetwork } from '../practice-network/practice-network.ts';
import { sampleProbe } from '../sample-probe.ts';

export interface NodeUnderTest {
  readonly paths: StatePaths;
  readonly nodeId: string;
  readonly host: HostedDaemon;
  readonly log: readonly LogEntry[];
  /** Starts the daemon again on the same state directory. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export interface NodeUnderTestOptions {
  /** By dotted name, as `config set` takes them. */
  settings?: Readonly<Record<string, unknown>>;
  clock?: Clock;
  tier?: 1 | 2 | 3 | 4;
  /** Where the chain says another tier. */
  registeredTier?: number;
  /** False leaves the key unregistered. */
  register?: boolean;
  stateDir?: string;
  /** As the operator names it; otherwise the node finds its own. */
  namedNodeId?: string;
}

/** A real daemon in this process, in a temporary state directory, registered on a practice network. */
export async function startNode(
  network: PracticeNetwork,
  options: NodeUnderTestOptions = {},
): Promise<NodeUnderTest> {
  const clock = options.clock ?? systemClock;
  const stateDir = options.stateDir ?? join(await mkdtemp(join(tmpdir(), 'plx-')), 's');
  const paths = statePaths({ stateDir, env: {}, platform: process.platform, homeDir: '/nonexistent' });
  const fileStore = createFileKeyStore({ keyFile: paths.keyFile });
  const { key } = await createIdentity({ paths }, { clock, fileStore, journalNamesKey: () => null });
  const tier = options.tier ?? 1;
  await writeCachedProbe(paths.probeCacheFile, sampleProbe({ tier, probedAtMs: clock.now() }));
  const { nodeId } =
    options.register === false
      ? { nodeId: '' }
      : await network.registerNode({
          nodeKeyHash: key.nodeKeyHash,
          tier: options.registeredTier ?? tier,
        });
  const store = await openSettings({ paths }, { clock });
  await store.set('coordinatorUrl', network.urls.coordinatorUrl);
  await store.set('limits.minFreeBytes', 0);
  // An Ollama that is installed on this computer has no part in this.
  await store.set('ollama.manage', false);
  for (const [name, value] of Object.entries(options.settings ?? {})) await store.set(name, value);

  const entries: LogEntry[] = [];
  const start = async (): Promise<HostedDaemon> => {
    const settings = await openSettings({ paths }, { clock });
    const redactor = createRedactor({ homeDir: '/nonexistent', userName: '', hostName: '' });
    const log = createLogger(
      { file: paths.logFile, level: 'debug' },
      { clock, redactor, sink: (entry) => entries.push(entry) },
    );
    return hostDaemon(
      {
        paths,
        version: '0.0.0-test',
        settings: settings.current,
        ollama: parseOllamaAddress(network.urls.ollamaUrl),
        nodeId: options.namedNodeId ?? null,
        owner: null,
        env: { PATH: '' },
      },
      { clock, log, settingsStore: settings, random: Math.random },
    );
  };
  let host = await start();
  const end = async () => {
    await host.daemon.drain(1000);
    await host.ended;
  };
  return {
    paths,
    nodeId,
    get host() {
      return host;
    },
    log: entries,
    async restart() {
      await end();
      host = await start();
    },
    async stop() {
      await end();
      if (!options.stateDir) await rm(join(stateDir, '..'), { recursive: true, force: true });
    },
  };
}
