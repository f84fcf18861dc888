import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHttpClient, type HttpClient } from '../../electron/daemon/http/client.ts';
import { createOllamaClient } from '../../electron/daemon/ollama/api/client.ts';
import { failureCodeOf, failureTexts } from '../../electron/daemon/serving/failure.ts';
import { systemClock } from '../../electron/daemon/system/clock.ts';
import { NodeError, type NodeErrorCode } from '../../shared/errors.ts';
import { openFixture } from '../fixtures/serving/serving.ts';
import { type Seeded, seeded } from './seeded.ts';

/** What must never leave the machine, and what an Ollama may write of it. */
const secrets = ['zyxomma', 'obtusum-macbook', '/home/zyxomma', 'C:\\Users\\zyxomma', '10.11.12.13'];
const leaks = [
  'open /home/zyxomma/.ollama/models/blobs/sha256-12: permission denied',
  'C:\\Users\\zyxomma\\AppData\\Local\\Ollama: The system cannot find the path',
  'dial tcp 10.11.12.13:8080: connect: connection refused (obtusum-macbook.local)',
  'user zyxomma@obtusum-macbook is not allowed',
  '{"error":{"code":400,"message":"/home/zyxomma exceeds the available context size"}}',
  'node.zyxomma',
  'model "/home/zyxomma/x.gguf" not found',
];
const vocabulary = new Set<string>(Object.values(failureTexts));

describe('the error text on the wire', () => {
  it('is of one shape: node. and a word', () => {
    for (const text of vocabulary) expect(text).toMatch(/^node\.[a-z_]{3,30}$/);
    expect(vocabulary.size).toBe(Object.keys(failureTexts).length);
  });

  it('is of the closed list for anything that can be thrown', () => {
    const random = seeded(1);
    const names = [
      'code',
      'name',
      'message',
      'reason',
      'cause',
      'stack',
      'details',
      '__proto__',
      'constructor',
    ];
    const codes = [...Object.keys(failureTexts), 'toString', 'constructor', '__proto__', ...leaks];
    for (let round = 0; round < 1000; round++) {
      const thrown = random.pick<() => unknown>([
        () => new Error(random.pick(leaks)),
        () => Object.assign(new Error(random.pick(leaks)), { code: random.pick(codes) }),
        () => new NodeError(random.pick(codes) as NodeErrorCode, { reason: random.pick(leaks) } as never),
        () => random.pick(leaks),
        () => random.json([...leaks, ...codes, null, 1], names),
        () => undefined,
        () => Symbol('zyxomma'),
      ])();
      const code = failureCodeOf(thrown);
      expect(Object.hasOwn(failureTexts, code)).toBe(true);
      expect(vocabulary).toContain(failureTexts[code]);
    }
  });
});

interface Answer {
  status: number;
  headers: Record<string, string>;
  lines: string[];
  /** Cut off without an end. */
  broken: boolean;
}

/** An answer to a generate call with the secrets in any place that Ollama, or something before it, can put text. */
function answer(random: Seeded): Answer {
  const leak = () => random.pick(leaks);
  const names = [
    'error',
    'response',
    'done',
    'done_reason',
    'thinking',
    'model',
    'status',
    'message',
    leak(),
  ];
  const leaves = [...leaks, true, false, null, 0, 1, 'stop', ''];
  const line = () =>
    random.pick<() => string>([
      () => JSON.stringify({ model: leak(), response: 'word ', done: false }),
      () => JSON.stringify({ response: '', done: true, done_reason: leak(), eval_count: leak() }),
      () => JSON.stringify({ error: leak() }),
      () => JSON.stringify({ error: leak(), status: random.pick([400, 500, leak()]) }),
      () => JSON.stringify({ error: { message: leak() } }),
      () => JSON.stringify({ signin_url: leak(), error: 'unauthorized' }),
      () => JSON.stringify({ response: leak(), done: random.pick([leak(), 1, {}]) }),
      () => JSON.stringify(random.json(leaves, names)) ?? 'null',
      () => leak(),
      () => `{"response":"${leak()}`,
      () => `<html><title>${leak()}</title></html>`,
      () => random.bytes(random.below(40)).toString('latin1'),
    ])();
  const status = random.pick([200, 200, 200, 200, 302, 307, 400, 401, 403, 404, 404, 413, 500, 502, 503]);
  const headers: Record<string, string> = { 'x-user': 'zyxomma', server: 'obtusum-macbook' };
  if (status === 302 || status === 307)
    headers.location = random.pick(['http://10.11.12.13/zyxomma', 'file:///home/zyxomma', ':::', 'http://']);
  headers['content-type'] = random.pick([
    'application/json',
    'application/x-ndjson',
    'text/html',
    'zyxomma/x',
  ]);
  const lines = Array.from({ length: random.below(4) + (random.chance(0.9) ? 1 : 0) }, line);
  return { status, headers, lines, broken: random.chance(0.2) };
}

function send(response: ServerResponse, { status, headers, lines, broken }: Answer): void {
  response.writeHead(status, 'zyxomma on obtusum-macbook', headers);
  const body = lines.join('\n');
  if (!broken) return void response.end(body);
  response.write(body || ' ', () => response.destroy());
}

describe('with an Ollama that writes paths, hosts and names wherever it can', () => {
  const random = seeded(7);
  let current: Answer | null = null;
  let http: HttpClient;
  let url: string;
  const server = createServer((request, response) => {
    request.resume();
    request.once('end', () => current && send(response, current));
  });
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    http = createHttpClient({ plainHttp: 'loopback', userAgent: 'fuzz' }, { clock: systemClock });
  });
  afterAll(async () => {
    await http.stop();
    await new Promise((resolve) => server.close(resolve));
  });

  it('800 seeded answers fail with a word of the list, and no error carries what was written', async () => {
    const ollama = createOllamaClient({ baseUrl: url }, { http, clock: systemClock });
    const codes = new Map<string, number>();
    for (let round = 0; round < 800; round++) {
      current = answer(random);
      try {
        const limits = { maxResultBytes: random.pick([4, 1000]), timeoutMs: 5000 };
        await ollama.generate({ model: 'llama3.2', prompt: 'p' }, limits);
        codes.set('served', (codes.get('served') ?? 0) + 1);
      } catch (error) {
        const context = JSON.stringify(current).slice(0, 600);
        const code = failureCodeOf(error);
        codes.set(code, (codes.get(code) ?? 0) + 1);
        expect(code, context).not.toBe('internal-error');
        expect(vocabulary, context).toContain(failureTexts[code]);
        // The message goes into the log; the cause does not.
        const { message, details } = error as NodeError;
        for (const secret of secrets)
          expect(`${message} ${JSON.stringify(details)}`, context).not.toContain(secret);
      }
    }
    for (const code of ['ollama-error', 'ollama-answer-invalid', 'ollama-died', 'model-not-installed'])
      expect(codes.get(code), code).toBeGreaterThan(5);
  });
});

describe('end to end', () => {
  it('40 requests that fail in such ways put nothing of it on the wire, into the log or on disk', async () => {
    const random = seeded(3);
    const fixture = await openFixture({ behaviour: { requeueAfterFailure: 'never' } });
    await fixture.start();
    for (let round = 0; round < 40; round++) {
      const errorText = random.pick(leaks);
      const fault = random.pick([
        { status: random.pick([400, 404]) },
        // What fails before anything was said is tried again.
        { errorAfterChunks: 1 + random.below(3) },
        { garbageAfterChunks: random.below(4) },
        { dieAfterChunks: 1 + random.below(3) },
      ]);
      await fixture.ollama.setFaults({ ...fault, errorText, times: 1 });
      const id = fixture.submit(`Question ${round}?`);
      // Never idle: the next one is there when this one ends.
      await fixture.coordinator.answered(id);
      // Three failures in a row would pause the node.
      if (round % 2 === 1) await fixture.coordinator.answered(fixture.submit(`And ${round}?`));
    }
    await fixture.settled();

    const { ledger } = fixture.coordinator;
    expect(ledger.failures).toHaveLength(40);
    for (const { error } of ledger.failures) expect(vocabulary).toContain(error);
    expect(ledger.violations).toEqual([]);
    const { stateDir } = fixture.node.paths;
    const files = readdirSync(stateDir, { recursive: true, withFileTypes: true }).filter((file) =>
      file.isFile(),
    );
    const disk = files
      .map(({ parentPath, name }) => readFileSync(join(parentPath, name), 'latin1'))
      .join('\n');
    const snapshot = JSON.stringify({ ...fixture.node.host.daemon.snapshot(), daemon: null });
    const wire = JSON.stringify([ledger.failures, ledger.heartbeats]);
    for (const secret of secrets) {
      const written = JSON.stringify(secret).slice(1, -1);
      for (const text of [wire, snapshot, disk]) expect(text.includes(written), written).toBe(false);
    }
  });
});
