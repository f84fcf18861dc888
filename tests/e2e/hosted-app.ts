import { type ChildProcess, fork } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import type { Electron, LaunchOptions, RunningApp } from './app.ts';

const hooks = new URL('../fake-electron/hooks.ts', import.meta.url).href;
const start = fileURLToPath(new URL('../fake-electron/start.ts', import.meta.url));

interface Message {
  kind: string;
  id?: number;
  value?: unknown;
  error?: string;
  args?: string[];
}

/** Runs the app's main file in a process of its own under the test host. */
export async function launchHosted({ main, userData, env, args }: LaunchOptions): Promise<RunningApp> {
  const child = fork(start, [main, ...args], {
    env: { ...env, TEST_HOST_USER_DATA: userData },
    execArgv: ['--import', hooks],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  const relaunches: string[][] = [];
  let output = '';
  let lastId = 0;
  let browser: Browser | null = null;
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const goneError = () =>
    new Error(
      `the app is gone (${child.exitCode ?? child.signalCode}): ${crashesOf(env)}${output.slice(-2000)}`,
    );
  void exited.then(() => {
    for (const { reject } of waiting.values()) reject(goneError());
    void browser?.close().catch(() => undefined);
  });
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk) => {
      output += String(chunk);
    });
  const ready = new Promise<void>((resolve) => {
    child.on('message', (message: Message) => {
      if (message.kind === 'ready') resolve();
      if (message.kind === 'relaunch') relaunches.push(message.args ?? []);
      if (message.kind !== 'answer') return;
      const asked = waiting.get(message.id ?? -1);
      waiting.delete(message.id ?? -1);
      if (message.error === undefined) asked?.resolve(message.value);
      else asked?.reject(new Error(message.error));
    });
  });

  const app: RunningApp = {
    evaluate<T, A>(work: (electron: Electron, arg: A) => T | Promise<T>, arg?: A): Promise<T> {
      return new Promise((resolve, reject) => {
        lastId += 1;
        waiting.set(lastId, { resolve: resolve as (value: unknown) => void, reject });
        child.send({ id: lastId, source: String(work), arg }, (error) => {
          if (error) reject(child.exitCode === null && child.signalCode === null ? error : goneError());
        });
      });
    },
    async page(window = 'main') {
      const { targetId, endpoint } = await app.evaluate(findTarget, window);
      browser ??= await chromium.connectOverCDP(endpoint);
      return pageOf(browser, targetId);
    },
    get output() {
      return output;
    },
    relaunches,
    exited,
    kill: (signal = 'SIGTERM') => void killIfAlive(child, signal),
  };
  // A second instance ends before it is ready.
  await Promise.race([ready, exited]);
  return app;
}

/** What the app has written down about errors that nobody caught. */
function crashesOf({ PARALLELIX_STATE_DIR: stateDir = '' }: NodeJS.ProcessEnv): string {
  const file = join(stateDir, 'logs', 'app.log');
  if (!existsSync(file)) return '';
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.filter((line) => line.includes('crashed')).join('\n');
}

/** Runs in the app: waits for a window and says which page of Chromium it is. */
async function findTarget(electron: Electron, name: string) {
  const host = (globalThis as unknown as { testHost: { endpoint: () => Promise<string> } }).testHost;
  for (;;) {
    const windows = electron.BrowserWindow.getAllWindows();
    const found = windows.find((one) => one.webContents.getURL().includes(`window=${name}`));
    const target = (found?.webContents as unknown as { hostTarget?: { targetId: string } } | undefined)
      ?.hostTarget;
    if (target) return { targetId: target.targetId, endpoint: await host.endpoint() };
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function pageOf(browser: Browser, targetId: string): Promise<Page> {
  for (;;) {
    for (const context of browser.contexts()) {
      for (const page of context.pages()) {
        const session = await context.newCDPSession(page).catch(() => null);
        const answer = await session?.send('Target.getTargetInfo').catch(() => null);
        await session?.detach().catch(() => undefined);
        if (answer?.targetInfo.targetId === targetId) return page;
      }
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function killIfAlive(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.exitCode === null && child.signalCode === null) child.kill(signal);
}
