import type * as z from 'zod';
import { NodeError } from '../../../../shared/errors.ts';
import type { HttpClient } from '../../http/client.ts';
import { parseJson } from '../../http/json-body.ts';
import type { Clock } from '../../system/clock.ts';
import { psAnswer, showAnswer, tagsAnswer, versionAnswer } from './answers.ts';
import { architectureOf, type ModelArchitecture } from './architecture.ts';
import { httpFault, statusFault } from './faults.ts';
import { type GenerateLimits, type GenerateTask, type Generation, generate } from './generate.ts';

export interface ListedModel {
  /** As listed, with its tag. */
  name: string;
  digest: string | null;
  sizeBytes: number | null;
  family: string | null;
  parameterSize: string | null;
  quantization: string | null;
  /** Ollama forwards requests for it to another host. */
  cloud: boolean;
  remoteHost: string | null;
}
export interface ModelFacts {
  /** Null: this server is too old to say (before 0.6.4). */
  capabilities: string[] | null;
  contextLength: number | null;
  /** The context that the model itself asks for, tokens; null: it leaves that to the server. */
  ownContextTokens: number | null;
  /** The folder that the weights are in, as the server sees it; null when not said. */
  modelsDir: string | null;
  /** For the size of its key-value cache; null when not reported. */
  architecture: ModelArchitecture | null;
  cloud: boolean;
  remoteHost: string | null;
}
export interface LoadedModel {
  name: string;
  sizeBytes: number | null;
  vramBytes: number | null;
  /** When it goes unless it is used, Unix ms; null when not said. */
  expiresAtMs: number | null;
  /** The context it was loaded with, tokens; older servers do not say. */
  contextTokens?: number | null;
}

/**
 * Talks to one Ollama server. Every call can throw `ollama-unreachable` (nothing was received), `ollama-error`
 * (a status of 400 or more), `ollama-answer-invalid` and `cancelled`; `show` and `generate` also
 * `model-not-installed`. No error carries text that Ollama sent.
 */
export interface OllamaClient {
  readonly baseUrl: string;
  version(signal?: AbortSignal): Promise<string>;
  /** The installed models. */
  tags(signal?: AbortSignal): Promise<ListedModel[]>;
  show(model: string, signal?: AbortSignal): Promise<ModelFacts>;
  /** The models in memory. */
  ps(signal?: AbortSignal): Promise<LoadedModel[]>;
  /**
   * Runs one request to its end, streamed; abort closes the connection, at which Ollama stops generating. An empty
   * prompt only loads the model, or unloads it with a `keepAlive` of 0. Further errors: `ollama-died` (the stream
   * broke off), `context-overflow`, `result-too-large`, `model-needs-memory`.
   */
  generate(task: GenerateTask, limits: GenerateLimits): Promise<Generation>;
  /** A stream of ours moved no longer ago than that: proof of life, however slow other answers are. */
  streamMoved(withinMs: number): boolean;
}

const versionTimeoutMs = 4000;
const listTimeoutMs = 5000;
/** Hundreds of models, or one model's licence and tensor list, stay far below. */
const largestAnswerBytes = 16 * 1024 * 1024;

export function createOllamaClient(
  options: { baseUrl: string },
  modules: { http: HttpClient; clock: Clock },
): OllamaClient {
  const { baseUrl } = options;
  const { http, clock } = modules;
  let movedMs = Number.NEGATIVE_INFINITY;

  async function ask<S extends z.ZodType>(
    schema: S,
    call: { path: string; timeoutMs: number; model?: string },
    signal: AbortSignal | undefined,
  ): Promise<z.output<S>> {
    const url = `${baseUrl}${call.path}`;
    const answer = await http
      .request({
        url,
        method: call.model === undefined ? 'GET' : 'POST',
        ...(call.model === undefined
          ? {}
          : { body: JSON.stringify({ model: call.model }), headers: { 'content-type': 'application/json' } }),
        timeoutMs: call.timeoutMs,
        maxBodyBytes: largestAnswerBytes,
        repeatable: true,
        ...(signal ? { signal } : {}),
      })
      .catch((error: unknown) => {
        throw httpFault(error, url, signal);
      });
    const body = parseJson(answer.body);
    if (answer.status < 200 || answer.status >= 300) throw statusFault(answer.status, body, call.model);
    const parsed = schema.safeParse(body);
    if (parsed.success) return parsed.data;
    throw new NodeError('ollama-answer-invalid', { url, reason: 'not-ollamas-answer' });
  }

  return {
    baseUrl,
    async version(signal) {
      const answer = await ask(versionAnswer, { path: '/api/version', timeoutMs: versionTimeoutMs }, signal);
      return answer.version;
    },
    async tags(signal) {
      const answer = await ask(tagsAnswer, { path: '/api/tags', timeoutMs: listTimeoutMs }, signal);
      return answer.models.map((model) => ({
        name: model.name,
        digest: model.digest || null,
        sizeBytes: model.size ?? null,
        family: model.details?.family || null,
        parameterSize: model.details?.parameter_size || null,
        quantization: model.details?.quantization_level || null,
        cloud: Boolean(model.remote_host || model.remote_model),
        remoteHost: model.remote_host || null,
      }));
    },
    async show(model, signal) {
      const answer = await ask(showAnswer, { path: '/api/show', timeoutMs: listTimeoutMs, model }, signal);
      return {
        capabilities: answer.capabilities ?? null,
        contextLength: contextLength(answer.model_info ?? {}),
        ownContextTokens: ownContextTokens(answer.parameters ?? ''),
        modelsDir: modelsDirOf(answer.modelfile ?? ''),
        architecture: architectureOf(answer.model_info ?? {}),
        cloud: Boolean(answer.remote_host || answer.remote_model),
        remoteHost: answer.remote_host || null,
      };
    },
    async ps(signal) {
      const answer = await ask(psAnswer, { path: '/api/ps', timeoutMs: listTimeoutMs }, signal);
      return answer.models.map((model) => ({
        name: model.name,
        sizeBytes: model.size ?? null,
        vramBytes: model.size_vram ?? null,
        expiresAtMs: timeOf(model.expires_at),
        contextTokens: model.context_length || null,
      }));
    },
    generate: (task, limits) => {
      const onMoved = () => {
        movedMs = clock.monotonicMs();
        limits.onMoved?.();
      };
      return generate(baseUrl, task, { ...limits, onMoved }, modules);
    },
    streamMoved: (withinMs) => clock.monotonicMs() - movedMs <= withinMs,
  };
}

/** Of the form that Go prints: `131072`, `1e+06`. */
function ownContextTokens(parameters: string): number | null {
  const value = Number(/^num_ctx\s+(\S+)\s*$/m.exec(parameters)?.[1] ?? Number.NaN);
  return Number.isSafeInteger(value) && value > 0 ? value : null;
}

/** `FROM /usr/share/ollama/.ollama/models/blobs/sha256-…` [ollama server/images.go] */
function modelsDirOf(modelfile: string): string | null {
  return /^FROM (\/.{1,4000})\/blobs\/sha256-[0-9a-f]{64}$/m.exec(modelfile)?.[1] ?? null;
}

function timeOf(text: string | null | undefined): number | null {
  const atMs = Date.parse(text ?? '');
  return Number.isNaN(atMs) ? null : atMs;
}

/** The window the model was trained for, in tokens: `<architecture>.context_length`. */
function contextLength(info: Record<string, unknown>): number | null {
  const value = info[`${String(info['general.architecture'])}.context_length`];
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : null;
}
