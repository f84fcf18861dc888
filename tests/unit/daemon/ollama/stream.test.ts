import { describe, expect, it } from 'vitest';
import type { HttpClient } from '../../../../electron/daemon/http/client.ts';
import { createOllamaClient } from '../../../../electron/daemon/ollama/api/client.ts';
import { readNdjson } from '../../../../electron/daemon/ollama/api/ndjson.ts';
import { systemClock } from '../../../../electron/daemon/system/clock.ts';
import { isNodeError } from '../../../../shared/errors.ts';

const url = 'http://127.0.0.1:1/api/generate';
const encoder = new TextEncoder();

/** Small, fast and the same on every machine (mulberry32). */
function random(seed: number) {
  let state = seed;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number) => Math.floor(next() * limit);
  return { below, pick: <T>(from: readonly T[]): T => from[below(from.length)] as T };
}
type Random = ReturnType<typeof random>;

async function* inPieces(bytes: Uint8Array, { below }: Random): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; ) {
    const length = below(4) === 0 ? 0 : 1 + below(below(3) === 0 ? 3 : 200);
    yield bytes.subarray(at, at + length);
    at += length;
  }
}
async function* chunksOf(...texts: string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield encoder.encode(text);
}
async function collect(chunks: AsyncIterable<Uint8Array>, maxLineBytes = 1e6): Promise<unknown[]> {
  const values: unknown[] = [];
  for await (const value of readNdjson(chunks, { url, maxLineBytes })) values.push(value);
  return values;
}

const textParts = [
  'a',
  'the node ',
  'é',
  '漢字',
  '😀',
  '👩‍👩‍👧',
  '\n',
  '\r\n',
  '"',
  '\\',
  '\u0000',
  '\u2028',
  '{"done":true}',
  '',
];
const someText = (dice: Random) => Array.from({ length: dice.below(6) }, () => dice.pick(textParts)).join('');

describe('newline-delimited JSON', () => {
  it('is the same however it is cut (2,000 seeds)', async () => {
    for (let seed = 0; seed < 2000; seed++) {
      const dice = random(seed);
      const values = Array.from({ length: dice.below(12) }, () => ({ response: someText(dice) }));
      const lines = values.map((value) => JSON.stringify(value) + dice.pick(['\n', '\r\n', '\n\n', '\n \n']));
      const text = lines.join('');
      const bytes = encoder.encode(dice.below(2) ? text : text.trimEnd());
      expect(await collect(inPieces(bytes, dice)), `seed ${seed}`).toEqual(values);
    }
  });

  it('any bytes at all either parse or are refused with a code (2,000 seeds)', async () => {
    const alphabet = encoder.encode('{}[]",:\n\r 0123etrufalsn\\\u00e9\u{1f600}');
    for (let seed = 0; seed < 2000; seed++) {
      const dice = random(seed);
      const bytes = Uint8Array.from({ length: dice.below(80) }, () =>
        dice.below(12) === 0 ? dice.below(256) : dice.pick([...alphabet]),
      );
      const outcome = await collect(inPieces(bytes, dice), 60).catch((error: unknown) => error);
      if (!Array.isArray(outcome)) {
        expect(isNodeError(outcome, 'ollama-answer-invalid'), `seed ${seed}: ${String(outcome)}`).toBe(true);
      }
    }
  });

  it('a character cut between chunks arrives whole', async () => {
    const bytes = encoder.encode('{"response":"😀"}\n');
    const single = (async function* () {
      for (const byte of bytes) yield Uint8Array.of(byte);
    })();
    expect(await collect(single)).toEqual([{ response: '😀' }]);
  });

  it('a line longer than allowed is refused, also when it never ends', async () => {
    await expect(collect(chunksOf(`"${'x'.repeat(100)}"\n`), 50)).rejects.toThrow(/line-longer-than\(50\)/);
    let pulled = 0;
    const endless = (async function* () {
      for (;;) {
        pulled += 1;
        yield encoder.encode('xxxxxxxxxx');
      }
    })();
    await expect(collect(endless, 1000)).rejects.toThrow(/line-longer-than\(1000\)/);
    expect(pulled).toBe(101);
  });

  it('what is refused is not repeated in the error', async () => {
    for (const bad of [
      'secret answer\n',
      '{"response":"secret answer"\n',
      '"secret answer',
      '\u{feff}[secret answer',
    ]) {
      const error: unknown = await collect(chunksOf(bad)).catch((thrown: unknown) => thrown);
      expect(isNodeError(error, 'ollama-answer-invalid')).toBe(true);
      expect(String(error)).not.toContain('secret');
    }
  });

  it('bytes that are no UTF-8 are refused, not replaced', async () => {
    const bytes = Uint8Array.from([0x22, 0xff, 0xfe, 0x22, 0x0a]);
    const one = (async function* () {
      yield bytes;
    })();
    await expect(collect(one)).rejects.toThrow(/line-not-utf8/);
  });

  it('takes time in proportion to the length: a megabyte in single bytes is one line', async () => {
    const bytes = encoder.encode(`"${'x'.repeat(1_000_000)}"\n`);
    const single = (async function* () {
      for (let at = 0; at < bytes.length; at++) yield bytes.subarray(at, at + 1);
    })();
    const [value] = await collect(single, 2_000_000);
    expect(value).toHaveLength(1_000_000);
  });
});

/** An Ollama whose generate stream is these bytes. */
function ollamaStreaming(chunks: AsyncIterable<Uint8Array>, status = 200) {
  let closed = 0;
  const http: HttpClient = {
    pending: 0,
    request: () => Promise.reject(new Error('not asked for here')),
    stream: async () => ({ status, headers: {}, chunks, close: () => void closed++, letEnd: () => {} }),
    dropIdle: () => {},
    stop: async () => {},
  };
  const client = createOllamaClient({ baseUrl: 'http://127.0.0.1:1' }, { http, clock: systemClock });
  return { client, closed: () => closed };
}
const generate = (chunks: AsyncIterable<Uint8Array>, maxResultBytes = 1e6) =>
  ollamaStreaming(chunks).client.generate({ model: 'llama3.2', prompt: 'hello' }, { maxResultBytes });
const codeOf = (error: unknown) => (isNodeError(error) ? error.code : error);

describe('a generate stream', () => {
  it('is the sum of its pieces, however it is cut (1,500 seeds)', async () => {
    for (let seed = 0; seed < 1500; seed++) {
      const dice = random(seed);
      const pieces = Array.from({ length: dice.below(20) }, () => someText(dice));
      const thoughts = dice.below(3) === 0 ? [someText(dice)] : [];
      const lines = [
        ...thoughts.map((thinking) => ({ response: '', thinking, done: false })),
        ...pieces.map((response) => ({ model: 'llama3.2', response, done: false })),
        {
          response: '',
          done: true,
          done_reason: 'stop',
          prompt_eval_count: 3,
          eval_count: pieces.length,
          context: [1, 2],
        },
      ];
      const bytes = encoder.encode(`${lines.map((line) => JSON.stringify(line)).join('\n')}\n`);
      const generation = await generate(inPieces(bytes, dice));
      expect(generation, `seed ${seed}`).toMatchObject({
        text: pieces.join(''),
        inputTokens: 3,
        outputTokens: pieces.length,
        thinking: thoughts.some((thought) => thought !== ''),
      });
    }
  });

  it('cut off anywhere it is never an answer (every byte of one)', async () => {
    const whole = encoder.encode(
      '{"response":"Hé","done":false}\n{"response":"","done":true,"done_reason":"stop","eval_count":2}',
    );
    for (let end = 0; end < whole.length; end++) {
      const cut = (async function* () {
        yield whole.subarray(0, end);
      })();
      const error: unknown = await generate(cut).catch((thrown: unknown) => thrown);
      expect(['ollama-died', 'ollama-answer-invalid'], `cut at ${end}`).toContain(codeOf(error));
    }
  });

  it.each([
    ['an object that says nothing', '{"model":"llama3.2"}\n'],
    ['a list', '[1,2]\n'],
    ['a number', '7\n'],
    ['null', 'null\n'],
    ['a text that is no text', '{"response":7,"done":false}\n'],
    ['an end that is no truth', '{"response":"","done":"yes"}\n'],
    ['a page of another server', '<html>hello</html>\n'],
  ])('%s is no answer', async (_what, line) => {
    expect(codeOf(await generate(chunksOf(line)).catch((error: unknown) => error))).toBe(
      'ollama-answer-invalid',
    );
  });

  it('counts that are no counts are unknown; the answer stands', async () => {
    const line =
      '{"response":"yes","done":true,"prompt_eval_count":-1,"eval_count":"9","eval_duration":1.5}\n';
    expect(await generate(chunksOf(line))).toMatchObject({
      text: 'yes',
      inputTokens: null,
      outputTokens: null,
      evalMs: null,
    });
  });

  it('more text than allowed is refused, measured in bytes', async () => {
    const line = '{"response":"ééé","done":false}\n';
    const end = '{"response":"","done":true}\n';
    expect((await generate(chunksOf(line, end), 6)).text).toBe('ééé');
    expect(codeOf(await generate(chunksOf(line, end), 5).catch((error: unknown) => error))).toBe(
      'result-too-large',
    );
  });

  it('the connection is closed after an answer and after a failure', async () => {
    const good = ollamaStreaming(chunksOf('{"response":"yes","done":true}\n{"more":1}\n'));
    await good.client.generate({ model: 'm', prompt: 'p' }, { maxResultBytes: 9 });
    expect(good.closed()).toBe(1);
    const bad = ollamaStreaming(chunksOf('nonsense\n'));
    await bad.client.generate({ model: 'm', prompt: 'p' }, { maxResultBytes: 9 }).catch(() => null);
    expect(bad.closed()).toBe(1);
  });

  const empty = (end: object, ...before: object[]) =>
    generate(chunksOf(...[...before, { done: true, ...end }].map((line) => `${JSON.stringify(line)}\n`)));
  it('an empty text is truly empty only when everything says so', async () => {
    const said = { response: '', done_reason: 'stop', prompt_eval_count: 5 };
    expect((await empty({ ...said, eval_count: 1 })).trulyEmpty).toBe(true);
    expect((await empty(said)).trulyEmpty).toBe(true);
    for (const [why, generation] of Object.entries({
      'many tokens, no text': await empty({ ...said, eval_count: 40 }),
      'no counts': await empty({ response: '', done_reason: 'stop' }),
      'cut at the length': await empty({ ...said, done_reason: 'length' }),
      'only loaded': await empty({ ...said, done_reason: 'load' }),
      'no reason': await empty({ response: '', prompt_eval_count: 5 }),
      'only thoughts': await empty(said, { response: '', thinking: 'hmm', done: false }),
      'the field is missing': await empty({ done_reason: 'stop', prompt_eval_count: 5 }),
    })) {
      expect(generation, why).toMatchObject({ text: '', trulyEmpty: false });
    }
  });

  it.each([
    'the input length exceeds the context length',
    'input length exceeds maximum context length',
    'the prompt is longer than the context length currently available to the model; shorten it',
    '{"error":{"code":400,"message":"request (8889 tokens) exceeds the available context size (4096 tokens), try increasing it","type":"exceed_context_size_error","n_prompt_tokens":8889,"n_ctx":4096}}',
  ])('the refusal %j is a context overflow, as status and as a line', async (error) => {
    const body = JSON.stringify({ error });
    const asStatus = ollamaStreaming(chunksOf(body), 400).client;
    for (const attempt of [
      asStatus.generate({ model: 'm', prompt: 'p' }, { maxResultBytes: 9 }),
      generate(chunksOf(`${body}\n`)),
    ]) {
      expect(codeOf(await attempt.catch((thrown: unknown) => thrown))).toBe('context-overflow');
    }
  });

  it('a cloud model is never asked', async () => {
    const { client, closed } = ollamaStreaming(chunksOf('{"response":"hi","done":true}\n'));
    const asked = client.generate({ model: 'gpt-oss:120b-cloud', prompt: 'p' }, { maxResultBytes: 9 });
    await expect(asked).rejects.toThrow(/model-not-installed/);
    expect(closed()).toBe(0);
  });
});
