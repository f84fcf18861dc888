import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { stopRecordedServer } from '../../../../electron/daemon/ollama/server/own-server.ts';
import { readServerRecord } from '../../../../electron/daemon/ollama/server/record.ts';
import { systemClock } from '../../../../electron/daemon/system/clock.ts';
import { isAlive, processStart } from '../../../../electron/daemon/system/process-start.ts';
import { createWorld, reaches, recordOf, runs, type World } from '../../../fixtures/ollama/server.ts';
import { startChild, temporaryFolder } from '../../../fixtures/storage/sandbox.ts';
import { startOllamaStandIn } from '../../../practice-network/ollama/stand-in.ts';

describe('after a crash of ours', { timeout: 240_000 }, () => {
  /** Supervises in a process of its own, as the daemon does, and prints the pid of the server once it answers. */
  const daemon = `
    import { flushCompileCache } from 'node:module';
    import { createHttpClient } from '@/http/client.ts';
    import { systemClock as clock } from '@/system/clock.ts';
    import { createOllamaClient } from '@/ollama/api/client.ts';
    import { createOllamaSupervisor } from '@/ollama/server/supervisor.ts';
    import { createOllamaWatch } from '@/ollama/models/watch.ts';
    const options = JSON.parse(process.argv.at(-1));
    const log = { debug() {}, info() {}, warn() {}, error() {}, fault() {}, async close() {} };
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
    // It is going to be killed, and the next one is to begin sooner.
    flushCompileCache();
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
    await expect.poll(() => processStart(pid)).toBeNull();
    expect(recordOf(world.recordFile)).toBeNull();
  });

  it('a server that died meanwhile is started anew, its record dropped, and the runner it left ended', async () => {
    const world = await createWorld();
    const runnerPidFile = join(world.folder, 'runner.pid');
    await world.program.setFaults({ runnerPidFile, leaveRunner: true });
    const pid = await crashed(world);
    const runner = Number(readFileSync(runnerPidFile, 'utf8'));
    process.kill(pid, 'SIGKILL');
    await expect.poll(() => processStart(pid)).toBeNull();
    expect(await processStart(runner)).not.toBeNull();
    const supervisor = world.supervise();
    supervisor.start();
    await runs(supervisor, 'ours');
    expect(supervisor.status.pid).not.toBe(pid);
    await expect.poll(() => processStart(runner)).toBeNull();
  });

  it.each([
    ['it runs no Ollama of ours', { binary: '/somewhere/else/ollama' }],
    ['it is of another boot', { start: 'another boot/123' }],
  ])('what is left of a group of that number is nobody’s runner where %s', async (_, change) => {
    const world = await createWorld();
    const runnerPidFile = join(world.folder, 'runner.pid');
    await world.program.setFaults({ runnerPidFile, leaveRunner: true });
    const pid = await crashed(world);
    const runner = Number(readFileSync(runnerPidFile, 'utf8'));
    process.kill(pid, 'SIGKILL');
    await expect.poll(() => processStart(pid)).toBeNull();
    writeFileSync(world.recordFile, JSON.stringify({ ...recordOf(world.recordFile), ...change }));
    await stopRecordedServer(world.recordFile, { clock: systemClock });
    expect(await processStart(runner)).not.toBeNull();
    process.kill(runner, 'SIGKILL');
  });

  it('a user’s own server that is killed leaves its runner to the user', async () => {
    const world = await createWorld();
    const runnerPidFile = join(world.folder, 'runner.pid');
    await world.program.setFaults({ runnerPidFile, leaveRunner: true });
    const env = { ...world.options.env, OLLAMA_HOST: new URL(world.options.url).host };
    const users = spawn(world.program.binary, ['serve'], { env, detached: true, stdio: 'ignore' });
    const { pid = Number.NaN } = users;
    expect(pid).toBeGreaterThan(1);
    onTestFinished(() => void process.kill(-pid, 'SIGKILL'));
    const answers = async () => (await fetch(world.options.url).catch(() => null)) !== null;
    await expect.poll(answers).toBe(true);
    const supervisor = world.supervise();
    supervisor.start();
    await runs(supervisor, 'users');
    const runner = Number(readFileSync(runnerPidFile, 'utf8'));
    // The server of ours that follows has no runner yet.
    await world.program.setFaults({});
    users.kill('SIGKILL');
    await runs(supervisor, 'ours');
    expect(await processStart(runner)).not.toBeNull();
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

  it('a server whose configuration is not the one in force is started anew', async () => {
    const world = await createWorld();
    const pid = await crashed(world);
    const supervisor = world.supervise({ contextLength: 8192 });
    supervisor.start();
    await runs(supervisor, 'ours');
    expect(supervisor.status.pid).not.toBe(pid);
    await expect.poll(() => processStart(pid)).toBeNull();
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

describe('a server of ours that its record still names', () => {
  it('is ended when the data of the node is removed, though nothing watches it any more', async () => {
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
