import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { launchElectron } from './electron-app.ts';
import { launchHosted } from './hosted-app.ts';

/** The `electron` module as functions that run in the main process are given it. */
export type Electron = typeof import('electron');

/** A running app, under the test host or under a real Electron. */
export interface RunningApp {
  /** Runs `work` in the main process; it may use nothing from outside itself. */
  evaluate<T, A = undefined>(work: (electron: Electron, arg: A) => T | Promise<T>, arg?: A): Promise<T>;
  /** The page of a window, once it is there. */
  page(window?: 'main' | 'earnings'): Promise<Page>;
  /** What the process has printed. */
  readonly output: string;
  /** Arguments of every relaunch that the app asked for. */
  readonly relaunches: readonly string[][];
  /** Resolves to the exit code. */
  readonly exited: Promise<number | null>;
  kill(signal?: NodeJS.Signals): void;
}

export interface LaunchOptions {
  main: string;
  userData: string;
  env: NodeJS.ProcessEnv;
  args: readonly string[];
}

export interface AppWorld {
  readonly stateDir: string;
  readonly homeDir: string;
  readonly userData: string;
  launch(options?: { args?: readonly string[]; env?: NodeJS.ProcessEnv }): Promise<RunningApp>;
  /** Ends every app that is still there and removes what they left. */
  clean(): Promise<void>;
}

/** Where apps are launched: the test host always, a real Electron where there is one. */
export interface Runner {
  readonly name: string;
  /** Why it cannot be used here; null when it can. */
  readonly missing: string | null;
  readonly launch: (options: LaunchOptions) => Promise<RunningApp>;
}

const root = fileURLToPath(new URL('../..', import.meta.url));

/** The program of a real Electron, or null. */
export function electronProgram(): string | null {
  const folder = process.env.ELECTRON_OVERRIDE_DIST_PATH ?? join(root, 'node_modules', 'electron', 'dist');
  const nameFile = join(root, 'node_modules', 'electron', 'path.txt');
  const name = existsSync(nameFile)
    ? readFileSync(nameFile, 'utf8').trim()
    : process.platform === 'darwin'
      ? 'Electron.app/Contents/MacOS/Electron'
      : 'electron';
  const program = join(folder, name);
  return existsSync(program) ? program : null;
}

const chromium = process.env.TEST_HOST_CHROMIUM ?? '/usr/bin/chromium';
const program = electronProgram();

export const testHost: Runner = {
  name: 'test host',
  missing: existsSync(chromium) ? null : `no Chromium at ${chromium}`,
  launch: launchHosted,
};
export const realElectron: Runner = {
  name: 'Electron',
  missing:
    program === null
      ? 'no Electron binary here (node_modules/electron/dist, ELECTRON_OVERRIDE_DIST_PATH)'
      : null,
  launch: (options) => launchElectron(program ?? '', options),
};
export const runners: readonly Runner[] = [testHost, realElectron];

/** A state directory, a home and a profile of its own; apps launched in it share them. */
export async function createAppWorld(
  runner: Runner,
  { main, env = {} }: { main: string; env?: NodeJS.ProcessEnv },
): Promise<AppWorld> {
  const folder = await mkdtemp(join(tmpdir(), 'plx-app-'));
  const [stateDir, homeDir, userData] = ['s', 'home', 'profile'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  const apps: RunningApp[] = [];
  const plainEnv: NodeJS.ProcessEnv = {
    PATH: process.env.PATH,
    LANG: 'C.UTF-8',
    HOME: homeDir,
    PARALLELIX_STATE_DIR: stateDir,
    // Nobody's network: a test that wants one names it.
    PARALLELIX_API_URL: 'http://127.0.0.1:1/api',
    OLLAMA_HOST: 'http://127.0.0.1:1',
    ...env,
  };
  return {
    stateDir,
    homeDir,
    userData,
    async launch({ args = [], env: more = {} } = {}) {
      const app = await runner.launch({ main, userData, args, env: { ...plainEnv, ...more } });
      apps.push(app);
      return app;
    },
    async clean() {
      for (const app of apps) app.kill('SIGKILL');
      await Promise.all(apps.map(({ exited }) => exited));
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
