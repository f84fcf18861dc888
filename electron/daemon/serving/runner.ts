import { isNodeError } from '../../../shared/errors.ts';
import { proofOfExecution } from '../identity/node-key.ts';
import type { Logger } from '../logging/logger.ts';
import type { Generation } from '../ollama/api/generate.ts';
import { isDiskFault } from '../storage/system-fault.ts';
import type { Clock } from '../system/clock.ts';
import type { Attempts } from './attempts.ts';
import { type FailureCode, failureCodeOf } from './failure.ts';
import type { Job } from './job.ts';
import type { Journal } from './journal.ts';
import type { Outbox } from './outbox.ts';
import type { AnswerRow, FailureRow } from './owed.ts';

export interface RunnerOptions {
  nodeId: string;
}

export interface RunReport {
  failure: FailureCode | null;
  generationMs: number;
  inputTokens: number | null;
  outputTokens: number | null;
}

/**
 * Runs one accepted request: generation, Proof-of-Execution, journal, first post. `onGenerated` is
 * called when Ollama is free again, before the post. Never rejects.
 */
export type Runner = (job: Job, model: string, onGenerated: (report: RunReport) => void) => Promise<void>;

export function createRunner(
  options: RunnerOptions,
  modules: {
    generate: Attempts;
    journal: Journal;
    outbox: Outbox;
    clock: Clock;
    log: Logger;
    onDiskFull: () => void;
  },
): Runner {
  const { nodeId } = options;
  const { generate, journal, outbox, clock, log, onDiskFull } = modules;

  /** What ended the generation: our own reason for aborting it, or the error itself. */
  function failureBehind(job: Job, error: unknown): FailureCode {
    if (job.abort.signal.aborted) return job.abort.signal.reason as FailureCode;
    const failure = failureCodeOf(error);
    if (failure === 'internal-error') log.error('run-internal-error', { error: String(error) });
    return failure;
  }

  function isStorageError(error: unknown): boolean {
    return isDiskFault(error) || isNodeError(error, 'database-unusable');
  }

  async function deliverFailure(job: Job, failure: FailureCode): Promise<void> {
    const row: FailureRow = {
      seq: job.seq,
      nodeId,
      requestId: job.request.requestId,
      acceptedAtMs: job.acceptedAtMs,
      finishedAtMs: clock.now(),
      failure,
    };
    try {
      journal.fail(job.seq, failure);
    } catch (error) {
      if (!isStorageError(error)) throw error;
      onDiskFull();
      return outbox.deliverFromMemory(row);
    }
    return outbox.deliver(row);
  }

  return async function run(job, model, onGenerated) {
    const { requestId } = job.request;
    const startedAtMs = clock.monotonicMs();
    const elapsed = () => Math.round(clock.monotonicMs() - startedAtMs);
    let generation: Generation;
    const generating = generate(job, model);
    // Ollama works meanwhile. Once the request is under way, for signing takes this process about a millisecond.
    const signing = setImmediate(() => outbox.sign(requestId));
    try {
      generation = await generating;
    } catch (error) {
      clearImmediate(signing);
      const failure = failureBehind(job, error);
      log.warn('request-failed', { requestId, model, failure, ms: elapsed() });
      onGenerated({ failure, generationMs: elapsed(), inputTokens: null, outputTokens: null });
      return deliverFailure(job, failure);
    }
    const { inputTokens, outputTokens } = generation;
    // A lone surrogate hashes as U+FFFD; sending that very character keeps PoE and body the same thing.
    const text = generation.text.toWellFormed();
    const row: AnswerRow = {
      seq: job.seq,
      nodeId,
      requestId,
      acceptedAtMs: job.acceptedAtMs,
      finishedAtMs: clock.now(),
      failure: null,
      model,
      result: text,
      poe: proofOfExecution(requestId, text, nodeId),
      generationMs: elapsed(),
      inputTokens,
      outputTokens,
    };
    let written = true;
    try {
      journal.finish(job.seq, row);
    } catch (error) {
      if (!isStorageError(error)) throw error;
      written = false;
      onDiskFull();
    }
    // On its way first; everything else can be done while the coordinator reads it.
    const delivered = written ? outbox.deliver(row) : outbox.deliverFromMemory(row);
    const ms = row.generationMs;
    log.info('request-finished', { requestId, model, ms, inputTokens, outputTokens, written });
    onGenerated({ failure: null, generationMs: ms, inputTokens, outputTokens });
    return delivered;
  };
}
