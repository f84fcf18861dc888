import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, onTestFinished } from 'vitest';
import { systemClock } from '../../electron/daemon/clock.ts';
import { type ControlClient, connectToDaemon } from '../../electron/daemon/control/client.ts';
import type { LogEntry } from '../../electron/daemon/diagnostics/logger.ts';
import { writeCachedProbe } from '../../electron/daemon/hardware/probe-cache.ts';
import { createFileKeyStore } from '../../electron/daemon/identity/file-store.ts';
import { createIdentity } from '../../electron/daemon/identity/identity.ts';
import type { RowState } from '../../electron/daemon/serving/journal.ts';
import type { StatePaths } from '../../electron/daemon/storage/paths.ts';
import { openSettings } from '../../electron/daemon/storage/settings.ts';
import { createChangeSignal } from '../practice-network/change-signal.ts';
import type { Coordinator, CoordinatorOptions } from '../practice-network/coordinator/coordinator.ts';
import type { OllamaStandIn, OllamaStandInOptions } from '../practice-network/ollama/stand-in.ts';
import { startPracticeNetwork } from '../practice-network/practice-network.ts';
import { sampleProbe } from '../sample-probe.ts';
import type { FaultDaemonOptions } from './fault-daemon.ts';
import { pathsOf } from './fault-host.ts';

/** Short waits, so that a scene ends soon. */
const quick = {
  'limits.minFreeBytes': 0,
  'timing.idlePollMs': 250,
  'timing.pollBackoffFirstMs': 250,
  'timing.pollBackoffMaxMs': 1000,
  'timing.heartbeatMs': 2000,
  'timing.outboxRetryFirstMs': 100,
  'timing.outboxRetryMaxMs': 1000,
};

/** Half the start of a daemon is compiling it; those of one test file share the work. */
const compileCache = mkdtempSync(join(tmpdir(), 'plf-'));
afterAll(() => rmSync(compileCache, { recursive: true, force: true }));

export interface FaultSceneOptions {
  behaviour?: CoordinatorOptions['behaviour'];
  ollama?: OllamaStandInOptions;
  settings?: Readonly<Record<string, unknown>>;
  /** A folder of its own unless given. */
  stateDir?: string;
}

/** A practice network without a chain and the state directory of one registered node, to start daemons on. */
export interface FaultScene {
  readonly coordinator: Coordinator;
  readonly ollama: OllamaStandIn;
  readonly paths: StatePaths;
  readonly nodeId: string;
  readonly nodeKeyHash: string;
  readonly ollamaUrl: string;
  /** Resolves when the process runs, which is long before the daemon does. */
  start(options?: Pick<FaultDaemonOptions, 'dieAt' | 'coordinatorUrl'>): DaemonProcess;
}

/** A daemon in a process of its own. */
export interface DaemonProcess {
  readonly pid: number;
  /** Everything it wrote to stdout and stderr, as bytes. */
  output(): Buffer;
  readonly entries: readonly LogEntry[];
  /** Resolves with the first log entry of that event. */
  logged(event: string): Promise<LogEntry>;
  kill(signal: NodeJS.Signals): void;
  readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null; errors: string }>;
  /** Sends SIGTERM and expects an orderly end. */
  drain(): Promise<void>;
}

/** The paths of a new state directory with a node key, and everything of it undone after the test. */
export async function prepareState(
  options: { stateDir?: string } = {},
): Promise<{ paths: StatePaths; nodeKeyHash: string }> {
  const clock = systemClock;
  const paths = pathsOf(options.stateDir ?? join(await temporaryFolder(), 's'));
  const fileStore = createFileKeyStore({ keyFile: paths.keyFile });
  const { key } = await createIdentity({ paths }, { clock, fileStore, journalNamesKey: () => null });
  await writeCachedProbe(paths.probeCacheFile, sampleProbe({ probedAtMs: clock.now() }));
  return { paths, nodeKeyHash: key.nodeKeyHash };
}

export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'plf-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

export async function openFaultScene(options: FaultSceneOptions = {}): Promise<FaultScene> {
  const { paths, nodeKeyHash } = await prepareState(options);
  const { behaviour = {}, ollama = {} } = options;
  const network = await startPracticeNetwork({ chain: 'none', ollama, coordinator: { behaviour } });
  onTestFinished(() => network.stop());
  const { nodeId } = await network.registerNode({ nodeKeyHash, tier: 1 });
  const { ollamaUrl } = network.urls;
  const store = await openSettings({ paths }, { clock: systemClock });
  const settings = { ...quick, coordinatorUrl: network.urls.coordinatorUrl, ...options.settings };
  for (const [name, value] of Object.entries(settings)) await store.set(name, value);
  return {
    coordinator: network.coordinator,
    ollama: network.ollama,
    paths,
    nodeId,
    nodeKeyHash,
    ollamaUrl,
    start: (how = {}) => startDaemon({ stateDir: paths.stateDir, ollamaUrl, ...how }),
  };
}

export function startDaemon(options: FaultDaemonOptions): DaemonProcess {
  const entry = join(import.meta.dirname, 'fault-daemon.ts');
  const child = spawn(process.execPath, [entry, JSON.stringify(options)], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH ?? '', NODE_NO_WARNINGS: '1', NODE_COMPILE_CACHE: compileCache },
  });
  const signal = createChangeSignal();
  const chunks: Buffer[] = [];
  const entries: LogEntry[] = [];
  let rest = '';
  let errors = '';
  let hasEnded = false;
  child.stdout.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    const lines = (rest + chunk.toString('utf8')).split('\n');
    rest = lines.pop() ?? '';
    entries.push(...lines.map((line) => JSON.parse(line) as LogEntry));
    signal.notify();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    errors += chunk.toString('utf8');
  });
  const ended = new Promise<Awaited<DaemonProcess['ended']>>((resolve) => {
    child.on('close', (code, killedBy) => {
      hasEnded = true;
      signal.notify();
      resolve({ code, signal: killedBy, errors });
    });
  });
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  return {
    pid: child.pid ?? -1,
    output: () => Buffer.concat(chunks),
    entries,
    logged: (event) =>
      signal.when(`the log entry ${event}`, () => {
        const found = entries.find((one) => one.event === event);
        if (!found && hasEnded) throw new Error(`the daemon ended without ${event}: ${errors}`);
        return found;
      }),
    kill: (how) => void child.kill(how),
    ended,
    async drain() {
      child.kill('SIGTERM');
      expect(await ended).toMatchObject({ code: 0, signal: null });
    },
  };
}

/** Resolves once the daemon has ended as by kill -9, by its own hand or the test's. */
export async function killed(daemon: DaemonProcess): Promise<void> {
  expect(await daemon.ended).toMatchObject({ signal: 'SIGKILL', errors: '' });
}

/** Connects to the daemon of a state directory as the command line does. */
export async function connect(paths: StatePaths): Promise<ControlClient> {
  const options = { socketPath: paths.socketFile, stateDir: paths.stateDir, timeoutMs: 5000 };
  const client = await connectToDaemon(options, { clock: systemClock });
  onTestFinished(() => client.close());
  return client;
}

/** Resolves when every request has ended and the daemon, which must run, has nothing left to do. */
export async function settled(scene: FaultScene, daemon: DaemonProcess): Promise<void> {
  const { ledger } = scene.coordinator;
  await ledger.when('the end of all requests', () =>
    ledger.work.every(({ outcome, dispatches }) => outcome !== 'open' && dispatches.length > 0),
  );
  await idle(scene, daemon);
}

/** Resolves when the daemon has nothing to run and nothing to deliver. */
export async function idle(scene: FaultScene, daemon: DaemonProcess): Promise<void> {
  await daemon.logged('node-started');
  const client = await connect(scene.paths);
  await expect
    .poll(
      async () => {
        const { serving } = await client.ask('snapshot', {});
        return serving.running.length + serving.queued + serving.undelivered;
      },
      { message: 'nothing left to run or to deliver', interval: 10, timeout: 10_000 },
    )
    .toBe(0);
  client.close();
}

export interface JournalRow {
  requestId: string;
  attempt: number;
  state: RowState;
  failure: string | null;
  result: string | null;
  outcome: string | null;
}

/** All rows, oldest first, as they are on disk; the daemon must not run. */
export function journalRows(paths: StatePaths): JournalRow[] {
  const { DatabaseSync } = process.getBuiltinModule('node:sqlite');
  const database = new DatabaseSync(paths.journalFile);
  try {
    return database
      .prepare(
        'SELECT request_id AS requestId, attempt, state, error_code AS failure, result, outcome FROM requests ORDER BY seq',
      )
      .all() as unknown as JournalRow[];
  } finally {
    database.close();
  }
}

/** Every file of the state directory with its bytes, by name; sockets have none. What vanishes meanwhile is left out. */
export function filesOf(paths: StatePaths): Map<string, Buffer> {
  const files = new Map<string, Buffer>();
  for (const entry of readdirSync(paths.stateDir, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (!entry.isFile()) continue;
    try {
      files.set(path.slice(paths.stateDir.length + 1), readFileSync(path));
    } catch (error) {
      if ((error as { code?: string }).code !== 'ENOENT') throw error;
    }
  }
  return files;
}
