import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { started } from '../../../fixtures/ollama/supervisor.ts';

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

  it('that cannot be run is reported with its reason, and tried again', async () => {
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

  it('warns of an end that nobody asked for, and of no orderly stop', async () => {
    const world = await started();
    await world.clock.during(world.supervisor.stopServer());
    await world.clock.during(world.supervisor.startServer());
    expect(world.warnings).toEqual([]);
    world.crash();
    await world.clock.settle();
    expect(world.warnings).toEqual(['ollama-server-ended']);
    await world.supervisor.stop();
    expect(world.warnings).toEqual(['ollama-server-ended']);
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
