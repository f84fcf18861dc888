import { describe, expect, it } from 'vitest';
import {
  answersTo,
  expectExactAccount,
  openScene,
  playScene,
  type Scene,
} from '../../../fixtures/serving/serving.ts';
import { createSimulatedClock } from '../../../fixtures/simulated-clock.ts';
import type { HeartbeatWire } from '../../../practice-network/coordinator/wire.ts';
import type { OllamaModel } from '../../../practice-network/ollama/models.ts';

const capabilities = ({ coordinator }: Scene) =>
  coordinator.ledger.heartbeats.map(({ body }) => (body as HeartbeatWire).capabilities);

const lastCapabilities = (scene: Scene) => capabilities(scene).at(-1);

async function firstBeat(scene: Scene) {
  const { ledger } = scene.coordinator;
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
    const scene = await playScene({ ollama: { models: [embedding, cloud, disguisedCloud, qwen, llama] } });
    await firstBeat(scene);
    expect(lastCapabilities(scene)).toMatchObject({
      models: ['qwen2.5:7b', 'llama3.2:latest'],
      model: 'llama3.2:latest',
    });
  });

  it('has no default that only begins like the wanted one', async () => {
    const models = [{ name: 'llama3.2-vision:latest' }, { name: 'llama3.2:1b' }, llama];
    const scene = await playScene({ ollama: { models } });
    await firstBeat(scene);
    expect(lastCapabilities(scene)?.model).toBe('llama3.2:latest');
  });

  it('is nothing at all while Ollama has nothing to serve with: no heartbeat, no poll', async () => {
    const clock = createSimulatedClock();
    const scene = await openScene({ clock, ollama: { models: [embedding, cloud] } });
    clock.lead(scene.coordinator);
    await scene.start();
    await clock.advance(60_000);
    const { ledger } = scene.coordinator;
    expect(ledger.heartbeats).toEqual([]);
    expect(ledger.polls).toEqual([]);

    scene.ollama.models.add(llama);
    const id = scene.submit('Now?');
    await clock.advanceUntil('the answer', () => ledger.request(id)?.outcome === 'answered');
    expectExactAccount(scene);
  });
});

describe('the model of a request', () => {
  it.each(['llama3.2', 'llama3.2:latest'])('is matched modulo :latest: %s', async (model) => {
    const scene = await playScene({
      ollama: { models: [qwen, llama] },
      settings: { defaultModel: 'qwen2.5:7b' },
    });
    const record = await scene.coordinator.answered(scene.submit('Which?', { model }));
    expect(record.results).toMatchObject([{ model: 'llama3.2:latest', poeVerified: true }]);
    expectExactAccount(scene);
  });

  it('is the default when none is named, an empty one included', async () => {
    const scene = await playScene({
      ollama: { models: [llama, qwen] },
      settings: { defaultModel: 'qwen2.5:7b' },
    });
    const [first, second] = [scene.submit('Which?'), scene.submit('Which?', { model: '' })];
    for (const id of [first, second]) {
      const record = await scene.coordinator.answered(id);
      expect(record.results).toMatchObject([{ model: 'qwen2.5:7b' }]);
    }
    expect(lastCapabilities(scene)?.model).toBe('qwen2.5:7b');
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
    const scene = await playScene({ ollama: { models }, behaviour: { requeueAfterFailure: 'never' } });
    const record = await scene.coordinator.answered(scene.submit('Which?', { model }));
    expect(answersTo(record)).toEqual(['node.model_not_installed']);
    expect(scene.ollama.seen.generations).toEqual([]);
    expectExactAccount(scene);
  });

  it.each(['mixtral', 'nomic-embed-text', 'helper'])(
    'is replaced by the default where the operator allows it, and the result says so: %s',
    async (model) => {
      const models = [embedding, disguisedCloud, llama];
      const scene = await playScene({ ollama: { models }, settings: { allowSubstitution: true } });
      const record = await scene.coordinator.answered(scene.submit('Which?', { model }));
      expect(record.results).toMatchObject([{ model: 'llama3.2:latest', accepted: true, poeVerified: true }]);
      // The practice coordinator notes every substitution; there is nothing else to note.
      expect(scene.coordinator.ledger.violations.map(({ rule }) => rule)).toEqual(['model']);
    },
  );
});

describe('models that change while the node runs', () => {
  it('a removed default is reported once, chosen anew and told by the next heartbeat', async () => {
    const scene = await playScene({ ollama: { models: [llama, qwen] } });
    await scene.coordinator.answered(scene.submit('Before?'));
    scene.ollama.models.remove('llama3.2:latest');
    const record = await scene.coordinator.answered(scene.submit('After?'));

    expect(record.failures.map(({ error }) => error)).toEqual(['node.model_not_installed']);
    expect(record.results).toMatchObject([{ model: 'qwen2.5:7b', accepted: true }]);
    const { ledger } = scene.coordinator;
    await ledger.when('the news', () => lastCapabilities(scene)?.model === 'qwen2.5:7b');
    expect(lastCapabilities(scene)?.models).toEqual(['qwen2.5:7b']);
    expectExactAccount(scene);
  });

  it('without any left the node is unavailable and asks for nothing until one is installed', async () => {
    const clock = createSimulatedClock();
    const scene = await openScene({ clock, ollama: { models: [llama] } });
    clock.lead(scene.coordinator);
    await scene.start();
    const { ledger } = scene.coordinator;
    await clock.advanceUntil('a poll', () => ledger.polls.length > 0);
    scene.ollama.models.replace([embedding]);
    await clock.advance(12_000);
    const polls = ledger.polls.length;
    const id = scene.submit('Later?');
    await clock.advance(30_000);
    expect(ledger.polls).toHaveLength(polls);
    expect(ledger.heartbeats.at(-1)?.body).toMatchObject({ available: false });
    expect(lastCapabilities(scene)?.models).toEqual([]);

    scene.ollama.models.add(qwen);
    await clock.advanceUntil('the answer', () => ledger.request(id)?.outcome === 'answered', 30_000);
    expect(ledger.request(id)?.results).toMatchObject([{ model: 'qwen2.5:7b' }]);
  });

  it('an Ollama that goes away takes availability with it, and returns with it', async () => {
    const clock = createSimulatedClock();
    const scene = await openScene({ clock });
    clock.lead(scene.coordinator);
    await scene.start();
    const { ledger } = scene.coordinator;
    await clock.advanceUntil('a poll', () => ledger.polls.length > 0);
    await scene.ollama.setFaults({ down: true });
    await clock.advance(12_000);
    const polls = ledger.polls.length;
    const id = scene.submit('Later?');
    await clock.advance(60_000);
    expect(ledger.polls).toHaveLength(polls);
    expect(ledger.heartbeats.at(-1)?.body).toMatchObject({ available: false });

    await scene.ollama.clearFaults();
    await clock.advanceUntil('the answer', () => ledger.request(id)?.outcome === 'answered', 30_000);
    expect(ledger.failures).toEqual([]);
    await clock.advance(2000);
    expect(ledger.heartbeats.at(-1)?.body).toMatchObject({ available: true });
  });
});
