import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as z from 'zod';
import { type StatePaths, statePaths } from '../../electron/daemon/storage/paths.ts';
import { openSettings } from '../../electron/daemon/storage/settings.ts';
import { systemClock } from '../../electron/daemon/system/clock.ts';
import { type PracticeNetwork, startPracticeNetwork } from '../practice-network/practice-network.ts';
import { watchNoise } from './machine.ts';

const runFile = promisify(execFile);
/** What `init --json` says that is needed here. */
const initDocument = z.object({ nodeKeyHash: z.string(), tier: z.int() });
const firstBeatLimitMs = 30_000;
const endLimitMs = 15_000;

/**
 * What an operator's shell has at least. Proxies, certificates and options of Node that this shell may have would
 * each cost time and memory, and be another thing than the one that is measured.
 */
const plainEnvironment: NodeJS.ProcessEnv = Object.fromEntries(
  ['PATH', 'HOME', 'LANG', 'TMPDIR'].flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value]];
  }),
);

/** The network of one row: no chain, because no figure has anything to do with it. */
export type BenchNetwork = PracticeNetwork & { ollama: NonNullable<PracticeNetwork['ollama']> };

/** What every row needs. */
export interface Bench {
  readonly quick: boolean;
  /** The built command line: a script for Node, or a launcher that brings its own. */
  readonly cli: string;
  /** Tells on stderr what takes so long. */
  say(line: string): void;
  /**
   * A practice network in this process, which does nothing else while something is measured, and a registered
   * node in a fresh state directory beside it. Both are gone when `measure` has ended.
   */
  withNode<T>(
    settings: Readonly<Record<string, unknown>>,
    measure: (node: BenchNode, network: BenchNetwork) => Promise<T>,
  ): Promise<{ value: T; noise: string }>;
  /** Waits; ends early, with an error, when the bench is interrupted. */
  pause(ms: number): Promise<void>;
  /** A helper process that lives until `end`, or until the bench ends. */
  spawn(args: readonly string[]): { pid: number; end(): Promise<void> };
  /** Runs bare Node, or the command line under test, with `args` to its end and says how long that took, ms. */
  timeOf(program: 'node' | 'cli', args: readonly string[]): Promise<number>;
  /** What several rows share: made the first time somebody asks. */
  shared<T>(name: string, make: () => Promise<T>): Promise<T>;
  /** Ends everything that is still open. */
  end(): Promise<void>;
}

/** The daemon under test: always the built command line, in a process of its own. */
export interface BenchNode {
  readonly nodeId: string;
  readonly paths: StatePaths;
  /** Resolves with the moment of the spawn and that of the first accepted heartbeat's arrival, performance.now(). */
  start(): Promise<{ pid: number; spawnedAtMs: number; firstBeatAtMs: number }>;
  stop(): Promise<void>;
}

export function createBench(options: { cli: string; quick: boolean; signal: AbortSignal }): Bench {
  const { cli, quick, signal } = options;
  const children = new Set<ChildProcess>();
  const open = new Set<() => Promise<void>>();
  const shared = new Map<string, Promise<unknown>>();

  /** A script runs on the Node of this process, anything else by itself. */
  const command = cli.endsWith('.mjs') ? [process.execPath, cli] : [cli];

  function run(
    [program = '', ...args]: readonly string[],
    env: NodeJS.ProcessEnv,
    output: 'ignore' | number,
  ): ChildProcess {
    signal.throwIfAborted();
    const child = spawn(program, args, { env, stdio: ['ignore', output, output] });
    children.add(child);
    child.once('exit', () => children.delete(child));
    return child;
  }

  async function end(child: ChildProcess): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    const overdue = setTimeout(() => child.kill('SIGKILL'), endLimitMs);
    await ended;
    clearTimeout(overdue);
  }

  async function prepare(
    network: BenchNetwork,
    stateDir: string,
    settings: Readonly<Record<string, unknown>>,
  ) {
    const env = {
      ...plainEnvironment,
      PARALLELIX_STATE_DIR: stateDir,
      PARALLELIX_API_URL: network.urls.coordinatorUrl,
      OLLAMA_HOST: network.urls.ollamaUrl,
    };
    const [program = '', ...args] = command;
    const { stdout } = await runFile(program, [...args, 'init', '--json'], { env, signal });
    const { nodeId } = await network.registerNode(initDocument.parse(JSON.parse(stdout)));
    const paths = statePaths({ stateDir, env: {}, platform: process.platform, homeDir: '/nonexistent' });
    const store = await openSettings({ paths }, { clock: systemClock });
    for (const [name, value] of Object.entries(settings)) await store.set(name, value);
    return { env, nodeId, paths };
  }

  async function createNode(
    network: BenchNetwork,
    folder: string,
    settings: Readonly<Record<string, unknown>>,
  ) {
    const { env, nodeId, paths } = await prepare(network, join(folder, 's'), settings);
    const outputFile = join(folder, 'output');
    const { ledger } = network.coordinator;
    let daemon: ChildProcess | null = null;
    const node: BenchNode = {
      nodeId,
      paths,
      async start() {
        const beatsBefore = ledger.heartbeats.length;
        const output = openSync(outputFile, 'w');
        const spawnedAtMs = performance.now();
        const child = run([...command, 'start', '--plain'], env, output);
        daemon = child;
        const gone = new Promise<never>((_, reject) => {
          child.once('error', reject);
          child.once('exit', (code) =>
            reject(
              new Error(`the daemon ended by itself with code ${code}\n${readFileSync(outputFile, 'utf8')}`),
            ),
          );
        });
        gone.catch(() => {});
        const beat = await Promise.race([
          gone,
          ledger.when(
            'the first heartbeat',
            () => ledger.heartbeats.slice(beatsBefore).find(({ accepted }) => accepted),
            { timeoutMs: firstBeatLimitMs },
          ),
        ]);
        return { pid: child.pid ?? 0, spawnedAtMs, firstBeatAtMs: beat.atMs };
      },
      async stop() {
        if (daemon) await end(daemon);
        daemon = null;
      },
    };
    return node;
  }

  return {
    quick,
    cli,
    say: (line) => console.error(line),
    async withNode<T>(
      settings: Readonly<Record<string, unknown>>,
      measure: (node: BenchNode, network: BenchNetwork) => Promise<T>,
    ) {
      signal.throwIfAborted();
      const noise = watchNoise();
      const folder = await mkdtemp(join(tmpdir(), 'plx-bench-'));
      const network = await startPracticeNetwork({ chain: 'none' });
      let node: BenchNode | null = null;
      const close = async () => {
        open.delete(close);
        await node?.stop();
        await network.stop();
        await rm(folder, { recursive: true, force: true });
      };
      open.add(close);
      let value: T;
      try {
        node = await createNode(network, folder, settings);
        value = await measure(node, network);
      } finally {
        await close();
      }
      return { value, noise: noise.end() };
    },
    pause(ms) {
      return new Promise((resolve, reject) => {
        const interrupted = () => {
          clearTimeout(timer);
          reject(signal.reason);
        };
        const timer = setTimeout(() => {
          signal.removeEventListener('abort', interrupted);
          resolve();
        }, ms);
        signal.addEventListener('abort', interrupted, { once: true });
      });
    },
    spawn(args) {
      const child = run([process.execPath, ...args], plainEnvironment, 'ignore');
      return { pid: child.pid ?? 0, end: () => end(child) };
    },
    async timeOf(program, args) {
      const startedMs = performance.now();
      const first = program === 'cli' ? command : [process.execPath];
      await once(run([...first, ...args], plainEnvironment, 'ignore'), 'exit');
      return performance.now() - startedMs;
    },
    shared<T>(name: string, make: () => Promise<T>) {
      const known = (shared.get(name) as Promise<T> | undefined) ?? make();
      shared.set(name, known);
      return known;
    },
    async end() {
      await Promise.allSettled([...open].map((close) => close()));
      await Promise.allSettled([...children].map(end));
    },
  };
}
