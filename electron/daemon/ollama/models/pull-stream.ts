import * as z from 'zod';
import { isNodeError, NodeError } from '../../../../shared/errors.ts';
import { said } from '../../../../shared/reasons/reason-text.ts';
import type { HttpClient, HttpStream } from '../../http/client.ts';
import { errorAnswer } from '../api/answers.ts';
import { httpFault, refusalBody } from '../api/faults.ts';
import { readNdjson } from '../api/ndjson.ts';
import { largestLayerBytes } from './registry-manifest.ts';

/** What Ollama says while it pulls. */
export type PullEvent =
  /** How far one layer is; `completedBytes` may also fall, where Ollama starts a part of it again. */
  | { kind: 'layer'; digest: string; totalBytes: number; completedBytes: number }
  /** All layers are here and are being checked and put in place: minutes without a byte for a large model. */
  | { kind: 'finishing' }
  /** Whatever else: `pulling manifest`, texts of a newer version. */
  | { kind: 'status' }
  | { kind: 'success' };

const size = z.number().int().nonnegative().max(largestLayerBytes).nullish().catch(null);
const line = z.object({
  status: z.string(),
  digest: z.string().max(200).nullish(),
  total: size,
  completed: size,
});

/** Ollama answers with the first line; without any it looks for the manifest, for which it has 30 s a try. */
const headersTimeoutMs = 120_000;
const largestLineBytes = 64 * 1024;
/** Sixteen lines a second for days. */
const largestStreamBytes = 2 ** 34;

const finishing = /^(?:verifying|writing manifest|removing )/;

/**
 * One `POST /api/pull`, streamed. Abort closes the connection: Ollama stops, keeps what came, and goes on from there
 * at the next pull of the same model. The stream that ends well ends with `success`. [ollama docs/api.md]
 *
 * Errors: `ollama-unreachable` (nothing was received), `ollama-died` (the connection broke), `ollama-answer-invalid`,
 * `pull-incomplete` (it ended without `success`), `model-unknown`, `model-name-invalid`, `pull-corrupt`,
 * `pull-needs-newer-ollama`, `pull-no-room` (Ollama's own disk is full), `pull-failed` with Ollama's own words, `cancelled`.
 */
export async function* streamPull(
  options: { baseUrl: string; model: string; signal: AbortSignal },
  { http }: { http: HttpClient },
): AsyncGenerator<PullEvent, void, undefined> {
  const { model, signal } = options;
  const url = `${options.baseUrl}/api/pull`;
  let stream: HttpStream;
  try {
    stream = await http.stream({
      method: 'POST',
      url,
      // `name` is what servers before 0.5 read.
      body: JSON.stringify({ model, name: model, stream: true }),
      timeoutMs: headersTimeoutMs,
      maxBodyBytes: largestStreamBytes,
      // Asked twice, Ollama joins the pull that is under way.
      repeatable: true,
      signal,
    });
  } catch (error) {
    throw httpFault(error, url, signal);
  }
  try {
    if (stream.status < 200 || stream.status >= 300) throw await refusal(stream, model);
    for await (const value of readNdjson(stream.chunks, { url, maxLineBytes: largestLineBytes })) {
      const failed = errorAnswer.safeParse(value);
      if (failed.success) throw pullFault(failed.data.error, model);
      const parsed = line.safeParse(value);
      if (!parsed.success) {
        throw new NodeError('ollama-answer-invalid', { url, reason: 'not-ollamas-line' });
      }
      const event = eventOf(parsed.data);
      if (event.kind === 'success') stream.letEnd();
      yield event;
      if (event.kind === 'success') return;
    }
    throw new NodeError('pull-incomplete', { model });
  } catch (error) {
    const fault = httpFault(error, url, signal);
    throw isNodeError(fault, 'ollama-unreachable')
      ? new NodeError('ollama-died', { reason: fault.details.reason }, { cause: error })
      : fault;
  } finally {
    stream.close();
  }
}

function eventOf({ status, digest, total, completed }: z.output<typeof line>): PullEvent {
  if (status === 'success') return { kind: 'success' };
  // Go leaves out a count of zero: no `completed` means that nothing came yet.
  if (digest && total != null) {
    return { kind: 'layer', digest, totalBytes: total, completedBytes: Math.min(completed ?? 0, total) };
  }
  return { kind: finishing.test(status) ? 'finishing' : 'status' };
}

/** The error of a pull that never began: a status instead of a stream. */
async function refusal(stream: HttpStream, model: string): Promise<NodeError> {
  const answer = errorAnswer.safeParse(await refusalBody(stream));
  return answer.success
    ? pullFault(answer.data.error, model)
    : new NodeError('ollama-error', { status: stream.status });
}

/** What Ollama's messages mean. [ollama server/images.go, server/download.go, server/routes.go] */
function pullFault(text: string, model: string): NodeError {
  if (/digest mismatch/i.test(text)) return new NodeError('pull-corrupt', { model });
  if (/manifest: file does not exist/i.test(text)) return new NodeError('model-unknown', { model });
  if (/newer version of ollama/i.test(text)) return new NodeError('pull-needs-newer-ollama', { model });
  if (/invalid model name|model is required/i.test(text))
    return new NodeError('model-name-invalid', { model });
  if (/no space left on device|disk quota exceeded/i.test(text)) {
    return new NodeError('pull-no-room', {
      model,
      path: null,
      neededBytes: null,
      freeBytes: null,
      reserveBytes: 0,
    });
  }
  return new NodeError('pull-failed', { model, reason: said(text.slice(0, 300)) });
}
