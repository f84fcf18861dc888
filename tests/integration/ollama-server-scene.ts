import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { type Clock, systemClock } from '../../electron/daemon/clock.ts';
import { createHttpClient } from '../../electron/daemon/http.ts';
import { createOllamaClient } from '../../electron/daemon/ollama/client.ts';
import {
  createOllamaSupervisor,
  type OllamaSupervisor,
  type SupervisorOptions,
  type SupervisorStatus,
} from '../../electron/daemon/ollama/supervisor.ts';
import { createOllamaWatch } from '../../electron/daemon/ollama/watch.ts';
import { isAlive } from '../../electron/daemon/storage/process-start.ts';
import { type InstalledProgram, installOllamaProgram } from '../practice-network/ollama/installed-program.ts';
import type { ProgramFaults } from '../practice-network/ollama/program-faults.ts';
import { silentLog } from '../unit/silent-log.ts';
import { temporaryFolder } from '../unit/storage-sandbox.ts';
import { freePort } from './free-port.ts';

/** Real processes and real sockets: the stand-in for the program, run by the real supervisor. */
export interface World {
  folder: string;
  program: InstalledProgram;
  options: SupervisorOptions;
  logFile: string;
  recordFile: string;
  /** One that ends with the test, its server too; it waits a fifth of its time unless a clock is given. */
  supervise(given?: Partial<SupervisorOptions>, clock?: Clock): OllamaSupervisor;
}

export async function createWorld(faults: Partial<ProgramFaults> = {}): Promise<World> {
  const folder = await temporaryFolder();
  const program = await installOllamaProgram(join(folder, 'bin'), faults);
  const recordFile = join(folder, 'ollama-server.json');
  const logFile = join(folder, 'logs', 'ollama.log');
  const options: SupervisorOptions = {
    url: `http://127.0.0.1:${await freePort()}`,
    remote: false,
    manage: true,
    recordFile,
    logFile,
    modelsDir: null,
    visibleDevices: {},
    contextLength: 4096,
    parallel: null,
    env: { PATH: join(folder, 'bin'), HOME: folder },
    platform: process.platform,
  };
  onTestFinished(() => {
    // Whatever a failing test leaves behind.
    const { pid } = recordOf(recordFile) ?? {};
    if (pid !== undefined && isAlive(pid)) process.kill(-pid, 'SIGKILL');
  });
  return {
    folder,
    program,
    options,
    logFile,
    recordFile,
    supervise: (given, clock = hurriedClock) => superviseOnce({ ...options, ...given }, clock),
  };
}

/**
 * Five seconds in one, for what the supervisor waits for. Its waits themselves are tested on the simulated clock; here
 * they only have to be in the right order with processes that take the time they take.
 */
export const hurriedClock: Clock = {
  ...systemClock,
  monotonicMs: () => systemClock.monotonicMs() * 5,
  after: (delayMs, run) => systemClock.after(delayMs / 5, run),
};

function superviseOnce(options: SupervisorOptions, clock: Clock): OllamaSupervisor {
  const http = createHttpClient({ plainHttp: 'anywhere', userAgent: 'test' }, { clock: systemClock });
  const client = createOllamaClient({ baseUrl: options.url }, { http, clock: systemClock });
  const watch = createOllamaWatch(
    { preferredModel: null, unhealthyMs: 100, longestUnhealthyMs: 100 },
    { client, clock: systemClock, log: silentLog },
  );
  const supervisor = createOllamaSupervisor(options, {
    watch,
    clock,
    log: silentLog,
    ownService: async () => false,
  });
  onTestFinished(async () => {
    await supervisor.stop();
    await watch.stop();
    await http.stop();
  });
  watch.start();
  return supervisor;
}

export const recordOf = (file: string) =>
  existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as { pid: number; url: string }) : null;
export const modeOf = (file: string) => statSync(file).mode & 0o777;
export const reaches = (what: string, check: () => unknown) =>
  expect.poll(() => Boolean(check()), { message: what, interval: 10, timeout: 20_000 }).toBe(true);
export const runs = (supervisor: OllamaSupervisor, server: 'ours' | 'users') =>
  reaches(
    `a server that is ${server}`,
    () => supervisor.status.condition === 'running' && supervisor.status.server === server,
  );

/** The status as it was when something held for the first time from now on. */
export function statusWhen(
  supervisor: OllamaSupervisor,
  holds: (status: Readonly<SupervisorStatus>) => boolean,
): Promise<Readonly<SupervisorStatus>> {
  return new Promise((resolve) => {
    const unsubscribe = supervisor.onChange(() => {
      if (!holds(supervisor.status)) return;
      unsubscribe();
      resolve(supervisor.status);
    });
  });
}
