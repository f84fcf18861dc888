import { describe, expect, it } from 'vitest';
import type { HttpClient } from '../../electron/daemon/http/client.ts';
import { architectureOf } from '../../electron/daemon/ollama/api/architecture.ts';
import { createPullProgress } from '../../electron/daemon/ollama/models/pull-progress.ts';
import { streamPull } from '../../electron/daemon/ollama/models/pull-stream.ts';
import { readManifest } from '../../electron/daemon/ollama/models/registry-manifest.ts';
import { systemClock } from '../../electron/daemon/system/clock.ts';
import { pullsSection } from '../../shared/contract/ollama.ts';
import { isNodeError } from '../../shared/errors.ts';
import { type Seeded, seeded } from './seeded.ts';

const digest = `sha256:${'a'.repeat(64)}`;
const names = [
  'status',
  'digest',
  'total',
  'completed',
  'error',
  'layers',
  'config',
  'size',
  '__proto__',
  'x',
];
const leaves: unknown[] = [
  'pulling manifest',
  'pulling aaaaaaaaaaaa',
  'verifying sha256 digest',
  'writing manifest',
  'success',
  'Success',
  digest,
  'sha256:model',
  '../../etc/passwd',
  '\u001b[2J',
  'x'.repeat(500),
  '',
  0,
  1,
  -1,
  1.5,
  1e308,
  Number.MAX_SAFE_INTEGER,
  4096,
  null,
  true,
  [],
  {},
];

function lineOf(random: Seeded): unknown {
  if (random.chance(0.2)) return random.json(leaves, names);
  const fields: Record<string, unknown> = {};
  for (const name of ['status', 'digest', 'total', 'completed']) {
    if (random.chance(0.7)) fields[name] = random.pick(leaves);
  }
  if (random.chance(0.6)) fields.status = random.pick(leaves.slice(0, 5));
  if (random.chance(0.03)) fields.error = random.pick(leaves);
  return fields;
}

/** A connection on which a server says these lines. */
function serverSaying(lines: readonly unknown[], status: number): HttpClient {
  const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
  async function* chunks() {
    yield new TextEncoder().encode(text);
  }
  return {
    stream: async () => ({ status, headers: {}, chunks: chunks(), close() {}, letEnd() {} }),
  } as unknown as HttpClient;
}

describe('whatever answers a pull (2,000 seeds)', () => {
  it('gives figures that can be reported, and ends with success or an error of the list', async () => {
    const ends = new Map<string, number>();
    for (let seed = 0; seed < 2000; seed += 1) {
      const random = seeded(seed);
      const lines = Array.from({ length: random.below(12) }, () => lineOf(random));
      const http = serverSaying(lines, random.chance(0.1) ? random.pick([400, 404, 500]) : 200);
      const progress = createPullProgress({ clock: systemClock });
      const options = { baseUrl: 'http://127.0.0.1:1', model: 'm', signal: new AbortController().signal };
      let end = 'none';
      try {
        for await (const event of streamPull(options, { http })) {
          if (event.kind === 'layer') progress.note(event);
          if (event.kind === 'success') end = 'success';
        }
      } catch (error) {
        if (!isNodeError(error)) throw new Error(`seed ${seed}`, { cause: error });
        end = error.code;
      }
      ends.set(end, (ends.get(end) ?? 0) + 1);
      const figures = progress.figures();
      const report = { model: 'm', state: 'pulling', ...figures, attempt: 1, error: null, sinceMs: 0 };
      expect(pullsSection.safeParse([report]).success, `seed ${seed}`).toBe(true);
      expect(figures.completedBytes, `seed ${seed}`).toBeLessThanOrEqual(progress.namedBytes);
    }
    // Every way out was taken, and none without an end.
    expect(ends.has('none')).toBe(false);
    for (const code of [
      'success',
      'pull-incomplete',
      'ollama-answer-invalid',
      'pull-failed',
      'ollama-error',
    ]) {
      expect(ends.get(code) ?? 0, code).toBeGreaterThan(0);
    }
  });
});

describe('whatever a registry or a model says of itself (4,000 seeds)', () => {
  it('is a manifest with sizes that add up, or none', () => {
    let read = 0;
    for (let seed = 0; seed < 4000; seed += 1) {
      const random = seeded(seed);
      const layer = () => ({
        digest: random.chance(0.9) ? `sha256:${String(random.below(10)).repeat(64)}` : random.pick(leaves),
        size: random.chance(0.9) ? random.below(1e9) : random.pick(leaves),
      });
      const value = random.chance(0.3)
        ? random.json(leaves, names)
        : { layers: Array.from({ length: random.below(4) }, layer), config: layer() };
      const manifest = readManifest(value);
      if (manifest === null) continue;
      read += 1;
      const sum = manifest.layers.reduce((bytes, { sizeBytes }) => bytes + sizeBytes, 0);
      expect([manifest.totalBytes, Number.isSafeInteger(sum)], `seed ${seed}`).toEqual([sum, true]);
      expect(new Set(manifest.layers.map((one) => one.digest)).size).toBe(manifest.layers.length);
    }
    expect(read).toBeGreaterThan(500);
  });

  it('is a shape of positive numbers, or none', () => {
    const keys = ['block_count', 'attention.head_count', 'attention.head_count_kv', 'attention.key_length'];
    let read = 0;
    for (let seed = 0; seed < 4000; seed += 1) {
      const random = seeded(seed);
      const info: Record<string, unknown> = {
        'general.architecture': random.pick(['a', null, 7, '__proto__']),
      };
      for (const key of [...keys, 'embedding_length', 'attention.value_length']) {
        const usual = [32, 8, 128, [8, 0, 8]];
        const values = random.chance(0.7) ? usual : [...leaves, ['8']];
        if (random.chance(0.8)) info[`a.${key}`] = random.pick(values);
      }
      const shape = architectureOf(info);
      if (shape === null) continue;
      read += 1;
      for (const value of Object.values(shape)) expect(value > 0 && Number.isFinite(value)).toBe(true);
    }
    expect(read).toBeGreaterThan(20);
  });
});
