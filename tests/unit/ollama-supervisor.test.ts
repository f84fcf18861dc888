import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
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

interface World {
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

async function createWorld(
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

async function started(
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

describe('the condition of Ollama', () => {
  it.each<[string, Parameters<typeof createWorld>[0], (world: World) => void, object]>([
    ['not looked at yet', {}, () => undefined, { condition: 'unknown', server: null }],
    [
      'no program and no server',
      { binary: null },
      ({ answer }) => answer('unreachable'),
      { condition: 'not-installed', binary: null },
    ],
    [
      'a program and no server, which is not to be started',
      { manage: false },
      ({ answer }) => answer('unreachable'),
      { condition: 'stopped', reason: 'ECONNREFUSED', binary: '/usr/bin/ollama' },
    ],
    [
      'a service of the system that does not run',
      { service: true },
      ({ answer }) => answer('unreachable'),
      { condition: 'stopped', reason: 'own-service' },
    ],
    [
      'the user’s server',
      {},
      ({ answer }) => answer('running'),
      { condition: 'running', server: 'users', pid: null },
    ],
    [
      'an old server, which serves all the same',
      {},
      ({ answer }) => answer('running', { version: '0.5.13' }),
      { condition: 'too-old', reason: 'version 0.5.13 is older than 0.6.4', server: 'users' },
    ],
    [
      'something else at the address',
      {},
      ({ answer }) => answer('failing'),
      { condition: 'failing', reason: 'a web page' },
    ],
    [
      'a remote server',
      { url: 'http://192.168.1.9:11434', remote: true },
      ({ answer }) => answer('running'),
      { condition: 'running', server: 'remote' },
    ],
    [
      'a remote server that does not answer',
      { url: 'http://192.168.1.9:11434', remote: true },
      ({ answer }) => answer('unreachable'),
      { condition: 'unreachable', server: null },
    ],
    [
      'the Windows side of WSL2 that does not answer',
      { url: 'http://172.30.96.1:11434' },
      ({ answer }) => answer('unreachable'),
      { condition: 'stopped', server: null },
    ],
  ])('%s', async (_, given, happen, expected) => {
    const world = await createWorld(given);
    world.supervisor.start();
    happen(world);
    await world.clock.settle();
    await world.clock.advance(60_000);
    expect(world.supervisor.status).toMatchObject(expected);
    expect(world.launches).toEqual([]);
  });

  it('tells every change, and since when it holds', async () => {
    const world = await createWorld();
    const told: string[] = [];
    world.supervisor.onChange(() => told.push(world.supervisor.status.condition));
    world.supervisor.start();
    const beginMs = world.clock.now();
    world.answer('unreachable');
    await world.clock.settle();
    await world.clock.advance(5000);
    world.crash();
    await world.clock.settle();
    expect([...new Set(told)]).toEqual(['starting', 'running', 'stopped']);
    expect(world.supervisor.status.sinceMs).toBe(beginMs + 5000);
  });
});

describe('a server of ours', () => {
  it('is started where a program is installed and nothing answers', async () => {
    const world = await started({
      modelsDir: '/models',
      visibleDevices: { CUDA_VISIBLE_DEVICES: 'GPU-1' },
      contextLength: 8192,
      parallel: 2,
      env: {
        PATH: '/usr/bin',
        OLLAMA_DEBUG: '1',
        OLLAMA_DEBUG_LOG_REQUESTS: '1',
        OLLAMA_FLASH_ATTENTION: '1',
        OLLAMA_HOST: '0.0.0.0',
        PARALLELIX_KEY_PASSPHRASE_FILE: '/secret',
        CREDENTIALS_DIRECTORY: '/run/credentials',
      },
    });
    expect(world.launches).toHaveLength(1);
    const { HOME, ...env } = world.launches[0] ?? {};
    expect(HOME).toMatch(/^\//);
    expect(env).toEqual({
      PATH: '/usr/bin',
      OLLAMA_FLASH_ATTENTION: '1',
      OLLAMA_HOST: '127.0.0.1:11434',
      OLLAMA_NOPRUNE: '1',
      OLLAMA_NO_CLOUD: '1',
      OLLAMA_MODELS: '/models',
      OLLAMA_CONTEXT_LENGTH: '8192',
      OLLAMA_NUM_PARALLEL: '2',
      CUDA_VISIBLE_DEVICES: 'GPU-1',
    });
    expect(world.supervisor.status).toMatchObject({ condition: 'running', server: 'ours', pid: 4_000_001 });
    expect(JSON.parse(await readFile(world.recordFile, 'utf8'))).toMatchObject({
      pid: 4_000_001,
      start: 'start 4000001',
    });
  });

  it('is started by itself once the program appears', async () => {
    const world = await started({ binary: null });
    expect(world.supervisor.status.condition).toBe('not-installed');
    world.install('/usr/local/bin/ollama');
    await world.clock.advance(5000);
    expect(world.supervisor.status).toMatchObject({ condition: 'running', server: 'ours' });
  });

  it('is starting until it answers, and given up as silent after two minutes', async () => {
    const world = await started({}, 'silent');
    expect(world.supervisor.status).toMatchObject({ condition: 'starting', server: 'ours' });
    await world.clock.advance(119_000);
    expect([world.supervisor.status.condition, world.stops]).toEqual(['starting', 0]);
    world.behave('answers');
    await world.clock.advanceUntil('it is started anew', () => world.launches.length === 2, 10_000);
    expect(world.stops).toBe(1);
    await world.clock.settle();
    expect(world.supervisor.status.condition).toBe('running');
  });

  it('is started anew after 1, 2, 4 and 8 s, and after the fifth end in ten minutes only every ten minutes', async () => {
    const world = await started({}, 'crashes');
    const waits: number[] = [];
    for (let count = 1; count <= 6; count += 1) {
      const { restart } = world.supervisor.status;
      waits.push((restart?.atMs ?? 0) - world.clock.now());
      expect(world.supervisor.status).toMatchObject({
        condition: count < 5 ? 'stopped' : 'crashing',
        reason: 'Error: no luck',
        restart: { attempt: count },
      });
      await world.clock.advanceUntil('the next try', () => world.launches.length > count, 700_000);
      await world.clock.settle();
    }
    expect(waits).toEqual([1000, 2000, 4000, 8000, 600_000, 600_000]);
  });

  it('that stays up for a minute begins with short waits again', async () => {
    const world = await started({}, 'crashes');
    await world.clock.advanceUntil('a third try', () => world.launches.length === 3);
    world.behave('answers');
    await world.clock.advanceUntil('it runs', () => world.supervisor.status.condition === 'running');
    await world.clock.advance(61_000);
    world.crash();
    await world.clock.settle();
    expect(world.supervisor.status.restart).toMatchObject({ attempt: 1 });
  });

  it('that crashes too often is started at once when a person asks', async () => {
    const world = await started({}, 'crashes');
    await world.clock.advanceUntil('it is given up', () => world.supervisor.status.condition === 'crashing');
    const before = world.launches.length;
    world.behave('answers');
    await world.clock.during(world.supervisor.startServer());
    expect(world.launches).toHaveLength(before + 1);
    expect(world.supervisor.status).toMatchObject({ condition: 'running', server: 'ours', restart: null });
  });

  it('that has answered and then says nothing for two minutes is started anew', async () => {
    const world = await started();
    world.answer('unreachable', { reason: 'timeout' });
    await world.clock.settle();
    expect(world.supervisor.status).toMatchObject({
      condition: 'failing',
      reason: 'not-answering',
      server: 'ours',
    });
    await world.clock.advance(110_000);
    expect(world.launches).toHaveLength(1);
    await world.clock.advanceUntil('a new one', () => world.launches.length === 2, 20_000);
    expect(world.stops).toBe(1);
  });

  it('that cannot be run is told with its reason, and tried again', async () => {
    const world = await started({}, 'cannot-run');
    expect(world.supervisor.status).toMatchObject({
      condition: 'stopped',
      reason: 'Error: EACCES',
      restart: { attempt: 1 },
    });
    world.behave('answers');
    await world.clock.advance(1000);
    expect(world.supervisor.status.condition).toBe('running');
  });

  it('that somebody else ended in good order is no crash, and is started anew when nobody starts another', async () => {
    const world = await started();
    await world.clock.advance(1000);
    world.crash({ code: 0 });
    await world.clock.advance(14_000);
    expect(world.launches).toHaveLength(1);
    expect(world.supervisor.status).toMatchObject({
      condition: 'stopped',
      reason: 'ended-from-outside',
      restart: null,
    });
    await world.clock.advance(6000);
    expect(world.supervisor.status).toMatchObject({ condition: 'running', server: 'ours' });
    world.crash({ code: 0 });
    await world.clock.advance(2000);
    world.answer('running');
    await world.clock.advance(100_000);
    expect(world.launches).toHaveLength(2);
    expect(world.supervisor.status).toMatchObject({ condition: 'running', server: 'users' });
  });

  it('stays stopped when a person stops it, until a person starts it', async () => {
    const world = await started();
    await world.clock.during(world.supervisor.stopServer());
    await world.clock.advance(3_600_000);
    expect(world.supervisor.status).toMatchObject({
      condition: 'stopped',
      reason: 'stopped-on-request',
      restart: null,
    });
    expect([world.launches.length, world.stops]).toEqual([1, 1]);
    await world.clock.during(world.supervisor.startServer());
    expect(world.supervisor.status).toMatchObject({ condition: 'running', server: 'ours' });
  });

  it('ends with the supervision, unless it is to be kept', async () => {
    const world = await started();
    await world.supervisor.stop();
    expect(world.stops).toBe(1);
    const kept = await started({ keepServer: true });
    await kept.supervisor.stop();
    expect(kept.stops).toBe(0);
    expect(JSON.parse(await readFile(kept.recordFile, 'utf8'))).toMatchObject({ pid: 4_000_001 });
  });
});

describe('a server that is not ours', () => {
  it('is never stopped', async () => {
    const world = await createWorld();
    world.answer('running');
    world.supervisor.start();
    await world.clock.settle();
    await expect(world.supervisor.stopServer()).rejects.toMatchObject({ code: 'ollama-not-ours' });
    expect(world.supervisor.status).toMatchObject({ condition: 'running', server: 'users' });
  });

  it('is given time to come back before one of ours takes its place', async () => {
    const world = await createWorld();
    world.answer('running');
    world.supervisor.start();
    await world.clock.advance(100_000);
    world.answer('unreachable');
    await world.clock.advance(14_000);
    expect(world.launches).toEqual([]);
    await world.clock.advance(6000);
    expect(world.launches).toHaveLength(1);
  });

  it('that wins the race for the address is taken as it is, and nothing counts as a crash', async () => {
    const world = await createWorld();
    world.behave('address-in-use');
    world.supervisor.start();
    world.answer('unreachable');
    // It began to listen while ours was starting.
    const unsubscribe = world.supervisor.onChange(() => {
      if (world.launches.length === 1) world.answer('running');
    });
    await world.clock.settle();
    unsubscribe();
    expect(world.supervisor.status).toMatchObject({ condition: 'running', server: 'users', restart: null });
    world.answer('unreachable');
    world.behave('crashes');
    await world.clock.advance(20_000);
    expect(world.supervisor.status.restart?.attempt).toBeLessThanOrEqual(4);
  });

  it('that holds the address without answering is told, and never counts as a crash', async () => {
    const world = await started({}, 'address-in-use');
    await world.clock.advance(600_000);
    expect(world.launches.length).toBeGreaterThan(5);
    expect(world.supervisor.status).toMatchObject({
      condition: 'failing',
      reason: 'EADDRINUSE',
      server: null,
    });
    expect(world.supervisor.status.restart).not.toBeNull();
    world.behave('answers');
    await world.clock.advance(60_000);
    expect(world.supervisor.status).toMatchObject({ condition: 'running', server: 'ours' });
  });
});

describe('a person who asks for a server', () => {
  it.each<[string, Parameters<typeof createWorld>[0], OllamaStatus['state'], string]>([
    [
      'on another machine',
      { url: 'http://192.168.1.9:11434', remote: true },
      'unreachable',
      'ollama-elsewhere',
    ],
    ['behind TLS', { url: 'https://localhost:443' }, 'unreachable', 'ollama-elsewhere'],
    ['on the Windows side', { url: 'http://172.30.96.1:11434' }, 'unreachable', 'ollama-elsewhere'],
    ['without a program', { binary: null }, 'unreachable', 'ollama-missing'],
    ['where something else answers', {}, 'failing', 'ollama-answer-invalid'],
  ])('%s is told why not', async (_, given, state, code) => {
    const world = await createWorld(given);
    world.answer(state);
    await expect(world.supervisor.startServer()).rejects.toMatchObject({ code });
    expect(world.launches).toEqual([]);
  });

  it('gets one although it is not kept running by itself, and although a service is installed', async () => {
    const world = await createWorld({ manage: false, service: true });
    world.answer('unreachable');
    await world.clock.during(world.supervisor.startServer());
    expect(world.supervisor.status).toMatchObject({ condition: 'running', server: 'ours' });
  });

  it('finds the user’s server good enough', async () => {
    const world = await createWorld();
    world.answer('running');
    await world.supervisor.startServer();
    expect(world.launches).toEqual([]);
    expect(world.supervisor.status).toMatchObject({ condition: 'running', server: 'users' });
  });

  it('is told what Ollama said when it ended', async () => {
    const world = await createWorld();
    world.answer('unreachable');
    world.behave('crashes');
    const failed = world.clock.during(world.supervisor.startServer());
    await expect(failed).rejects.toMatchObject({
      code: 'ollama-start-failed',
      details: { reason: 'Error: no luck' },
    });
  });
});
