import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import * as z from 'zod';
import type { Exchange } from '../http-server.ts';
import { answerJson, untilGone, waitUnlessGone } from '../http-server.ts';
import type { OllamaFaults } from './faults.ts';
import type { Layer, PullableModel, PullManifest } from './library.ts';
import { findManifest } from './library.ts';
import { writeManifest } from './manifests.ts';
import type { ModelStore } from './models.ts';
import { fullName } from './models.ts';
import { isValidName } from './names.ts';
import { createNdjsonWriter } from './ndjson.ts';
import { blobPath, openPartial, sizeOf } from './partials.ts';
import type { OllamaRecorder, OllamaRequestSeen } from './seen.ts';

const pullSchema = z.object({
  model: z.string().optional(),
  name: z.string().optional(),
  stream: z.boolean().default(true),
});

export interface PullParts {
  models: ModelStore;
  library: readonly PullableModel[];
  modelsDir: string;
  recorder: OllamaRecorder;
  /** The faults of this pull; those for "one pull" clear themselves. */
  takeFaults(): OllamaFaults;
}

const chunkBytes = 64 * 1024;

/** A pull that a fault ended; the rest of the handler must write nothing more. */
class PullCut extends Error {}

/** One answer to a pull: what it may still receive before a fault, and where its lines go. */
interface Attempt {
  exchange: Exchange;
  blobDir: string;
  faults: OllamaFaults;
  receivedBytes: number;
  report: (line: Record<string, unknown>) => Promise<void>;
}

/**
 * POST /api/pull, in the lines and with the files of Ollama: layers one after the other (or, as for models of many
 * tensors, side by side), each real bytes under `blobs/`. A pull that was cut goes on where it stopped, and layers
 * that are there already are not fetched again. [ollama server/images.go, server/download.go]
 */
export async function handlePull(
  exchange: Exchange,
  body: unknown,
  seen: OllamaRequestSeen,
  parts: PullParts,
): Promise<{ outcome: 'answered' | 'aborted' | 'broken'; status: number | null }> {
  const parsed = pullSchema.safeParse(body);
  const name = parsed.success ? (parsed.data.model ?? parsed.data.name ?? '') : '';
  if (!parsed.success || !isValidName(name)) {
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
  if (faults.pullSilent) await untilGone(exchange.gone);
  if (faults.pullManifestStatus !== null)
    return fail(`pull model manifest: ${faults.pullManifestStatus}: ${faults.errorText}`);
  const manifest = findManifest(parts.library, name);
  if (!manifest) return fail('pull model manifest: file does not exist');
  if (faults.pullTooOld) {
    return fail(
      'pull model manifest: 412: \n\nThe model you are attempting to pull requires a newer version of Ollama.',
    );
  }

  const blobDir = join(parts.modelsDir, 'blobs');
  await mkdir(blobDir, { recursive: true, mode: 0o700 });
  const attempt: Attempt = { exchange, blobDir, faults, receivedBytes: 0, report };
  try {
    await fetchLayers(manifest, attempt);
    if (exchange.gone.aborted) return { outcome: 'aborted', status: 200 };
  } catch (cause) {
    if (!(cause instanceof PullCut)) throw cause;
    if (cause.message) return fail(cause.message);
    await writer.cut();
    return { outcome: 'broken', status: 200 };
  }

  await report({ status: 'verifying sha256 digest' });
  if (faults.pullHangVerifying) await untilGone(exchange.gone);
  for (const layer of manifest.layers) {
    const path = blobPath(blobDir, layer.digest);
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
  await writeManifest(parts.modelsDir, manifest);
  addPulled(parts.models, manifest);
  await report({ status: 'success' });
  if (streaming) writer.end();
  else answerJson(exchange.response, 200, { status: 'success' });
  return { outcome: 'answered', status: 200 };
}

export function addPulled(models: ModelStore, { model, digest, totalBytes }: PullManifest): void {
  const { name, ...described } = model;
  models.add({ ...described, name: fullName(name), sizeBytes: totalBytes, digest, modifiedAt: new Date() });
}

async function fetchLayers({ layers }: PullManifest, attempt: Attempt): Promise<void> {
  if (attempt.faults.pullParallel) {
    await Promise.all(layers.map((layer) => fetchLayer(layer, attempt)));
    return;
  }
  for (const layer of layers) {
    await fetchLayer(layer, attempt);
    if (attempt.exchange.gone.aborted) return;
  }
}

/** The weights are larger; template, licence and configuration are not. */
const smallLayerBytes = 10_000;

async function fetchLayer(layer: Layer, attempt: Attempt): Promise<void> {
  const { exchange, blobDir, faults, report } = attempt;
  const progress = (completed: number) =>
    report({
      status: `pulling ${layer.digest.slice(7, 19)}`,
      digest: layer.digest,
      total: (layer.bytes > smallLayerBytes ? faults.pullClaimedBytes : null) ?? layer.bytes,
      // Go leaves out what is zero.
      ...(completed === 0 ? {} : { completed }),
    });
  if ((await sizeOf(blobPath(blobDir, layer.digest))) === layer.bytes) return progress(layer.bytes);

  // A blob that the registry does not have, or answers an error for. [server/images.go: makeRequestWithRetry]
  if (faults.pullBlob !== null && layer.bytes > smallLayerBytes)
    throw new PullCut(blobError(faults.pullBlob, join(blobDir, layer.digest.replace(':', '-'))));
  const partial = await openPartial(blobDir, layer);
  try {
    await progress(partial.completedBytes);
    while (partial.completedBytes < layer.bytes) {
      await hangIfTold(attempt, () => progress(partial.completedBytes));
      if (exchange.gone.aborted) return;
      const limitBytes = faults.pullDieAfterBytes ?? faults.pullErrorAfterBytes ?? faults.pullHangAfterBytes;
      const left =
        limitBytes === null ? chunkBytes : Math.min(chunkBytes, limitBytes - attempt.receivedBytes);
      if (left <= 0) throw new PullCut(faults.pullDieAfterBytes === null ? faults.errorText : '');
      const paceMs = faults.pullBytesPerSecond ? (left / faults.pullBytesPerSecond) * 1000 : 0;
      if (!(await waitUnlessGone(paceMs, exchange.gone))) return;
      attempt.receivedBytes += await partial.writeNext(left);
      // How far it is is said at intervals: nothing is certain to be said of the end.
      if (partial.completedBytes < layer.bytes) await progress(partial.completedBytes);
    }
  } finally {
    const whole = partial.completedBytes === layer.bytes;
    await (whole ? partial.finish() : partial.leave());
  }
}

function blobError(fault: NonNullable<OllamaFaults['pullBlob']>, path: string): string {
  if (fault === 'missing') return 'file does not exist';
  if (fault === 'no-space') return `write ${path}-partial: no space left on device`;
  return '500: stand-in: fault on demand';
}

/** Ollama goes on saying how far it is, several times a second, while nothing comes. */
const repeatedLines = 3;

async function hangIfTold(attempt: Attempt, repeat: () => Promise<void>): Promise<void> {
  const { faults, receivedBytes, exchange } = attempt;
  const reached = faults.pullHangAfterBytes !== null && receivedBytes >= faults.pullHangAfterBytes;
  if (!faults.pullHang && !reached) return;
  for (let line = 0; line < repeatedLines; line += 1) await repeat();
  await untilGone(exchange.gone);
}

async function fileDigest(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return `sha256:${hash.digest('hex')}`;
}
