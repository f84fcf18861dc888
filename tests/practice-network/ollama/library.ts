import { createCipheriv, createHash } from 'node:crypto';
import type { OllamaModel } from './models.ts';
import { fullName } from './models.ts';

/** A model that can be pulled: the stand-in's own "registry". */
export interface PullableModel extends OllamaModel {
  /** Bytes of the weights layer. Default 4 MiB: real bytes, but few. */
  weightsBytes?: number | undefined;
}

export interface Layer {
  /** `sha256:…` of the bytes. */
  digest: string;
  bytes: number;
  /** Any stretch of the layer's bytes; the same at every call. */
  read(offset: number, length: number): Buffer;
}

export interface PullManifest {
  model: PullableModel;
  /** As the registry sends it and Ollama keeps it. */
  json: string;
  /** Of that text, plain hex, as /api/tags shows it. */
  digest: string;
  layers: Layer[];
  totalBytes: number;
}

/** The models of the official client's catalogue [network.md 11], all of them small here, and an embedding model. */
export const defaultLibrary: readonly PullableModel[] = [
  { name: 'llama3.2', family: 'llama', parameterSize: '3.2B' },
  { name: 'mistral:7b', family: 'llama', parameterSize: '7.2B' },
  { name: 'qwen2.5:7b', family: 'qwen2', parameterSize: '7.6B' },
  {
    name: 'deepseek-r1:8b',
    family: 'qwen3',
    parameterSize: '8.2B',
    capabilities: ['completion', 'thinking'],
  },
  { name: 'gemma2:9b', family: 'gemma2', parameterSize: '9.2B' },
  { name: 'phi4', family: 'phi3', parameterSize: '14.7B' },
  { name: 'qwen2.5:14b', family: 'qwen2', parameterSize: '14.8B' },
  { name: 'qwen2.5:32b', family: 'qwen2', parameterSize: '32.8B' },
  { name: 'llama3.3:70b', family: 'llama', parameterSize: '70.6B' },
  { name: 'nomic-embed-text', family: 'nomic-bert', parameterSize: '137M', capabilities: ['embedding'] },
];

const defaultWeightsBytes = 4 * 1024 * 1024;

/** Layers, digests and sizes of a model of the library, or null when the "registry" has no such name. */
export function findManifest(library: readonly PullableModel[], name: string): PullManifest | null {
  const wanted = fullName(name).toLowerCase();
  const model = library.find((candidate) => fullName(candidate.name).toLowerCase() === wanted);
  if (!model) return null;
  const family = model.family ?? 'llama';
  const layers = [
    layerOf(`${wanted} weights`, model.weightsBytes ?? defaultWeightsBytes),
    layerOf(`${wanted} template`, 1_429),
    // Models of one family share it, as they do in the real library.
    layerOf(`${family} license`, 7_711),
    layerOf(`${wanted} config`, 485),
  ];
  const json = manifestOf(layers);
  const digest = createHash('sha256').update(json).digest('hex');
  return { model, json, digest, layers, totalBytes: layers.reduce((sum, layer) => sum + layer.bytes, 0) };
}

const mediaTypes = ['model', 'template', 'license'].map((kind) => `application/vnd.ollama.image.${kind}`);

function manifestOf(layers: readonly Layer[]): string {
  const [config] = layers.slice(-1);
  return JSON.stringify({
    schemaVersion: 2,
    mediaType: 'application/vnd.docker.distribution.manifest.v2+json',
    config: {
      mediaType: 'application/vnd.docker.container.image.v1+json',
      digest: config?.digest,
      size: config?.bytes,
    },
    layers: layers.slice(0, -1).map(({ digest, bytes }, at) => ({
      mediaType: mediaTypes[at],
      digest,
      size: bytes,
    })),
  });
}

const layerCache = new Map<string, Layer>();

/** Bytes of AES-CTR under a key made from the seed: fast, seekable, and worth a digest. */
function layerOf(seed: string, bytes: number): Layer {
  const cacheKey = `${seed} ${bytes}`;
  const known = layerCache.get(cacheKey);
  if (known) return known;
  const key = createHash('sha256').update(seed).digest();
  function read(offset: number, length: number): Buffer {
    const block = Math.floor(offset / 16);
    const skip = offset - block * 16;
    const counter = Buffer.alloc(16);
    counter.writeBigUInt64BE(BigInt(block), 8);
    const wanted = Math.max(0, Math.min(length, bytes - offset));
    return createCipheriv('aes-256-ctr', key, counter)
      .update(Buffer.alloc(skip + wanted))
      .subarray(skip);
  }
  const hash = createHash('sha256');
  for (let offset = 0; offset < bytes; offset += 1 << 20) hash.update(read(offset, 1 << 20));
  const layer = { digest: `sha256:${hash.digest('hex')}`, bytes, read };
  layerCache.set(cacheKey, layer);
  return layer;
}
