import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createHttpClient, type HttpClient } from '../../../../electron/daemon/http/client.ts';
import { createOllamaClient, type OllamaClient } from '../../../../electron/daemon/ollama/api/client.ts';
import { systemClock } from '../../../../electron/daemon/system/clock.ts';
import { isNodeError, NodeError } from '../../../../shared/errors.ts';
import { patienceMs } from '../../../fixtures/patience.ts';
import { type OllamaStandIn, startOllamaStandIn } from '../../../practice-network/ollama/stand-in.ts';
import { answerFor } from '../../../practice-network/ollama/text.ts';

let http: HttpClient;
let ollama: OllamaStandIn;
let client: OllamaClient;
const started: (() => Promise<unknown>)[] = [];

beforeEach(async () => {
  http = createHttpClient({ plainHttp: 'loopback', userAgent: 'test' }, { clock: systemClock });
  ollama = await startOllamaStandIn();
  client = clientFor(ollama.url);
});
afterEach(async () => {
  await http.stop();
  await ollama.stop();
  for (const stop of started.splice(0)) await stop();
});

const clientFor = (baseUrl: string) => createOllamaClient({ baseUrl }, { http, clock: systemClock });
const maxResultBytes = 1024 * 1024;
const ask = (model = 'llama3.2:latest', signal?: AbortSignal) =>
  client.generate({ model, prompt: 'a secret question' }, { maxResultBytes, signal });
const failure = async (attempt: Promise<unknown>): Promise<NodeError> => {
  const error: unknown = await attempt.then(
    () => new Error('it succeeded'),
    (thrown: unknown) => thrown,
  );
  if (!isNodeError(error)) throw error;
  return error;
};

/** A server that answers every request in the same way. */
async function serverAnswering(answer: (response: ServerResponse) => void): Promise<string> {
  const server: Server = createServer((request, response) => {
    request.resume();
    request.on('end', () => answer(response));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  started.push(
    () =>
      new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      }),
  );
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('asking Ollama about itself', () => {
  it('tells its version, its models and what each can do', async () => {
    expect(await client.version()).toBe('0.0.0-stand-in');
    const models = await client.tags();
    expect(models).toContainEqual({
      name: 'llama3.2:latest',
      digest: expect.stringMatching(/^[0-9a-f]{64}$/),
      sizeBytes: 2_019_393_189,
      family: 'llama',
      parameterSize: '3.2B',
      quantization: 'Q4_K_M',
      cloud: false,
      remoteHost: null,
    });
    expect(models.find((model) => model.name === 'gpt-oss:120b-cloud')).toMatchObject({
      cloud: true,
      remoteHost: 'https://ollama.com:443',
    });
    expect(await client.show('llama3.2')).toEqual({
      capabilities: ['completion'],
      contextLength: 4096,
      ownContextTokens: null,
      modelsDir: ollama.modelsDir,
      architecture: { layers: 16, kvHeads: 8, headDim: 64 },
      cloud: false,
      remoteHost: null,
    });
    expect(await client.show('nomic-embed-text')).toMatchObject({ capabilities: ['embedding'] });
  });

  it('lists the models in memory after one has run', async () => {
    expect(await client.ps()).toEqual([]);
    await ask();
    expect(await client.ps()).toMatchObject([{ name: 'llama3.2:latest' }]);
  });

  it('a model that is not installed is told apart from a server that is no Ollama', async () => {
    expect(await failure(client.show('nothing'))).toMatchObject({
      code: 'model-not-installed',
      details: { model: 'nothing' },
    });
    const elsewhere = clientFor(`${ollama.url}/elsewhere`);
    expect(await failure(elsewhere.show('llama3.2'))).toMatchObject({
      code: 'ollama-error',
      details: { status: 404 },
    });
  });

  it.each([
    ['a web page', 'text/html', '<html></html>'],
    ['other JSON', 'application/json', '{"hello":"world"}'],
    ['a list', 'application/json', '[]'],
  ])('%s is no answer of Ollama', async (_what, type, body) => {
    const url = await serverAnswering((response) => response.setHeader('content-type', type).end(body));
    expect((await failure(clientFor(url).tags())).code).toBe('ollama-answer-invalid');
    expect((await failure(clientFor(url).version())).code).toBe('ollama-answer-invalid');
  });

  it('an entry that cannot be read does not hide the others; a null list is empty', async () => {
    const list = {
      models: [{ name: 7 }, null, { name: 'phi4:latest', size: 'big', details: 'none' }, { nam: 'x' }],
    };
    const url = await serverAnswering((response) => response.end(JSON.stringify(list)));
    expect(await clientFor(url).tags()).toMatchObject([
      { name: 'phi4:latest', sizeBytes: null, digest: null },
    ]);
    const empty = await serverAnswering((response) => response.end('{"models":null}'));
    expect(await clientFor(empty).tags()).toEqual([]);
  });

  it('a server from before capabilities says so', async () => {
    const url = await serverAnswering((response) => response.end('{"details":{"family":"llama"}}'));
    expect(await clientFor(url).show('x')).toMatchObject({ capabilities: null, contextLength: null });
  });

  it('refused connections and error answers have their own codes', async () => {
    await ollama.setFaults({ apiStatus: 500, errorText: 'secret text' });
    const error = await failure(client.tags());
    expect(error).toMatchObject({ code: 'ollama-error', details: { status: 500 } });
    expect(String(error)).not.toContain('secret');
    await ollama.setFaults({ down: true });
    expect(await failure(client.tags())).toMatchObject({
      code: 'ollama-unreachable',
      details: { reason: 'ECONNREFUSED' },
    });
  });

  it('an Ollama that was restarted is reached again, over a connection of before', async () => {
    await client.tags();
    await ollama.setFaults({ down: true });
    await ollama.clearFaults();
    expect(await client.show('llama3.2')).toMatchObject({ contextLength: 4096 });
  });

  it('a call that is cancelled says so', async () => {
    await ollama.setFaults({ apiHang: true });
    const off = new AbortController();
    const asked = failure(client.tags(off.signal));
    await ollama.seen.when('the list is asked for', () => ollama.seen.count('/api/tags') > 0);
    off.abort('stopping');
    expect(await asked).toMatchObject({ code: 'cancelled', details: { reason: 'stopping' } });
  });
});

describe('generating', () => {
  it('gives the whole text with counts, and sends what was asked', async () => {
    const prompt = 'Grüße an 漢字 😀\nand a second line';
    const generation = await client.generate(
      {
        model: 'llama3.2:latest',
        prompt,
        system: 'be brief',
        keepAlive: '10m',
        options: { seed: 7 },
      },
      { maxResultBytes },
    );
    expect(generation).toMatchObject({
      text: answerFor('llama3.2:latest', prompt, 'be brief'),
      thinking: false,
      trulyEmpty: false,
    });
    expect(generation.inputTokens).toBeGreaterThan(0);
    expect(generation.outputTokens).toBeGreaterThan(1);
    expect(generation.evalMs).toBeGreaterThanOrEqual(0);
    expect(ollama.seen.generations[0]?.body).toEqual({
      model: 'llama3.2:latest',
      prompt,
      system: 'be brief',
      stream: true,
      truncate: false,
      keep_alive: '10m',
      options: { seed: 7 },
    });
  });

  it('sends no system prompt and no options that were not asked for', async () => {
    await client.generate({ model: 'llama3.2:latest', prompt: 'p', system: '' }, { maxResultBytes });
    expect(ollama.seen.generations[0]?.body).toEqual({
      model: 'llama3.2:latest',
      prompt: 'p',
      stream: true,
      truncate: false,
    });
  });

  it('an empty prompt loads the model', async () => {
    const loaded = await client.generate({ model: 'llama3.2', prompt: '' }, { maxResultBytes });
    expect(loaded).toMatchObject({ text: '', trulyEmpty: false });
    expect(await client.ps()).toMatchObject([{ name: 'llama3.2:latest' }]);
  });

  it('missing counts are unknown, not zero', async () => {
    await ollama.setFaults({ omitCounts: true });
    expect(await ask()).toMatchObject({ inputTokens: null, outputTokens: null });
  });

  it('a large answer arrives whole', async () => {
    await ollama.setFaults({ answerBytes: maxResultBytes });
    expect((await ask()).text).toHaveLength(maxResultBytes);
  });

  it('an answer larger than allowed is given up, and Ollama stops', async () => {
    await ollama.setFaults({ answerBytes: 64 * maxResultBytes });
    expect(await failure(ask())).toMatchObject({
      code: 'result-too-large',
      details: { limitBytes: maxResultBytes },
    });
    await ollama.seen.when('Ollama stops', () => ollama.seen.generationsInFlight === 0);
    expect(ollama.seen.generations[0]?.outcome).toBe('aborted');
  });

  it('a count that the text is too short for is not reported', async () => {
    const counts = { prompt_eval_count: 2 ** 53 - 1, eval_count: 2 ** 53 - 1 };
    const server = createServer((request, response) => {
      request.resume();
      request.on('end', () => {
        response.write('{"response":"hello","done":false}\n');
        response.end(`${JSON.stringify({ response: '', done: true, done_reason: 'stop', ...counts })}\n`);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    started.push(async () => server.close());
    const near = clientFor(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    const answer = () => near.generate({ model: 'llama3.2', prompt: 'again' }, { maxResultBytes });
    expect(await answer()).toMatchObject({ text: 'hello', inputTokens: null, outputTokens: null });
    Object.assign(counts, { prompt_eval_count: 31, eval_count: 3 });
    expect(await answer()).toMatchObject({ inputTokens: 31, outputTokens: 3 });
  });

  it('one answer after the other comes over the same connection', async () => {
    let connections = 0;
    const server = createServer((request, response) => {
      request.resume();
      request.on('end', () => {
        response.write('{"response":"hello","done":false}\n');
        response.end('{"response":"","done":true,"done_reason":"stop","eval_count":2}\n');
      });
    });
    server.on('connection', () => {
      connections += 1;
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    started.push(async () => server.close());
    const near = clientFor(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    for (let answer = 0; answer < 5; answer += 1) {
      const { text } = await near.generate({ model: 'llama3.2', prompt: 'again' }, { maxResultBytes });
      expect(text).toBe('hello');
      await vi.waitFor(() => expect(http.pending).toBe(0), { timeout: patienceMs });
    }
    expect(connections).toBe(1);
  });

  it('a server that does not end its answer after the last word is not waited for', async () => {
    const url = await serverAnswering((response) => {
      response.write('{"response":"hello","done":true,"done_reason":"stop"}\n');
    });
    const { text } = await clientFor(url).generate({ model: 'llama3.2', prompt: 'on' }, { maxResultBytes });
    expect(text).toBe('hello');
    // Its connection is given up by itself.
    await vi.waitFor(() => expect(http.pending).toBe(0), { timeout: patienceMs });
  });

  it('abort closes the connection in the middle of an answer, and Ollama stops generating', async () => {
    await ollama.setFaults({ hangAfterChunks: 2 });
    const off = new AbortController();
    const asked = failure(ask(undefined, off.signal));
    await ollama.seen.when('two chunks', () => (ollama.seen.generations[0]?.chunksSent ?? 0) >= 2);
    off.abort(new NodeError('deadline-exceeded', { deadlineMs: 120_000 }));
    expect(await asked).toMatchObject({ code: 'cancelled', details: { reason: 'deadline-exceeded' } });
    await ollama.seen.when('Ollama stops', () => ollama.seen.generationsInFlight === 0);
    expect(http.pending).toBe(0);
  });

  it('abort while the model is still loading, and abort before the start', async () => {
    await ollama.setFaults({ hangBeforeHeaders: true });
    const off = new AbortController();
    const asked = failure(ask(undefined, off.signal));
    await ollama.seen.when('Ollama starts', () => ollama.seen.generationsInFlight === 1);
    off.abort();
    expect(await asked).toMatchObject({ code: 'cancelled' });
    await ollama.seen.when('Ollama stops', () => ollama.seen.generationsInFlight === 0);
    expect(await failure(ask(undefined, off.signal))).toMatchObject({ code: 'cancelled' });
    expect(ollama.seen.generations).toHaveLength(1);
  });

  it.each([
    ['the connection dies after the headers', { dieAfterChunks: 0 }, 'ollama-died'],
    ['the connection dies in the middle', { dieAfterChunks: 3 }, 'ollama-died'],
    ['an error comes first', { errorAfterChunks: 0, errorText: 'secret' }, 'ollama-error'],
    ['an error comes in the middle', { errorAfterChunks: 3, errorText: 'secret' }, 'ollama-error'],
    ['garbage comes in the middle', { garbageAfterChunks: 3 }, 'ollama-answer-invalid'],
    ['the answer is a status', { status: 503, errorText: 'server busy: secret' }, 'ollama-error'],
  ] as const)('%s: %o is %s', async (_what, faults, code) => {
    await ollama.setFaults(faults);
    const error = await failure(ask());
    expect(error.code).toBe(code);
    expect(String(error)).not.toContain('secret');
    expect(http.pending).toBe(0);
    await ollama.clearFaults();
    expect((await ask()).text).not.toBe('');
  });

  it('an answer that ends in good order without a last line is an answer with unknown counts', async () => {
    const whole = await ask();
    await ollama.setFaults({ endWithoutDone: true });
    expect(await ask()).toMatchObject({
      text: whole.text,
      inputTokens: null,
      outputTokens: null,
      trulyEmpty: false,
    });
    await ollama.setFaults({ endWithoutDone: true, emptyResponse: true });
    expect(await failure(ask())).toMatchObject({ code: 'ollama-died' });
  });

  it('a server that is down, and one that dies before it says anything, were not reached', async () => {
    await ollama.setFaults({ down: true });
    expect((await failure(ask())).code).toBe('ollama-unreachable');
    const url = await serverAnswering((response) => response.destroy());
    const asked = clientFor(url).generate({ model: 'm', prompt: 'p' }, { maxResultBytes });
    expect((await failure(asked)).code).toBe('ollama-unreachable');
  });

  it('a server that never says a word is given up after the time allowed', async () => {
    await ollama.setFaults({ hangBeforeHeaders: true });
    const asked = client.generate({ model: 'llama3.2', prompt: 'p' }, { maxResultBytes, timeoutMs: 20 });
    expect(await failure(asked)).toMatchObject({
      code: 'ollama-unreachable',
      details: { reason: 'no-answer-in(20)' },
    });
  });

  it('an empty answer is truly empty only when Ollama really generated nothing', async () => {
    await ollama.setFaults({ emptyResponse: true });
    expect(await ask()).toMatchObject({ text: '', trulyEmpty: true });
    await ollama.setFaults({ emptyResponse: true, omitCounts: true });
    expect(await ask()).toMatchObject({ text: '', trulyEmpty: false });
    await ollama.setFaults({ emptyResponse: false, omitCounts: false, omitResponse: true });
    expect(await ask()).toMatchObject({ text: '', trulyEmpty: false });
  });

  it('a model that is not installed, or cannot generate, is refused', async () => {
    expect(await failure(ask('qwen3:8b'))).toMatchObject({
      code: 'model-not-installed',
      details: { model: 'qwen3:8b' },
    });
    expect(await failure(ask('nomic-embed-text'))).toMatchObject({
      code: 'ollama-error',
      details: { status: 400 },
    });
  });

  it('a cloud model is not asked: the prompt stays here', async () => {
    expect((await failure(ask('gpt-oss:120b-cloud'))).code).toBe('model-not-installed');
    expect(ollama.seen.generations).toEqual([]);
  });

  it.each(['plain', 'runner'] as const)(
    'a prompt too long for the context is refused (%s wording)',
    async (wording) => {
      const narrow = await startOllamaStandIn({
        models: [{ name: 'narrow', contextLength: 16 }],
        overflowError: wording,
      });
      started.push(() => narrow.stop());
      const prompt = 'secret words '.repeat(500);
      const error = await failure(
        clientFor(narrow.url).generate({ model: 'narrow', prompt }, { maxResultBytes }),
      );
      expect(error).toMatchObject({ code: 'context-overflow', details: { model: 'narrow' } });
      expect(String(error)).not.toContain('secret');
    },
  );
});
