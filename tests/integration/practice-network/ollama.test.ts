import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Line, ollamaApi } from '../../fixtures/ollama/api.ts';
import type { OllamaStandIn } from '../../practice-network/ollama/stand-in.ts';
import { startOllamaStandIn } from '../../practice-network/ollama/stand-in.ts';
import { answerFor, tokensOf } from '../../practice-network/ollama/text.ts';

let ollama: OllamaStandIn;
beforeEach(async () => {
  ollama = await startOllamaStandIn();
});
afterEach(() => ollama.stop());

const { call, json, lines, names } = ollamaApi(() => ollama);
const textOf = (chunks: Line[]) => chunks.map((chunk) => chunk.response).join('');
const hello = { model: 'llama3.2', prompt: 'Hello' };

describe('the HTTP API', () => {
  it('says openly that it is a stand-in', async () => {
    const answer = await call('/api/version');
    expect(answer.headers.get('x-stand-in')).toContain('stand-in');
    expect(await answer.json()).toEqual({ version: '0.0.0-stand-in' });
  });

  it('lists and describes models with capabilities, context length and remote host', async () => {
    expect(await names()).toEqual([
      'llama3.2:latest',
      'qwen2.5:7b',
      'nomic-embed-text:latest',
      'gpt-oss:120b-cloud',
    ]);
    expect((await json('/api/show', { model: 'nomic-embed-text' })).body).toMatchObject({
      capabilities: ['embedding'],
      model_info: { 'general.architecture': 'nomic-bert', 'nomic-bert.context_length': 2048 },
    });
    expect((await json('/api/show', { model: 'gpt-oss:120b-cloud' })).body).toMatchObject({
      remote_host: 'https://ollama.com:443',
      remote_model: 'gpt-oss:120b',
    });
    expect(await json('/api/show', { model: 'x' })).toEqual({
      status: 404,
      body: { error: "model 'x:latest' not found" },
    });
  });

  it('answers the same prompt with the same text, in one piece and in many, with counts from the text', async () => {
    const whole = (await json('/api/generate', { ...hello, stream: false })).body;
    const chunks = await lines('/api/generate', hello);
    const last = chunks.at(-1);
    expect(whole.response).toBe(answerFor('llama3.2:latest', 'Hello'));
    expect(textOf(chunks)).toBe(whole.response);
    expect(chunks.length).toBeGreaterThan(5);
    expect(last).toMatchObject({
      model: 'llama3.2',
      done: true,
      done_reason: 'stop',
      prompt_eval_count: 1,
      eval_count: chunks.length - 1,
    });
    expect(chunks.slice(0, -1).every((chunk) => chunk.done === false)).toBe(true);
    expect(last?.total_duration).toEqual(expect.any(Number));
    expect(answerFor('llama3.2:latest', 'Hello')).not.toBe(answerFor('llama3.2:latest', 'Hello!'));
  });

  it('splits a text into tokens that give the text again, emoji and odd spaces included', () => {
    for (const text of ['', ' ', 'a  b\n', 'h😀😀😀😀😀😀😀llo wörld ', '\u00e9\u0301 x'])
      expect(tokensOf(text).join('')).toBe(text);
  });

  it('refuses as Ollama does: unknown model, embedding model, cloud model, no body, unknown path', async () => {
    const refusal = async (body: unknown) => json('/api/generate', body);
    expect(await refusal({ ...hello, model: 'x' })).toEqual({
      status: 404,
      body: { error: "model 'x' not found" },
    });
    expect(await refusal({ ...hello, model: 'nomic-embed-text' })).toEqual({
      status: 400,
      body: { error: '"nomic-embed-text" does not support generate' },
    });
    expect(await refusal({ ...hello, model: 'gpt-oss:120b-cloud' })).toMatchObject({ status: 401 });
    expect((await call('/api/generate', undefined, { method: 'POST' })).status).toBe(400);
    expect((await call('/api/nothing')).status).toBe(404);
  });

  it('truncates a prompt that is too long, and under truncate:false says 400', async () => {
    const long = { model: 'llama3.2', prompt: 'word '.repeat(5_000) };
    expect((await json('/api/generate', { ...long, stream: false })).body).toMatchObject({
      prompt_eval_count: 4096,
    });
    expect(await json('/api/generate', { ...long, truncate: false })).toEqual({
      status: 400,
      body: { error: expect.stringMatching(/^\{"error":\{.*exceed_context_size_error.*"n_ctx":4096\}\}$/) },
    });
    const roomy = { ...long, truncate: false, stream: false, options: { num_ctx: 8192 } };
    expect((await json('/api/generate', roomy)).status).toBe(200);
  });

  it('stops at num_predict with done_reason length', async () => {
    const chunks = await lines('/api/generate', { ...hello, options: { num_predict: 3 } });
    expect(chunks.at(-1)).toMatchObject({ done_reason: 'length', eval_count: 3 });
  });

  it('says where a model lies, and what keeps it from being loaded', async () => {
    await ollama.setFaults({ vramShare: 0.25 });
    await call('/api/generate', { model: 'llama3.2' });
    const [entry] = (await json('/api/ps')).body.models as { size: number; size_vram: number }[];
    expect(entry?.size_vram).toBe(Math.round((entry?.size ?? 0) / 4));
    await call('/api/generate', { model: 'llama3.2', keep_alive: 0 });
    await ollama.setFaults({ loadStatus: 500, errorText: 'cudaMalloc failed: out of memory' });
    expect(await json('/api/generate', { model: 'llama3.2' })).toEqual({
      status: 500,
      body: { error: 'cudaMalloc failed: out of memory' },
    });
    expect((await json('/api/ps')).body).toEqual({ models: [] });
  });

  it('leaves the time in memory as it was for a request that does not say', async () => {
    await call('/api/generate', { model: 'llama3.2', keep_alive: -1 });
    await lines('/api/generate', hello);
    const [entry] = (await json('/api/ps')).body.models as { expires_at: string }[];
    expect(entry?.expires_at).toMatch(/^2[23]\d\d-.*\d{9}Z$/);
  });

  it('keeps a model in memory as long as keep_alive says', async () => {
    const loaded = async () =>
      ((await json('/api/ps')).body.models as { name: string }[]).map(({ name }) => name);
    expect(await loaded()).toEqual([]);
    await call('/api/generate', { model: 'llama3.2', keep_alive: -1 });
    expect(await loaded()).toEqual(['llama3.2:latest']);
    expect((await json('/api/generate', { model: 'llama3.2', keep_alive: 0 })).body).toMatchObject({
      done_reason: 'unload',
    });
    expect(await loaded()).toEqual([]);
    expect(ollama.seen.generations).toHaveLength(0);
  });

  it('runs one generation at a time and counts how many were in flight', async () => {
    await ollama.setFaults({ hangAfterChunks: 0, times: 1 });
    const first = new AbortController();
    const hanging = call('/api/generate', hello, { signal: first.signal })
      .then((answer) => answer.text())
      .catch(() => 'aborted');
    await ollama.seen.when('one in flight', () => ollama.seen.generationsInFlight === 1);
    const second = lines('/api/generate', hello);
    await ollama.seen.when('two in flight', () => ollama.seen.generationsInFlight === 2);
    expect(ollama.seen.generations[1]?.chunksSent).toBe(0);
    first.abort();
    expect(textOf(await second)).toBe(answerFor('llama3.2:latest', 'Hello'));
    expect(await hanging).toBe('aborted');
    expect(ollama.seen.generationsPeak).toBe(2);
  });
});

describe('pulls', () => {
  it('streams real layers whose bytes have the digests it names, and lists the model afterwards', async () => {
    const progress = await lines('/api/pull', { model: 'phi4' });
    expect(progress[0]).toEqual({ status: 'pulling manifest' });
    expect(progress.slice(-3).map((line) => line.status)).toEqual([
      'verifying sha256 digest',
      'writing manifest',
      'success',
    ]);
    const digests = new Set(
      progress.flatMap((line) => (typeof line.digest === 'string' ? [line.digest] : [])),
    );
    expect(digests.size).toBe(4);
    for (const digest of digests) {
      const bytes = await readFile(join(ollama.blobDir, digest.replace(':', '-')));
      expect(`sha256:${createHash('sha256').update(bytes).digest('hex')}`).toBe(digest);
    }
    expect((await names())[0]).toBe('phi4:latest');
    expect((await json('/api/generate', { model: 'phi4', prompt: 'Hi', stream: false })).status).toBe(200);
  });

  it('goes on where a broken pull stopped', async () => {
    await ollama.setFaults({ pullDieAfterBytes: 1_000_000 });
    await expect(lines('/api/pull', { model: 'phi4' })).rejects.toThrow();
    expect(await names()).not.toContain('phi4:latest');
    // A partial layer has its full length from the start; the files of its parts say what has come.
    const partial = (await readdir(ollama.blobDir)).find((file) => file.endsWith('-partial')) ?? '';
    const facts = await stat(join(ollama.blobDir, partial));
    expect([facts.size, facts.blocks * 512 < 1_100_000]).toEqual([4_194_304, true]);
    const part = JSON.parse(await readFile(join(ollama.blobDir, `${partial}-0`), 'utf8'));
    expect(part).toEqual({ N: 0, Offset: 0, Size: 1_048_576, Completed: 1_000_000 });
    const again = await lines('/api/pull', { model: 'phi4' });
    expect(again[1]).toMatchObject({ completed: 1_000_000, total: 4_194_304 });
    expect(again.at(-1)).toEqual({ status: 'success' });
  });

  it('stops when the client hangs up, keeping what came', async () => {
    await ollama.setFaults({ pullHang: true });
    const hungUp = new AbortController();
    const pull = call('/api/pull', { model: 'phi4' }, { signal: hungUp.signal }).then((answer) =>
      answer.text(),
    );
    await ollama.seen.when('progress', () => (ollama.seen.requests[0]?.chunksSent ?? 0) >= 2);
    hungUp.abort();
    await expect(pull).rejects.toThrow();
    await ollama.seen.when('the end', () => ollama.seen.requests[0]?.outcome === 'aborted');
  });

  it('reports an unknown name, a server error, damaged bytes and an early end inside the 200 stream', async () => {
    expect((await lines('/api/pull', { model: 'nobody/knows' })).at(-1)).toEqual({
      error: 'pull model manifest: file does not exist',
    });
    await ollama.setFaults({
      pullErrorAfterBytes: 5,
      errorText: 'max retries exceeded: no space left on device',
    });
    expect((await lines('/api/pull', { model: 'phi4' })).at(-1)).toEqual({
      error: 'max retries exceeded: no space left on device',
    });
    await ollama.setFaults({ pullCorrupt: true });
    expect(String((await lines('/api/pull', { model: 'phi4' })).at(-1)?.error)).toContain('digest mismatch');
    await ollama.setFaults({ pullEndsWithoutSuccess: true });
    expect((await lines('/api/pull', { model: 'phi4' })).at(-1)).toEqual({
      status: 'verifying sha256 digest',
    });
    expect(await names()).not.toContain('phi4:latest');
    expect((await lines('/api/pull', { model: 'phi4' })).at(-1)).toEqual({ status: 'success' });
  });

  it('deletes a model with its layers', async () => {
    await lines('/api/pull', { model: 'phi4' });
    const gone = await call('/api/delete', { model: 'phi4' }, { method: 'DELETE' });
    expect([gone.status, await gone.text()]).toEqual([200, '']);
    expect(await names()).not.toContain('phi4:latest');
    expect(await readdir(ollama.blobDir)).toEqual([]);
    expect((await call('/api/delete', { model: 'phi4' }, { method: 'DELETE' })).status).toBe(404);
  });
});

describe('faults', () => {
  it('refuses connections while down and comes back on the same port', async () => {
    const { url } = ollama;
    await ollama.setFaults({ down: true });
    await expect(call('/api/version')).rejects.toThrow();
    await ollama.clearFaults();
    expect(ollama.url).toBe(url);
    expect((await call('/api/version')).status).toBe(200);
  });

  it('dies after two chunks, once', async () => {
    await ollama.setFaults({ dieAfterChunks: 2, times: 1 });
    const answer = await call('/api/generate', hello);
    const received: string[] = [];
    const reading = (async () => {
      for await (const part of answer.body ?? []) received.push(Buffer.from(part).toString());
    })();
    await expect(reading).rejects.toThrow();
    expect(received.join('').trim().split('\n')).toHaveLength(2);
    expect(ollama.seen.generations[0]).toMatchObject({ outcome: 'broken', chunksSent: 2 });
    expect((await lines('/api/generate', hello)).at(-1)).toMatchObject({ done: true });
  });

  it('sends an error object, a garbage line, or no end, in the middle of a stream', async () => {
    await ollama.setFaults({ errorAfterChunks: 1, errorText: 'boom', times: 1 });
    expect((await lines('/api/generate', hello)).at(-1)).toEqual({ error: 'boom' });
    await ollama.setFaults({ garbageAfterChunks: 1, times: 1 });
    await expect(lines('/api/generate', hello)).rejects.toThrow(SyntaxError);
    await ollama.setFaults({ endWithoutDone: true, times: 1 });
    expect((await lines('/api/generate', hello)).at(-1)).toMatchObject({ done: false });
  });

  it('leaves counts or the text out, answers nothing, or exactly so many bytes', async () => {
    await ollama.setFaults({ omitCounts: true, times: 1 });
    const bare = (await lines('/api/generate', hello)).at(-1);
    expect(bare).not.toHaveProperty('eval_count');
    expect(bare).not.toHaveProperty('prompt_eval_count');
    await ollama.setFaults({ omitResponse: true, times: 1 });
    expect((await json('/api/generate', { ...hello, stream: false })).body).not.toHaveProperty('response');
    await ollama.setFaults({ emptyResponse: true, times: 1 });
    expect(await lines('/api/generate', hello)).toMatchObject([{ response: '', done: true }]);
    await ollama.setFaults({ answerBytes: 300_000, times: 1 });
    expect(textOf(await lines('/api/generate', hello))).toHaveLength(300_000);
    await ollama.setFaults({ answerText: 'héllo | 😀', times: 1 });
    expect(textOf(await lines('/api/generate', hello))).toBe('héllo | 😀');
  });

  it('answers 500 with the wanted text', async () => {
    await ollama.setFaults({ status: 500, errorText: 'llama runner process has terminated', times: 1 });
    expect(await json('/api/generate', hello)).toEqual({
      status: 500,
      body: { error: 'llama runner process has terminated' },
    });
  });

  it('notices an abort, and when asked to, ignores it and keeps the next generation waiting', async () => {
    for (const ignoreAbort of [false, true]) {
      ollama.seen.clear();
      await ollama.setFaults({ ignoreAbort, tokenDelayMs: 5, times: 1 });
      const hungUp = new AbortController();
      const aborted = call('/api/generate', hello, { signal: hungUp.signal }).then((answer) => answer.text());
      await ollama.seen.when('a chunk', () => (ollama.seen.generations[0]?.chunksSent ?? 0) > 0);
      hungUp.abort();
      await expect(aborted).rejects.toThrow();
      const [seen] = await ollama.seen.when('the end', () =>
        ollama.seen.generations[0]?.outcome === 'aborted' ? ollama.seen.generations : null,
      );
      const all = tokensOf(answerFor('llama3.2:latest', 'Hello')).length;
      if (ignoreAbort) expect(seen?.chunksSent).toBe(all);
      else expect(seen?.chunksSent).toBeLessThan(all);
    }
  });

  it('hangs before the headers, and hangs or fails the other endpoints', async () => {
    await ollama.setFaults({ hangBeforeHeaders: true });
    await expect(call('/api/generate', hello, { signal: AbortSignal.timeout(50) })).rejects.toThrow();
    await ollama.setFaults({ apiHang: true });
    await expect(call('/api/tags', undefined, { signal: AbortSignal.timeout(50) })).rejects.toThrow();
    await ollama.clearFaults();
    await ollama.setFaults({ apiStatus: 503 });
    expect((await call('/api/tags')).status).toBe(503);
  });

  it('changes its models at run time', async () => {
    ollama.models.remove('llama3.2');
    ollama.models.add({ name: 'mistral:7b' });
    expect((await names())[0]).toBe('mistral:7b');
    expect((await json('/api/generate', hello)).status).toBe(404);
    ollama.models.replace([]);
    expect(await names()).toEqual([]);
  });
});
