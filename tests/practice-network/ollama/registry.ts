import { answerJson, answerText, startServer, untilGone } from '../http-server.ts';
import { defaultLibrary, findManifest, type PullableModel } from './library.ts';

/** A labelled stand-in for the registry that Ollama pulls from, as far as its manifests go. */
export interface RegistryStandIn {
  readonly url: string;
  /** What was asked for: `/v2/library/phi4/manifests/latest`. */
  readonly asked: readonly string[];
  /** `down`: 503; `silent`: never answers; `endless`: a manifest of more than a MiB; `nonsense`: no manifest. */
  setFault(fault: 'down' | 'silent' | 'endless' | 'nonsense' | null): void;
  stop(): Promise<void>;
}

const path = /^\/v2\/([^/]+)\/([^/]+)\/manifests\/([^/]+)$/;

export async function startRegistryStandIn(
  options: { library?: readonly PullableModel[]; port?: number } = {},
): Promise<RegistryStandIn> {
  const { library = defaultLibrary, port } = options;
  const asked: string[] = [];
  let fault: 'down' | 'silent' | 'endless' | 'nonsense' | null = null;
  const server = await startServer({ port }, async ({ response, url, gone }) => {
    asked.push(url.pathname);
    if (fault === 'silent') return untilGone(gone);
    if (fault === 'down') return answerText(response, 503, 'stand-in: fault on demand');
    if (fault === 'nonsense') return answerJson(response, 200, { layers: 'many' });
    if (fault === 'endless') return answerText(response, 200, ' '.repeat(1024 * 1024 + 1));
    const [, namespace = '', model = '', tag = ''] = path.exec(url.pathname) ?? [];
    const name = namespace === 'library' ? `${model}:${tag}` : `${namespace}/${model}:${tag}`;
    const manifest = findManifest(library, name);
    const unknown = { errors: [{ code: 'MANIFEST_UNKNOWN', message: 'manifest unknown' }] };
    if (!manifest) return answerJson(response, 404, unknown);
    return answerText(response, 200, manifest.json, {
      'content-type': 'application/vnd.docker.distribution.manifest.v2+json',
    });
  });
  return {
    url: server.url,
    asked,
    setFault(next) {
      fault = next;
    },
    stop: () => server.down(),
  };
}
