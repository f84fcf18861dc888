import * as z from 'zod';
import { defaultRegistryHost, parseModelName } from '../../../../shared/model-names.ts';
import type { HttpClient } from '../../http/client.ts';
import { parseJson } from '../../http/json-body.ts';

export interface ManifestLayer {
  /** `sha256:…` */
  digest: string;
  sizeBytes: number;
}
export interface RegistryManifest {
  layers: ManifestLayer[];
  totalBytes: number;
}

export const defaultRegistryUrl = `https://${defaultRegistryHost}`;

const timeoutMs = 15_000;
const largestManifestBytes = 256 * 1024;

/** No layer has four terabytes; what says so is no manifest, and the sum of any that are listed stays exact. */
export const largestLayerBytes = 4e12;

const blob = z.object({
  digest: z.string().regex(/^sha256:[0-9a-f]{64}$/),
  size: z.number().int().nonnegative().max(largestLayerBytes),
});
const manifest = z.object({ layers: z.array(blob), config: blob.nullish() });

/**
 * What a pull of `model` would bring, from the registry that Ollama itself would ask: its own, or the host in the
 * model's name. Null when the registry cannot be reached or does not say: Ollama has the last word on whether the
 * model exists.
 */
export async function readRegistryManifest(
  options: { model: string; registryUrl: string; signal: AbortSignal },
  { http }: { http: HttpClient },
): Promise<RegistryManifest | null> {
  const name = parseModelName(options.model);
  if (name === null) return null;
  const base = name.host === defaultRegistryHost ? options.registryUrl : `https://${name.host}`;
  try {
    const answer = await http.request({
      method: 'GET',
      url: `${base}/v2/${name.namespace}/${name.model}/manifests/${name.tag}`,
      headers: { accept: 'application/vnd.docker.distribution.manifest.v2+json' },
      timeoutMs,
      maxBodyBytes: largestManifestBytes,
      signal: options.signal,
    });
    if (answer.status !== 200) return null;
    return readManifest(parseJson(answer.body));
  } catch {
    return null;
  }
}

/** A manifest as the registry sends it and as Ollama keeps it on disk; null when it is none. */
export function readManifest(value: unknown): RegistryManifest | null {
  const parsed = manifest.safeParse(value);
  if (!parsed.success) return null;
  const { layers, config } = parsed.data;
  // Two layers may be the same blob, which comes once.
  const sizes = new Map([...layers, ...(config ? [config] : [])].map(({ digest, size }) => [digest, size]));
  const unique = [...sizes].map(([digest, sizeBytes]) => ({ digest, sizeBytes }));
  return { layers: unique, totalBytes: unique.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) };
}
