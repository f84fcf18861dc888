import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { launchServer } from '../../../../electron/daemon/ollama/server/process.ts';
import { systemClock } from '../../../../electron/daemon/system/clock.ts';
import { processStart } from '../../../../electron/daemon/system/process-start.ts';
import { freePort } from '../../../fixtures/free-port.ts';
import { createWorld, modeOf, reaches, recordOf, runs, statusWhen } from '../../../fixtures/ollama/server.ts';
import { installOllamaProgram } from '../../../practice-network/ollama/installed-program.ts';
import { startOllamaStandIn } from '../../../practice-network/ollama/stand-in.ts';

describe('a server that we start', { timeout: 240_000 }, () => {
  it('runs with its configuration, logs to its own file, and ends with us', async () => {
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
    await expect.poll(() => processStart(pid ?? 0)).toBeNull();
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
    await expect.poll(() => processStart(pid ?? 0)).toBeNull();
    await expect.poll(() => processStart(runner)).toBeNull();
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
    const planned = statusWhen(supervisor, ({ restart }) => restart !== null);
    process.kill(first, 'SIGKILL');
    expect(await planned).toMatchObject({ condition: 'stopped', reason: 'signal(SIGKILL)', pid: null });
    await expect.poll(() => processStart(runner)).toBeNull();
    await runs(supervisor, 'ours');
    expect(supervisor.status.pid).not.toBe(first);
  });

  it('that ends in a loop is reported with its own last error', async () => {
    const world = await createWorld({ crashAtStart: 3 });
    const supervisor = world.supervise();
    const endedTwice = statusWhen(supervisor, ({ restart }) => restart?.attempt === 2);
    supervisor.start();
    expect(await endedTwice).toMatchObject({
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

describe('a server started for good', { timeout: 240_000 }, () => {
  it('makes room for one at another address, for only one is ours', async () => {
    const world = await createWorld();
    const first = world.supervise({ keepServer: true });
    await first.startServer();
    const { pid } = first.status;
    await first.stop();
    const second = world.supervise({ keepServer: true, url: `http://127.0.0.1:${await freePort()}` });
    await second.startServer();
    expect(second.status.pid).not.toBe(pid);
    await expect.poll(() => processStart(pid ?? 0)).toBeNull();
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
    await second.refresh();
    expect(second.status).toMatchObject({ condition: 'running', server: 'ours', pid });
    await second.stopServer();
    await expect.poll(() => processStart(pid ?? 0)).toBeNull();
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
    const supervisor = world.supervise(given, systemClock);
    supervisor.start();
    await expect.poll(() => supervisor.status.condition).toBe('running');
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
    await expect.poll(() => processStart(pid ?? 0)).toBeNull();
  });
});
