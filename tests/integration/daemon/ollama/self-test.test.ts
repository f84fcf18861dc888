import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createHttpClient, type HttpClient } from '../../../../electron/daemon/http/client.ts';
import { createOllamaClient } from '../../../../electron/daemon/ollama/api/client.ts';
import {
  createSelfTests,
  type SelfTestOptions,
  type SelfTests,
} from '../../../../electron/daemon/ollama/models/self-test.ts';
import { createSelfTestStore } from '../../../../electron/daemon/ollama/models/self-test-store.ts';
import { testPrompts } from '../../../../electron/daemon/ollama/models/test-prompts.ts';
import { systemClock } from '../../../../electron/daemon/system/clock.ts';
import { type OllamaStandIn, startOllamaStandIn } from '../../../practice-network/ollama/stand-in.ts';

let folder: string;
let ollama: OllamaStandIn;
let http: HttpClient;
let tests: SelfTests;
let serving = false;

const file = () => join(folder, 'self-tests.json');
function open(options: Partial<SelfTestOptions> = {}): SelfTests {
  const client = createOllamaClient({ baseUrl: ollama.url }, { http, clock: systemClock });
  const modules = {
    client,
    clock: systemClock,
    store: createSelfTestStore(file()),
    isServing: () => serving,
  };
  tests = createSelfTests({ productVersion: '1.2.3', ...options }, modules);
  return tests;
}
async function ended() {
  const limit = AbortSignal.timeout(60_000);
  for (;;) {
    const newest = tests.reports().at(-1);
    if (newest && newest.state !== 'running') return newest;
    if (limit.aborted) throw new Error('the test did not end');
    await pause(2);
  }
}

beforeEach(async () => {
  serving = false;
  folder = await mkdtemp(join(tmpdir(), 'px-self-test-'));
  ollama = await startOllamaStandIn();
  http = createHttpClient({ plainHttp: 'loopback', userAgent: 'test' }, { clock: systemClock });
  open();
});
afterEach(async () => {
  await tests.stop();
  await http.stop();
  await ollama.stop();
  await rm(folder, { recursive: true });
});

describe('a self-test', () => {
  it('gives medians of what Ollama counted, with date and versions', async () => {
    expect(tests.start('llama3.2')).toBe(true);
    expect(tests.reports()).toMatchObject([{ model: 'llama3.2', state: 'running', runs: 0 }]);
    const report = await ended();
    expect(report).toMatchObject({
      model: 'llama3.2',
      state: 'done',
      runs: testPrompts.length,
      ollamaVersion: '0.0.0-stand-in',
      productVersion: '1.2.3',
      reason: null,
    });
    // The stand-in says 0.05 ms for every token of a prompt.
    expect(Number(report.promptTokensPerSecond) / 20_000).toBeCloseTo(1, 0);
    expect(report.generationTokensPerSecond).toBeGreaterThan(0);
    expect(report.firstTokenMs).toBeGreaterThanOrEqual(0);
    const [load, ...asked] = ollama.seen.requests.filter(({ endpoint }) => endpoint === '/api/generate');
    expect(load?.prompt).toBe('');
    expect(asked.map(({ prompt }) => prompt)).toEqual(testPrompts.map(({ text }) => text));
  });

  it('is kept, the newest of each model, and is there again after a restart', async () => {
    for (const model of ['llama3.2', 'qwen2.5:7b', 'llama3.2:latest']) {
      tests.start(model);
      await ended();
    }
    const before = tests.reports();
    expect(before.map(({ model }) => model)).toEqual(['qwen2.5:7b', 'llama3.2:latest']);
    expect(open().reports()).toEqual(before);
    const kept = await readFile(file(), 'utf8');
    for (const { text } of testPrompts) expect(kept).not.toContain(text.slice(0, 30));
  });

  it('does not mind a file that is none', async () => {
    await writeFile(file(), '{"tests":');
    expect(open().reports()).toEqual([]);
  });

  it('leaves unknown what Ollama does not count', async () => {
    await ollama.setFaults({ omitCounts: true });
    tests.start('llama3.2');
    expect(await ended()).toMatchObject({
      state: 'done',
      promptTokensPerSecond: null,
      generationTokensPerSecond: null,
      firstTokenMs: expect.any(Number),
    });
  });

  it('runs one at a time, and not while a request is served', async () => {
    expect([tests.start('llama3.2'), tests.start('qwen2.5:7b')]).toEqual([true, false]);
    await ended();
    serving = true;
    expect(tests.start('llama3.2')).toBe(false);
  });

  it('can be cancelled, gives way to a request, and Ollama stops at once', async () => {
    await ollama.setFaults({ hangAfterChunks: 1 });
    for (const [end, reason] of [
      [() => tests.cancel(), 'cancelled'],
      [() => tests.giveWay(), 'request'],
    ] as const) {
      ollama.seen.clear();
      tests.start('llama3.2');
      await ollama.seen.when('a generation', () => (ollama.seen.generations[0]?.chunksSent ?? 0) > 0);
      end();
      expect(await ended()).toMatchObject({ state: 'cancelled', reason });
      // It hangs until the client hangs up.
      await ollama.seen.when('its end', () => (ollama.seen.generations[0]?.endedAtMs ?? null) !== null);
    }
    expect(tests.cancel()).toBe(false);
  });

  it('shows after its minute what it has by then', async () => {
    tests = open({ limitMs: 300 });
    tests.start('llama3.2');
    await ollama.seen.when('two answers', () => ollama.seen.generations.length === 3);
    await ollama.setFaults({ hangAfterChunks: 0 });
    const report = await ended();
    expect(report.state).toBe('done');
    expect(report.runs).toBeGreaterThanOrEqual(2);
  });

  it('says why there is nothing to show, and keeps what there was', async () => {
    tests.start('llama3.2');
    const done = await ended();
    await ollama.setFaults({ status: 500 });
    tests.start('llama3.2');
    expect(await ended()).toMatchObject({ state: 'failed', reason: 'ollama-error', runs: 0 });
    expect(open().reports()).toEqual([done]);
    await ollama.clearFaults();
    tests.start('no-such-model');
    expect(await ended()).toMatchObject({ state: 'failed', reason: 'model-not-installed' });
  });
});
