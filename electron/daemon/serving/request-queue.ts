import type { Clock, Timer } from '../system/clock.ts';
import type { Job } from './job.ts';

/** Requests that were taken on and wait for a place, each no longer than its deadline allows. */
export interface RequestQueue {
  readonly length: number;
  /** Why one more cannot wait, or null. */
  refusal(): 'queue-full' | 'deadline-exceeded' | null;
  push(job: Job): void;
  /** The next in line, no longer waiting. */
  shift(): Job | undefined;
  /** Everything that waits, no longer waiting. */
  clear(): Job[];
  /** A generation took so long. */
  took(generationMs: number): void;
}

/** So many recent generations predict how long the next will take. */
const durationSamples = 8;
const fewestSamples = 3;

export function createRequestQueue(
  options: { concurrency: number; queueLimit: number; deadlineMs: number },
  modules: { onOverdue: (job: Job) => void; clock: Clock },
): RequestQueue {
  const { concurrency, queueLimit, deadlineMs } = options;
  const { onOverdue, clock } = modules;
  let waiting: { job: Job; timer: Timer }[] = [];
  const durations: number[] = [];

  /** True when the requests before it would take longer than its deadline allows. */
  function cannotStartInTime(): boolean {
    if (durations.length < fewestSamples) return false;
    const average = durations.reduce((sum, ms) => sum + ms, 0) / durations.length;
    return (Math.floor(waiting.length / concurrency) + 1) * average >= deadlineMs;
  }

  return {
    get length() {
      return waiting.length;
    },
    refusal() {
      if (waiting.length >= queueLimit) return 'queue-full';
      return cannotStartInTime() ? 'deadline-exceeded' : null;
    },
    push(job) {
      const timer = clock.after(deadlineMs, () => {
        waiting = waiting.filter((entry) => entry.job !== job);
        onOverdue(job);
      });
      waiting.push({ job, timer });
    },
    shift() {
      const next = waiting.shift();
      next?.timer.cancel();
      return next?.job;
    },
    clear() {
      const left = waiting;
      waiting = [];
      for (const { timer } of left) timer.cancel();
      return left.map(({ job }) => job);
    },
    took(generationMs) {
      durations.push(generationMs);
      if (durations.length > durationSamples) durations.shift();
    },
  };
}
