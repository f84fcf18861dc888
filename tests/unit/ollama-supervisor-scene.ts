import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { launchServer, ServerExit } from '../../electron/daemon/ollama/server-process.ts';
import {
  createOllamaSupervisor,
  type OllamaSupervisor,
  type SupervisorOptions,
} from '../../electron/daemon/ollama/supervisor.ts';
import type { OllamaStatus, OllamaWatch } from '../../electron/daemon/ollama/watch.ts';
import { createSimulatedClock, type SimulatedClock } from '../simulated-clock.ts';
import { silentLog } from './silent-log.ts';
import { temporaryFolder } from './storage-sandbox.ts';

/** How the next server behaves that is started. */
type Behaviour = 'answers' | 'silent' | 'crashes' | 'address-in-use' | 'cannot-run';

export interface World {
  supervisor: OllamaSupervisor;
  clock: SimulatedClock;
  /** Environments of the servers started, in order. */
  launches: Record<string, string>[];
  recordFile: string;
  behave(behaviour: Behaviour): void;
  answer(state: OllamaStatus['state'], facts?: Partial<OllamaStatus>): void;
  /** Our server ends by itself. */
  crash(exit?: Partial<ServerExit>): void;
  install(binary: string | null): void;
  /** How often the server that runs was told to stop. */
  stops: number;
}

const exited: ServerExit = { code: 2, signal: null, addressInUse: false, lastWords: null };

export async function createWorld(
  given: Partial<SupervisorOptions> & { service?: boolean; binary?: string | null } = {},
): Promise<World> {
  const { service = false, binary = '/usr/bin/ollama', ...options } = given;
  const folder = await temporaryFolder();
  const clock = createSimulatedClock();
  const listeners = new Set<(status: OllamaStatus) => void>();
  let seen = {
    state: 'unknown',
    reason: null,
    version: null,
    asOfMs: null,
    models: [],
  } as unknown as OllamaStatus;
  let behaviour: Behaviour = 'answers';
  let installed = binary;
  let end: ((exit: ServerExit) => void) | null = null;
  const watch = {
    current: () => seen,
    refresh: async () => seen,
    onChange(listener: (status: OllamaStatus) => void) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  } as unknown as OllamaWatch;
  const world = { launches: [] as Record<string, string>[], stops: 0 };

  function answer(state: OllamaStatus['state'], facts: Partial<OllamaStatus> = {}): void {
    const reason = state === 'unreachable' ? 'ECONNREFUSED' : state === 'failing' ? 'a web page' : null;
    seen = { ...seen, state, reason, version: state === 'running' ? '0.32.9' : null, ...facts };
    for (const listener of [...listeners]) listener(seen);
  }

  const launch: typeof launchServer = async ({ env }) => {
    world.launches.push(env);
    await Promise.resolve();
    const { promise: ended, resolve } = Promise.withResolvers<ServerExit>();
    if (behaviour === 'cannot-run') throw new Error('EACCES');
    end = (exit) => {
      end = null;
      if (seen.state === 'running') answer('unreachable');
      resolve(exit);
    };
    if (behaviour === 'crashes') end({ ...exited, lastWords: 'Error: no luck' });
    if (behaviour === 'address-in-use') end({ ...exited, code: 1, addressInUse: true });
    if (behaviour === 'answers') answer('running');
    const pid = 4_000_000 + world.launches.length;
    const stop = async () => {
      world.stops += 1;
      end?.({ ...exited, code: 0 });
    };
    return { pid, start: `start ${pid}`, ended, stop, letGo() {} };
  };

  const recordFile = join(folder, 'ollama-server.json');
  const supervisor = createOllamaSupervisor(
    {
      url: 'http://127.0.0.1:11434',
      remote: false,
      manage: true,
      recordFile,
      logFile: join(folder, 'ollama.log'),
      modelsDir: null,
      visibleDevices: {},
      contextLength: null,
      parallel: null,
      env: {},
      platform: 'linux',
      ...options,
    },
    {
      watch,
      clock,
      log: silentLog,
      launch,
      findBinary: async () => installed,
      ownService: async () => service,
    },
  );
  onTestFinished(() => supervisor.stop());
  return Object.assign(world, {
    supervisor,
    clock,
    recordFile,
    behave: (next: Behaviour) => {
      behaviour = next;
    },
    answer,
    crash: (exit: Partial<ServerExit> = {}) => end?.({ ...exited, ...exit }),
    install: (next: string | null) => {
      installed = next;
    },
  });
}

export async function started(
  given?: Parameters<typeof createWorld>[0],
  behaviour: Behaviour = 'answers',
): Promise<World> {
  const world = await createWorld(given);
  world.behave(behaviour);
  world.supervisor.start();
  world.answer('unreachable');
  await world.clock.settle();
  return world;
}
