import { isNodeError, NodeError } from '../../../shared/errors.ts';
import type { Logger } from '../logging/logger.ts';
import type { OllamaClient } from '../ollama/api/client.ts';
import { generationReason } from '../ollama/api/faults.ts';
import type { Generation } from '../ollama/api/generate.ts';
import { backoffMs } from '../system/backoff.ts';
import { type Clock, sleep } from '../system/clock.ts';
import type { FailureCode } from './failure.ts';
import type { GenerationHealth } from './generation-health.ts';
import type { Job } from './job.ts';

/**
 * Generates the answer to one request, in as many attempts as its deadline allows: what fails in passing, before
 * anything was said, is tried again at growing waits. Rejects with what failed last, or, once the job was aborted,
 * with anything.
 */
export type Attempts = (job: Job, model: string) => Promise<Generation>;

const retryWaits = { minMs: 500, maxMs: 10_000 };
/** A stream that said something so short a time before the deadline was alive: the request was too long for it. */
const aliveForMs = 30_000;

export function createAttempts(
  options: { deadlineMs: number; resultBytes: number },
  modules: {
    ollama: Pick<OllamaClient, 'generate'>;
    health: Pick<GenerationHealth, 'failing' | 'answered' | 'failed'>;
    /** Ollama has no memory for this model: it is not asked for again for a while. False where that can't be. */
    setAside: (model: string, reason: 'needs-memory') => boolean;
    /** An attempt failed on Ollama's side: time to check whether it still serves. */
    onOllamaTrouble: () => void;
    clock: Clock;
    log: Logger;
  },
): Attempts {
  const { deadlineMs, resultBytes } = options;
  const { ollama, health, setAside, onOllamaTrouble, clock, log } = modules;

  /** One attempt; `moved` is called with every line that comes. */
  async function attempt(job: Job, model: string, onMoved: () => void): Promise<Generation> {
    const { prompt, system } = job.request;
    const generation = await ollama.generate(
      { model, prompt, ...(system === null ? {} : { system }) },
      { signal: job.abort.signal, maxResultBytes: resultBytes, onMoved },
    );
    if (generation.text === '' && !generation.trulyEmpty) throw new NodeError('result-empty', { model });
    return generation;
  }

  async function tryUntilDeadline(job: Job, model: string): Promise<Generation> {
    const { signal } = job.abort;
    for (let attempts = 1; ; attempts += 1) {
      let movedMs: number | null = null;
      try {
        job.stream = { tokens: 0, firstAtMs: 0 };
        const generation = await attempt(job, model, () => {
          movedMs = clock.monotonicMs();
          if (job.stream.tokens === 0) job.stream.firstAtMs = movedMs;
          job.stream.tokens += 1;
        });
        health.answered(model);
        return generation;
      } catch (error) {
        if (signal.aborted) {
          const alive = movedMs !== null && clock.monotonicMs() - movedMs < aliveForMs;
          const late = signal.reason === ('deadline-exceeded' satisfies FailureCode);
          if (late && !alive) health.failed(model, 'deadline-exceeded', true);
          throw error;
        }
        const unfit = movedMs === null && isNodeError(error, 'model-needs-memory');
        // Nothing is wrong with Ollama; but it has made room in vain, and what others need may be gone from memory.
        if (unfit && setAside(model, 'needs-memory')) {
          onOllamaTrouble();
          throw error;
        }
        if (isOllamasFault(error)) health.failed(model, generationReason(error), isAboutModel(error));
        if (isOllamasFault(error) || isNodeError(error, 'model-not-installed')) onOllamaTrouble();
        const waitMs = backoffMs(retryWaits, attempts);
        const inTime = clock.monotonicMs() + waitMs < job.deadlineAtMs;
        if (movedMs !== null || !inTime || !mayPass(error, health.failing !== null)) throw error;
        const { requestId } = job.request;
        log.info('request-tried-again', { requestId, model, reason: generationReason(error), waitMs });
        await sleep(clock, waitMs, signal);
        if (signal.aborted) throw error;
      }
    }
  }

  return async (job, model) => {
    const remainingMs = job.deadlineAtMs - clock.monotonicMs();
    const deadline = clock.after(remainingMs, () =>
      job.abort.abort('deadline-exceeded' satisfies FailureCode),
    );
    try {
      if (remainingMs <= 0) throw new NodeError('deadline-exceeded', { deadlineMs });
      return await tryUntilDeadline(job, model);
    } finally {
      deadline.cancel();
    }
  };
}

/** As opposed to a fault of the request itself: too long, for a model that is not there, or with nothing to say. */
function isOllamasFault(error: unknown): boolean {
  return (
    isNodeError(error, 'ollama-unreachable') ||
    isNodeError(error, 'ollama-died') ||
    isNodeError(error, 'ollama-error') ||
    isNodeError(error, 'model-needs-memory') ||
    isNodeError(error, 'ollama-answer-invalid')
  );
}

/** Whether Ollama runs and reports an error, which may be the model's alone; one that is full says nothing of a model. */
function isAboutModel(error: unknown): boolean {
  return isNodeError(error, 'ollama-error') && ![429, 503].includes(error.details.status);
}

/**
 * Whether another attempt may go better. A server that is full or starting again says so, and is waited for; one that
 * fails otherwise is not believed any more once work is refused for it, and another node gets the request.
 */
function mayPass(error: unknown, failing: boolean): boolean {
  if (isNodeError(error, 'ollama-unreachable')) return true;
  if (isNodeError(error, 'ollama-died') || isNodeError(error, 'model-needs-memory')) return !failing;
  if (!isNodeError(error, 'ollama-error')) return false;
  const { status } = error.details;
  return status === 503 || status === 429 || (status >= 500 && !failing);
}
