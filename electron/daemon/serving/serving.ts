import { isNodeError } from '../../../shared/errors.ts';
import type { CoordinatorClient } from '../coordinator/client.ts';
import type { Logger } from '../logging/logger.ts';
import { retryDelayMs } from '../system/backoff.ts';
import { type Clock, sleep, type Timer } from '../system/clock.ts';
import type { FailureCode } from './failure.ts';
import { type InferenceRequest, judgeInbox } from './inbox.ts';
import type { Acceptance, Journal } from './journal.ts';
import type { Outbox } from './outbox.ts';
import type { Job, Runner, RunReport } from './runner.ts';

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
  onDiskFull: () => void;
  clock: Clock;
  log: Logger;
  random: () => number;
}

export interface ServingCounts {
  failed: number;
  refusedEntries: number;
  duplicates: number;
  withoutCounts: number;
  lastRequestAtMs: number | null;
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

/** A request that gets a failure report instead of being run. */
interface Unrun {
  requestId: string;
  /** Null when the journal has no row for this attempt. */
  seq: number | null;
  failure: FailureCode;
}

/** So many recent generations tell how long the next will take. */
const durationSamples = 8;
const pollJitter = 0.2;

export function createServing(options: ServingOptions, modules: ServingModules): Serving {
  const { coordinator, journal, outbox, run, chooseModel, mayPoll, onDiskFull, clock, log, random } = modules;
  const running = new Map<string, { job: Job; model: string }>();
  const queue: { job: Job; timer: Timer }[] = [];
  const work = new Set<Promise<void>>();
  const listeners: (() => void)[] = [];
  const stopping = new AbortController();
  const counts: ServingCounts = {
    failed: 0,
    refusedEntries: 0,
    duplicates: 0,
    withoutCounts: 0,
    lastRequestAtMs: null,
  };
  const durations: number[] = [];
  let pollFailure: { reason: string; sinceMs: number } | null = null;
  let draining = false;
  let wakeUp = new AbortController();
  let loop: Promise<void> = Promise.resolve();
  /** Monotonic time before which there is no point in asking the inbox again. */
  let notBeforeMs = Number.NEGATIVE_INFINITY;

  const changed = () => {
    for (const listener of listeners) listener();
  };
  const wake = () => {
    wakeUp.abort('wake');
    wakeUp = new AbortController();
  };
  const hasRoom = () => running.size < options.concurrency && queue.length === 0;

  /** @param endsWork the inbox is asked at once when it is over: a request that was taken on has been answered */
  function track(task: Promise<void>, endsWork: boolean): void {
    const settled: Promise<void> = task
      .catch((error: unknown) => log.error('serving-internal-error', { error: String(error) }))
      .finally(() => {
        work.delete(settled);
        if (endsWork && !pollFailure) notBeforeMs = Number.NEGATIVE_INFINITY;
        wake();
      });
    work.add(settled);
  }

  /** Owes each its failure report: on disk in one write, however many they are, and then on its way. */
  function reportUnrun(requests: readonly Unrun[]): void {
    if (requests.length === 0) return;
    counts.failed += requests.length;
    const now = clock.now();
    const rows = requests.map((request) => ({
      ...request,
      nodeId: options.nodeId,
      acceptedAtMs: now,
      finishedAtMs: now,
    }));
    for (const { requestId, failure } of requests) log.warn('request-not-run', { requestId, failure });
    const accepted = rows.flatMap(({ seq, failure }) => (seq === null ? [] : [{ seq, failure }]));
    try {
      journal.failAll(accepted);
    } catch {
      // Reported all the same; after a crash the row tells that a report is owed.
      onDiskFull();
    }
    track(outbox.reportUnrun(rows), accepted.length > 0);
  }

  /** True when the requests before it would take longer than its deadline allows. */
  function cannotStartInTime(): boolean {
    if (durations.length < 3) return false;
    const average = durations.reduce((sum, ms) => sum + ms, 0) / durations.length;
    return (Math.floor(queue.length / options.concurrency) + 1) * average >= options.deadlineMs;
  }

  /** Returns why the job cannot be run, or null once it runs. */
  function startJob(job: Job): FailureCode | null {
    const { requestId } = job.request;
    const model = chooseModel(job.request.model);
    if (model === null) return 'model-not-installed';
    running.set(requestId, { job, model });
    const onGenerated = (report: RunReport) => {
      running.delete(requestId);
      if (report.failure) counts.failed += 1;
      else {
        durations.push(report.generationMs);
        if (durations.length > durationSamples) durations.shift();
        if (report.inputTokens === null || report.outputTokens === null) counts.withoutCounts += 1;
      }
      startQueued();
      changed();
    };
    track(run(job, model, onGenerated), true);
    return null;
  }

  function startQueued(): void {
    while (running.size < options.concurrency) {
      const next = queue.shift();
      if (!next) return;
      next.timer.cancel();
      const { job } = next;
      const failure = startJob(job);
      if (failure) reportUnrun([{ requestId: job.request.requestId, seq: job.seq, failure }]);
    }
  }

  /** Starts a request or lets it wait; returns why neither is possible, or null. */
  function enqueue(request: InferenceRequest, seq: number): FailureCode | null {
    const { requestId } = request;
    const job: Job = {
      seq,
      request,
      acceptedAtMs: clock.now(),
      deadlineAtMs: clock.monotonicMs() + options.deadlineMs,
      abort: new AbortController(),
    };
    if (draining) return 'node-stopping';
    if (running.size < options.concurrency) return startJob(job);
    if (queue.length >= options.queueLimit) return 'queue-full';
    if (cannotStartInTime()) return 'deadline-exceeded';
    const timer = clock.after(options.deadlineMs, () => {
      const index = queue.findIndex((entry) => entry.job === job);
      if (index < 0) return;
      queue.splice(index, 1);
      reportUnrun([{ requestId, seq, failure: 'deadline-exceeded' }]);
      changed();
    });
    queue.push({ job, timer });
    return null;
  }

  /** Writes down what is taken on; on a full disk everything that is not under way gets a failure report. */
  function accept(requestIds: readonly string[]): Acceptance[] | null {
    try {
      return journal.accept(requestIds);
    } catch (error) {
      log.error('journal-accept-failed', {
        code: isNodeError(error) ? error.code : 'unknown',
        count: requestIds.length,
      });
      onDiskFull();
      return null;
    }
  }

  function isUnderWay(requestId: string): boolean {
    if (outbox.holds(requestId)) return true;
    try {
      return ['in-flight', 'delivered'].includes(journal.standing(requestId));
    } catch {
      return false;
    }
  }

  /** Returns how many entries were taken on or answered. */
  function take(entries: readonly unknown[]): number {
    const judged = judgeInbox(entries, { promptBytes: options.promptBytes });
    counts.refusedEntries += judged.refused;
    if (judged.refused > 0) log.warn('inbox-entries-refused', { count: judged.refused });
    const items: { requestId: string; request?: InferenceRequest; failure?: FailureCode }[] = [
      ...judged.requests.map((request) => ({ requestId: request.requestId, request })),
      ...judged.unusable,
    ];
    if (items.length === 0) return 0;
    const acceptances = accept(items.map(({ requestId }) => requestId));
    let taken = 0;
    const unrun: Unrun[] = [];
    for (const [index, { requestId, request, failure }] of items.entries()) {
      const acceptance = acceptances?.[index];
      if (!acceptance) {
        if (!isUnderWay(requestId)) unrun.push({ requestId, seq: null, failure: 'disk-full' });
        continue;
      }
      if (acceptance.kind === 'in-flight' || acceptance.kind === 'delivered') {
        counts.duplicates += 1;
        log.info('request-again', { requestId, standing: acceptance.kind });
      } else if (acceptance.kind === 'exhausted') {
        if (!outbox.holds(requestId)) unrun.push({ requestId, seq: null, failure: 'attempts-exhausted' });
      } else {
        taken += 1;
        counts.lastRequestAtMs = clock.now();
        const { seq, attempt } = acceptance;
        const cannotRun = request ? enqueue(request, seq) : (failure ?? 'request-invalid');
        log.info('request-accepted', { requestId, attempt });
        if (cannotRun) unrun.push({ requestId, seq, failure: cannotRun });
      }
    }
    reportUnrun(unrun);
    changed();
    return taken;
  }

  /** One poll; returns how long to wait before the next, ms. */
  async function poll(failures: number): Promise<{ waitMs: number; failed: boolean }> {
    const outcome = await coordinator.inbox(options.nodeId, stopping.signal);
    if (outcome.kind === 'accepted') {
      if (pollFailure) log.info('inbox-answers-again', { afterMs: clock.now() - pollFailure.sinceMs });
      pollFailure = null;
      const taken = take(outcome.body);
      return { waitMs: taken > 0 ? 0 : options.idlePollMs, failed: false };
    }
    const askedMs = 'retryAfterMs' in outcome ? outcome.retryAfterMs : null;
    const backoff = { ...options.pollBackoff, jitter: pollJitter };
    const asked = { failures: failures + 1, askedMs, mostAskedMs: options.retryAfterMaxMs };
    if (!pollFailure) log.warn('inbox-not-answering', { reason: outcome.reason });
    pollFailure = { reason: outcome.reason, sinceMs: pollFailure?.sinceMs ?? clock.now() };
    return { waitMs: retryDelayMs(backoff, asked, random), failed: true };
  }

  async function pollForever(): Promise<void> {
    let failures = 0;
    while (!stopping.signal.aborted && !draining) {
      const waitMs = notBeforeMs - clock.monotonicMs();
      const ready = hasRoom() && work.size <= running.size && mayPoll();
      if (!ready || waitMs > 0) {
        await sleep(clock, ready ? waitMs : options.idlePollMs, wakeUp.signal);
        continue;
      }
      const { waitMs: nextMs, failed } = await poll(failures);
      failures = failed ? failures + 1 : 0;
      notBeforeMs = clock.monotonicMs() + nextMs;
      if (failed) changed();
    }
  }

  return {
    get running() {
      return [...running.values()].map(({ job, model }) => ({
        requestId: job.request.requestId,
        model,
        acceptedAtMs: job.acceptedAtMs,
      }));
    },
    get queued() {
      return queue.length;
    },
    get hasRoom() {
      return hasRoom();
    },
    counts,
    get pollFailure() {
      return pollFailure;
    },
    start() {
      loop = pollForever();
    },
    wake,
    onChange: (listener) => void listeners.push(listener),
    async drain(limitMs) {
      draining = true;
      wake();
      const waiting = queue.splice(0);
      for (const { timer } of waiting) timer.cancel();
      reportUnrun(
        waiting.map(({ job }) => ({
          requestId: job.request.requestId,
          seq: job.seq,
          failure: 'node-stopping',
        })),
      );
      changed();
      const timer = clock.after(limitMs, () => {
        stopping.abort();
        for (const { job } of running.values()) job.abort.abort('node-stopping' satisfies FailureCode);
      });
      await loop;
      while (work.size > 0) await Promise.allSettled([...work]);
      timer.cancel();
    },
    async stop() {
      draining = true;
      stopping.abort();
      wake();
      for (const { job } of running.values()) job.abort.abort('node-stopping' satisfies FailureCode);
      await loop;
      while (work.size > 0) await Promise.allSettled([...work]);
    },
  };
}
