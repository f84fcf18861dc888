import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Line, ollamaApi } from '../../fixtures/ollama/api.ts';
import { differences } from '../../fixtures/ollama/differences.ts';
import type { OllamaStandIn } from '../../practice-network/ollama/stand-in.ts';
import { startOllamaStandIn } from '../../practice-network/ollama/stand-in.ts';
import { answerFor } from '../../practice-network/ollama/text.ts';

let ollama: OllamaStandIn;
beforeEach(async () => {
  ollama = await startOllamaStandIn();
});
afterEach(() => ollama.stop());

const { call, json, lines, names } = ollamaApi(() => ollama);
const hello = { model: 'llama3.2', prompt: 'Hello' };

describe('as a real Ollama does', () => {
  for (const [name, run] of differences) it(name, () => run({ url: ollama.url, model: 'llama3.2:latest' }));

  it('asks no cloud where that is turned off, and can reach none elsewhere', async () => {
    const cloud = { model: 'gpt-oss:120b-cloud', prompt: 'Hi' };
    expect((await json('/api/show', { model: 'x:cloud' })).status).toBe(502);
    const other = await startOllamaStandIn({ noCloud: true });
    try {
      const ask = async (path: string) => {
        const answer = await fetch(`${other.url}${path}`, { method: 'POST', body: JSON.stringify(cloud) });
        return [answer.status, ((await answer.json()) as Line).error];
      };
      expect(await ask('/api/generate')).toEqual([
        403,
        'ollama cloud is disabled: remote model is unavailable',
      ]);
      expect(await ask('/api/show')).toEqual([
        403,
        'ollama cloud is disabled: remote model details are unavailable',
      ]);
    } finally {
      await other.stop();
    }
  });

  it('refuses with 503 what exceeds its queue for a load, and lets any number wait for a model in memory', async () => {
    const other = await startOllamaStandIn({ maxQueue: 1, inMemory: ['qwen2.5:7b'] });
    try {
      await other.setFaults({ loadDelayMs: 600_000, hangBeforeHeaders: true });
      const hungUp = new AbortController();
      const ask = (model: string) =>
        fetch(`${other.url}/api/generate`, {
          method: 'POST',
          body: JSON.stringify({ ...hello, model }),
          signal: hungUp.signal,
        });
      const inMemory = Array.from({ length: 3 }, () => ask('qwen2.5:7b'));
      await other.seen.when('the first', () => other.seen.generationsInFlight === 3);
      const toLoad = [ask('llama3.2'), ask('llama3.2')];
      const refused = await Promise.race([...inMemory, ...toLoad]);
      expect([refused.status, await refused.json()]).toEqual([
        503,
        { error: 'server busy, please try again.  maximum pending requests exceeded' },
      ]);
      hungUp.abort();
      const ends = await Promise.allSettled([...inMemory, ...toLoad]);
      expect(ends.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    } finally {
      await other.stop();
    }
  });

  it('says of a model without room what its runner said, and ends a whole answer without done', async () => {
    const small = await startOllamaStandIn({ memoryBytes: 1 });
    const refused = await fetch(`${small.url}/api/generate`, { method: 'POST', body: JSON.stringify(hello) });
    expect([refused.status, ((await refused.json()) as Line).error]).toEqual([
      500,
      expect.stringMatching(/^llama-server process has terminated: .*failed to allocate/),
    ]);
    await small.stop();
    await ollama.setFaults({ endWithoutDone: true, times: 1 });
    const whole = (await json('/api/generate', { ...hello, stream: false })).body;
    expect(whole).toMatchObject({ done: false, response: answerFor('llama3.2:latest', 'Hello') });
  });

  it.each([
    [{ pullBlob: 'missing' }, /^file does not exist$/],
    [{ pullBlob: 'failing' }, /^500: /],
    [{ pullBlob: 'no-space' }, /^write .*-partial: no space left on device$/],
    [{ pullManifestStatus: 503 }, /^pull model manifest: 503: /],
  ] as const)('ends a pull under %j in its own words', async (fault, error) => {
    await ollama.setFaults(fault);
    expect((await lines('/api/pull', { model: 'phi4' })).at(-1)).toEqual({
      error: expect.stringMatching(error),
    });
    expect(await names()).not.toContain('phi4:latest');
  });

  it('says nothing certain of the end of a layer, and gives a deletion no type', async () => {
    const progress = await lines('/api/pull', { model: 'phi4' });
    const layers = progress.filter(({ total }) => total !== undefined);
    expect(layers.length).toBeGreaterThan(3);
    expect(layers.some(({ total, completed }) => total === completed)).toBe(false);
    const gone = await call('/api/delete', { model: 'phi4' }, { method: 'DELETE' });
    expect([gone.status, gone.headers.get('content-type')]).toEqual([200, null]);
  });
});
