import type { Reason } from '../../../shared/reasons/reason-text.ts';
import type { CoordinatorClient } from '../coordinator/client.ts';
import type { Logger } from '../logging/logger.ts';
import type { Clock } from '../system/clock.ts';
import { createInboxPoll } from './inbox-poll.ts';
import { createIntake, type IntakeCounts } from './intake.ts';
import type { Journal } from './journal.ts';
import type { Outbox } from './outbox.ts';
import { createPlaces, type ModelChoice, type RunningRequest } from './places.ts';
import type { Runner } from './runner.ts';
import { createUnrunReports } from './unrun.ts';

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
  chooseModel: ModelChoice;
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
  readonly running: readonly RunningRequest[];
  readonly queued: number;
  readonly hasRoom: boolean;
  readonly counts: Readonly<ServingCounts>;
  /** Why the last poll failed, or null. */
  readonly pollFailure: { reason: Reason; sinceMs: number } | null;
  start(): void;
  /** Something changed that may allow a poll now. */
  wake(): void;
  onChange(listener: () => void): void;
  /** Takes no more work; ends when what runs has been answered, or reported after `limitMs`. */
  drain(limitMs: number): Promise<void>;
  stop(): Promise<void>;
}

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
  const work = new Set<Promise<void>>();
  const deliveries = new Set<Promise<void>>();
  const listeners: (() => void)[] = [];
  const stopping = new AbortController();

  const reports = createUnrunReports(options, {
    track: (delivery, endsWork) => track(delivery, deliveries, endsWork),
    ...{ journal, outbox, onDiskFull, clock, log },
  });
  const places = createPlaces(options, {
    ...{ run, chooseModel, mayStart, clock },
    track: (task) => track(task, work, true),
    report: reports.report,
    onChange: changed,
  });
  const intake = createIntake(options, {
    ...{ journal, outbox, reports, onDiskFull, clock, log },
    enqueue: places.enqueue,
  });
  const inboxPoll = createInboxPoll(options, {
    coordinator,
    mayPoll: () => places.free && work.size <= places.running.length && mayPoll(),
    take(entries) {
      const taken = intake.take(entries);
      if (entries.length > 0) changed();
      return taken;
    },
    onFailure: changed,
    signal: stopping.signal,
    ...{ clock, log, random },
  });

  function changed(): void {
    for (const listener of listeners) listener();
  }

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

  function end(): void {
    stopping.abort();
    places.abort();
  }

  async function settled(): Promise<void> {
    await inboxPoll.ended;
    while (work.size + deliveries.size > 0) await Promise.allSettled([...work, ...deliveries]);
  }

  return {
    get running() {
      return places.running;
    },
    get queued() {
      return places.queued;
    },
    get hasRoom() {
      return places.free;
    },
    get counts() {
      const { failed, withoutCounts } = places.counts;
      return { ...intake.counts, failed: failed + reports.count, withoutCounts };
    },
    get pollFailure() {
      return inboxPoll.failure;
    },
    start: inboxPoll.start,
    wake() {
      places.startQueued();
      inboxPoll.wake();
    },
    onChange: (listener) => void listeners.push(listener),
    async drain(limitMs) {
      places.close();
      inboxPoll.end();
      reports.report(places.clear());
      changed();
      const timer = clock.after(limitMs, end);
      await settled();
      timer.cancel();
    },
    async stop() {
      places.close();
      inboxPoll.end();
      end();
      await settled();
    },
  };
}
