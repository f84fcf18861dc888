import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../electron/daemon/clock.ts';
import { createHttpClient } from '../../electron/daemon/http.ts';
import { createOllamaClient } from '../../electron/daemon/ollama/client.ts';
import { stopRecordedServer } from '../../electron/daemon/ollama/own-server.ts';
import { openServerLog, rotateServerLog } from '../../electron/daemon/ollama/server-log.ts';
import { adoptServer, launchServer } from '../../electron/daemon/ollama/server-process.ts';
import { readServerRecord } from '../../electron/daemon/ollama/server-record.ts';
import {
  createOllamaSupervisor,
  type OllamaSupervisor,
  type SupervisorOptions,
} from '../../electron/daemon/ollama/supervisor.ts';
import { createOllamaWatch } from '../../electron/daemon/ollama/watch.ts';
import { isAlive, processStart } from '../../electron/daemon/storage/process-start.ts';
import { type InstalledProgram, installOllamaProgram } from '../practice-network/ollama/installed-program.ts';
import type { ProgramFaults } from '../practice-network/ollama/program-faults.ts';
import { startOllamaStandIn } from '../practice-network/ollama/stand-in.ts';
import { silentLog } from '../unit/silent-log.ts';
import { startChild, temporaryFolder } from '../unit/storage-sandbox.ts';

/** Real processes, real sockets, real time: the stand-in for the program, run by the real supervisor. */
interface World {
  folder: string;
  program: InstalledProgram;
  options: SupervisorOptions;
  logFile: string;
  recordFile: string;
  /** One that ends with the test, its server too. */
  supervise(given?: Partial<SupervisorOptions>): OllamaSupervisor;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function createWorld(faults: Partial<ProgramFaults> = {}): Promise<World> {
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
    supervise: (given) => superviseOnce({ ...options, ...given }),
  };
}

function superviseOnce(options: SupervisorOptions): OllamaSupervisor {
  const clock = systemClock;
  const http = createHttpClient({ plainHttp: 'anywhere', userAgent: 'test' }, { clock });
  const client = createOllamaClient({ baseUrl: options.url }, { http, clock });
  const watch = createOllamaWatch(
    { preferredModel: null, unhealthyMs: 100, longestUnhealthyMs: 100 },
    { client, clock, log: silentLog },
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

const recordOf = (file: string) =>
  existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as { pid: number; url: string }) : null;
const modeOf = (file: string) => statSync(file).mode & 0o777;
const reaches = (what: string, check: () => unknown) =>
  expect.poll(() => Boolean(check()), { message: what, interval: 10, timeout: 20_000 }).toBe(true);
const runs = (supervisor: OllamaSupervisor, server: 'ours' | 'users') =>
  reaches(
    `a server that is ${server}`,
    () => supervisor.status.condition === 'running' && supervisor.status.server === server,
  );

describe('a server that we start', { timeout: 90_000 }, () => {
  it('runs with what it was told, logs to its own file, and ends with us', async () => {
    const world = await createWorld();
    const supervisor = world.supervise();
    supervisor.start();
    await runs(supervisor, 'ours');
    const { pid } = supervisor.status;
    expect(recordOf(world.recordFile)).toMatchObject({ pid, url: world.options.url });
    expect([modeOf(world.recordFile), modeOf(world.logFile)]).toEqual([0o600, 0o600]);
    const log = readFileSync(world.logFile, 'utf8');
    expect(log).toContain(`"OLLAMA_HOST":"${new URL(world.options.url).host}"`);
    expect(log).toContain('"OLLAMA_CONTEXT_LENGTH":"4096"');
    expect(log).toContain('Listening on');
    await supervisor.stop();
    expect(await processStart(pid ?? 0)).toBeNull();
    expect(recordOf(world.recordFile)).toBeNull();
  });

  it('is killed with its model runner when it does not end by itself', async () => {
    const world = await createWorld();
    const runnerPidFile = join(world.folder, 'runner.pid');
    await world.program.setFaults({ ignoreSigterm: true, runnerPidFile });
    const supervisor = world.supervise();
    supervisor.start();
    await runs(supervisor, 'ours');
    const runner = Number(readFileSync(runnerPidFile, 'utf8'));
    const { pid } = supervisor.status;
    expect(await processStart(runner)).not.toBeNull();
    await supervisor.stop();
    expect(await processStart(pid ?? 0)).toBeNull();
    expect(await processStart(runner)).toBeNull();
  });

  it('that crashes takes its model runner with it, and is started anew', async () => {
    const world = await createWorld();
    const runnerPidFile = join(world.folder, 'runner.pid');
    await world.program.setFaults({ runnerPidFile, leaveRunner: true });
    const supervisor = world.supervise();
    supervisor.start();
    await runs(supervisor, 'ours');
    const first = supervisor.status.pid ?? 0;
    const runner = Number(readFileSync(runnerPidFile, 'utf8'));
    process.kill(first, 'SIGKILL');
    await reaches('a restart is planned', () => supervisor.status.restart !== null);
    expect(supervisor.status).toMatchObject({ condition: 'stopped', reason: 'ended by SIGKILL', pid: null });
    expect(await processStart(runner)).toBeNull();
    await runs(supervisor, 'ours');
    expect(supervisor.status.pid).not.toBe(first);
  });

  it('that ends in a loop is told with its own last words', async () => {
    const world = await createWorld({ crashAtStart: 3 });
    const supervisor = world.supervise();
    supervisor.start();
    await reaches('it ended twice', () => supervisor.status.restart?.attempt === 2);
    expect(supervisor.status).toMatchObject({
      condition: 'stopped',
      reason: 'Error: stand-in: crash at start',
    });
    await expect(supervisor.startServer()).rejects.toMatchObject({
      code: 'ollama-start-failed',
      details: { reason: 'Error: stand-in: crash at start', logFile: world.logFile },
    });
  });

  it('is no crash when somebody else was faster with the address', async () => {
    const world = await createWorld();
    const url = new URL(world.options.url);
    const supervisor = world.supervise({ env: { ...world.options.env, PATH: join(world.folder, 'slow') } });
    // The user's server begins to listen after ours was launched and before ours does.
    const slow = await installOllamaProgram(join(world.folder, 'slow'));
    writeFileSync(
      slow.binary,
      `#!/bin/sh\nwhile [ ! -e '${world.folder}/go' ]; do sleep 0.02; done\nexec '${world.program.binary}' "$@"\n`,
    );
    supervisor.start();
    await reaches(
      'ours is launched',
      () => supervisor.status.condition === 'starting' && supervisor.status.pid !== null,
    );
    const users = await startOllamaStandIn({ port: Number(url.port) });
    onTestFinished(() => users.stop());
    writeFileSync(join(world.folder, 'go'), '');
    await runs(supervisor, 'users');
    expect(supervisor.status).toMatchObject({ restart: null, pid: null });
    expect(readFileSync(world.logFile, 'utf8')).toContain('bind: address already in use');
    await expect(supervisor.stopServer()).rejects.toMatchObject({ code: 'ollama-not-ours' });
    expect(recordOf(world.recordFile)).toBeNull();
  });

  it('is never started at an address where something else listens', async () => {
    const world = await createWorld();
    const other = createServer((socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi'));
    await new Promise<void>((resolve) =>
      other.listen(Number(new URL(world.options.url).port), '127.0.0.1', resolve),
    );
    onTestFinished(() => void other.close());
    const supervisor = world.supervise();
    supervisor.start();
    await reaches('it is told', () => supervisor.status.condition === 'failing');
    await expect(supervisor.startServer()).rejects.toMatchObject({ code: 'ollama-answer-invalid' });
    expect(existsSync(world.logFile)).toBe(false);
  });
});

describe('after a crash of ours', { timeout: 90_000 }, () => {
  /** Supervises in a process of its own, as the daemon does, and prints the pid of the server once it answers. */
  const daemon = `
    import { createHttpClient } from '@/http.ts';
    import { systemClock as clock } from '@/clock.ts';
    import { createOllamaClient } from '@/ollama/client.ts';
    import { createOllamaSupervisor } from '@/ollama/supervisor.ts';
    import { createOllamaWatch } from '@/ollama/watch.ts';
    const options = JSON.parse(process.argv.at(-1));
    const log = { debug() {}, info() {}, warn() {}, error() {}, async close() {} };
    const http = createHttpClient({ plainHttp: 'anywhere', userAgent: 'test' }, { clock });
    const client = createOllamaClient({ baseUrl: options.url }, { http, clock });
    const watch = createOllamaWatch({ preferredModel: null, unhealthyMs: 100, longestUnhealthyMs: 100 }, { client, clock, log });
    const supervisor = createOllamaSupervisor(options, { watch, clock, log, ownService: async () => false });
    supervisor.onChange(() => {
      const { condition, server, pid } = supervisor.status;
      if (condition === 'running') console.log(server + ' ' + pid);
    });
    watch.start();
    supervisor.start();
  `;

  async function crashed(world: World): Promise<number> {
    const child = startChild(daemon, [JSON.stringify(world.options)]);
    const [server, pid] = (await child.line()).split(' ');
    expect(server).toBe('ours');
    child.kill('SIGKILL');
    await child.ended;
    return Number(pid);
  }

  it('the server goes on, and the next run of ours takes it over and ends it', async () => {
    const world = await createWorld();
    const pid = await crashed(world);
    expect(await processStart(pid)).not.toBeNull();
    const supervisor = world.supervise();
    supervisor.start();
    await runs(supervisor, 'ours');
    expect(supervisor.status.pid).toBe(pid);
    await supervisor.stop();
    expect(await processStart(pid)).toBeNull();
    expect(recordOf(world.recordFile)).toBeNull();
  });

  it('a server that died meanwhile is started anew, and its record dropped', async () => {
    const world = await createWorld();
    const pid = await crashed(world);
    process.kill(pid, 'SIGKILL');
    await expect.poll(() => processStart(pid)).toBeNull();
    const supervisor = world.supervise();
    supervisor.start();
    await runs(supervisor, 'ours');
    expect(supervisor.status.pid).not.toBe(pid);
  });

  it('a server taken over that ends is noticed, though it is no child of ours', async () => {
    const world = await createWorld();
    const pid = await crashed(world);
    const supervisor = world.supervise();
    supervisor.start();
    await runs(supervisor, 'ours');
    process.kill(pid, 'SIGKILL');
    await reaches('another one runs', () => supervisor.status.pid !== null && supervisor.status.pid !== pid);
    await runs(supervisor, 'ours');
  });

  it('a record whose number belongs to another process now ends nobody', async () => {
    const world = await createWorld();
    const stranger = startChild('setInterval(() => {}, 1e6); console.log("here");');
    await stranger.line();
    writeFileSync(
      world.recordFile,
      JSON.stringify({
        schemaVersion: 1,
        pid: stranger.pid,
        start: 'another boot/123',
        url: world.options.url,
        binary: world.program.binary,
        settings: '',
        startedAtMs: 1,
      }),
    );
    const users = await startOllamaStandIn({ port: Number(new URL(world.options.url).port) });
    onTestFinished(() => users.stop());
    const supervisor = world.supervise();
    supervisor.start();
    await runs(supervisor, 'users');
    expect(recordOf(world.recordFile)).toBeNull();
    await expect(supervisor.stopServer()).rejects.toMatchObject({ code: 'ollama-not-ours' });
    await supervisor.stop();
    expect(await processStart(stranger.pid)).not.toBeNull();
  });

  it('a server that was told other things than are in force now is started anew', async () => {
    const world = await createWorld();
    const pid = await crashed(world);
    const supervisor = world.supervise({ contextLength: 8192 });
    supervisor.start();
    await runs(supervisor, 'ours');
    expect(supervisor.status.pid).not.toBe(pid);
    expect(await processStart(pid)).toBeNull();
    expect(readFileSync(world.logFile, 'utf8')).toContain('"OLLAMA_CONTEXT_LENGTH":"8192"');
  });

  it.each(['', '{', '{"schemaVersion":2}', '[]', '{"schemaVersion":1,"pid":-1}', '"x"'])(
    'a record that reads %j names no server',
    async (text) => {
      const path = join(await temporaryFolder(), 'ollama-server.json');
      writeFileSync(path, text);
      expect(await readServerRecord(path)).toBeNull();
    },
  );
});

describe('a server started for good', { timeout: 90_000 }, () => {
  it('makes room for one at another address, for only one is ours', async () => {
    const world = await createWorld();
    const first = world.supervise({ keepServer: true });
    await first.startServer();
    const { pid } = first.status;
    await first.stop();
    const second = world.supervise({ keepServer: true, url: `http://127.0.0.1:${await freePort()}` });
    await second.startServer();
    expect(second.status.pid).not.toBe(pid);
    expect(await processStart(pid ?? 0)).toBeNull();
    await second.stopServer();
  });

  it('outlives whoever started it, and is stopped by whoever comes next', async () => {
    const world = await createWorld();
    const first = world.supervise({ keepServer: true });
    await first.startServer();
    const { pid } = first.status;
    await first.stop();
    expect(await processStart(pid ?? 0)).not.toBeNull();
    const second = world.supervise({ keepServer: true });
    await second.look();
    expect(second.status).toMatchObject({ condition: 'running', server: 'ours', pid });
    await second.stopServer();
    expect(await processStart(pid ?? 0)).toBeNull();
    expect(second.status).toMatchObject({ condition: 'stopped', server: null, pid: null });
  });
});

/** `OLLAMA_TEST_BINARY=/usr/local/bin/ollama`: the same with the real program, which is not on every machine. */
const realBinary = process.env.OLLAMA_TEST_BINARY;

describe('the real Ollama', { timeout: 180_000 }, () => {
  it('is started with our settings, answers as ours, refuses a second one, and ends in good order', async (context) => {
    if (!realBinary) return context.skip('OLLAMA_TEST_BINARY names no program');
    const world = await createWorld();
    const given = {
      env: { ...world.options.env, PATH: dirname(realBinary) },
      modelsDir: join(world.folder, 'models'),
    };
    const supervisor = world.supervise(given);
    supervisor.start();
    await expect.poll(() => supervisor.status.condition, { timeout: 120_000 }).toBe('running');
    const { pid, server } = supervisor.status;
    expect(server).toBe('ours');
    const log = readFileSync(world.logFile, 'utf8');
    expect(log).toMatch(/OLLAMA_NO_CLOUD:true/);
    expect(log).toMatch(/OLLAMA_DEBUG:(?:false|INFO)/);
    const second = await launchServer(
      {
        binary: realBinary,
        env: { HOME: world.folder, OLLAMA_HOST: new URL(world.options.url).host },
        logFile: world.logFile,
      },
      { clock: systemClock },
    );
    expect(await second.ended).toMatchObject({ code: 1, addressInUse: true });
    await supervisor.stop();
    expect(await processStart(pid ?? 0)).toBeNull();
  });
});

describe('the process of a server', () => {
  it('that is not there is not taken over', async () => {
    expect(await adoptServer({ pid: 2 ** 22 + 1, start: 'x' }, { clock: systemClock })).toBeNull();
  });

  it.each([
    ['is missing', 'nothing-here', 'ENOENT'],
    ['must not be run', 'plain', 'EACCES'],
  ])('whose program %s says so', async (_, name, reason) => {
    const folder = await temporaryFolder();
    writeFileSync(join(folder, 'plain'), '', { mode: 0o600 });
    const launched = launchServer(
      { binary: join(folder, name), env: {}, logFile: join(folder, 'log') },
      { clock: systemClock },
    );
    await expect(launched).rejects.toMatchObject({ code: 'ollama-start-failed', details: { reason } });
  });

  it('whose log cannot be written says so', async () => {
    const folder = await temporaryFolder();
    writeFileSync(join(folder, 'file'), '');
    const logFile = join(folder, 'file', 'log');
    const launched = launchServer({ binary: '/bin/true', env: {}, logFile }, { clock: systemClock });
    await expect(launched).rejects.toMatchObject({ code: 'ollama-start-failed', details: { logFile } });
  });
});

describe('the log of a server', () => {
  it('is put aside when it has grown, five files in all, and the server writes on into the same file', async () => {
    const folder = await temporaryFolder();
    const path = join(folder, 'ollama.log');
    const writer = openServerLog(path);
    for (let round = 1; round <= 7; round += 1) {
      writeFileSync(writer.descriptor, `round ${round} ${'x'.repeat(100)}\n`);
      expect(rotateServerLog(path, { maxBytes: 100 })).toBe(true);
    }
    writeFileSync(writer.descriptor, 'round 8\n');
    expect(rotateServerLog(path, { maxBytes: 100 })).toBe(false);
    expect(readFileSync(path, 'utf8')).toBe('round 8\n');
    expect(readdirSync(folder).sort()).toEqual(['ollama.log', ...[1, 2, 3, 4].map((n) => `ollama.log.${n}`)]);
    expect(readFileSync(`${path}.1`, 'utf8')).toContain('round 7');
    expect(readFileSync(`${path}.4`, 'utf8')).toContain('round 4');
    expect(modeOf(`${path}.1`)).toBe(0o600);
  });

  it('is emptied all the same when it cannot be put aside', async () => {
    const folder = await temporaryFolder();
    const path = join(folder, 'ollama.log');
    const writer = openServerLog(path);
    writeFileSync(writer.descriptor, 'x'.repeat(200));
    // A folder in the way of the copy stands for a disk without room.
    const { mkdirSync } = await import('node:fs');
    mkdirSync(`${path}.new`);
    expect(rotateServerLog(path, { maxBytes: 100 })).toBe(true);
    expect(statSync(path).size).toBe(0);
  });

  it('is never written through a link that somebody put in its place', async () => {
    const folder = await temporaryFolder();
    const { symlinkSync } = await import('node:fs');
    symlinkSync(join(folder, 'elsewhere'), join(folder, 'ollama.log'));
    expect(() => openServerLog(join(folder, 'ollama.log'))).toThrow(/ELOOP/);
  });
});

describe('a server of ours that its record still names', () => {
  it('is ended when the data of the node is removed, though nobody looks after it any more', async () => {
    const world = await createWorld();
    const supervisor = world.supervise({ keepServer: true });
    await supervisor.startServer();
    const { pid = 0, start } = (await readServerRecord(world.recordFile)) ?? {};
    await supervisor.stop();
    expect(await processStart(pid)).toBe(start);
    await stopRecordedServer(world.recordFile, { clock: systemClock });
    expect(await processStart(pid)).not.toBe(start);
  });

  it('is left alone where the number belongs to another process by now', async () => {
    const world = await createWorld();
    const supervisor = world.supervise({ keepServer: true });
    await supervisor.startServer();
    const record = await readServerRecord(world.recordFile);
    await supervisor.stop();
    writeFileSync(world.recordFile, JSON.stringify({ ...record, start: 'another time' }));
    await stopRecordedServer(world.recordFile, { clock: systemClock });
    expect(isAlive(record?.pid ?? 0)).toBe(true);
  });
});
