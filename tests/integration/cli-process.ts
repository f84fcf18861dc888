import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = fileURLToPath(new URL('../..', import.meta.url));
const boundMs = 20_000;
/** Most of what a command takes is its own compilation; hundreds of them are run. */
const compileCache = join(root, 'node_modules', '.cache', 'parallelix-cli-compiled');

/** Everything that the built command line is made of. */
function sourcesDigest(): string {
  const files = ['package.json', 'vite.config.ts'];
  for (const folder of ['electron', 'shared', 'resources']) {
    for (const entry of readdirSync(join(root, folder), { recursive: true, withFileTypes: true })) {
      if (entry.isFile()) files.push(join(entry.parentPath, entry.name).slice(root.length));
    }
  }
  const hash = createHash('sha256');
  for (const file of files.sort()) hash.update(`${file}\0`).update(readFileSync(join(root, file)));
  return hash.digest('hex').slice(0, 16);
}

/** The built command line of the present sources; built once, whoever asks first. */
export async function builtCli(): Promise<string> {
  const cache = join(root, 'node_modules', '.cache', 'parallelix-cli');
  const folder = join(cache, sourcesDigest());
  const file = join(folder, 'cli.mjs');
  if (existsSync(file)) return file;
  mkdirSync(cache, { recursive: true });
  const present = readdirSync(cache);
  const temporary = join(cache, `building-${process.pid}`);
  const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js');
  await promisify(execFile)(
    process.execPath,
    [vite, 'build', '--logLevel', 'warn', '--outDir', temporary, '--emptyOutDir'],
    { cwd: root },
  );
  try {
    renameSync(temporary, folder);
  } catch {
    // Another test file was faster.
    rmSync(temporary, { recursive: true, force: true });
  }
  // Builds of earlier sources; one that a test still starts from is loaded whole at its start.
  for (const name of present.slice(0, Math.max(0, present.length - 4))) {
    if (!name.startsWith('building-')) rmSync(join(cache, name), { recursive: true, force: true });
  }
  return file;
}

export interface CliResult {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
  /** The only document that `--json` printed. */
  json: () => Record<string, unknown>;
}

export interface RunningCli {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Resolves with what matched as soon as stdout or stderr holds it. */
  printed(pattern: RegExp): Promise<RegExpExecArray>;
  readonly ended: Promise<CliResult>;
  signal(signal: NodeJS.Signals): void;
}

export interface CliWorld {
  /** A state directory of its own, not made yet. */
  readonly stateDir: string;
  readonly homeDir: string;
  readonly env: NodeJS.ProcessEnv;
  run(args: readonly string[], env?: NodeJS.ProcessEnv): Promise<CliResult>;
  start(args: readonly string[], env?: NodeJS.ProcessEnv): RunningCli;
  /** Ends what still runs and removes every file. */
  clean(): Promise<void>;
}

/** A home of its own for the built command line, with nothing of this machine in its environment. */
export async function createCliWorld(env: NodeJS.ProcessEnv = {}): Promise<CliWorld> {
  const cli = await builtCli();
  const homeDir = await mkdtemp(join(tmpdir(), 'plx-'));
  const stateDir = join(homeDir, 's');
  const base: NodeJS.ProcessEnv = {
    PATH: '/usr/bin:/bin',
    HOME: homeDir,
    LANG: 'C.UTF-8',
    TZ: 'UTC',
    PARALLELIX_STATE_DIR: stateDir,
    NODE_COMPILE_CACHE: compileCache,
    ...env,
  };
  const children = new Set<ChildProcess>();

  function start(args: readonly string[], more: NodeJS.ProcessEnv = {}): RunningCli {
    const child = spawn(process.execPath, [cli, ...args], {
      cwd: homeDir,
      env: { ...base, ...more },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    children.add(child);
    const text = { stdout: '', stderr: '' };
    const watchers = new Set<() => void>();
    for (const stream of ['stdout', 'stderr'] as const) {
      child[stream].setEncoding('utf8').on('data', (chunk) => {
        text[stream] += String(chunk);
        for (const look of watchers) look();
      });
    }
    const ended = new Promise<CliResult>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code, signal) => {
        children.delete(child);
        resolve({ code, signal, ...text, json: () => JSON.parse(text.stdout) as Record<string, unknown> });
        for (const look of watchers) look();
      });
    });
    return {
      child,
      pid: child.pid ?? 0,
      get stdout() {
        return text.stdout;
      },
      get stderr() {
        return text.stderr;
      },
      printed(pattern) {
        return new Promise((resolve, reject) => {
          const stop = (settle: () => void) => {
            clearTimeout(bound);
            watchers.delete(look);
            settle();
          };
          const give = (why: string) =>
            stop(() => reject(new Error(`${why} ${String(pattern)}:\n${text.stdout}\n${text.stderr}`)));
          const look = () => {
            const match = pattern.exec(text.stdout) ?? pattern.exec(text.stderr);
            if (match) stop(() => resolve(match));
            else if (!children.has(child)) give('ended without printing');
          };
          const bound = setTimeout(() => give(`${boundMs} ms without`), boundMs);
          watchers.add(look);
          look();
        });
      },
      ended,
      signal: (signal) => void child.kill(signal),
    };
  }

  return {
    stateDir,
    homeDir,
    env: base,
    async run(args, more) {
      const running = start(args, more);
      const bound = setTimeout(() => running.signal('SIGKILL'), boundMs);
      const result = await running.ended;
      clearTimeout(bound);
      return result;
    },
    start,
    async clean() {
      await Promise.all(
        [...children].map((child) => {
          child.kill('SIGKILL');
          return new Promise((resolve) => child.once('close', resolve));
        }),
      );
      await rm(homeDir, { recursive: true, force: true });
    },
  };
}
