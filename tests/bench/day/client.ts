import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as z from 'zod';
import { officialDirectory, readOfficialNode } from '../../../electron/daemon/incumbent/files.ts';

const runFile = promisify(execFile);
const initDocument = z.object({ nodeKeyHash: z.string(), tier: z.int() });
/** As the unit of the product has it, and near the official client's. */
const restartSecMs = 3000;

/** A program that serves, as its operator would run it. */
export interface Program {
  readonly name: string;
  /** Makes a key; what the chain has to know of it. */
  init(place: Place): Promise<{ nodeKeyHash: string; tier: number }>;
  command(place: Place, nodeId: string): readonly string[];
  env(place: Place): NodeJS.ProcessEnv;
  /** What its service does not start again after. */
  readonly finalCodes: ReadonlySet<number>;
  /** Official units restart whatever the code. */
  readonly restarts: 'on-failure' | 'always';
}

export interface Place {
  /** On a disk that can be filled, where the machine allows one. */
  disk: string;
  coordinatorUrl: string;
  ollamaUrl: string;
  /** Set before everything else: a vendor's tool, a clock that can be moved. */
  extraEnv: NodeJS.ProcessEnv;
}

const plain: NodeJS.ProcessEnv = { LANG: 'C.UTF-8', TZ: 'UTC' };

/** @param command the built command line: a launcher, or Node and a script */
export function ourProgram(command: readonly string[]): Program {
  const [program = '', ...first] = command;
  const env = ({ disk, coordinatorUrl, ollamaUrl, extraEnv }: Place) => ({
    ...plain,
    PATH: '/usr/bin:/bin',
    ...extraEnv,
    HOME: disk,
    PARALLELIX_STATE_DIR: join(disk, 's'),
    PARALLELIX_API_URL: coordinatorUrl,
    OLLAMA_HOST: ollamaUrl,
  });
  return {
    name: 'ParalleliX Operator',
    async init(place) {
      const { stdout } = await runFile(program, [...first, 'init', '--json'], { env: env(place) });
      return initDocument.parse(JSON.parse(stdout));
    },
    // As its service starts it.
    command: () => [...command, 'start', '--wait', '--plain'],
    env,
    finalCodes: new Set([2, 5, 6, 7]),
    restarts: 'on-failure',
  };
}

/** The official client's one file, on the Node of this process. @param file what OFFICIAL_CLIENT names */
export function officialProgram(file: string): Program {
  const env = ({ disk, coordinatorUrl, ollamaUrl, extraEnv }: Place) => ({
    ...plain,
    PATH: '/usr/bin:/bin',
    ...extraEnv,
    HOME: disk,
    PARALLELIX_API_URL: coordinatorUrl,
    OLLAMA_HOST: ollamaUrl,
  });
  return {
    name: 'the official client',
    async init(place) {
      await runFile(process.execPath, [file, 'init', '--plain'], { env: env(place) });
      const { nodeKeyHash } = await readOfficialNode({ dir: officialDirectory(place.disk) });
      return { nodeKeyHash, tier: 1 };
    },
    command: (_, nodeId) => [process.execPath, file, 'start', '--plain', '--node-id', nodeId],
    env,
    finalCodes: new Set(),
    restarts: 'always',
  };
}

/** A program under a service manager, on a computer that can lose its power. */
export interface Supervised {
  readonly name: string;
  readonly restarts: number;
  /** Codes and signals that it ended with by itself. */
  readonly ends: readonly string[];
  readonly gaveUp: boolean;
  start(): void;
  /** As a service manager stops it: asked first. */
  stop(): Promise<void>;
  signal(signal: NodeJS.Signals): void;
  /** As at a power cut: gone at once and not started again before `start`. */
  cutPower(): Promise<void>;
}

export function supervise(program: Program, place: Place, nodeId: string, outputFile: string): Supervised {
  let child: ChildProcess | null = null;
  let wanted = false;
  let timer: NodeJS.Timeout | null = null;
  let restarts = 0;
  let gaveUp = false;
  const ends: string[] = [];

  function launch(): void {
    const [file = '', ...args] = program.command(place, nodeId);
    const output = openSync(outputFile, 'a');
    const started = spawn(file, args, { env: program.env(place), stdio: ['ignore', output, output] });
    child = started;
    started.once('exit', (code, signal) => {
      if (child === started) child = null;
      if (!wanted) return;
      ends.push(signal ?? `code ${code}`);
      const final = code !== null && program.finalCodes.has(code);
      if (program.restarts === 'on-failure' && (code === 0 || final)) {
        gaveUp = true;
        return;
      }
      restarts += 1;
      timer = setTimeout(launch, restartSecMs);
    });
  }

  async function end(signal: NodeJS.Signals): Promise<void> {
    wanted = false;
    if (timer) clearTimeout(timer);
    const running = child;
    if (!running) return;
    const ended = new Promise<void>((resolve) => running.once('exit', () => resolve()));
    running.kill(signal);
    // One that was frozen hears nothing.
    running.kill('SIGCONT');
    const overdue = setTimeout(() => running.kill('SIGKILL'), 90_000);
    await ended;
    clearTimeout(overdue);
  }

  return {
    name: program.name,
    get restarts() {
      return restarts;
    },
    ends,
    get gaveUp() {
      return gaveUp;
    },
    start() {
      wanted = true;
      gaveUp = false;
      launch();
    },
    stop: () => end('SIGTERM'),
    signal: (signal) => void child?.kill(signal),
    cutPower: () => end('SIGKILL'),
  };
}

/** A stand-in for nvidia-smi that prints `file`: one card, or the words of a driver that lost it. */
export async function writeVendorTool(folder: string, file: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const path = join(folder, 'nvidia-smi');
  await writeFile(path, `#!/bin/sh\n. ${file}\n`);
  await chmod(path, 0o755);
}
