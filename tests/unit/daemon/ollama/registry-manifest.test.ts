import { describe, expect, it } from 'vitest';
import type { HttpClient, HttpRequest } from '../../../../electron/daemon/http/client.ts';
import {
  readManifest,
  readRegistryManifest,
} from '../../../../electron/daemon/ollama/models/registry-manifest.ts';

const digest = (letter: string) => `sha256:${letter.repeat(64)}`;
const manifest = {
  config: { digest: digest('c'), size: 485 },
  layers: [
    { digest: digest('a'), size: 1000 },
    { digest: digest('b'), size: 200 },
    { digest: digest('b'), size: 200 },
  ],
};

async function askedFor(model: string): Promise<HttpRequest | undefined> {
  const asked: HttpRequest[] = [];
  const http = {
    async request(request: HttpRequest) {
      asked.push(request);
      return { status: 200, body: JSON.stringify(manifest) };
    },
  } as unknown as HttpClient;
  const { signal } = new AbortController();
  await readRegistryManifest({ model, registryUrl: 'https://registry.ollama.ai', signal }, { http });
  return asked[0];
}

describe('what a pull would bring', () => {
  it.each([
    ['llama3.2', 'https://registry.ollama.ai/v2/library/llama3.2/manifests/latest'],
    ['Qwen2.5:7B', 'https://registry.ollama.ai/v2/library/qwen2.5/manifests/7b'],
    ['somebody/model:q4', 'https://registry.ollama.ai/v2/somebody/model/manifests/q4'],
    ['hf.co/some-body/model-gguf:q4_k_m', 'https://hf.co/v2/some-body/model-gguf/manifests/q4_k_m'],
  ])('of %s is asked for at %s', async (model, url) => {
    expect(await askedFor(model)).toMatchObject({ method: 'GET', url, maxBodyBytes: 256 * 1024 });
  });

  it('is not asked for under a name that cannot be', async () => {
    expect(await askedFor('../../etc/passwd')).toBeUndefined();
    expect(await askedFor('a/b/../c')).toBeUndefined();
  });

  it('is the sum of its layers and its configuration, each blob once', () => {
    expect(readManifest(manifest)).toEqual({
      totalBytes: 1685,
      layers: [
        { digest: digest('a'), sizeBytes: 1000 },
        { digest: digest('b'), sizeBytes: 200 },
        { digest: digest('c'), sizeBytes: 485 },
      ],
    });
    expect(readManifest({ layers: [{ digest: '../../blob', size: 1 }] })).toBeNull();
  });
});
