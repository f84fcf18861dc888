import type { CheckReport, FindingCode, FindingFacts } from '../../../shared/check-findings.ts';
import type { Snapshot } from '../../../shared/contract/snapshot.ts';
import { isNodeError } from '../../../shared/errors.ts';
import { sameModel } from '../../../shared/model-names.ts';
import { describeFinding } from '../../../shared/texts/check-text.ts';
import type { OllamaClient } from '../ollama/api/client.ts';
import { generationReason } from '../ollama/api/faults.ts';
import { askOneToken, oneTokenLimitMs, oneTokenTask } from '../ollama/api/one-token.ts';
import { namedContext } from '../ollama/models/context.ts';
import { worded } from '../ollama/models/model-load.ts';
import type { Clock } from '../system/clock.ts';

function found<C extends FindingCode>(code: C, facts: FindingFacts[C]): CheckReport {
  return describeFinding({ code, facts });
}

/**
 * Whether the model really answers: it is loaded and asked for one token, worded as the node words its requests, so that
 * a model in memory is neither loaded again nor leaves earlier or later. Nothing is asked while the node answers a
 * request or tests its speed. Never fails.
 *
 * @param subject `model`: null where none can serve
 */
export async function checkGeneration(
  { model, contextTokens }: { model: string | null; contextTokens: number },
  modules: { ollama: Pick<OllamaClient, 'generate'>; running: Snapshot | null; clock: Clock },
): Promise<CheckReport> {
  const { ollama, running, clock } = modules;
  if (model === null) return found('generation-not-checked', {});
  if (running !== null && running.serving.running.length > 0) return found('generation-while-serving', {});
  if (running?.selfTests.some(({ state }) => state === 'running'))
    return found('generation-while-testing', {});
  const kept = running?.ollama.warmUp.model ?? null;
  const as = { contextTokens: namedContext(contextTokens), keeps: kept !== null && sameModel(kept, model) };
  const startedMs = clock.monotonicMs();
  const elapsedMs = () => Math.round(clock.monotonicMs() - startedMs);
  let loaded = false;
  try {
    await askOneToken(worded({ model, prompt: '' }, as), { ollama, clock });
    loaded = true;
    const limitMs = Math.max(1, oneTokenLimitMs - elapsedMs());
    const answerStartedMs = clock.monotonicMs();
    await askOneToken(worded(oneTokenTask(model), as), { ollama, clock, limitMs });
    return found('generation-works', { model, ms: Math.round(clock.monotonicMs() - answerStartedMs) });
  } catch (error) {
    return why(error, { model, loaded });
  }
}

function why(error: unknown, { model, loaded }: { model: string; loaded: boolean }): CheckReport {
  const reason = generationReason(error);
  const limitMs = oneTokenLimitMs;
  if (reason === 'timeout')
    return found(loaded ? 'generation-timed-out' : 'generation-loading', { model, limitMs });
  if (isNodeError(error, 'model-needs-memory')) return found('generation-no-memory', { model });
  if (reason === 'status 503') return found('generation-queue-full', { model });
  return found('generation-fails', { model, reason });
}
