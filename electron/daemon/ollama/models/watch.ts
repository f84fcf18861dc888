import { isNodeError } from '../../../../shared/errors.ts';
import { type Reason, reasonOf } from '../../../../shared/reasons/reason-text.ts';
import type { Logger } from '../../logging/logger.ts';
import { backoffMs } from '../../system/backoff.ts';
import type { Clock, Timer } from '../../system/clock.ts';
import type { LoadedModel, OllamaClient } from '../api/client.ts';
import { createInstalledModelsReader, type InstalledModel } from './installed-models.ts';
import type { AsideReason } from './models-aside.ts';
import { createServableModels } from './servable-models.ts';

export interface OllamaStatus {
  /** `failing`: something answers at the address, but not as Ollama does. */
  state: 'unknown' | 'running' | 'unreachable' | 'failing';
  /** Why it does not run; null while it does. */
  reason: Reason | null;
  /** Since when the state applies, Unix ms. */
  sinceMs: number;
  /** When it was last checked, Unix ms; null before the first check has ended. */
  asOfMs: number | null;
  version: string | null;
  /** What is installed; empty unless running. */
  models: InstalledModel[];
  /** What can serve now; empty unless running. */
  servable: InstalledModel[];
  /** The models in memory; null: not known, or this server does not report it. */
  loaded: LoadedModel[] | null;
  /** The model for requests that name none; null when nothing can serve. */
  defaultModel: string | null;
  /** A model was asked for and cannot serve: it is not installed, or of the wrong kind. */
  preferredMissing: boolean;
  /** What was installed when Ollama last answered, for display; null when it never did. */
  lastKnown: { models: InstalledModel[]; defaultModel: string | null; asOfMs: number } | null;
}

/** Keeps an eye on one Ollama server: whether it answers, what it can serve, which model is the default. */
export interface OllamaWatch {
  current(): OllamaStatus;
  /** Checks now; joins a check that is under way. Never rejects. */
  refresh(): Promise<OllamaStatus>;
  /** Asks only what is in memory, now. Null when that is not known. Never rejects. */
  refreshLoaded(): Promise<LoadedModel[] | null>;
  /** Calls back when anything but the time of the check changed; returns how to end that. */
  onChange(changed: (status: OllamaStatus) => void): () => void;
  /**
   * Ollama can't run this model although it runs others: it does not serve for a while. False where that can't be, for
   * it is the default model, or the only one.
   */
  setAside(model: string, reason: AsideReason): boolean;
  /** There is no memory for the default model; false where none takes its place. */
  replaceDefault(model: string): boolean;
  /** Changes the preferred model; takes effect at once on what is known. */
  prefer(model: string | null): void;
  start(): void;
  stop(): Promise<void>;
}

export interface OllamaWatchOptions {
  preferredModel: string | null;
  /** The status as checked just before; the first check of this watch then need not be waited for. */
  known?: OllamaStatus | null;
  /** Between checks while it does not: the first wait, doubled up to the longest. */
  unhealthyMs?: number;
  longestUnhealthyMs?: number;
}

/** Between checks while Ollama runs. */
const healthyMs = 10_000;
/** A stream that moved so short a time ago proves more than a list that is slow to come. */
const proofOfLifeMs = 10_000;

export function createOllamaWatch(
  options: OllamaWatchOptions,
  modules: { client: OllamaClient; clock: Clock; log: Logger },
): OllamaWatch {
  const { unhealthyMs = 2000, longestUnhealthyMs = 10_000 } = options;
  const unhealthyWaits = { minMs: unhealthyMs, maxMs: longestUnhealthyMs };
  const { client, clock, log } = modules;
  const installed = createInstalledModelsReader(client);
  const listeners = new Set<(status: OllamaStatus) => void>();
  const stopping = new AbortController();
  const judged = createServableModels(options, { clock, log });
  let inFlight: Promise<OllamaStatus> | null = null;
  let started = false;
  let timer: Timer | null = null;
  let failedChecks = 0;
  let status: OllamaStatus = options.known ?? {
    ...notServing,
    state: 'unknown',
    reason: null,
    sinceMs: clock.now(),
    asOfMs: null,
    lastKnown: null,
  };

  function publish(next: OllamaStatus): void {
    const before = status;
    status = next;
    if (before.state !== next.state) logState();
    if (JSON.stringify(essence(before)) === JSON.stringify(essence(next))) return;
    for (const changed of [...listeners]) changed(next);
  }

  function logState(): void {
    const { state, reason, version, models } = status;
    const facts = { state, reason, version, models: models.length };
    if (state === 'running') log.info('ollama-running', facts);
    else log.warn('ollama-not-running', facts);
  }

  async function check(): Promise<OllamaStatus> {
    const { signal } = stopping;
    try {
      // Its version and what it has in memory are a courtesy; the list is what shows whether it can serve.
      const [read, version, loaded] = await Promise.all([
        installed.read(signal),
        client.version(signal).catch(() => null),
        client.ps(signal).catch(() => null),
      ]);
      const nowMs = clock.now();
      const judgement = judged.read(read);
      const { models, defaultModel } = judgement;
      publish({
        state: 'running',
        reason: null,
        sinceMs: status.state === 'running' ? status.sinceMs : nowMs,
        asOfMs: nowMs,
        version,
        ...judgement,
        loaded,
        lastKnown: { models, defaultModel, asOfMs: nowMs },
      });
    } catch (error) {
      if (signal.aborted) return status;
      // An answer that is slow, or an error: where nobody listens any more nothing moves either.
      const isGone = isNodeError(error, 'ollama-unreachable') && !isNodeError(error.cause, 'http-timeout');
      if (!isGone && status.state === 'running' && client.streamMoved(proofOfLifeMs)) return status;
      const nowMs = clock.now();
      const state = isNodeError(error, 'ollama-unreachable') ? 'unreachable' : 'failing';
      publish({
        ...notServing,
        state,
        reason: reasonFor(error),
        sinceMs: status.state === state ? status.sinceMs : nowMs,
        asOfMs: nowMs,
        lastKnown: status.lastKnown,
      });
    }
    return status;
  }

  function whileRunning(change: () => boolean): boolean {
    const done = status.state === 'running' && change();
    if (done) judgeAgain();
    return done;
  }

  /** What is known is judged again, and made known. */
  function judgeAgain(): void {
    if (status.state !== 'running') return;
    const judgement = judged.judge();
    const { models, defaultModel } = judgement;
    publish({
      ...status,
      ...judgement,
      lastKnown: status.lastKnown && { ...status.lastKnown, models, defaultModel },
    });
  }

  function refresh(): Promise<OllamaStatus> {
    if (stopping.signal.aborted) return Promise.resolve(status);
    inFlight ??= check().finally(() => {
      inFlight = null;
      schedule();
    });
    return inFlight;
  }

  async function refreshLoaded(): Promise<LoadedModel[] | null> {
    const loaded = await client.ps(stopping.signal).catch(() => null);
    if (loaded !== null && status.state === 'running') publish({ ...status, loaded });
    return loaded;
  }

  function schedule(): void {
    if (!started || stopping.signal.aborted) return;
    timer?.cancel();
    const running = status.state === 'running';
    failedChecks = running ? 0 : failedChecks + 1;
    const waitMs = running ? healthyMs : backoffMs(unhealthyWaits, failedChecks);
    timer = clock.after(waitMs, () => void refresh());
  }

  return {
    current: () => status,
    refresh,
    refreshLoaded,
    onChange(changed) {
      listeners.add(changed);
      return () => listeners.delete(changed);
    },
    setAside: (name, reason) => whileRunning(() => judged.setAside(name, reason)),
    replaceDefault: (name) => whileRunning(() => judged.replaceDefault(name)),
    prefer(model) {
      judged.prefer(model);
      judgeAgain();
    },
    start() {
      if (started) return;
      started = true;
      if (options.known) logState();
      void refresh();
    },
    async stop() {
      stopping.abort('stopping');
      timer?.cancel();
      await inFlight;
      listeners.clear();
    },
  };
}

const notServing = {
  version: null,
  models: [],
  servable: [],
  loaded: null,
  defaultModel: null,
  preferredMissing: false,
} satisfies Partial<OllamaStatus>;

/** What a change is judged by: everything but the clock. */
function essence(status: OllamaStatus): object {
  const { sinceMs: _since, asOfMs: _asOf, lastKnown: _lastKnown, loaded, ...rest } = status;
  return { ...rest, loaded: loaded?.map(({ expiresAtMs: _expires, ...one }) => one) };
}

function reasonFor(error: unknown): Reason {
  if (isNodeError(error, 'ollama-unreachable') || isNodeError(error, 'ollama-answer-invalid')) {
    return error.details.reason;
  }
  if (isNodeError(error, 'ollama-error')) return `status ${error.details.status}`;
  return isNodeError(error) ? reasonOf(error) : 'unexpected error';
}
