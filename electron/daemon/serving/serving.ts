import type { CoordinatorClient } from '../coordinator/client.ts';
import type { Logger } from '../logging/logger.ts';
import type { Clock } from '../system/clock.ts';
import type { FailureCode } from './failure.ts';
import type { InferenceRequest } from './inbox.ts';
import { createInboxPoll } from './inbox-poll.ts';
import { createIntake, type IntakeCounts, type Unrun } from './intake.ts';
import type { Job } from './job.ts';
import type { Journal } from './journal.ts';
import type { Outbox } from './outbox.ts';
import { createRequestQueue } from './request-queue.ts';
import type { Runner, RunReport } from './runner.ts';

export interface ServingOptions {
  nodeId: string;
  concurrency: number;
  idlePollMs: number;
  pollBackoff: { minMs: number; maxMs: number };
  retryAfterMaxMs: number;
  deadlineMs: number;
  queueLimit: number;
  promptBytes: number;
}

export interface ServingModules {
  coordinator: CoordinatorClient;
  journal: Journal;
  outbox: Outbox;
  run: Runner;
  /** The installed model to use, or null when the request cannot be served. */
  chooseModel: (requested: string | null) => string | null;
  /** Whether new work may be taken; asked before every poll. */
  mayPoll: () => boolean;
  /** False while generations fail: what waits in the queue goes on waiting, as long as its deadline allows. */
  mayStart: () => boolean;
  onDiskFull: () => void;
  clock: Clock;
  log: Logger;
  random: () => number;
}

export interface ServingCounts extends IntakeCounts {
  failed: number;
  withoutCounts: number;
}

/**
 * The serving loop: asks the inbox, takes requests on and runs them, `concurrency` at a time. One
 * poll is under way at a time, and never while every place is taken.
 */
export interface Serving {
  readonly running: readonly { requestId: string; model: string; acceptedAtMs: number }[];
  readonly queued: number;
  readonly hasRoom: boolean;
  readonly counts: Readonly<ServingCounts>;
  /** Why the last poll failed, or null. */
  readonly pollFailure: { reason: string; sinceMs: number } | null;
  start(): void;
  /** Something changed that may allow a poll now. */
  wake(): void;
  onChange(listener: () => void): void;
  /** Takes no more work; ends when what runs has been answered, or reported after `limitMs`. */
  drain(limitMs: number): Promise<void>;
  stop(): Promise<void>;
}

/** Failure reports of what was not run that may wait at a time; beyond, such entries are counted only. */
const mostReports = 64;

export function createServing(options: ServingOptions, modules: ServingModules): Serving {
  const {
    coordinator,
    journal,
    outbox,
    run,
    chooseModel,
    mayPoll,
    mayStart,
    onDiskFull,
    clock,
    log,
    random,
  } = modules;
  const running = new Map<string, { job: Job; model: string }>();
  const work = new Set<Promise<void>>();
  /** Failure reports of what was not run; the next poll does not wait for them. */
  const reports = new Set<Promise<void>>();
  const listeners: (() => void)[] = [];
  const stopping = new AbortController();
  let failed = 0;
  let withoutCounts = 0;
  let draining = false;

  const queue = createRequestQueue(options, {
    onOverdue(job) {
      reportUnrun([unrunBecause(job, 'deadline-exceeded')]);
      changed();
    },
    clock,
  });
  const intake = createIntake(options, {
    journal,
    outbox,
    enqueue,
    reportUnrun,
    reportRoom,
    onDiskFull,
    clock,
    log,
  });
  const inboxPoll = createInboxPoll(options, {
    coordinator,
    mayPoll: () => hasRoom() && work.size <= running.size && mayPoll(),
    take(entries) {
      const taken = intake.take(entries);
      if (entries.length > 0) changed();
      return taken;
    },
    onFailure: () => changed(),
    signal: stopping.signal,
    ...{ clock, log, random },
  });

  const changed = () => {
    for (const listener of listeners) listener();
  };
  const hasRoom = () => running.size < options.concurrency && queue.length === 0;

  /** @param endsWork the inbox is asked at once when it is over: a request that was taken on has been answered */
  function track(task: Promise<void>, among: Set<Promise<void>>, endsWork: boolean): void {
    const settled: Promise<void> = task
      .catch((error: unknown) => log.error('serving-internal-error', { error: String(error) }))
      .finally(() => {
        among.delete(settled);
        if (endsWork) inboxPoll.askSoon();
        else inboxPoll.wake();
      });
    among.add(settled);
  }

  function reportRoom(): number {
    return Math.max(0, mostReports - outbox.undeliveredReports);
  }

  /** Owes each its failure report: on disk in one write, however many they are, and then on its way. */
  function reportUnrun(requests: readonly Unrun[]): void {
    if (requests.length === 0) return;
    failed += requests.length;
    const now = clock.now();
    const owed = { nodeId: options.nodeId, acceptedAtMs: now, finishedAtMs: now };
    const rows = requests.map((request) => ({ ...request, ...owed }));
    if (requests.length > options.queueLimit) {
      const failures = [...new Set(requests.map(({ failure }) => failure))].join(', ');
      log.warn('requests-not-run', { count: requests.length, failures });
    } else for (const { requestId, failure } of requests) log.warn('request-not-run', { requestId, failure });
    const accepted = rows.flatMap(({ seq, failure }) => (seq === null ? [] : [{ seq, failure }]));
    try {
      journal.failAll(accepted);
    } catch {
      // Reported anyway; after a crash the row says that a report is owed.
      onDiskFull();
    }
    // A flood of what cannot be run is no reason to ask for more at once.
    track(outbox.reportUnrun(rows), reports, accepted.length > 0 && requests.length <= options.queueLimit);
  }

  /** Returns why the job cannot be run, or null once it runs. */
  function startJob(job: Job): FailureCode | null {
    const { requestId } = job.request;
    const model = chooseModel(job.request.model);
    if (model === null) return 'model-not-installed';
    running.set(requestId, { job, model });
    const onGenerated = (report: RunReport) => {
      running.delete(requestId);
      if (report.failure) failed += 1;
      else {
        queue.took(report.generationMs);
        if (report.inputTokens === null || report.outputTokens === null) withoutCounts += 1;
      }
      startQueued();
      changed();
    };
    track(run(job, model, onGenerated), work, true);
    return null;
  }

  function startQueued(): void {
    while (running.size < options.concurrency && mayStart()) {
      const job = queue.shift();
      if (!job) return;
      const failure = startJob(job);
      if (failure) reportUnrun([unrunBecause(job, failure)]);
    }
  }

  /** Starts a request or lets it wait; returns why neither is possible, or null. */
  function enqueue(request: InferenceRequest, seq: number): FailureCode | null {
    const job = newJob(request, seq, { ...options, clock });
    if (draining) return 'node-stopping';
    if (running.size < options.concurrency && mayStart()) return startJob(job);
    const refusal = queue.refusal();
    if (refusal === null) queue.push(job);
    return refusal;
  }

  function end(): void {
    stopping.abort();
    for (const { job } of running.values()) job.abort.abort('node-stopping' satisfies FailureCode);
  }

  async function settled(): Promise<void> {
    await inboxPoll.ended;
    while (work.size + reports.size > 0) await Promise.allSettled([...work, ...reports]);
  }

  return {
    get running() {
      return [...running.values()].map(runningOf);
    },
    get queued() {
      return queue.length;
    },
    get hasRoom() {
      return hasRoom();
    },
    get counts() {
      return { ...intake.counts, failed, withoutCounts };
    },
    get pollFailure() {
      return inboxPoll.failure;
    },
    start: inboxPoll.start,
    wake() {
      startQueued();
      inboxPoll.wake();
    },
    onChange: (listener) => void listeners.push(listener),
    async drain(limitMs) {
      draining = true;
      inboxPoll.end();
      reportUnrun(queue.clear().map((job) => unrunBecause(job, 'node-stopping')));
      changed();
      const timer = clock.after(limitMs, end);
      await settled();
      timer.cancel();
    },
    async stop() {
      draining = true;
      inboxPoll.end();
      end();
      await settled();
    },
  };
}

function newJob(
  request: InferenceRequest,
  seq: number,
  { deadlineMs, clock }: { deadlineMs: number; clock: Clock },
): Job {
  const deadlineAtMs = clock.monotonicMs() + deadlineMs;
  return { seq, request, acceptedAtMs: clock.now(), deadlineAtMs, abort: new AbortController() };
}

function runningOf({ job, model }: { job: Job; model: string }): Serving['running'][number] {
  return { requestId: job.request.requestId, model, acceptedAtMs: job.acceptedAtMs };
}

function unrunBecause({ request, seq }: Job, failure: FailureCode): Unrun {
  return { requestId: request.requestId, seq, failure };
}
