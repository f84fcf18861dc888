import type { GenerateRequest, Options } from 'ollama';
import type * as z from 'zod';
import { isNodeError, NodeError } from '../../../../shared/errors.ts';
import { isCloudName } from '../../../../shared/model-names.ts';
import type { HttpClient, HttpStream } from '../../http/client.ts';
import { errorAnswer, generateLine, saysContextOverflow, saysNoMemory } from './answers.ts';
import { httpFault, refusalBody, statusFault } from './faults.ts';
import { readNdjson } from './ndjson.ts';

export interface GenerateTask {
  model: string;
  prompt: string;
  system?: string | undefined;
  /** How long the model stays in memory afterwards: `5m`, seconds, −1 for ever. */
  keepAlive?: string | number | undefined;
  /** Model options such as `num_ctx`, `temperature`, `seed`. */
  options?: Partial<Options> | undefined;
}
export interface GenerateLimits {
  signal?: AbortSignal | undefined;
  /** Largest answer text accepted, UTF-8 bytes. */
  maxResultBytes: number;
  /** How long Ollama may take to say the first word, loading the model included; the deadline is the signal's. */
  timeoutMs?: number | undefined;
  /** Called once, when the first token has come, thought or said. */
  onFirstToken?: (() => void) | undefined;
  /** Called with every line of the stream: it moves. */
  onMoved?: (() => void) | undefined;
}
export interface Generation {
  text: string;
  /** Null when Ollama did not say. [network.md 8] */
  inputTokens: number | null;
  outputTokens: number | null;
  /** The model thought; its thoughts are not part of the text. */
  thinking: boolean;
  /** Time spent on generating by Ollama's own account; null when not said. */
  evalMs: number | null;
  /** The same for reading the prompt. */
  promptEvalMs: number | null;
  /**
   * The model really answered nothing: it stopped by itself, without thinking, with no token but the one that ends
   * an answer. An empty text without this is a failure that looks like an answer.
   */
  trulyEmpty: boolean;
}

const defaultTimeoutMs = 30 * 60_000;
/** The last line repeats prompt and answer as token numbers: some 7 bytes each, a million of them at most. */
const largestLineBytes = 16 * 1024 * 1024;
/** A token of text takes about 130 bytes of stream; what is held in memory is bounded by the result limit. */
const largestStreamBytes = 2 ** 31;

type Line = z.output<typeof generateLine>;

/** One streamed `/api/generate`. Errors: see `OllamaClient`. */
export async function generate(
  baseUrl: string,
  task: GenerateTask,
  limits: GenerateLimits,
  { http }: { http: HttpClient },
): Promise<Generation> {
  const { model } = task;
  const { signal } = limits;
  const url = `${baseUrl}/api/generate`;
  // Ollama would forward such a name to its cloud even when it is not installed.
  if (isCloudName(model)) throw new NodeError('model-not-installed', { model });

  let stream: HttpStream;
  try {
    stream = await http.stream({
      method: 'POST',
      url,
      body: JSON.stringify(requestBody(task)),
      headers: { 'content-type': 'application/json' },
      timeoutMs: limits.timeoutMs ?? defaultTimeoutMs,
      maxBodyBytes: largestStreamBytes,
      // Asked twice, Ollama only works twice; a connection that died idle must not cost the request.
      repeatable: true,
      ...(signal ? { signal } : {}),
    });
  } catch (error) {
    throw httpFault(error, url, signal);
  }
  try {
    if (stream.status < 200 || stream.status >= 300) throw await refusal(stream, task);
    return await readAnswer(stream, task, limits, url);
  } catch (error) {
    throw streamFault(error, url, limits);
  } finally {
    stream.close();
  }
}

/** `truncate:false` makes Ollama refuse a prompt that does not fit, instead of silently dropping its beginning. */
function requestBody(task: GenerateTask): GenerateRequest & { truncate: boolean } {
  return {
    model: task.model,
    prompt: task.prompt,
    stream: true,
    truncate: false,
    ...(task.system ? { system: task.system } : {}),
    ...(task.keepAlive === undefined ? {} : { keep_alive: task.keepAlive }),
    ...(task.options === undefined ? {} : { options: task.options }),
  };
}

async function readAnswer(
  stream: HttpStream,
  task: GenerateTask,
  limits: GenerateLimits,
  url: string,
): Promise<Generation> {
  const pieces: string[] = [];
  let bytes = 0;
  let thinking = false;
  let answered = false;
  let spoken = 0;
  for await (const value of readNdjson(stream.chunks, { url, maxLineBytes: largestLineBytes })) {
    const failed = errorAnswer.safeParse(value);
    if (!failed.success) limits.onMoved?.();
    if (failed.success) throw errorFault(failed.data.error, failed.data.status ?? 500, task);
    const parsed = generateLine.safeParse(value);
    if (!parsed.success) {
      throw new NodeError('ollama-answer-invalid', { url, reason: 'not-ollamas-line' });
    }
    const line = parsed.data;
    if ((line.thinking || line.response) && !thinking && pieces.length === 0) limits.onFirstToken?.();
    if (line.thinking) thinking = true;
    spoken += Math.max(1, Buffer.byteLength((line.thinking ?? '') + (line.response ?? '')));
    if (typeof line.response === 'string') answered = true;
    if (line.response) {
      bytes += Buffer.byteLength(line.response);
      if (bytes > limits.maxResultBytes) {
        throw new NodeError('result-too-large', { limitBytes: limits.maxResultBytes });
      }
      pieces.push(line.response);
    }
    if (line.done) {
      stream.letEnd();
      return finished(bounded(line, task, spoken), pieces.join(''), { thinking, answered });
    }
  }
  // Ollama ends an answer that repeats itself without a last line, in good order: text, and nothing said of it.
  const text = pieces.join('');
  if (text !== '' && endIsCertain(stream)) {
    const unsaid = {
      inputTokens: null,
      outputTokens: null,
      evalMs: null,
      promptEvalMs: null,
    };
    return { text, thinking, trulyEmpty: false, ...unsaid };
  }
  throw new NodeError('ollama-died', { reason: 'answer-cut-off' });
}

/** Whether an end of the body can be distinguished from a connection that broke. */
function endIsCertain({ headers }: HttpStream): boolean {
  return /\bchunked\b/i.test(headers['transfer-encoding'] ?? '') || headers['content-length'] !== undefined;
}

/** Tokens that show in no text: those of a template, and those that only steer. */
const unseenTokens = 8192;

/** Counts that the texts cannot hold are not said at all: a token is a byte at least. They go on the wire. */
function bounded(line: Line, { prompt, system = '' }: GenerateTask, spoken: number): Line {
  const within = (count: number | null | undefined, bytes: number) =>
    count != null && count <= bytes + unseenTokens ? count : null;
  return {
    ...line,
    eval_count: within(line.eval_count, spoken),
    prompt_eval_count: within(line.prompt_eval_count, Buffer.byteLength(prompt) + Buffer.byteLength(system)),
  };
}

function finished(
  line: Line,
  text: string,
  { thinking, answered }: { thinking: boolean; answered: boolean },
): Generation {
  const inputTokens = line.prompt_eval_count ?? null;
  const outputTokens = line.eval_count ?? null;
  // Go leaves out a count of zero; that it stands for zero is known only when the other count is there.
  const generated = outputTokens ?? (inputTokens === null ? null : 0);
  return {
    text,
    inputTokens,
    outputTokens,
    thinking,
    evalMs: milliseconds(line.eval_duration),
    promptEvalMs: milliseconds(line.prompt_eval_duration),
    trulyEmpty:
      text === '' &&
      answered &&
      !thinking &&
      line.done_reason === 'stop' &&
      generated !== null &&
      generated <= 1,
  };
}

/** Ollama counts in nanoseconds. */
const milliseconds = (ns: number | null | undefined) => (ns == null ? null : Math.round(ns / 1e6));

/** The error of an answer that came with a status instead of a stream. */
async function refusal(stream: HttpStream, task: GenerateTask): Promise<NodeError> {
  const body = await refusalBody(stream);
  const said = errorAnswer.safeParse(body);
  return (said.success && knownFault(said.data.error, task)) || statusFault(stream.status, body, task.model);
}

function errorFault(said: string, status: number, task: GenerateTask): NodeError {
  return knownFault(said, task) ?? new NodeError('ollama-error', { status });
}

function knownFault(said: string, { model }: GenerateTask): NodeError | null {
  if (saysContextOverflow(said)) return new NodeError('context-overflow', { model });
  return saysNoMemory(said) ? new NodeError('model-needs-memory', { model }) : null;
}

/** Once the answer has begun, a lost connection is Ollama's death, not its absence. */
function streamFault(error: unknown, url: string, limits: GenerateLimits): unknown {
  if (isNodeError(error, 'http-body-too-large')) {
    return new NodeError('result-too-large', { limitBytes: limits.maxResultBytes }, { cause: error });
  }
  const fault = httpFault(error, url, limits.signal);
  if (isNodeError(fault, 'ollama-unreachable')) {
    return new NodeError('ollama-died', { reason: fault.details.reason }, { cause: error });
  }
  return fault;
}
