import type { Clock } from '../../system/clock.ts';
import type { OllamaClient } from './client.ts';
import type { GenerateTask } from './generate.ts';

/** A small prompt and a single token: what takes longer than a minute would not answer a request either. */
export const oneTokenLimitMs = 60_000;
const largestAnswerBytes = 1024;

/** The smallest request that exercises everything a request of the network does. */
export function oneTokenTask(model: string): GenerateTask {
  return { model, prompt: 'Say yes.', options: { num_predict: 1 } };
}

/**
 * Asks for one token. Rejects with what `generate` throws; `cancelled` with the reason `timeout` where the limit passed.
 */
export async function askOneToken(
  task: GenerateTask,
  modules: { ollama: Pick<OllamaClient, 'generate'>; clock: Clock; signal?: AbortSignal; limitMs?: number },
): Promise<void> {
  const { ollama, clock, signal, limitMs = oneTokenLimitMs } = modules;
  const abort = new AbortController();
  const limit = clock.after(limitMs, () => abort.abort('timeout'));
  const either = signal === undefined ? abort.signal : AbortSignal.any([abort.signal, signal]);
  try {
    await ollama.generate(task, { signal: either, maxResultBytes: largestAnswerBytes });
  } finally {
    limit.cancel();
  }
}
