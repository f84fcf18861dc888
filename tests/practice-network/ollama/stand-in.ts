import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import type { Exchange } from '../http-server.ts';
import { answerJson, answerText, readBody, startServer, untilGone, waitUnlessGone } from '../http-server.ts';
import type { PatchOf } from '../patch.ts';
import { withPatch } from '../patch.ts';
import type { OllamaFaults } from './faults.ts';
import { noOllamaFaults, withoutGenerationFaults } from './faults.ts';
import { handleGenerate } from './generate.ts';
import type { PullableModel } from './library.ts';
import { defaultLibrary } from './library.ts';
import { createLoadedModels } from './loaded.ts';
import { installedIn, removeManifest } from './manifests.ts';
import type { ModelStore, OllamaModel } from './models.ts';
import { createModelStore, defaultModels, fullName, showAnswer, tagsEntry } from './models.ts';
import { cloudDisabled, isCloudName, isValidName } from './names.ts';
import { addPulled, handlePull } from './pull.ts';
import type { OllamaRequestSeen, OllamaSeen } from './seen.ts';
import { createOllamaRecorder } from './seen.ts';
import { createSlots } from './slots.ts';

export interface OllamaStandInOptions {
  port?: number | undefined;
  /** Reported by /api/version. Default `0.0.0-stand-in`. */
  version?: string | undefined;
  models?: readonly OllamaModel[] | undefined;
  /** What can be pulled. Default: the catalogue's names, 4 MiB each. */
  library?: readonly PullableModel[] | undefined;
  /** Waiting before every token, ms. Default 0. */
  tokenDelayMs?: number | undefined;
  /** OLLAMA_MODELS: where models lie and stay. Default: a folder that goes with the stand-in. */
  modelsDir?: string | undefined;
  /** Loading a model that is not in memory, ms. Default 0. */
  loadMs?: number | undefined;
  /** Models that are in memory from the beginning, as after somebody used them. */
  inMemory?: readonly string[] | undefined;
  /** Memory for models; those that nothing uses make room, and one that does not fit is refused. Default: no limit. */
  memoryBytes?: number | undefined;
  /** How much of what is in memory is on the GPU, 0 to 1. Default 0. */
  vramShare?: number | undefined;
  /** Generations at once (OLLAMA_NUM_PARALLEL); others wait. Default 1. */
  parallel?: number | undefined;
  /** How context overflow under `truncate: false` is worded: as older or as newer servers do. Default `runner`. */
  overflowError?: 'plain' | 'runner' | undefined;
  /** Generations that may wait (OLLAMA_MAX_QUEUE). Default 512. */
  maxQueue?: number | undefined;
  /** OLLAMA_NO_CLOUD. Default false; the cloud is never reached either way. */
  noCloud?: boolean | undefined;
}

/** A labelled stand-in for the Ollama server: its HTTP API, with faults on demand. */
export interface OllamaStandIn {
  readonly url: string;
  readonly port: number;
  readonly models: ModelStore;
  readonly seen: OllamaSeen;
  readonly faults: OllamaFaults;
  /** Changes the named faults, leaves the others. */
  setFaults(patch: PatchOf<OllamaFaults>): Promise<void>;
  clearFaults(): Promise<void>;
  /** What pulls brought, as Ollama lays it out: `blobs/` and `manifests/`. */
  readonly modelsDir: string;
  readonly blobDir: string;
  stop(): Promise<void>;
}

export const standInVersion = '0.0.0-stand-in';
/** A server of its own says nothing of itself in `server`, and neither does this one. */
const label = ['x-stand-in', 'ParalleliX-practice-network (stand-in for Ollama)'] as const;

/** Larger than any prompt under test; Ollama itself has no limit. */
const maxRequestBytes = 64 * 1024 * 1024;

export async function startOllamaStandIn(options: OllamaStandInOptions = {}): Promise<OllamaStandIn> {
  const models = createModelStore(options.models ?? defaultModels);
  const loaded = createLoadedModels({ memoryBytes: options.memoryBytes ?? null });
  for (const name of options.inMemory ?? []) {
    const model = models.find(name);
    const use = model ? loaded.use(model, model.contextLength, undefined) : null;
    use?.ready();
    use?.done();
  }
  const recorder = createOllamaRecorder();
  const slots = createSlots(options.parallel ?? 1, options.maxQueue);
  const noCloud = options.noCloud ?? false;
  // Made by the first pull.
  const modelsDir = options.modelsDir ?? join(tmpdir(), `px-ollama-${randomUUID()}`);
  const library = options.library ?? defaultLibrary;
  for (const manifest of await installedIn(modelsDir, library)) addPulled(models, manifest);
  let faults = noOllamaFaults;

  /** The faults one generation meets; the last of `times` takes them along. */
  function takeGenerationFaults(): OllamaFaults {
    const taken = faults;
    if (taken.times !== null)
      faults = taken.times > 1 ? { ...taken, times: taken.times - 1 } : withoutGenerationFaults(taken);
    return taken;
  }

  function takePullFaults(): OllamaFaults {
    const taken = faults;
    const { pullDieAfterBytes, pullErrorAfterBytes, pullCorrupt, pullEndsWithoutSuccess } = noOllamaFaults;
    faults = { ...taken, pullDieAfterBytes, pullErrorAfterBytes, pullCorrupt, pullEndsWithoutSuccess };
    return taken;
  }

  const generateParts = {
    models,
    loaded,
    slots,
    recorder,
    takeFaults: takeGenerationFaults,
    loadFaults: () => faults,
    tokenDelayMs: options.tokenDelayMs ?? 0,
    loadMs: options.loadMs ?? 0,
    overflowError: options.overflowError ?? 'runner',
    noCloud,
  };
  const pullParts = {
    models,
    library,
    modelsDir,
    recorder,
    takeFaults: takePullFaults,
  };

  async function handle(exchange: Exchange): Promise<void> {
    const { request, response, url } = exchange;
    response.setHeader(...label);
    const text =
      request.method === 'GET' || request.method === 'HEAD' ? '' : await readBody(request, maxRequestBytes);
    const body = parseJson(text ?? '');
    const seen = recorder.begin(url.pathname, body ?? null, request.headers['user-agent'] ?? null);
    try {
      const ending = await route(exchange, body, seen);
      const { outcome, status } = ending ?? {
        outcome: exchange.gone.aborted ? ('aborted' as const) : ('answered' as const),
        status: response.statusCode,
      };
      recorder.end(seen, outcome, status);
    } finally {
      recorder.end(seen, 'broken', null);
    }
  }

  async function route(exchange: Exchange, body: unknown, seen: OllamaRequestSeen) {
    const { request, response, url } = exchange;
    const method = request.method === 'HEAD' ? 'GET' : request.method;
    const called = `${method} ${url.pathname}`;
    if (called === 'GET /')
      return answerText(response, 200, 'Ollama is running', { 'content-type': 'text/plain' });
    if (!routes.has(called))
      return answerText(response, 404, '404 page not found', { 'content-type': 'text/plain' });
    if (method !== 'GET' && body === undefined)
      return answerJson(response, 400, { error: 'missing request body, or no JSON' });
    if (called === 'POST /api/generate') return handleGenerate(exchange, body, seen, generateParts);
    if (called === 'POST /api/pull') return handlePull(exchange, body, seen, pullParts);

    if (faults.apiHang) return untilGone(exchange.gone);
    if (!(await waitUnlessGone(faults.apiDelayMs ?? 0, exchange.gone))) return;
    if (faults.apiStatus !== null) return answerJson(response, faults.apiStatus, { error: faults.errorText });
    if (called === 'GET /api/version')
      return answerJson(response, 200, { version: options.version ?? standInVersion });
    if (called === 'GET /api/tags')
      return answerJson(response, 200, { models: models.list().map(tagsEntry) });
    if (called === 'GET /api/ps')
      return answerJson(response, 200, {
        models: loaded.psEntries(faults.vramShare ?? options.vramShare ?? 0),
      });

    const named = namedModel.safeParse(body);
    const name = named.success ? (named.data.model ?? named.data.name ?? '') : '';
    if (name === '') return answerJson(response, 400, { error: 'model is required' });
    const showing = called === 'POST /api/show';
    if (!isValidName(name))
      return answerJson(response, 400, {
        error: showing ? 'invalid model name' : `name "${name}" is invalid`,
      });
    if (showing && isCloudName(name)) {
      if (noCloud)
        return answerJson(response, 403, { error: cloudDisabled('remote model details are unavailable') });
      // The stand-in's cloud is its own list; what is not in it would be asked of one that can't be reached.
      if (!models.find(name))
        return answerJson(response, 502, { error: 'dial tcp: lookup ollama.com: no such host' });
    }
    const model = models.find(name);
    // Show names it with its tag, delete as it was asked for.
    if (!model)
      return answerJson(response, 404, { error: `model '${showing ? fullName(name) : name}' not found` });
    if (showing) return answerJson(response, 200, showAnswer(model, modelsDir));
    models.remove(name);
    // What is in memory stays there until its time is over.
    await removeManifest(modelsDir, name);
    response.writeHead(200).end();
    return;
  }

  const server = await startServer({ port: options.port }, handle);

  async function apply(next: OllamaFaults): Promise<void> {
    // What a server had in memory ends with it.
    if (next.down && !faults.down) loaded.clear();
    faults = next;
    await (next.down ? server.down() : server.up());
  }

  return {
    get url() {
      return server.url;
    },
    get port() {
      return server.port;
    },
    models,
    seen: recorder,
    get faults() {
      return faults;
    },
    setFaults: (patch) => apply(withPatch(faults, patch)),
    clearFaults: () => apply(noOllamaFaults),
    modelsDir,
    blobDir: join(modelsDir, 'blobs'),
    async stop() {
      await server.down();
      if (options.modelsDir === undefined) await rm(modelsDir, { recursive: true, force: true });
    },
  };
}

const routes = new Set([
  'GET /api/version',
  'GET /api/tags',
  'GET /api/ps',
  'POST /api/show',
  'POST /api/generate',
  'POST /api/pull',
  'DELETE /api/delete',
]);

const namedModel = z.object({ model: z.string().optional(), name: z.string().optional() });

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
