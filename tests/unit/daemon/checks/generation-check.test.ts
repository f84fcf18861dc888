import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkGeneration } from '../../../../electron/daemon/checks/generation-check.ts';
import { createHttpClient, type HttpClient } from '../../../../electron/daemon/http/client.ts';
import { createOllamaClient } from '../../../../electron/daemon/ollama/api/client.ts';
import { systemClock } from '../../../../electron/daemon/system/clock.ts';
import type { Snapshot } from '../../../../shared/contract/snapshot.ts';
import { sampleSnapshot } from '../../../fixtures/sample-snapshot.ts';
import { createSimulatedClock } from '../../../fixtures/simulated-clock.ts';
import { type OllamaStandIn, startOllamaStandIn } from '../../../practice-network/ollama/stand-in.ts';

let ollama: OllamaStandIn;
let http: HttpClient;
beforeEach(async () => {
  ollama = await startOllamaStandIn();
  http = createHttpClient({ plainHttp: 'anywhere', userAgent: 'test' }, { clock: systemClock });
});
afterEach(async () => {
  await http.stop();
  await ollama.stop();
});

const model = 'llama3.2:latest';
const client = () => createOllamaClient({ baseUrl: ollama.url }, { http, clock: systemClock });
const check = (running: Snapshot | null = null, contextTokens = 4096) =>
  checkGeneration({ model, contextTokens }, { ollama: client(), running, clock: systemClock });

/** A node that keeps the model in memory and has nothing to do. */
function idleNode(): Snapshot {
  const snapshot = sampleSnapshot();
  return {
    ...snapshot,
    serving: { ...snapshot.serving, running: [] },
    selfTests: [],
    ollama: { ...snapshot.ollama, warmUp: { state: 'loaded', model, sinceMs: 0, reason: null } },
  };
}

describe('the check of answers', () => {
  it('asks for one real token, and says how long it took', async () => {
    const report = await check();
    expect(report).toMatchObject({ id: 'generation', result: 'ok', finding: 'generation-works' });
    expect(report.means).toMatch(/^llama3\.2:latest answered a test in /);
    expect(ollama.seen.generations).toMatchObject([
      { prompt: 'Say yes.', body: { options: { num_predict: 1 } }, chunksSent: 1 },
    ]);
  });

  it.each([
    ['fails every generation', { status: 500 }, 'failed', 'generation-fails', /HTTP 500/],
    ['dies in an answer', { dieAfterChunks: 0 }, 'failed', 'generation-fails', /disconnected/],
    ['is full', { status: 503 }, 'warning', 'generation-queue-full', /busy/],
    [
      'has no memory for the model',
      { loadStatus: 500, errorText: 'model requires more system memory (9 GiB) than is available (2 GiB)' },
      'failed',
      'generation-no-memory',
      /enough memory/,
    ],
  ] as const)('says what is wrong with an Ollama that %s', async (_what, faults, result, finding, means) => {
    await ollama.setFaults(faults);
    const report = await check();
    expect(report).toMatchObject({ result, finding, means: expect.stringMatching(means) });
    expect(report.action).not.toBeNull();
  });

  it.each([
    ['that was loaded does not answer', { firstTokenDelayMs: 3_600_000 }, 'failed', 'generation-timed-out'],
    ['is still being loaded', { loadDelayMs: 3_600_000 }, 'warning', 'generation-loading'],
  ] as const)('says after a minute that a model %s', async (_what, faults, result, finding) => {
    await ollama.setFaults(faults);
    const clock = createSimulatedClock();
    const report = checkGeneration(
      { model, contextTokens: 4096 },
      { ollama: client(), running: null, clock },
    );
    await ollama.seen.when('a request that waits', () => {
      const last = ollama.seen.requests.at(-1);
      const awaited = finding === 'generation-loading' ? '' : 'Say yes.';
      return last?.prompt === awaited && last.outcome === 'running';
    });
    expect(await clock.during(report)).toMatchObject({ result, finding });
  });

  it('is worded as the node words its requests, so that the model is not loaded again', async () => {
    const asNode = { num_ctx: 8192 };
    await client().generate({ model, prompt: '', keepAlive: '1h', options: asNode }, { maxResultBytes: 10 });
    expect(await check(idleNode(), 8192)).toMatchObject({ finding: 'generation-works' });
    expect(ollama.seen.requests.slice(1).map(({ body }) => body)).toMatchObject([
      { prompt: '', keep_alive: '1h', options: asNode },
      { prompt: 'Say yes.', keep_alive: '1h', options: { ...asNode, num_predict: 1 } },
    ]);
  });

  it('leaves it to Ollama how long the model stays where no node keeps it', async () => {
    await check();
    for (const { body } of ollama.seen.requests) expect(body).not.toHaveProperty('keep_alive');
  });

  it.each<[string, (node: Snapshot) => Snapshot, string]>([
    [
      'answers requests',
      (node) => ({
        ...node,
        serving: {
          ...node.serving,
          running: [{ requestId: 'r', model, acceptedAtMs: 0, tokensPerSecond: null }],
        },
      }),
      'generation-while-serving',
    ],
    [
      'tests its speed',
      (node) => ({
        ...node,
        selfTests: sampleSnapshot()
          .selfTests.slice(0, 1)
          .map((test) => ({ ...test, state: 'running' })),
      }),
      'generation-while-testing',
    ],
  ])('asks nothing while the node %s', async (_what, busy, finding) => {
    const node = busy(idleNode());
    expect(await check(node)).toMatchObject({ result: 'not-checked', finding });
    expect(ollama.seen.requests).toEqual([]);
  });

  it('needs a model', async () => {
    const none = { ollama: client(), running: null, clock: systemClock };
    expect(await checkGeneration({ model: null, contextTokens: 4096 }, none)).toMatchObject({
      result: 'not-checked',
    });
  });
});
