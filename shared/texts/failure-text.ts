import { printable } from './printable.ts';

const failureTexts: Readonly<Record<string, string>> = {
  'request-invalid': 'the request could not be understood',
  'prompt-too-large': 'the request was too long',
  'queue-full': 'too many requests were waiting',
  'deadline-exceeded': 'it took too long',
  'model-not-installed': 'the model is not installed',
  'context-overflow': 'longer than the model can take in',
  'result-empty': 'the model answered with nothing',
  'result-too-large': 'the answer grew too long',
  'ollama-unreachable': 'Ollama did not answer',
  'ollama-died': 'Ollama broke off',
  'ollama-error': 'Ollama reported an error',
  'ollama-answer-invalid': 'Ollama answered nonsense',
  cancelled: 'called off',
  'node-stopping': 'the node was stopping',
  'node-restarted': 'the node was restarted meanwhile',
  'disk-full': 'no room on the disk',
  'attempts-exhausted': 'tried often enough',
  'internal-error': 'something went wrong inside the program',
};

/** Why a request was given back, as text. */
export function describeFailure(code: string): string {
  return Object.hasOwn(failureTexts, code) ? (failureTexts[code] ?? code) : printable(code, 80);
}

/** The codes of `describeFailure`. */
export const failureNames: readonly string[] = Object.keys(failureTexts);
