import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { findModel, normalModelName, parseModelName, sameModel } from '../../../../shared/model-names.ts';
import type { HttpClient } from '../../http/client.ts';
import { parseJson } from '../../http/json-body.ts';
import { readSmallFile } from '../../storage/atomic-file.ts';
import { psAnswer } from '../api/answers.ts';
import { httpFault, statusFault } from '../api/faults.ts';
import { readManifest } from './registry-manifest.ts';
import { blobPath, type ModelsVolume } from './volume.ts';

export interface Deletion {
  /** Bytes that are free again: layers that no other model needs. Null: the folder cannot be read. */
  freedBytes: number | null;
}

/** Removing large files takes its time. */
const timeoutMs = 60_000;
const largestAnswerBytes = 64 * 1024;
const unloadMs = 5000;
const largestListBytes = 1024 * 1024;
/** Manifests are some hundred bytes; a folder of models has hundreds. */
const largestManifestBytes = 256 * 1024;

/**
 * Deletes an installed model. What that frees is counted, not estimated: the layers that were the model's alone and
 * are gone afterwards. It leaves memory first.
 *
 * Errors: `model-not-installed`, `ollama-unreachable`, `ollama-error`, `cancelled`.
 */
export async function deleteModel(
  options: { baseUrl: string; model: string; volume: ModelsVolume | null; signal?: AbortSignal },
  { http }: { http: HttpClient },
): Promise<Deletion> {
  const { baseUrl, model, volume, signal } = options;
  const url = `${baseUrl}/api/delete`;
  const own = volume === null ? null : await ownLayers(volume.path, model);
  await unload(options, { http });
  const answer = await http
    .request({
      method: 'DELETE',
      url,
      // `name` is what servers before 0.5 read.
      body: JSON.stringify({ model, name: model }),
      timeoutMs,
      maxBodyBytes: largestAnswerBytes,
      ...(signal ? { signal } : {}),
    })
    .catch((error: unknown) => {
      throw httpFault(error, url, signal);
    });
  if (answer.status < 200 || answer.status >= 300) {
    throw statusFault(answer.status, parseJson(answer.body), model);
  }
  if (own === null) return { freedBytes: null };
  const gone = await Promise.all(own.map(async (layer) => ((await isThere(layer.path)) ? 0 : layer.bytes)));
  return { freedBytes: gone.reduce((sum, bytes) => sum + bytes, 0) };
}

/**
 * Takes the model out of memory, once nobody uses it: Ollama itself leaves it there for as long as was asked for last,
 * under a name that no longer exists. Only what is in memory is asked about, for a model may be one of its cloud.
 */
async function unload(
  { baseUrl, model, signal }: { baseUrl: string; model: string; signal?: AbortSignal },
  { http }: { http: HttpClient },
): Promise<void> {
  const limits = { timeoutMs: unloadMs, maxBodyBytes: largestListBytes, ...(signal ? { signal } : {}) };
  try {
    const { body } = await http.request({ method: 'GET', url: `${baseUrl}/api/ps`, ...limits });
    const loaded = psAnswer.parse(parseJson(body)).models.find(({ name }) => sameModel(name, model));
    if (loaded === undefined) return;
    const task = JSON.stringify({ model: loaded.name, keep_alive: 0, stream: false });
    await http.request({ method: 'POST', url: `${baseUrl}/api/generate`, body: task, ...limits });
  } catch {
    // Then its time in memory ends later; the deletion says what is wrong.
  }
}

interface OwnLayer {
  path: string;
  bytes: number;
}

/** The layers that only this model has, as they are on the disk; null when its manifest cannot be read. */
async function ownLayers(modelsDir: string, model: string): Promise<OwnLayer[] | null> {
  try {
    const manifests = await readManifests(modelsDir);
    const mine = findModel(model, manifests);
    if (mine === null) return null;
    const others = manifests.filter(({ name }) => normalModelName(name) !== normalModelName(mine.name));
    const shared = new Set(others.flatMap(({ digests }) => digests));
    const layers = mine.digests.filter((digest) => !shared.has(digest));
    return await Promise.all(
      layers.map(async (digest) => {
        const path = blobPath(modelsDir, digest);
        return { path, bytes: (await stat(path)).blocks * 512 };
      }),
    );
  } catch {
    return null;
  }
}

/** `manifests/registry.ollama.ai/library/llama3.2/latest` and its like. */
async function readManifests(modelsDir: string): Promise<{ name: string; digests: string[] }[]> {
  const folder = join(modelsDir, 'manifests');
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const found = await Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map(async (entry) => {
        const path = join(entry.parentPath, entry.name);
        const parts = path.slice(folder.length + 1).split('/');
        const tag = parts.pop() ?? '';
        const name = `${parts.join('/')}:${tag}`;
        if (parts.length < 3 || parseModelName(name) === null) return null;
        const text = await readSmallFile(path, largestManifestBytes).catch(() => null);
        const manifest = text === null ? null : readManifest(parseJson(text));
        return manifest && { name, digests: manifest.layers.map(({ digest }) => digest) };
      }),
  );
  return found.filter((one) => one !== null);
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
