import type { Clock } from '../system/clock.ts';
import type { FailureCode } from './failure.ts';
import type { InferenceRequest } from './inbox.ts';
import type { Job } from './job.ts';
import { createRequestQueue } from './request-queue.ts';
import type { Runner, RunReport } from './runner.ts';
import type { Unrun } from './unrun.ts';

/** The installed model that a request is run on, or why there is none. */
export type ModelChoice = (requested: string | null) => { model: string } | { failure: FailureCode };

/** A request that is being answered. */
export interface RunningRequest {
  requestId: string;
  model: string;
  acceptedAtMs: number;
  /** Of this answer so far; null before there are two tokens to measure by. */
  tokensPerSecond: number | null;
}

/** The requests that are run, `concurrency` at a time, and those that wait for a place. */
export interface Places {
  readonly running: readonly RunningRequest[];
  readonly queued: number;
  /** True when one more could be run at once. */
  readonly free: boolean;
  /** Generations that failed, and those that came without a count of tokens. */
  readonly counts: Readonly<{ failed: number; withoutCounts: number }>;
  /** Starts a request or lets it wait; returns why neither is possible, or null. */
  enqueue(request: InferenceRequest, seq: number): FailureCode | null;
  /** What waits may start now. */
  startQueued(): void;
  /** Takes nothing more. */
  close(): void;
  /** What waited, no longer waiting: each is owed a report. */
  clear(): Unrun[];
  /** Breaks off what runs. */
  abort(): void;
}

export function createPlaces(
  options: { concurrency: number; queueLimit: number; deadlineMs: number },
  modules: {
    run: Runner;
    chooseModel: ModelChoice;
    mayStart: () => boolean;
    /** Follows a request that runs until it has been answered. */
    track: (work: Promise<void>) => void;
    report: (requests: readonly Unrun[]) => void;
    onChange: () => void;
    clock: Clock;
  },
): Places {
  const { run, chooseModel, mayStart, track, report, onChange, clock } = modules;
  const running = new Map<string, { job: Job; model: string }>();
  const counts = { failed: 0, withoutCounts: 0 };
  let closed = false;

  const queue = createRequestQueue(options, {
    onOverdue(job) {
      report([unrunBecause(job, 'deadline-exceeded')]);
      onChange();
    },
    clock,
  });

  /** Returns why the job cannot be run, or null once it runs. */
  function start(job: Job): FailureCode | null {
    const { requestId } = job.request;
    const chosen = chooseModel(job.request.model);
    if ('failure' in chosen) return chosen.failure;
    const { model } = chosen;
    running.set(requestId, { job, model });
    const onGenerated = (generated: RunReport) => {
      running.delete(requestId);
      if (generated.failure) counts.failed += 1;
      else {
        queue.took(generated.generationMs);
        if (generated.inputTokens === null || generated.outputTokens === null) counts.withoutCounts += 1;
      }
      startQueued();
      onChange();
    };
    track(run(job, model, onGenerated));
    return null;
  }

  function startQueued(): void {
    while (running.size < options.concurrency && mayStart()) {
      const job = queue.shift();
      if (!job) return;
      const failure = start(job);
      if (failure) report([unrunBecause(job, failure)]);
    }
  }

  return {
    get running() {
      return [...running.values()].map((one) => runningOf(one, clock.monotonicMs()));
    },
    get queued() {
      return queue.length;
    },
    get free() {
      return running.size < options.concurrency && queue.length === 0;
    },
    counts,
    enqueue(request, seq) {
      const job = newJob(request, seq, { ...options, clock });
      if (closed) return 'node-stopping';
      if (running.size < options.concurrency && mayStart()) return start(job);
      const refusal = queue.refusal();
      if (refusal === null) queue.push(job);
      return refusal;
    },
    startQueued,
    close() {
      closed = true;
    },
    clear: () => queue.clear().map((job) => unrunBecause(job, 'node-stopping')),
    abort() {
      for (const { job } of running.values()) job.abort.abort('node-stopping' satisfies FailureCode);
    },
  };
}

function newJob(
  request: InferenceRequest,
  seq: number,
  { deadlineMs, clock }: { deadlineMs: number; clock: Clock },
): Job {
  const deadlineAtMs = clock.monotonicMs() + deadlineMs;
  const stream = { tokens: 0, firstAtMs: 0 };
  return { seq, request, acceptedAtMs: clock.now(), deadlineAtMs, abort: new AbortController(), stream };
}

function runningOf({ job, model }: { job: Job; model: string }, nowMs: number): RunningRequest {
  const { tokens, firstAtMs } = job.stream;
  const forMs = nowMs - firstAtMs;
  const known = tokens > 1 && forMs > 0;
  return {
    requestId: job.request.requestId,
    model,
    acceptedAtMs: job.acceptedAtMs,
    tokensPerSecond: known ? Math.round(((tokens - 1) / forMs) * 10_000) / 10 : null,
  };
}

function unrunBecause({ request, seq }: Job, failure: FailureCode): Unrun {
  return { requestId: request.requestId, seq, failure };
}
