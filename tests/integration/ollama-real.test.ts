import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../electron/daemon/clock.ts';
import { createHttpClient, type HttpClient } from '../../electron/daemon/http.ts';
import { parseOllamaAddress } from '../../electron/daemon/ollama/address.ts';
import { createOllamaClient, type OllamaClient } from '../../electron/daemon/ollama/client.ts';
import { createOllamaWatch } from '../../electron/daemon/ollama/watch.ts';
import { isNodeError } from '../../shared/errors.ts';
import { silentLog } from '../unit/silent-log.ts';

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
});
