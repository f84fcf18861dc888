import { isNodeError } from '../../../shared/errors.ts';
import type { FailureTextCode } from '../../../shared/texts/failure-text.ts';

/**
 * Why a request failed, as the journal keeps it and as it is reported to the coordinator. The list is closed:
 * nothing that a tool, a path or a person wrote can reach the wire. The network has published one
 * such word, `node.deadline_exceeded` [network.md 13], and ours take its form. One without words for people does not
 * compile.
 */
export const failureTexts = {
  'request-invalid': 'node.request_invalid',
  'prompt-too-large': 'node.prompt_too_large',
  'queue-full': 'node.queue_full',
  'deadline-exceeded': 'node.deadline_exceeded',
  'model-not-installed': 'node.model_not_installed',
  'model-needs-memory': 'node.model_needs_memory',
  'context-overflow': 'node.context_overflow',
  'result-empty': 'node.result_empty',
  'result-too-large': 'node.result_too_large',
  'ollama-unreachable': 'node.ollama_unreachable',
  'ollama-died': 'node.ollama_died',
  'ollama-error': 'node.ollama_error',
  'ollama-answer-invalid': 'node.ollama_answer_invalid',
  cancelled: 'node.cancelled',
  'node-stopping': 'node.stopping',
  'node-restarted': 'node.restarted',
  'disk-full': 'node.disk_full',
  'attempts-exhausted': 'node.attempts_exhausted',
  'internal-error': 'node.internal_error',
} as const satisfies Readonly<Record<FailureTextCode, string>>;

export type FailureCode = keyof typeof failureTexts;

/** The failure behind an error; anything that is not on the list is `internal-error`. */
export function failureCodeOf(error: unknown): FailureCode {
  if (isNodeError(error) && Object.hasOwn(failureTexts, error.code)) return error.code as FailureCode;
  return 'internal-error';
}
