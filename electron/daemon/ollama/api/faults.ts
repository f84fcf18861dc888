import { isNodeError, NodeError } from '../../../../shared/errors.ts';
import { isReasonCode, type Reason, reasonOf } from '../../../../shared/reasons/reason-text.ts';
import type { HttpStream } from '../../http/client.ts';
import { parseJson } from '../../http/json-body.ts';
import { errorAnswer } from './answers.ts';

const largestRefusalBytes = 64 * 1024;

/** What a failed exchange means: ours when we called it off, Ollama's otherwise. */
export function httpFault(error: unknown, url: string, signal: AbortSignal | undefined): unknown {
  if (signal?.aborted || isNodeError(error, 'http-aborted')) {
    return new NodeError('cancelled', { reason: abortReason(signal) }, { cause: error });
  }
  if (isNodeError(error, 'http-timeout')) {
    const reason = `no-answer-in(${error.details.timeoutMs})` as const;
    return new NodeError('ollama-unreachable', { url, reason }, { cause: error });
  }
  if (isNodeError(error, 'http-unreachable')) {
    return new NodeError('ollama-unreachable', { url, reason: error.details.reason }, { cause: error });
  }
  if (isNodeError(error, 'http-body-too-large')) {
    const reason = `answer-larger-than(${error.details.limitBytes})` as const;
    return new NodeError('ollama-answer-invalid', { url, reason }, { cause: error });
  }
  if (isNodeError(error, 'http-redirect-refused')) {
    return new NodeError('ollama-error', { status: error.details.status }, { cause: error });
  }
  return error;
}

/** The error of an answer that is not 2xx. A 404 means a missing model only when Ollama itself says so. */
export function statusFault(status: number, body: unknown, model: string | undefined): NodeError {
  const said = errorAnswer.safeParse(body);
  if (status === 404 && model !== undefined && said.success)
    return new NodeError('model-not-installed', { model });
  return new NodeError('ollama-error', { status });
}

/** The body of an answer that came with a status instead of a stream, read up to a limit; undefined: not JSON. */
export async function refusalBody(stream: HttpStream): Promise<unknown> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const chunk of stream.chunks) {
      bytes += chunk.length;
      if (bytes > largestRefusalBytes) break;
      chunks.push(chunk);
    }
  } catch {
    // The status is known; what it says beyond that only distinguishes errors.
  }
  return parseJson(Buffer.concat(chunks).toString('utf8'));
}

function abortReason(signal: AbortSignal | undefined): Reason {
  const reason: unknown = signal?.reason;
  if (isNodeError(reason)) return reasonOf(reason);
  return typeof reason === 'string' && isReasonCode(reason) ? reason : 'aborted';
}

/** Why a generation failed: a reason; never a text of Ollama's. */
export function generationReason(error: unknown): Reason {
  if (isNodeError(error, 'ollama-error')) return `status ${error.details.status}`;
  if (isNodeError(error, 'ollama-unreachable')) return error.details.reason;
  if (isNodeError(error, 'cancelled') && error.details.reason === 'timeout') return 'timeout';
  return isNodeError(error) ? reasonOf(error) : 'unexpected error';
}
