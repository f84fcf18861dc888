import { isNodeError } from '../../../../shared/errors.ts';
import { sameModel } from '../../../../shared/model-names.ts';
import { type Reason, reasonOf } from '../../../../shared/reasons/reason-text.ts';
import type { LoadedModel, OllamaClient } from '../api/client.ts';
import type { GenerateTask } from '../api/generate.ts';
import type { OllamaWatch } from './watch.ts';

/**
 * How long the default model stays after our last word about it: for ever would outlive a crash of ours.
 * [ollama docs/api: keep_alive]
 */
const keepAlive = '1h';
/** A large model comes from a slow disk. */
const loadTimeoutMs = 15 * 60_000;

/** It was loaded and is gone again: there is no room for it beside what others use. */
class DrivenOut extends Error {}

/**
 * Has Ollama load a model, or renews how long it stays. Resolves with what Ollama says of it then; undefined when it
 * does not say.
 *
 * @throws what `whyNotLoaded` has a text for
 */
export async function loadModel(
  { model, contextTokens }: { model: string; contextTokens: number | null },
  { client, watch, signal }: { client: OllamaClient; watch: OllamaWatch; signal: AbortSignal },
): Promise<LoadedModel | undefined> {
  const task = worded({ model, prompt: '' }, { contextTokens, keeps: true });
  await client.generate(task, { signal, maxResultBytes: 1024, timeoutMs: loadTimeoutMs });
  const loaded = await watch.refreshLoaded();
  const entry = findLoaded(loaded, model);
  if (loaded !== null && !entry) throw new DrivenOut();
  return entry;
}

/** A task with the context that every model is given; `keeps`: its model is to stay in memory afterwards. */
export function worded(
  task: GenerateTask,
  { contextTokens, keeps }: { contextTokens: number | null; keeps: boolean },
): GenerateTask {
  const options = { ...(contextTokens === null ? {} : { num_ctx: contextTokens }), ...task.options };
  return {
    ...task,
    ...(Object.keys(options).length > 0 ? { options } : {}),
    ...(keeps ? { keepAlive } : {}),
  };
}

export function findLoaded(loaded: readonly LoadedModel[] | null, model: string): LoadedModel | undefined {
  return loaded?.find(({ name }) => sameModel(name, model));
}

/** A reason; never a text of Ollama's. */
export function whyNotLoaded(error: unknown): Reason {
  if (error instanceof DrivenOut) return 'driven-out';
  if (isNodeError(error, 'ollama-error')) return `status ${error.details.status}`;
  if (isNodeError(error, 'ollama-unreachable')) return error.details.reason;
  return isNodeError(error) ? reasonOf(error) : 'unexpected error';
}
