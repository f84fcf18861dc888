import { describe, expect, it } from 'vitest';
import type { OllamaStatus } from '../../../../electron/daemon/ollama/models/watch.ts';
import { createWorld, started, type World } from '../../../fixtures/ollama/supervisor.ts';

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
      { condition: 'too-old', reason: 'older-than(0.5.13, 0.6.4)', server: 'users' },
    ],
    [
      'something else at the address',
      {},
      ({ answer }) => answer('failing'),
      { condition: 'failing', reason: 'not-ollamas-answer' },
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

  it('reports every change, and since when it applies', async () => {
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

  it('that holds the address without answering is reported, and never counts as a crash', async () => {
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

  it('is reported with what Ollama said when it ended', async () => {
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
