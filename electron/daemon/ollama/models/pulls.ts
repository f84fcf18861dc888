import type { PullReport } from '../../../../shared/contract/ollama.ts';
import { NodeError } from '../../../../shared/errors.ts';
import { isCloudName, normalModelName, parseModelName } from '../../../../shared/model-names.ts';
import { isPullUnderWay, type PullState } from '../../../../shared/pull-states.ts';
import type { HttpClient } from '../../http/client.ts';
import type { Logger } from '../../logging/logger.ts';
import type { Clock, Timer } from '../../system/clock.ts';
import { createPullProgress, type PullProgress } from './pull-progress.ts';
import { type PullLimits, pullLimits, runPull } from './pull-run.ts';
import { defaultRegistryUrl } from './registry-manifest.ts';
import type { ModelsVolume } from './volume.ts';

/** Models on their way here, one after the other in the order they were asked for. */
export interface PullQueue {
  /** In that order, those that ended included. */
  reports(): PullReport[];
  /** Something is on its way or waits for its turn: the computer should stay awake. */
  readonly active: boolean;
  /**
   * Puts a model in the queue; one that is in it already stays where it is. Resumes a pull that ended before.
   *
   * @param how.large goes on although the size is not known beforehand
   * @throws NodeError `model-name-invalid`, `model-cloud`
   */
  pull(model: string, how?: { large?: boolean }): PullState;
  /** Ends a pull; what came stays. False when there was nothing to end. */
  cancel(model: string): boolean;
  /** Takes one that ended off the list. False when there was none. */
  forget(model: string): boolean;
  /** Called back at every change of state, and of progress a few times a second; returns how to end that. */
  onChange(listener: () => void): () => void;
  /** Ends what runs; Ollama keeps what came. */
  stop(): Promise<void>;
}

export interface PullQueueOptions {
  /** Where the models lie; null for a server elsewhere, whose disk is not checked. */
  volume: ModelsVolume | null;
  registryUrl?: string;
  limits?: Partial<PullLimits>;
}

export interface PullQueueModules {
  client: { readonly baseUrl: string };
  /** Speaks to Ollama. */
  http: HttpClient;
  /** Speaks to the registry on the internet; null: sizes come from the catalogue alone. */
  internet: HttpClient | null;
  clock: Clock;
  log: Logger;
  /** A model has arrived. */
  onPulled?: (model: string) => void;
}

interface Job {
  model: string;
  large: boolean;
  state: PullState;
  attempt: number;
  error: NodeError | null;
  sinceMs: number;
  progress: PullProgress;
  cancel: AbortController;
}

const progressMs = 250;
/** Of the pulls that ended, the newest are remembered. */
const mostEnded = 20;

export function createPullQueue(options: PullQueueOptions, modules: PullQueueModules): PullQueue {
  const { volume, registryUrl = defaultRegistryUrl } = options;
  const { client, http, internet, clock, log, onPulled } = modules;
  const limits = { ...pullLimits, ...options.limits };
  const listeners = new Set<() => void>();
  let jobs: Job[] = [];
  let working: Promise<void> | null = null;
  let later: Timer | null = null;
  let stopped = false;

  function changed(): void {
    later?.cancel();
    later = null;
    for (const listener of [...listeners]) listener();
  }

  function setState(job: Job, state: PullState): void {
    if (job.state === state) return;
    job.state = state;
    job.sinceMs = clock.now();
    changed();
  }

  async function run(job: Job): Promise<void> {
    const { model, progress } = job;
    log.info('pull-started', { model });
    const end = await runPull(
      {
        model,
        large: job.large,
        baseUrl: client.baseUrl,
        registryUrl,
        volume,
        limits,
        progress,
        signal: job.cancel.signal,
        onState: (state) => setState(job, state),
        onAttempt(attempt) {
          job.attempt = attempt;
          if (attempt > 1) log.warn('pull-resumed', { model, attempt });
          changed();
        },
        onProgress() {
          later ??= clock.after(progressMs, changed);
        },
      },
      { http, internet, clock },
    );
    job.error = end.error;
    progress.interrupt();
    const facts = { model, bytes: progress.completedBytes, attempt: job.attempt };
    if (end.error === null) log.info(`pull-${end.state}`, facts);
    else log.warn(`pull-${end.state}`, { ...facts, code: end.error.code });
    if (end.state === 'done') onPulled?.(model);
    setState(job, end.state);
  }

  async function work(): Promise<void> {
    for (;;) {
      const next = stopped ? undefined : jobs.find(({ state }) => state === 'queued');
      if (!next) return;
      await run(next);
    }
  }

  function startWork(): void {
    working ??= work().finally(() => {
      working = null;
      // Asked for between its last check of the queue and now.
      if (!stopped && jobs.some(({ state }) => state === 'queued')) startWork();
    });
  }

  const find = (model: string) => {
    const wanted = normalModelName(model);
    return jobs.find((job) => normalModelName(job.model) === wanted);
  };

  return {
    reports: () => jobs.map(reportOf),
    get active() {
      return jobs.some(({ state }) => isPullUnderWay(state));
    },
    pull(model, { large = false } = {}) {
      if (parseModelName(model) === null) throw new NodeError('model-name-invalid', { model });
      if (isCloudName(model)) throw new NodeError('model-cloud', { model });
      const known = find(model);
      if (known && isPullUnderWay(known.state)) return known.state;
      const job: Job = {
        model,
        large,
        state: 'queued',
        attempt: 1,
        error: null,
        sinceMs: clock.now(),
        progress: createPullProgress({ clock }),
        cancel: new AbortController(),
      };
      const ended = jobs.filter((one) => one !== known && !isPullUnderWay(one.state)).slice(-mostEnded);
      jobs = [...jobs.filter((one) => isPullUnderWay(one.state) || ended.includes(one)), job];
      startWork();
      changed();
      return job.state;
    },
    cancel(model) {
      const job = find(model);
      if (!job) return false;
      if (job.state === 'needs-consent' || job.state === 'queued') {
        setState(job, 'cancelled');
        return true;
      }
      if (!isPullUnderWay(job.state)) return false;
      job.cancel.abort('cancelled');
      return true;
    },
    forget(model) {
      const job = find(model);
      if (!job || isPullUnderWay(job.state)) return false;
      jobs = jobs.filter((one) => one !== job);
      changed();
      return true;
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async stop() {
      stopped = true;
      for (const job of jobs) {
        if (job.state === 'queued') setState(job, 'cancelled');
        else if (isPullUnderWay(job.state)) job.cancel.abort('stopping');
      }
      await working;
      later?.cancel();
      listeners.clear();
    },
  };
}

function reportOf({ model, state, attempt, error, sinceMs, progress }: Job): PullReport {
  const figures = progress.figures();
  const moving = state === 'pulling';
  return {
    model,
    state,
    ...figures,
    bytesPerSecond: moving ? figures.bytesPerSecond : null,
    leftMs: moving ? figures.leftMs : null,
    attempt,
    error: error && { code: error.code, details: { ...error.details } },
    sinceMs,
  };
}
