import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createHttpClient, type HttpClient } from '../../../../electron/daemon/http/client.ts';
import type { Logger } from '../../../../electron/daemon/logging/logger.ts';
import { createOllamaClient } from '../../../../electron/daemon/ollama/api/client.ts';
import {
  createOllamaWatch,
  type OllamaStatus,
  type OllamaWatch,
} from '../../../../electron/daemon/ollama/models/watch.ts';
import { type Clock, systemClock } from '../../../../electron/daemon/system/clock.ts';
import { type OllamaStandIn, startOllamaStandIn } from '../../../practice-network/ollama/stand-in.ts';

const startedAtMs = 1_760_000_000_000;
let http: HttpClient;
let ollama: OllamaStandIn;
let watch: OllamaWatch;
let clock: ReturnType<typeof manualClock>;
let logged: { level: string; event: string; facts: unknown }[];
const others: OllamaWatch[] = [];

/** Time stands still until the test lets the one waiting timer run out. */
function manualClock() {
  let nowMs = startedAtMs;
  let waiting: { delayMs: number; run: () => void } | null = null;
  const seam: Clock = {
    ...systemClock,
    now: () => nowMs,
    after(delayMs, run) {
      const timer = { delayMs, run };
      waiting = timer;
      return {
        cancel: () => {
          if (waiting === timer) waiting = null;
        },
      };
    },
  };
  return {
    seam,
    pass: (ms: number) => {
      nowMs += ms;
    },
    get waitMs() {
      return waiting?.delayMs ?? null;
    },
    /** Lets the wait end; the look it starts is joined. */
    async runOut(): Promise<OllamaStatus> {
      const timer = waiting;
      if (!timer) throw new Error('nothing waits');
      waiting = null;
      nowMs += timer.delayMs;
      timer.run();
      return watch.refresh();
    },
  };
}

const note = (level: string) => (event: string, facts?: Record<string, unknown>) =>
  void logged.push({ level, event, facts });
const log: Logger = {
  debug: note('debug'),
  info: note('info'),
  warn: note('warn'),
  error: note('error'),
  fault() {},
  close: async () => {},
};

function makeWatch(preferredModel: string | null): OllamaWatch {
  const client = createOllamaClient({ baseUrl: ollama.url }, { http, clock: systemClock });
  const made = createOllamaWatch({ preferredModel }, { client, clock: clock.seam, log });
  others.push(made);
  return made;
}

beforeEach(async () => {
  logged = [];
  http = createHttpClient({ plainHttp: 'loopback', userAgent: 'test' }, { clock: systemClock });
  ollama = await startOllamaStandIn();
  clock = manualClock();
  watch = makeWatch(null);
});
afterEach(async () => {
  for (const made of others.splice(0)) await made.stop();
  await http.stop();
  await ollama.stop();
});
const names = (models: { name: string }[]) =>
  models.map((model) => model.name).sort((a, b) => (a < b ? -1 : 1));

describe('watching Ollama', () => {
  it('knows nothing before the first check', () => {
    expect(watch.current()).toEqual({
      state: 'unknown',
      reason: null,
      sinceMs: startedAtMs,
      asOfMs: null,
      version: null,
      models: [],
      servable: [],
      loaded: null,
      defaultModel: null,
      preferredMissing: false,
      lastKnown: null,
    });
  });

  it('reports what is installed, what of it can serve, and which is the default', async () => {
    const status = await watch.refresh();
    expect(status).toMatchObject({
      state: 'running',
      reason: null,
      version: '0.0.0-stand-in',
      asOfMs: startedAtMs,
    });
    expect(names(status.models)).toEqual([
      'gpt-oss:120b-cloud',
      'llama3.2:latest',
      'nomic-embed-text:latest',
      'qwen2.5:7b',
    ]);
    expect(names(status.servable)).toEqual(['llama3.2:latest', 'qwen2.5:7b']);
    expect(status.defaultModel).toBe('llama3.2:latest');
    expect(status.models.find((model) => model.name === 'nomic-embed-text:latest')).toMatchObject({
      servable: false,
      notServableBecause: 'embedding',
      capabilities: ['embedding'],
      contextLength: 2048,
    });
    expect(status.models.find((model) => model.name === 'gpt-oss:120b-cloud')).toMatchObject({
      servable: false,
      notServableBecause: 'cloud',
      remoteHost: 'https://ollama.com:443',
    });
  });

  it('a model listed before it, with the same beginning, does not become the default', async () => {
    ollama.models.replace([
      { name: 'llama3.2-vision:latest', capabilities: ['completion', 'vision'] },
      { name: 'nomic-embed-text', capabilities: ['embedding'] },
      { name: 'llama3.2:latest' },
    ]);
    expect((await makeWatch('llama3.2').refresh()).defaultModel).toBe('llama3.2:latest');
  });

  it('a machine with nothing but an embedding model cannot serve', async () => {
    ollama.models.replace([{ name: 'nomic-embed-text', capabilities: ['embedding'], family: 'nomic-bert' }]);
    expect(await watch.refresh()).toMatchObject({ state: 'running', servable: [], defaultModel: null });
  });

  it('the default falls back when its model is removed, and returns with it', async () => {
    watch = makeWatch('qwen2.5:7b');
    expect(await watch.refresh()).toMatchObject({ defaultModel: 'qwen2.5:7b', preferredMissing: false });
    ollama.models.remove('qwen2.5:7b');
    expect(await watch.refresh()).toMatchObject({ defaultModel: 'llama3.2:latest', preferredMissing: true });
    ollama.models.add({ name: 'qwen2.5:7b' });
    expect(await watch.refresh()).toMatchObject({ defaultModel: 'qwen2.5:7b', preferredMissing: false });
  });

  it('another preferred model takes effect at once', async () => {
    await watch.refresh();
    const seen: (string | null)[] = [];
    watch.onChange((status) => seen.push(status.defaultModel));
    watch.prefer('qwen2.5:7b');
    expect(watch.current()).toMatchObject({ defaultModel: 'qwen2.5:7b', preferredMissing: false });
    watch.prefer('not-here');
    expect(watch.current()).toMatchObject({ defaultModel: 'llama3.2:latest', preferredMissing: true });
    expect(seen).toEqual(['qwen2.5:7b', 'llama3.2:latest']);
  });

  it('when Ollama dies nothing can serve, and what was installed is remembered apart', async () => {
    await watch.refresh();
    clock.pass(5000);
    await ollama.setFaults({ down: true });
    const down = await watch.refresh();
    expect(down).toMatchObject({
      state: 'unreachable',
      reason: 'ECONNREFUSED',
      sinceMs: startedAtMs + 5000,
      asOfMs: startedAtMs + 5000,
      version: null,
      models: [],
      servable: [],
      defaultModel: null,
      lastKnown: { defaultModel: 'llama3.2:latest', asOfMs: startedAtMs },
    });
    expect(down.lastKnown?.models).toHaveLength(4);
    clock.pass(5000);
    expect(await watch.refresh()).toMatchObject({
      sinceMs: startedAtMs + 5000,
      asOfMs: startedAtMs + 10_000,
    });
    await ollama.clearFaults();
    expect(await watch.refresh()).toMatchObject({ state: 'running', defaultModel: 'llama3.2:latest' });
  });

  it('a server that answers with errors is failing, not absent', async () => {
    await ollama.setFaults({ apiStatus: 500 });
    expect(await watch.refresh()).toMatchObject({ state: 'failing', reason: 'status 500', servable: [] });
    expect(logged).toContainEqual({
      level: 'warn',
      event: 'ollama-not-running',
      facts: expect.objectContaining({ state: 'failing', reason: 'status 500' }),
    });
  });

  it('checks again after 10 s while it runs, and after 2, 4, 8, 10 s while it does not', async () => {
    await ollama.setFaults({ down: true });
    watch.start();
    await watch.refresh();
    const waits = [clock.waitMs];
    for (let look = 0; look < 4; look++) {
      await clock.runOut();
      waits.push(clock.waitMs);
    }
    expect(waits).toEqual([2000, 4000, 8000, 10_000, 10_000]);
    await ollama.clearFaults();
    await clock.runOut();
    expect(clock.waitMs).toBe(10_000);
    await ollama.setFaults({ down: true });
    await clock.runOut();
    expect(clock.waitMs).toBe(2000);
  });

  it('two that ask at once share one check', async () => {
    const [first, second] = await Promise.all([watch.refresh(), watch.refresh()]);
    expect(first).toBe(second);
    expect(ollama.seen.count('/api/tags')).toBe(1);
  });

  it('asks what a model can do once, and again when its digest changes', async () => {
    await watch.refresh();
    await watch.refresh();
    expect(ollama.seen.count('/api/show')).toBe(3);
    ollama.models.add({ name: 'llama3.2:latest', digest: 'new', capabilities: ['embedding'] });
    const status = await watch.refresh();
    expect(ollama.seen.count('/api/show')).toBe(4);
    expect(names(status.servable)).toEqual(['qwen2.5:7b']);
    expect(ollama.seen.requests.map((request) => request.model)).not.toContain('gpt-oss:120b-cloud');
  });

  it('says when something changed, and is silent when only time passed', async () => {
    const changes: string[] = [];
    const end = watch.onChange((status) => changes.push(`${status.state} ${status.models.length}`));
    await watch.refresh();
    clock.pass(10_000);
    await watch.refresh();
    ollama.models.add({ name: 'phi4' });
    await watch.refresh();
    end();
    ollama.models.remove('phi4');
    await watch.refresh();
    expect(changes).toEqual(['running 4', 'running 5']);
  });

  it('stops in the middle of a check, and checks no more', async () => {
    await ollama.setFaults({ apiHang: true });
    watch.start();
    await ollama.seen.when('a look', () => ollama.seen.count('/api/tags') > 0);
    await watch.stop();
    expect(watch.current().state).toBe('unknown');
    expect(clock.waitMs).toBeNull();
    await watch.refresh();
    expect(ollama.seen.count('/api/tags')).toBe(1);
  });
});

describe('a list that does not come', () => {
  it('is no sign that Ollama stopped while a generation streams to us, and is one 10 s after the stream stopped', async () => {
    let monotonicMs = 0;
    const clientClock = { ...systemClock, monotonicMs: () => monotonicMs };
    const client = createOllamaClient({ baseUrl: ollama.url }, { http, clock: clientClock });
    watch = createOllamaWatch({ preferredModel: null }, { client, clock: clock.seam, log });
    others.push(watch);
    expect((await watch.refresh()).state).toBe('running');
    const { models } = watch.current();

    const abort = new AbortController();
    const moved = Promise.withResolvers<void>();
    await ollama.setFaults({ tokenDelayMs: 5, hangAfterChunks: 1 });
    const generation = client
      .generate(
        { model: 'llama3.2:latest', prompt: 'Why?' },
        { signal: abort.signal, maxResultBytes: 1024, onFirstToken: () => moved.resolve() },
      )
      .catch(() => 'aborted');
    await moved.promise;
    await ollama.setFaults({ apiStatus: 500 });
    monotonicMs = 6000;
    expect(await watch.refresh()).toMatchObject({ state: 'running', models });
    monotonicMs = 10_001;
    expect((await watch.refresh()).state).toBe('failing');
    abort.abort();
    expect(await generation).toBe('aborted');
  });
});
