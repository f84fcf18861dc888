import { translatable } from '../language.ts';
import { describeReason } from '../reasons/reason-text.ts';

const failureTexts = {
  'request-invalid': 'the request couldn’t be understood',
  'prompt-too-large': 'the request was too long',
  'queue-full': 'too many requests were waiting',
  'deadline-exceeded': 'it took too long',
  'model-not-installed': 'the model isn’t installed',
  'model-needs-memory': 'too little memory for the model',
  'context-overflow': 'longer than the model can read',
  'result-empty': 'the model gave an empty answer',
  'result-too-large': 'the answer was too long',
  'ollama-unreachable': 'Ollama didn’t answer',
  'ollama-died': 'Ollama disconnected',
  'ollama-error': 'Ollama reported an error',
  'ollama-answer-invalid': 'invalid response from Ollama',
  cancelled: 'cancelled',
  'node-stopping': 'the node was stopping',
  'node-restarted': 'the node was restarted',
  'disk-full': 'the disk is full',
  'attempts-exhausted': 'too many attempts',
  'internal-error': 'something went wrong inside the program',
} as const;

export type FailureTextCode = keyof typeof failureTexts;
export const failureWords = translatable<Readonly<Record<FailureTextCode, string>>>(failureTexts);

/** Why a request was returned, as text. */
export function describeFailure(code: string): string {
  return Object.hasOwn(failureTexts, code) ? failureWords()[code as FailureTextCode] : describeReason(code);
}

/** The codes of `describeFailure`. */
export const failureNames: readonly string[] = Object.keys(failureTexts);
