import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import * as z from 'zod';
import type { Exchange } from '../http-server.ts';
import { answerJson, untilGone, waitUnlessGone } from '../http-server.ts';
import type { OllamaFaults } from './faults.ts';
import type { Layer, PullableModel } from './library.ts';
import { findManifest } from './library.ts';
import type { ModelStore } from './models.ts';
import { fullName } from './models.ts';
import { createNdjsonWriter } from './ndjson.ts';
import type { OllamaRecorder, OllamaRequestSeen } from './seen.ts';

const pullSchema = z.object({
  model: z.string().optional(),
  name: z.string().optional(),
  stream: z.boolean().default(true),
});

export interface PullParts {
  models: ModelStore;
  library: readonly PullableModel[];
  blobDir: string;
  recorder: OllamaRecorder;
  /** The faults of this pull; those for "one pull" clear themselves. */
  takeFaults(): OllamaFaults;
}

const chunkBytes = 64 * 1024;

/** A pull that a fault ended; the rest of the handler must write nothing more. */
class PullCut extends Error {}

/**
 * POST /api/pull. Layers are real files under `blobDir`: `sha256-…-partial` while they arrive, renamed when
 * whole. A pull that was cut goes on where it stopped, and layers that are there already are not fetched again.
 */
export async function handlePull(
  exchange: Exchange,
  body: unknown,
  seen: OllamaRequestSeen,
  parts: PullParts,
): Promise<{ outcome: 'answered' | 'aborted' | 'broken'; status: number | null }> {
  const parsed = pullSchema.safeParse(body);
  const name = parsed.success ? (parsed.data.model ?? parsed.data.name ?? '') : '';
  if (!parsed.success || name === '') {
    answerJson(exchange.response, 400, { error: 'invalid model name' });
    return { outcome: 'answered', status: 400 };
  }
  const faults = parts.takeFaults();
  const writer = createNdjsonWriter(exchange.response);
  const streaming = parsed.data.stream;
  const report = async (line: Record<string, unknown>) => {
    if (!streaming) return;
    await writer.line(line);
    parts.recorder.chunk(seen);
  };
  const fail = async (error: string) => {
    if (streaming) {
      await writer.line({ error });
      writer.end();
    } else answerJson(exchange.response, 500, { error });
    return { outcome: 'broken', status: streaming ? 200 : 500 } as const;
  };

  await report({ status: 'pulling manifest' });
  const manifest = findManifest(parts.library, name);
  if (!manifest) return fail('pull model manifest: file does not exist');

  await mkdir(parts.blobDir, { recursive: true, mode: 0o700 });
  const budget = { receivedBytes: 0 };
  try {
    for (const layer of manifest.layers) {
      await fetchLayer(layer, exchange, parts.blobDir, faults, budget, report);
      if (exchange.gone.aborted) return { outcome: 'aborted', status: 200 };
    }
  } catch (cause) {
    if (!(cause instanceof PullCut)) throw cause;
    if (cause.message) return fail(cause.message);
    await writer.cut();
    return { outcome: 'broken', status: 200 };
  }

  await report({ status: 'verifying sha256 digest' });
  for (const layer of manifest.layers) {
    const path = blobPath(parts.blobDir, layer);
    const actual = faults.pullCorrupt ? 'sha256:0000' : await fileDigest(path);
    if (actual === layer.digest) continue;
    await rm(path);
    return fail(`digest mismatch, file must be downloaded again: want ${layer.digest}, got ${actual}`);
  }
  if (faults.pullEndsWithoutSuccess) {
    writer.end();
    return { outcome: 'broken', status: 200 };
  }
  await report({ status: 'writing manifest' });
  const { name: pulled, ...described } = manifest.model;
  parts.models.add({
    ...described,
    name: fullName(pulled),
    sizeBytes: manifest.totalBytes,
    digest: manifest.digest,
    modifiedAt: new Date(),
  });
  await report({ status: 'success' });
  if (streaming) writer.end();
  else answerJson(exchange.response, 200, { status: 'success' });
  return { outcome: 'answered', status: 200 };
}

async function fetchLayer(
  layer: Layer,
  exchange: Exchange,
  blobDir: string,
  faults: OllamaFaults,
  budget: { receivedBytes: number },
  report: (line: Record<string, unknown>) => Promise<void>,
): Promise<void> {
  const path = blobPath(blobDir, layer);
  const progress = (completed: number) =>
    report({
      status: `pulling ${layer.digest.slice(7, 19)}`,
      digest: layer.digest,
      total: layer.bytes,
      completed,
    });
  if ((await sizeOf(path)) === layer.bytes) return progress(layer.bytes);

  const partial = `${path}-partial`;
  let completed = (await sizeOf(partial)) ?? 0;
  const file = await open(partial, 'a');
  try {
    await progress(completed);
    while (completed < layer.bytes) {
      if (faults.pullHang) await untilGone(exchange.gone);
      const limitBytes = faults.pullDieAfterBytes ?? faults.pullErrorAfterBytes;
      const left = limitBytes === null ? chunkBytes : Math.min(chunkBytes, limitBytes - budget.receivedBytes);
      if (left <= 0) throw new PullCut(faults.pullDieAfterBytes === null ? faults.errorText : '');
      const chunk = layer.read(completed, left);
      const paceMs = faults.pullBytesPerSecond ? (chunk.length / faults.pullBytesPerSecond) * 1000 : 0;
      if (!(await waitUnlessGone(paceMs, exchange.gone))) return;
      await file.write(chunk);
      completed += chunk.length;
      budget.receivedBytes += chunk.length;
      await progress(completed);
    }
  } finally {
    await file.close();
  }
  await rename(partial, path);
}

/** Removes the layers of a deleted model; no two models of the library share one. */
export async function removeLayers(
  library: readonly PullableModel[],
  name: string,
  blobDir: string,
): Promise<void> {
  const layers = findManifest(library, name)?.layers ?? [];
  await Promise.all(layers.map((layer) => rm(blobPath(blobDir, layer), { force: true })));
}

const blobPath = (blobDir: string, layer: Layer) => join(blobDir, layer.digest.replace(':', '-'));

async function sizeOf(path: string): Promise<number | null> {
  return stat(path).then(
    (found) => found.size,
    () => null,
  );
}

async function fileDigest(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return `sha256:${hash.digest('hex')}`;
}
