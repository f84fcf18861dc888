import { describe, expect, it } from 'vitest';
import { startLiveness } from '../../../fixtures/liveness.ts';
import { openFixture, until } from '../../../fixtures/serving/serving.ts';

type Ps = { models: { name: string; expires_at: string }[] };
const inMemory = async (url: string) => {
  const { models } = (await (await fetch(`${url}/api/ps`)).json()) as Ps;
  return models.map(({ name }) => name).toSorted((a, b) => a.localeCompare(b));
};
/** Empty prompts: loads and unloads, in their order. */
const loads = (ollama: {
  seen: { requests: readonly { endpoint: string; prompt: string | null; body: unknown }[] };
}) =>
  ollama.seen.requests
    .filter(({ endpoint, prompt }) => endpoint === '/api/generate' && !prompt)
    .map(({ body }) => body as { model: string; keep_alive?: unknown });

describe('the default model', () => {
  it('is loaded before work is taken; the first heartbeat does not wait for it', async () => {
    const fixture = await openFixture({ ollama: { loadMs: 1500 } });
    const requestId = fixture.submit('Waiting for a model');
    await fixture.start();
    const { ledger } = fixture.coordinator;
    await ledger.when('the first heartbeat', () => ledger.heartbeats.length > 0);
    const beats = () => ledger.heartbeats.map(({ body }) => (body as { available: boolean }).available);
    expect(beats()).toEqual([false]);
    await until('the state', () => fixture.node.host.daemon.snapshot().state.code === 'model-loading');
    expect(fixture.node.host.daemon.snapshot().ollama.warmUp).toMatchObject({
      state: 'loading',
      model: 'llama3.2:latest',
    });
    expect(ledger.polls).toEqual([]);
    await fixture.coordinator.answered(requestId);
    expect(beats().includes(true)).toBe(true);
    expect(await inMemory(fixture.ollama.url)).toEqual(['llama3.2:latest']);
    expect(loads(fixture.ollama)).toMatchObject([{ model: 'llama3.2:latest', keep_alive: '1h' }]);
  });

  it('costs a request no further question to Ollama', async () => {
    const fixture = await openFixture();
    await fixture.start();
    await fixture.coordinator.answered(fixture.submit('First'));
    const before = fixture.ollama.seen.count('/api/generate');
    await fixture.coordinator.answered(fixture.submit('Second'));
    expect(fixture.ollama.seen.count('/api/generate')).toBe(before + 1);
    expect(fixture.ollama.seen.generations.at(-1)?.body).toMatchObject({ keep_alive: '1h' });
  });

  it('leaves memory with a pause and comes back afterwards; models of others are left alone', async () => {
    const fixture = await openFixture({ ollama: { inMemory: ['qwen2.5:7b'] } });
    await fixture.start();
    const { handlers, snapshot } = { ...fixture.node.host.daemon };
    await until('the model', () => snapshot().ollama.warmUp.state === 'loaded');
    expect(await inMemory(fixture.ollama.url)).toEqual(['llama3.2:latest', 'qwen2.5:7b']);
    await handlers.pause({ forMs: null });
    await expect.poll(() => inMemory(fixture.ollama.url)).toEqual(['qwen2.5:7b']);
    expect(snapshot().ollama.warmUp.state).toBe('none');
    await handlers.resume({});
    await until('the model', () => snapshot().ollama.warmUp.state === 'loaded');
    expect(await inMemory(fixture.ollama.url)).toEqual(['llama3.2:latest', 'qwen2.5:7b']);
    expect(loads(fixture.ollama).filter(({ model }) => model === 'qwen2.5:7b')).toEqual([]);
  });

  it('that somebody else had loaded is used at once, stays with a pause, and for no longer than Ollama gives it', async () => {
    const fixture = await openFixture({ ollama: { inMemory: ['llama3.2'] } });
    await fixture.start();
    const { handlers, snapshot } = { ...fixture.node.host.daemon };
    await until('the model', () => snapshot().ollama.warmUp.state === 'loaded');
    await until('our word about it', () => loads(fixture.ollama).length > 0);
    await handlers.pause({ forMs: null });
    await until('the second word', () => loads(fixture.ollama).length > 1);
    expect(loads(fixture.ollama).map(({ keep_alive }) => keep_alive)).toEqual(['1h', '5m']);
    expect(await inMemory(fixture.ollama.url)).toEqual(['llama3.2:latest']);
  });

  it('is waited for by a pause that comes while a request is answered', async () => {
    const fixture = await openFixture({ ollama: { tokenDelayMs: 30 } });
    await fixture.start();
    const requestId = fixture.submit('A long answer, please');
    await fixture.ollama.seen.when('a generation', () => fixture.ollama.seen.generationsInFlight > 0);
    await fixture.node.host.daemon.handlers.pause({ forMs: null });
    expect(await fixture.coordinator.answered(requestId)).toMatchObject({ outcome: 'answered' });
    await expect.poll(() => inMemory(fixture.ollama.url)).toEqual([]);
  });

  it('and a model that a request named leave memory when the node stops', async () => {
    const fixture = await openFixture();
    await fixture.start();
    await fixture.coordinator.answered(fixture.submit('Which?', { model: 'qwen2.5:7b' }));
    expect(await inMemory(fixture.ollama.url)).toEqual(['llama3.2:latest', 'qwen2.5:7b']);
    await fixture.node.host.daemon.drain(1000);
    expect(await inMemory(fixture.ollama.url)).toEqual([]);
  });

  it('that does not fit keeps the node from work, says so, and is tried again', async () => {
    const fixture = await startLiveness({
      ollama: { inMemory: [] },
      before: ({ ollama }) =>
        ollama?.setFaults({
          loadStatus: 500,
          errorText: 'model requires more system memory (9.9 GiB) than is available',
        }),
    });
    const { clock, ollama, snapshot, state, beats, pollTimes } = fixture;
    await clock.advance(5000);
    expect(state()).toBe('model-not-loaded');
    expect(snapshot().state.params).toMatchObject({ model: 'llama3.2:latest', reason: 'model-needs-memory' });
    await clock.advance(15_000);
    expect(beats().map(({ available }) => available)).not.toContain(true);
    expect(beats().length).toBeGreaterThan(1);
    expect(pollTimes()).toEqual([]);
    await ollama.clearFaults();
    await clock.advance(40_000);
    expect(state()).toBe('ready');
    expect(beats().at(-1)?.available).toBe(true);
  });

  const tooLarge = {
    ollama: {
      models: [
        { name: 'llama3.2', sizeBytes: 9e9 },
        { name: 'tiny', sizeBytes: 1e9 },
      ],
      memoryBytes: 4e9,
    },
  };

  it('that does not fit and that nobody chose is replaced by a smaller one, which is said once', async () => {
    const { clock, coordinator, node, snapshot, state } = await startLiveness(tooLarge);
    await clock.advance(15_000);
    expect(state()).toBe('ready');
    const { defaultModel, models } = snapshot().ollama;
    expect(defaultModel).toBe('tiny:latest');
    expect(models.find(({ name }) => name === 'llama3.2:latest')).toMatchObject({
      ...{ servable: false, notServableBecause: 'needs-memory', asideUntilMs: null },
    });
    const requestId = coordinator.submit('Which?');
    expect(await clock.during(coordinator.answered(requestId))).toMatchObject({ outcome: 'answered' });
    await clock.advance(60_000);
    expect(node.log.filter(({ event }) => event === 'default-model-replaced')).toMatchObject([
      { facts: { model: 'llama3.2:latest', instead: 'tiny:latest' } },
    ]);
  });

  it('that does not fit and that somebody chose is never replaced', async () => {
    const { clock, snapshot, state } = await startLiveness({
      ...tooLarge,
      settings: { defaultModel: 'llama3.2' },
    });
    await clock.advance(15_000);
    expect(state()).toBe('model-not-loaded');
    expect(snapshot().ollama.defaultModel).toBe('llama3.2:latest');
  });

  it('that a request drove out of memory is loaded again in a quiet moment', async () => {
    const gigabytes = [
      { name: 'llama3.2', sizeBytes: 2e9 },
      { name: 'qwen2.5:7b', sizeBytes: 5e9 },
    ];
    const { clock, coordinator, ollama, node } = await startLiveness({
      ollama: { models: gigabytes, memoryBytes: 6e9 },
    });
    await clock.advance(5000);
    const requestId = coordinator.submit('Which?', { model: 'qwen2.5:7b' });
    await clock.during(coordinator.answered(requestId));
    expect(await inMemory(ollama.url)).toEqual(['qwen2.5:7b']);
    await clock.advance(40_000);
    expect(await inMemory(ollama.url)).toEqual(['llama3.2:latest']);
    expect(node.log.some(({ event }) => event === 'model-driven-out')).toBe(true);
  });

  it('gone with Ollama ends work at the next heartbeat, and comes back by itself', async () => {
    const { clock, ollama, state, beats } = await startLiveness();
    await clock.advance(25_000);
    await ollama.setFaults({ down: true });
    await clock.advance(25_000);
    expect(state()).toBe('ollama-down');
    expect(beats().at(-1)?.available).toBe(false);
    await ollama.clearFaults();
    await clock.advance(25_000);
    expect(state()).toBe('ready');
    expect(beats().at(-1)?.available).toBe(true);
    expect(await inMemory(ollama.url)).toEqual(['llama3.2:latest']);
  });
});

describe('a tier on chain above the one that this machine shows', () => {
  it('keeps the node from serving until the operator accepts it; heartbeats carry the probed tier', async () => {
    const fixture = await startLiveness({ registeredTier: 3 });
    const { clock, node, snapshot, state, beats, pollTimes } = fixture;
    await clock.advance(30_000);
    expect(state()).toBe('tier-high');
    expect(snapshot().state.params).toMatchObject({ a: 3, b: 1 });
    expect(snapshot().hardware.declared).toEqual({ tier: 3, match: 'declared-higher', accepted: false });
    expect(pollTimes()).toEqual([]);
    expect(beats().at(-1)).toMatchObject({ available: false, capabilities: { tier: 1 } });
    await clock.during(node.host.daemon.handlers['hardware.acceptTierMismatch']({ accept: true }));
    await clock.advance(15_000);
    expect(state()).toBe('ready');
    expect(snapshot().badges).toContainEqual({ code: 'tier-accepted', params: { a: 3, b: 1 } });
    expect(beats().at(-1)).toMatchObject({ available: true, capabilities: { tier: 1 } });
    expect(pollTimes().length).toBeGreaterThan(0);
    await clock.during(node.host.daemon.handlers['hardware.acceptTierMismatch']({ accept: false }));
    await clock.advance(11_000);
    expect(state()).toBe('tier-high');
    expect(beats().at(-1)).toMatchObject({ available: false });
  });
});
