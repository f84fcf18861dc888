import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createHttpClient, type HttpClient } from '../../../../electron/daemon/http/client.ts';
import { parseOllamaAddress } from '../../../../electron/daemon/ollama/api/address.ts';
import { createOllamaClient, type OllamaClient } from '../../../../electron/daemon/ollama/api/client.ts';
import { newestFirst } from '../../../../electron/daemon/ollama/api/version.ts';
import { deleteModel } from '../../../../electron/daemon/ollama/models/deletion.ts';
import { createPullQueue, type PullQueue } from '../../../../electron/daemon/ollama/models/pulls.ts';
import { createSelfTests } from '../../../../electron/daemon/ollama/models/self-test.ts';
import { createOllamaWatch } from '../../../../electron/daemon/ollama/models/watch.ts';
import { systemClock } from '../../../../electron/daemon/system/clock.ts';
import { isNodeError } from '../../../../shared/errors.ts';
import { findModel } from '../../../../shared/model-names.ts';
import { differences } from '../../../fixtures/ollama/differences.ts';
import { silentLog } from '../../../fixtures/silent-log.ts';

/*
 * What the node asks of Ollama, asked of a real one: OLLAMA_TEST_URL names it. Nothing here may depend on what a model
 * says, only on how the server speaks.
 */
const address = process.env.OLLAMA_TEST_URL;
const limitMs = 180_000;

describe('a real Ollama', { timeout: limitMs }, () => {
  let http: HttpClient;
  let client: OllamaClient;
  let model: string;

  beforeEach(async (context) => {
    if (!address) context.skip('OLLAMA_TEST_URL names no server');
    http = createHttpClient({ plainHttp: 'anywhere', userAgent: 'test' }, { clock: systemClock });
    client = createOllamaClient({ baseUrl: parseOllamaAddress(address).url }, { http, clock: systemClock });
    const modules = { client, clock: systemClock, log: silentLog };
    const watch = createOllamaWatch({ preferredModel: null }, modules);
    const { state, defaultModel } = await watch.refresh();
    await watch.stop();
    expect(state).toBe('running');
    if (defaultModel === null) context.skip('it has no model that can serve');
    model = defaultModel ?? '';
  });
  afterEach(async () => {
    await http?.stop();
  });

  it('tells what it is and what its models can do', async () => {
    expect(await client.version()).toMatch(/^\d+\.\d+/);
    const { capabilities } = await client.show(model);
    expect(capabilities === null || capabilities.includes('completion')).toBe(true);
  });

  it('answers a request with text and both counts', async () => {
    const answer = await client.generate(
      { model, prompt: 'Say hello in one word.', options: { num_predict: 400 } },
      { maxResultBytes: 1024 * 1024 },
    );
    expect(answer.text.length + Number(answer.thinking)).toBeGreaterThan(0);
    expect(answer.inputTokens).toBeGreaterThan(0);
    expect(answer.outputTokens).toBeGreaterThan(0);
  });

  it('stops when the request is taken back', async () => {
    const taken = new AbortController();
    const asked = client.generate(
      { model, prompt: 'Count to ten thousand in words.' },
      { maxResultBytes: 1024 * 1024, signal: taken.signal },
    );
    taken.abort();
    await expect(asked).rejects.toSatisfy((error) => isNodeError(error, 'cancelled'));
  });

  for (const [name, run, otherUntil] of differences)
    it(name, async (context) => {
      const version = await client.version();
      if (otherUntil !== undefined && newestFirst(version, otherUntil) >= 0)
        context.skip(`servers up to ${otherUntil} do otherwise, and this is ${version}`);
      await run({ url: client.baseUrl, model });
    });

  it('says where it has its models', async () => {
    expect((await client.show(model)).modelsDir).toMatch(/^\//);
  });

  it('names a model that is not installed as such', async () => {
    const asked = client.generate(
      { model: 'no-such-model-here', prompt: 'Hello?' },
      { maxResultBytes: 1024 },
    );
    await expect(asked).rejects.toSatisfy((error) => isNodeError(error, 'model-not-installed'));
  });

  it('refuses a prompt that does not fit its context, where it is new enough to do so', async (context) => {
    const [major = 0, minor = 0, patch = 0] = (await client.version()).split('.').map(Number.parseFloat);
    const isOld = major === 0 && (minor < 12 || (minor === 12 && patch < 6));
    if (isOld) context.skip('it is older than 0.12.6');
    const asked = client.generate(
      { model, prompt: 'word '.repeat(4000), options: { num_ctx: 512 } },
      { maxResultBytes: 1024 * 1024 },
    );
    await expect(asked).rejects.toSatisfy((error) => isNodeError(error, 'context-overflow'));
  });

  it('tells the shape of the model’s key-value cache, or nothing', async () => {
    const { architecture } = await client.show(model);
    if (architecture !== null) {
      expect(Math.min(...Object.values(architecture))).toBeGreaterThan(0);
    }
  });

  it('is measured by a self-test', async () => {
    const store = { load: () => [], save: async () => undefined };
    const tests = createSelfTests({ productVersion: 'test' }, { client, clock: systemClock, store });
    tests.start(model);
    const state = () => tests.reports()[0]?.state;
    while (state() === 'running') await pause(100);
    const [report] = tests.reports();
    await tests.stop();
    expect(report).toMatchObject({ state: 'done', reason: null });
    expect(report?.generationTokensPerSecond).toBeGreaterThan(0);
    expect(report?.promptTokensPerSecond).toBeGreaterThan(0);
    expect(report?.firstTokenMs).toBeGreaterThan(0);
  });

  describe('pulls', () => {
    /** Small, and got only to be deleted again: never one that was there before. */
    const small = process.env.OLLAMA_TEST_PULL ?? 'smollm:135m';
    let queue: PullQueue;
    const report = () => queue.reports().at(-1);
    const until = async (check: () => boolean) => {
      while (!check()) await pause(50);
    };
    const isOver = () => !queue.active;

    beforeEach(async (context) => {
      if (findModel(small, await client.tags()) !== null) {
        context.skip(`${small} is installed there, and not ours to delete; OLLAMA_TEST_PULL names another`);
      }
      const modules = { client, http, internet: http, clock: systemClock, log: silentLog };
      queue = createPullQueue({ volume: null }, modules);
    });
    afterEach(async () => {
      await queue?.stop();
      if (queue && findModel(small, await client.tags()) !== null) {
        await deleteModel({ baseUrl: client.baseUrl, model: small, volume: null }, { http });
      }
    });

    it('is cancelled, goes on from what came, succeeds, and the model is deleted again, from memory too', async (context) => {
      queue.pull(small, { large: true });
      await until(() => isOver() || (report()?.completedBytes ?? 0) > 1_000_000);
      const { state, error } = report() ?? {};
      if (state === 'failed') context.skip(`its registry cannot be reached: ${error?.code}`);
      queue.cancel(small);
      await until(isOver);
      expect(['cancelled', 'done']).toContain(report()?.state);
      const cameBytes = report()?.completedBytes ?? 0;
      queue.pull(small, { large: true });
      await until(isOver);
      expect(report()).toMatchObject({ state: 'done', error: null });
      expect(report()?.completedBytes).toBeGreaterThanOrEqual(cameBytes);
      expect(findModel(small, await client.tags())).not.toBeNull();
      await client.generate({ model: small, prompt: '', keepAlive: '1h' }, { maxResultBytes: 1024 });
      expect(findModel(small, await client.ps())).not.toBeNull();
      await deleteModel({ baseUrl: client.baseUrl, model: small, volume: null }, { http });
      expect(findModel(small, await client.tags())).toBeNull();
      // A server that is asked to unload does so a little later.
      while (findModel(small, await client.ps()) !== null) await pause(50);
    });

    it('of a model that does not exist fails for good', async () => {
      queue.pull('no-such-model-here:nor-tag', { large: true });
      await until(isOver);
      expect(report()?.state).toBe('failed');
    });
  });
});
