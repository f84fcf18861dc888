import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { createHttpClient } from '../../electron/daemon/http.ts';
import {
  createOllamaInstaller,
  type InstallerOptions,
  type OllamaInstaller,
} from '../../electron/daemon/ollama/install.ts';
import { packArchive, releaseEntries, releaseOf } from '../practice-network/ollama/release-archive.ts';
import { type ReleaseServer, startReleaseServer } from '../practice-network/ollama/release-server.ts';
import { createSimulatedClock, type SimulatedClock } from '../simulated-clock.ts';
import { silentLog } from '../unit/silent-log.ts';
import { temporaryFolder } from '../unit/storage-sandbox.ts';

export const core = 'ollama-linux-amd64.tar.zst';
export const rocm = 'ollama-linux-amd64-rocm.tar.zst';
export const program = '#!/bin/sh\necho "ollama version is 9.9.9"\n';
export const libraryBytes = 3 * 1024 * 1024;
export const coreBytes = packArchive(core, releaseEntries(program, libraryBytes));
export const rocmBytes = packArchive(rocm, [{ path: './lib/ollama/rocm/librocblas.so', body: 'rocm' }]);

export interface World {
  home: string;
  folder: string;
  server: ReleaseServer;
  installer: OllamaInstaller;
  clock: SimulatedClock;
  /** What was told, one line a state. */
  told: string[];
}

export async function createWorld(
  given: Partial<InstallerOptions> & {
    freeBytes?: number;
    sha256?: string;
    sizeBytes?: number | null;
    bytes?: Buffer;
    onInstalled?: (program: string) => Promise<void>;
  } = {},
): Promise<World> {
  const {
    freeBytes = 100_000_000_000,
    sha256,
    sizeBytes,
    bytes = coreBytes,
    onInstalled,
    ...options
  } = given;
  const home = await temporaryFolder();
  const folder = join(home, '.local', 'share', 'parallelix-operator', 'ollama');
  const server = await startReleaseServer({ [core]: bytes, [rocm]: rocmBytes });
  const clock = createSimulatedClock();
  const http = createHttpClient({ plainHttp: 'loopback', userAgent: 'test' }, { clock });
  const archive = {
    name: core,
    bytes,
    ...(sha256 ? { sha256 } : {}),
    ...(sizeBytes === undefined ? {} : { sizeBytes }),
  };
  const installer = createOllamaInstaller(
    {
      release: releaseOf([archive, { name: rocm, bytes: rocmBytes }], server.url),
      baseUrl: null,
      folder,
      platform: 'linux',
      arch: 'x64',
      amd: false,
      ...options,
    },
    {
      http,
      clock,
      log: silentLog,
      freeBytes: async () => freeBytes,
      ...(onInstalled ? { onInstalled } : {}),
    },
  );
  const told: string[] = [];
  installer.onChange(() => {
    const { state } = installer.status ?? { state: '' };
    if (told.at(-1) !== state) told.push(state);
  });
  onTestFinished(async () => {
    await installer.stop();
    await http.stop();
    await server.stop();
  });
  return { home, folder, server, installer, clock, told };
}

/**
 * Lets time pass until the work is done. Unpacking happens on other threads, which the simulated clock does not see:
 * while nothing waits for time, they get all they need.
 */
export async function finish<T>(clock: SimulatedClock, work: Promise<T>): Promise<T> {
  let done = false;
  const finished = work.finally(() => {
    done = true;
  });
  finished.catch(() => undefined);
  while (!done) {
    await clock.advance(clock.timers > 0 ? 1000 : 0);
    if (!done && clock.timers === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  return finished;
}

/** Every file below a folder, hidden ones too. */
export function filesIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}
export const part = (folder: string) => join(folder, '.download', `9.9.9-${core}`);
