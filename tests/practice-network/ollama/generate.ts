import * as z from 'zod';
import type { Exchange } from '../http-server.ts';
import { answerJson, untilGone, waitUnlessGone } from '../http-server.ts';
import type { OllamaFaults } from './faults.ts';
import type { LoadedModels } from './loaded.ts';
import { type InstalledModel, type ModelStore, ownContextOf } from './models.ts';
import { cloudDisabled, isCloudName, isValidName } from './names.ts';
import { createNdjsonWriter } from './ndjson.ts';
import type { OllamaRecorder, OllamaRequestSeen } from './seen.ts';
import type { Slots } from './slots.ts';
import { answerFor, answerOfSize, tokenId, tokensOf } from './text.ts';

const generateSchema = z.object({
  model: z.string().default(''),
  prompt: z.string().default(''),
  system: z.string().default(''),
  stream: z.boolean().default(true),
  raw: z.boolean().default(false),
  truncate: z.boolean().default(true),
  shift: z.boolean().default(true),
  think: z.union([z.boolean(), z.string()]).optional(),
  keep_alive: z.union([z.string(), z.number()]).optional(),
  options: z.looseObject({ num_ctx: z.int().optional(), num_predict: z.int().optional() }).default({}),
});
type GenerateRequest = z.infer<typeof generateSchema>;

export interface GenerateParts {
  models: ModelStore;
  loaded: LoadedModels;
  slots: Slots;
  recorder: OllamaRecorder;
  /** The faults this generation meets; counts down `times`. */
  takeFaults(): OllamaFaults;
  /** The faults that a load meets; nothing is counted. */
  loadFaults(): OllamaFaults;
  tokenDelayMs: number;
  loadMs: number;
  overflowError: 'plain' | 'runner';
  /** OLLAMA_NO_CLOUD */
  noCloud: boolean;
}

type Ending = { outcome: 'answered' | 'aborted' | 'broken'; status: number | null };

/** POST /api/generate, streamed and not, in the order of checks of Ollama's own handler. */
export async function handleGenerate(
  exchange: Exchange,
  body: unknown,
  seen: OllamaRequestSeen,
  parts: GenerateParts,
): Promise<Ending> {
  const refuse = (status: number, error: string): Ending => {
    answerJson(exchange.response, status, { error });
    return { outcome: 'answered', status };
  };

  const parsed = generateSchema.safeParse(body);
  if (!parsed.success) return refuse(400, `json: ${z.prettifyError(parsed.error)}`);
  const asked = parsed.data;
  // Without a name at all it says so in the words for an unknown one. [server/routes.go: writeModelRefParseError]
  if (asked.model.trim() !== '' && !isValidName(asked.model)) return refuse(400, 'invalid model name');
  if (isCloudName(asked.model) && parts.noCloud)
    return refuse(403, cloudDisabled('remote model is unavailable'));
  const model = parts.models.find(asked.model);
  if (!model) return refuse(404, `model '${asked.model}' not found`);
  if (model.remoteHost) {
    if (parts.noCloud) return refuse(403, cloudDisabled('remote model is unavailable'));
    const signinUrl = 'https://ollama.com/connect?name=stand-in';
    answerJson(exchange.response, 401, { error: 'unauthorized', signin_url: signinUrl });
    return { outcome: 'answered', status: 401 };
  }
  const done = { model: asked.model, created_at: new Date().toISOString(), response: '', done: true };
  if (asked.prompt === '' && (asked.keep_alive === 0 || asked.keep_alive === '0')) {
    parts.loaded.unload(model.name);
    answerJson(exchange.response, 200, { ...done, done_reason: 'unload' });
    return { outcome: 'answered', status: 200 };
  }
  if (asked.think && !model.capabilities.includes('thinking'))
    return refuse(400, `"${asked.model}" does not support thinking`);
  if (!model.capabilities.includes('completion'))
    return refuse(400, `"${asked.model}" does not support generate`);

  const faults = asked.prompt === '' ? null : parts.takeFaults();
  // Only what waits for a load has a limit. [server/sched.go: getRunner]
  const inMemory = parts.loaded.isReady(model.name, contextOf(asked, model));
  const release = await parts.slots.take(exchange.gone, inMemory);
  if (release === 'full')
    return refuse(503, 'server busy, please try again.  maximum pending requests exceeded');
  if (!release) return { outcome: 'aborted', status: null };
  let leave: (() => void) | null = null;
  try {
    const beganAtMs = performance.now();
    const { loadStatus, loadDelayMs, errorText } = parts.loadFaults();
    if (loadStatus !== null && !parts.loaded.has(model.name)) return refuse(loadStatus, errorText);
    if (model.broken !== null) return refuse(500, model.broken);
    const use = parts.loaded.use(model, contextOf(asked, model), asked.keep_alive);
    if (!use) return refuse(500, noMemoryText);
    leave = use.done;
    if (use.fresh) await waitUnlessGone(loadDelayMs ?? parts.loadMs, exchange.gone);
    use.ready();
    if (!faults) {
      answerJson(exchange.response, 200, { ...done, done_reason: 'load' });
      return { outcome: 'answered', status: 200 };
    }
    const loadedAtMs = performance.now();
    return await generate(exchange, asked, model, seen, faults, parts, { beganAtMs, loadedAtMs });
  } finally {
    leave?.();
    release();
  }
}

async function generate(
  exchange: Exchange,
  asked: GenerateRequest,
  model: InstalledModel,
  seen: OllamaRequestSeen,
  faults: OllamaFaults,
  parts: GenerateParts,
  marks: { beganAtMs: number; loadedAtMs: number },
): Promise<Ending> {
  const { response } = exchange;
  const gone = faults.ignoreAbort ? null : exchange.gone;
  const aborted = (): Ending => ({ outcome: 'aborted', status: response.headersSent ? 200 : null });

  if (faults.hangBeforeHeaders) {
    await untilGone(exchange.gone);
    return { outcome: 'broken', status: null };
  }
  if (!(await waitUnlessGone(faults.firstTokenDelayMs ?? 0, gone))) return aborted();
  if (faults.status !== null) {
    answerJson(response, faults.status, { error: faults.errorText });
    return { outcome: 'broken', status: faults.status };
  }

  const contextLength = contextOf(asked, model);
  const promptTokens = [...tokensOf(asked.system), ...tokensOf(asked.prompt)];
  if (promptTokens.length > contextLength && asked.truncate && !asked.shift) {
    answerJson(response, 400, { error: noShiftText });
    return { outcome: 'answered', status: 400 };
  }
  const runnerContext = padded(contextLength);
  if (promptTokens.length > runnerContext && !asked.truncate) {
    answerJson(response, 400, {
      error: overflowText(parts.overflowError, promptTokens.length, runnerContext),
    });
    return { outcome: 'answered', status: 400 };
  }

  const plan: AnswerPlan = planAnswer(
    asked,
    model,
    faults,
    Math.min(promptTokens.length, contextLength),
    contextLength,
  );
  const closing = () => ({
    model: asked.model,
    created_at: new Date().toISOString(),
    response: '',
    done: true,
    done_reason: plan.cut ? 'length' : 'stop',
    ...(asked.raw ? {} : { context: [...promptTokens, ...plan.tokens].map(tokenId) }),
    total_duration: nanoseconds(performance.now() - marks.beganAtMs),
    load_duration: nanoseconds(marks.loadedAtMs - marks.beganAtMs),
    // Ollama leaves counts of zero out.
    ...(faults.omitCounts
      ? {}
      : withoutZeros({ prompt_eval_count: Math.min(promptTokens.length, contextLength) })),
    prompt_eval_duration: nanoseconds(0.05 * promptTokens.length),
    ...(faults.omitCounts ? {} : withoutZeros({ eval_count: plan.tokens.length })),
    eval_duration: nanoseconds(
      faults.claimedTokenMs === null
        ? performance.now() - marks.loadedAtMs
        : faults.claimedTokenMs * plan.tokens.length,
    ),
  });
  const withoutText = ({ response: _text, ...rest }: { response: string }) => rest;
  const shaped = (line: { response: string }) => (faults.omitResponse ? withoutText(line) : line);
  const tokenDelayMs = faults.tokenDelayMs ?? parts.tokenDelayMs;

  if (!asked.stream) {
    if (!(await waitUnlessGone(tokenDelayMs * plan.tokens.length, gone))) return aborted();
    if (faults.dieAfterChunks !== null) {
      response.destroy();
      return { outcome: 'broken', status: null };
    }
    if (faults.hangAfterChunks !== null) {
      await untilGone(exchange.gone);
      return { outcome: 'broken', status: null };
    }
    if (faults.errorAfterChunks !== null) {
      answerJson(response, 500, { error: faults.errorText });
      return { outcome: 'broken', status: 500 };
    }
    const text = plan.tokens.join('');
    if (faults.endWithoutDone) {
      const created_at = new Date().toISOString();
      answerJson(
        response,
        200,
        shaped({ model: asked.model, created_at, response: text, done: false } as { response: string }),
      );
      return { outcome: 'broken', status: 200 };
    }
    answerJson(response, 200, shaped({ ...closing(), response: text }));
    return { outcome: 'answered', status: 200 };
  }

  const writer = createNdjsonWriter(response);
  const broken: Ending = { outcome: 'broken', status: 200 };
  for (let chunks = 0; chunks <= plan.tokens.length; chunks++) {
    if (faults.dieAfterChunks === chunks) {
      await writer.cut();
      return broken;
    }
    if (faults.errorAfterChunks === chunks) {
      await writer.line({ error: faults.errorText });
      writer.end();
      return broken;
    }
    if (faults.hangAfterChunks === chunks) {
      writer.start();
      await untilGone(exchange.gone);
      return broken;
    }
    if (faults.garbageAfterChunks === chunks) await writer.raw('{"model":"stand-in","response":\n');
    const token = plan.tokens[chunks];
    if (token === undefined) break;
    if (!(await waitUnlessGone(tokenDelayMs, gone))) return aborted();
    const created_at = new Date().toISOString();
    await writer.line(
      shaped({ model: asked.model, created_at, response: token, done: false } as { response: string }),
    );
    parts.recorder.chunk(seen);
  }
  if (exchange.gone.aborted) return aborted();
  if (!faults.endWithoutDone) await writer.line(shaped(closing()));
  writer.end();
  return faults.endWithoutDone ? broken : { outcome: 'answered', status: 200 };
}

interface AnswerPlan {
  tokens: string[];
  cut: boolean;
}

/** The tokens to send, and whether a limit cut them short (`done_reason: "length"`). */
function planAnswer(
  asked: GenerateRequest,
  model: InstalledModel,
  faults: OllamaFaults,
  promptTokens: number,
  contextLength: number,
): AnswerPlan {
  if (faults.emptyResponse) return { tokens: [], cut: false };
  const tokens =
    faults.answerBytes === null
      ? tokensOf(faults.answerText ?? answerFor(model.name, asked.prompt, asked.system))
      : (answerOfSize(faults.answerBytes).match(/.{1,8192}/gs) ?? []);
  const predict = asked.options.num_predict ?? -1;
  const room = asked.shift ? tokens.length : Math.max(1, contextLength - promptTokens);
  const limit = Math.min(predict < 0 ? tokens.length : predict, room);
  return { tokens: tokens.slice(0, limit), cut: limit < tokens.length };
}

/** What is asked for, else what the model sets itself, else what the server has. */
function contextOf(asked: GenerateRequest, model: InstalledModel): number {
  return asked.options.num_ctx ?? ownContextOf(model) ?? model.contextLength;
}

/** As Ollama says that a model is too large for what is free: in the words of the program that ran out of memory. */
const noMemoryText =
  'llama-server process has terminated: exit status 1: error: ggml_backend_cpu_buffer_type_alloc_buffer: failed to allocate buffer of size 3221225472';

/** The llama.cpp server rounds its context up; /api/ps still says what was asked for. [llama.cpp src/llama-context.cpp] */
const contextStep = 256;
const padded = (tokens: number) => Math.ceil(tokens / contextStep) * contextStep;

/** Of a prompt that could be cut, and must not be because the context may not shift. [llm/llama_server.go] */
const noShiftText =
  'the prompt is longer than the context length currently available to the model; shorten the prompt, adjust the context length in settings, or use a model with a longer context length';

/** Context overflow as servers up to about 0.30 say it, and as later ones hand their runner's JSON through. */
function overflowText(style: 'plain' | 'runner', promptTokens: number, contextLength: number): string {
  if (style === 'plain') return 'the input length exceeds the context length';
  const message = `request (${promptTokens} tokens) exceeds the available context size (${contextLength} tokens), try increasing it`;
  const detail = { code: 400, message, type: 'exceed_context_size_error' };
  return JSON.stringify({ error: { ...detail, n_prompt_tokens: promptTokens, n_ctx: contextLength } });
}

function withoutZeros(counts: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count !== 0));
}

const nanoseconds = (ms: number) => Math.round(ms * 1e6);
