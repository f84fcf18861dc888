import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { onTestFinished } from 'vitest';
import { type StatePaths, statePaths } from '../../electron/daemon/storage/paths.ts';

/** A folder of its own for one test, gone after it. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'pxt-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** The paths of a state directory that does not exist yet. */
export async function temporaryState(): Promise<StatePaths> {
  const stateDir = join(await temporaryFolder(), 'state');
  return statePaths({ stateDir, env: {}, platform: process.platform, homeDir: '/home/nobody' });
}

export interface Child {
  pid: number;
  /** Resolves with the next line of its standard output. */
  line(): Promise<string>;
  kill(signal: NodeJS.Signals): void;
  /** Everything it printed, once it has ended. */
  ended: Promise<{ code: number | null; signal: NodeJS.Signals | null; output: string; errors: string }>;
}

/** What children run is compiled once. */
const compileCache = join(import.meta.dirname, '..', '..', 'node_modules', '.cache', 'test-children');

/** Runs module code in a process of its own; `@/` in it is the folder `electron/daemon/`. */
export function startChild(code: string, args: readonly string[] = []): Child {
  const daemonFolder = pathToFileURL(join(import.meta.dirname, '..', '..', 'electron', 'daemon', '/')).href;
  const source = code.replaceAll("'@/", `'${daemonFolder}`);
  const child = spawn(
    process.execPath,
    ['--expose-gc', '--input-type=module-typescript', '-e', source, '--', ...args],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env.PATH ?? '', NODE_NO_WARNINGS: '1', NODE_COMPILE_CACHE: compileCache },
    },
  );
  let output = '';
  let errors = '';
  const lines: string[] = [];
  const waiting: ((line: string) => void)[] = [];
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    const before = output.split('\n').length - 1;
    output += chunk;
    for (const line of output.split('\n').slice(before, -1)) {
      const next = waiting.shift();
      if (next) next(line);
      else lines.push(line);
    }
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    errors += chunk;
  });
  const ended = new Promise<Awaited<Child['ended']>>((resolve) => {
    child.on('close', (exitCode, signal) => {
      for (const next of waiting) next(`<ended ${errors}>`);
      resolve({ code: exitCode, signal, output, errors });
    });
  });
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  return {
    pid: child.pid ?? -1,
    line: () =>
      new Promise((resolve) => {
        const ready = lines.shift();
        if (ready === undefined) waiting.push(resolve);
        else resolve(ready);
      }),
    kill: (signal) => child.kill(signal),
    ended,
  };
}

/** Every regular file under `folder` with its text, by path. */
export function filesUnder(folder: string): Map<string, string> {
  const files = new Map<string, string>();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile()) files.set(path, readFileSync(path, 'latin1'));
  }
  return files;
}
