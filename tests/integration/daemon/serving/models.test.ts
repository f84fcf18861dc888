import { describe, expect, it } from 'vitest';
import {
  answersTo,
  expectExactAccount,
  type Fixture,
  openFixture,
  playFixture,
} from '../../../fixtures/serving/serving.ts';
import { createSimulatedClock } from '../../../fixtures/simulated-clock.ts';
import type { HeartbeatWire } from '../../../practice-network/coordinator/wire.ts';
import type { OllamaModel } from '../../../practice-network/ollama/models.ts';

const capabilities = ({ coordinator }: Fixture) =>
  coordinator.ledger.heartbeats.map(({ body }) => (body as HeartbeatWire).capabilities);

const lastCapabilities = (fixture: Fixture) => capabilities(fixture).at(-1);

async function firstBeat(fixture: Fixture) {
  const { ledger } = fixture.coordinator;
  await ledger.when('a heartbeat', () => ledger.heartbeats.length > 0);
}

const embedding: OllamaModel = {
  name: 'nomic-embed-text:latest',
  capabilities: ['embedding'],
  family: 'nomic-bert',
};
const cloud: OllamaModel = {
  name: 'gpt-oss:120b-cloud',
  remoteHost: 'https://ollama.com:443',
  remoteModel: 'gpt-oss:120b',
};
/** Looks like any other by its name. */
const disguisedCloud: OllamaModel = {
  name: 'helper:latest',
  remoteHost: 'https://ollama.com:443',
  remoteModel: 'gpt-oss:120b',
};
const llama: OllamaModel = { name: 'llama3.2:latest' };
const qwen: OllamaModel = { name: 'qwen2.5:7b' };

describe('what is advertised', () => {
  it('is what Ollama lists, without embedding-only and cloud models', async () => {
    const fixture = await playFixture({
      ollama: { models: [embedding, cloud, disguisedCloud, qwen, llama] },
    });
    await firstBeat(fixture);
    expect(lastCapabilities(fixture)).toMatchObject({
      models: ['qwen2.5:7b', 'llama3.2:latest'],
      model: 'llama3.2:latest',
    });
  });

  it('has no default that only begins like the wanted one', async () => {
    const models = [{ name: 'llama3.2-vision:latest' }, { name: 'llama3.2:1b' }, llama];
    const fixture = await playFixture({ ollama: { models } });
    await firstBeat(fixture);
    expect(lastCapabilities(fixture)?.model).toBe('llama3.2:latest');
  });

  it('is nothing at all while Ollama has nothing to serve with: no heartbeat, no poll', async () => {
    const clock = createSimulatedClock();
    const fixture = await openFixture({ clock, ollama: { models: [embedding, cloud] } });
    clock.lead(fixture.coordinator);
    await fixture.start();
    await clock.advance(60_000);
    const { ledger } = fixture.coordinator;
    expect(ledger.heartbeats).toEqual([]);
    expect(ledger.polls).toEqual([]);

    fixture.ollama.models.add(llama);
    const id = fixture.submit('Now?');
    await clock.advanceUntil('the answer', () => ledger.request(id)?.outcome === 'answered');
    expectExactAccount(fixture);
  });
});

describe('the model of a request', () => {
  it.each(['llama3.2', 'llama3.2:latest'])('is matched modulo :latest: %s', async (model) => {
    const fixture = await playFixture({
      ollama: { models: [qwen, llama] },
      settings: { defaultModel: 'qwen2.5:7b' },
    });
    const record = await fixture.coordinator.answered(fixture.submit('Which?', { model }));
    expect(record.results).toMatchObject([{ model: 'llama3.2:latest', poeVerified: true }]);
    expectExactAccount(fixture);
  });

  it('is the default when none is named, an empty one included', async () => {
    const fixture = await playFixture({
      ollama: { models: [llama, qwen] },
      settings: { defaultModel: 'qwen2.5:7b' },
    });
    const [first, second] = [fixture.submit('Which?'), fixture.submit('Which?', { model: '' })];
    for (const id of [first, second]) {
      const record = await fixture.coordinator.answered(id);
      expect(record.results).toMatchObject([{ model: 'qwen2.5:7b' }]);
    }
    expect(lastCapabilities(fixture)?.model).toBe('qwen2.5:7b');
  });

  const unservable = [
    'mixtral',
    'llama3.2:1b',
    'llama3',
    'nomic-embed-text',
    'nomic-embed-text:latest',
    'gpt-oss:120b-cloud',
    'helper',
    'qwen3:cloud',
    '../../etc/passwd',
  ];
  it.each(unservable)('that cannot be served is reported, and nothing is run: %s', async (model) => {
    const models = [embedding, cloud, disguisedCloud, llama];
    const fixture = await playFixture({ ollama: { models }, behaviour: { requeueAfterFailure: 'never' } });
    const record = await fixture.coordinator.answered(fixture.submit('Which?', { model }));
    expect(answersTo(record)).toEqual(['node.model_not_installed']);
    expect(fixture.ollama.seen.generations).toEqual([]);
    expectExactAccount(fixture);
  });

  it.each(['mixtral', 'nomic-embed-text', 'helper'])(
    'is replaced by the default where the operator allows it, and the result says so: %s',
    async (model) => {
      const models = [embedding, disguisedCloud, llama];
      const fixture = await playFixture({ ollama: { models }, settings: { allowSubstitution: true } });
      const record = await fixture.coordinator.answered(fixture.submit('Which?', { model }));
      expect(record.results).toMatchObject([{ model: 'llama3.2:latest', accepted: true, poeVerified: true }]);
      // The practice coordinator notes every substitution; there is nothing else to note.
      expect(fixture.coordinator.ledger.violations.map(({ rule }) => rule)).toEqual(['model']);
    },
  );
});

describe('models that change while the node runs', () => {
  it('a removed default is reported once, chosen anew and advertised by the next heartbeat', async () => {
    const fixture = await playFixture({ ollama: { models: [llama, qwen] } });
    await fixture.coordinator.answered(fixture.submit('Before?'));
    fixture.ollama.models.remove('llama3.2:latest');
    const record = await fixture.coordinator.answered(fixture.submit('After?'));

    expect(record.failures.map(({ error }) => error)).toEqual(['node.model_not_installed']);
    expect(record.results).toMatchObject([{ model: 'qwen2.5:7b', accepted: true }]);
    const { ledger } = fixture.coordinator;
    await ledger.when('the news', () => lastCapabilities(fixture)?.model === 'qwen2.5:7b');
    expect(lastCapabilities(fixture)?.models).toEqual(['qwen2.5:7b']);
    expectExactAccount(fixture);
  });

  it('without any left the node is unavailable and asks for nothing until one is installed', async () => {
    const clock = createSimulatedClock();
    const fixture = await openFixture({ clock, ollama: { models: [llama] } });
    clock.lead(fixture.coordinator);
    await fixture.start();
    const { ledger } = fixture.coordinator;
    await clock.advanceUntil('a poll', () => ledger.polls.length > 0);
    fixture.ollama.models.replace([embedding]);
    await clock.advance(12_000);
    const polls = ledger.polls.length;
    const id = fixture.submit('Later?');
    await clock.advance(30_000);
    expect(ledger.polls).toHaveLength(polls);
    expect(ledger.heartbeats.at(-1)?.body).toMatchObject({ available: false });
    expect(lastCapabilities(fixture)?.models).toEqual([]);

    fixture.ollama.models.add(qwen);
    await clock.advanceUntil('the answer', () => ledger.request(id)?.outcome === 'answered', 30_000);
    expect(ledger.request(id)?.results).toMatchObject([{ model: 'qwen2.5:7b' }]);
  });

  it('an Ollama that goes away takes availability with it, and returns with it', async () => {
    const clock = createSimulatedClock();
    const fixture = await openFixture({ clock });
    clock.lead(fixture.coordinator);
    await fixture.start();
    const { ledger } = fixture.coordinator;
    await clock.advanceUntil('a poll', () => ledger.polls.length > 0);
    await fixture.ollama.setFaults({ down: true });
    await clock.advance(12_000);
    const polls = ledger.polls.length;
    const id = fixture.submit('Later?');
    await clock.advance(60_000);
    expect(ledger.polls).toHaveLength(polls);
    expect(ledger.heartbeats.at(-1)?.body).toMatchObject({ available: false });

    await fixture.ollama.clearFaults();
    await clock.advanceUntil('the answer', () => ledger.request(id)?.outcome === 'answered', 30_000);
    expect(ledger.failures).toEqual([]);
    await clock.advance(2000);
    expect(ledger.heartbeats.at(-1)?.body).toMatchObject({ available: true });
  });
});

describe('a model that Ollama cannot run although it runs others', () => {
  const huge: OllamaModel = { name: 'huge:latest', sizeBytes: 70e9 };
  const broken: OllamaModel = { name: 'broken:latest', broken: 'invalid file magic' };

  async function play(models: OllamaModel[]) {
    const clock = createSimulatedClock();
    const fixture = await openFixture({
      clock,
      behaviour: { requeueAfterFailure: 'never' },
      ollama: { models, memoryBytes: 8e9 },
      settings: { defaultModel: 'llama3.2' },
    });
    clock.lead(fixture.coordinator);
    await fixture.start();
    const { ledger } = fixture.coordinator;
    await clock.advanceUntil('a poll', () => ledger.polls.length > 0);
    const ended = async (id: string) => {
      await clock.advanceUntil(id, () => (ledger.request(id)?.outcome ?? 'open') !== 'open', 60_000);
      return ledger.request(id)?.failures.at(-1)?.error ?? ledger.request(id)?.outcome;
    };
    const generations = (model: string) =>
      fixture.ollama.seen.generations.filter((seen) => seen.model === model).length;
    const serves = () => fixture.node.host.daemon.snapshot().ollama.models.filter(({ servable }) => servable);
    return { fixture, clock, ledger, ended, generations, serves };
  }

  it('for want of memory costs one answer, no second try, and no time of the others', async () => {
    const { fixture, clock, ended, generations, serves } = await play([huge, llama]);
    expect(lastCapabilities(fixture)?.models).toEqual(['huge:latest', 'llama3.2:latest']);
    expect(await ended(fixture.submit('Why?', { model: 'huge' }))).toBe('node.model_needs_memory');
    expect(generations('huge')).toBe(0);
    expect(generations('huge:latest')).toBe(1);
    expect(fixture.node.host.daemon.snapshot().state.code).not.toBe('answers-failing');
    expect(fixture.logged('request-tried-again')).toEqual([]);
    expect(fixture.logged('model-set-aside')).toMatchObject([
      { facts: { model: 'huge:latest', reason: 'needs-memory' } },
    ]);

    // Nobody asks Ollama for it again for a while, and the network is told so.
    for (let n = 0; n < 5; n += 1)
      expect(await ended(fixture.submit('Why?', { model: 'huge' }))).toBe('node.model_needs_memory');
    expect(await ended(fixture.submit('Why?'))).toBe('answered');
    expect(generations('huge:latest')).toBe(1);
    await clock.advanceUntil('a heartbeat', () => lastCapabilities(fixture)?.models.length === 1);
    expect(serves()).toMatchObject([{ name: 'llama3.2:latest' }]);
    expectExactAccount(fixture);
  });

  it('because its files are bad is told from an Ollama that fails, and set aside', async () => {
    const { fixture, clock, ended, generations } = await play([broken, llama]);
    expect(await ended(fixture.submit('Why?', { model: 'broken' }))).toBe('node.ollama_error');
    await clock.advanceUntil('the test', () => fixture.logged('model-set-aside').length === 1, 60_000);
    expect(fixture.logged('answers-again')).toMatchObject([{ facts: { model: 'llama3.2:latest' } }]);
    const tries = generations('broken:latest');
    expect(await ended(fixture.submit('Why?', { model: 'broken' }))).toBe('node.ollama_error');
    expect(await ended(fixture.submit('Why?'))).toBe('answered');
    expect(generations('broken:latest')).toBe(tries);
    expect(fixture.logged('answers-failing')).toHaveLength(1);
    expectExactAccount(fixture);
  });
});
