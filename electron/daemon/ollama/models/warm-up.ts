import type { Snapshot } from '../../../../shared/contract/snapshot.ts';
import { isNodeError } from '../../../../shared/errors.ts';
import { sameModel } from '../../../../shared/model-names.ts';
import type { Logger } from '../../logging/logger.ts';
import type { Clock, Timer } from '../../system/clock.ts';
import type { LoadedModel, OllamaClient } from '../api/client.ts';
import type { GenerateTask } from '../api/generate.ts';
import type { OllamaWatch } from '../watch.ts';
import { createMemoryClaims } from './memory-claims.ts';

export type WarmUpReport = Snapshot['ollama']['warmUp'];

/**
 * Loads the default model before work is taken, and keeps it in memory while the node is online. A request for
 * another model is loaded by Ollama itself; if that drives the default model out, it is loaded again in a quiet
 * moment.
 */
export interface WarmUp {
  readonly report: WarmUpReport;
  /** The default model was loaded, and is not being loaded again: work may be taken. */
  readonly ready: boolean;
  /** While true the default model is wanted in memory; false: what we put there goes, once nothing of ours runs. */
  keepLoaded(wanted: boolean): void;
  /** A request of ours, worded so that what is in memory stays as it is. */
  prepare(task: GenerateTask): GenerateTask;
  onChange(listener: () => void): void;
  /** Takes what we loaded out of memory, within `limitMs`. */
  stop(limitMs: number): Promise<void>;
}

export interface WarmUpOptions {
  /** Given to every model; null: as the server does by itself. */
  contextTokens: number | null;
}

/**
 * How long the default model stays after our last word about it: for ever would outlive a crash of ours.
 * [ollama docs/api: keep_alive]
 */
const keepAlive = '1h';
const renewMs = 20 * 60_000;
/** A large model comes from a slow disk. */
const loadTimeoutMs = 15 * 60_000;
const retryFirstMs = 10_000;
const retryMaxMs = 5 * 60_000;
/** Work for another model may go on; then loading in between would only make both slower. */
const quietMs = 10_000;
const releaseAgainMs = 2000;
const releaseLimitMs = 8000;

export function createWarmUp(
  options: WarmUpOptions,
  modules: {
    client: OllamaClient;
    watch: OllamaWatch;
    /** A request of ours is with Ollama. */
    isBusy: () => boolean;
    /** The model is in memory, as Ollama says. */
    onLoaded: (loaded: LoadedModel) => void;
    clock: Clock;
    log: Logger;
  },
): WarmUp {
  const { client, watch, isBusy, onLoaded, clock, log } = modules;
  const listeners: (() => void)[] = [];
  const claims = createMemoryClaims({ client, clock });
  const context = options.contextTokens === null ? {} : { num_ctx: options.contextTokens };
  let wanted = false;
  let stopped = false;
  let report: WarmUpReport = { state: 'none', model: null, sinceMs: null, reason: null };
  let loading: AbortController | null = null;
  let releasing: Promise<void> | null = null;
  let timer: Timer | null = null;
  let nextRetryMs = retryFirstMs;
  /** The model seems to be gone from memory, and a check is due. */
  let suspected = false;

  function emit(next: Omit<WarmUpReport, 'sinceMs'>): void {
    report = { ...next, sinceMs: next.state === 'none' ? null : clock.now() };
    for (const listener of listeners) listener();
  }

  function recheck(afterMs: number): void {
    timer?.cancel();
    timer = stopped ? null : clock.after(afterMs, () => void checkMemory());
  }

  function reconcile(): void {
    if (stopped) return;
    const { state, defaultModel, loaded } = watch.current();
    const target = wanted && state === 'running' ? defaultModel : null;
    const before = report.model;
    if (before !== null && before !== target) forget();
    if (state !== 'running') return;
    if (!isBusy() && !loading) claims.keepOnly(loaded);
    if (!wanted) return releaseWhenQuiet();
    if (before !== null && before !== target) void release(releaseLimitMs, before);
    if (target === null) return;
    if (report.state === 'none') void load(target);
    else if (report.state === 'loaded' && !suspected && loaded !== null && !find(loaded, target)) {
      suspected = true;
      recheck(quietMs);
    }
  }

  /** What Ollama can do may have changed: what failed before may work now. */
  function onServerChange(): void {
    if (report.state === 'failed') recheck(retryFirstMs);
    reconcile();
  }

  async function release(limitMs: number, only?: string): Promise<string[]> {
    const abort = new AbortController();
    const limit = clock.after(limitMs, () => abort.abort('took too long'));
    try {
      return await claims.release(abort.signal, only);
    } finally {
      limit.cancel();
    }
  }

  /** The model is no longer the one that is wanted. */
  function forget(): void {
    loading?.abort('no longer wanted');
    loading = null;
    timer?.cancel();
    nextRetryMs = retryFirstMs;
    suspected = false;
    emit({ state: 'none', model: null, reason: null });
  }

  async function load(model: string): Promise<void> {
    const abort = new AbortController();
    loading = abort;
    const present = find(watch.current().loaded, model);
    claims.claim(model, present);
    // What is there already need not be waited for, unless it may be loaded anew for another context.
    const atOnce = present !== undefined && (options.contextTokens === null || report.state === 'loaded');
    if (!atOnce) emit({ state: 'loading', model, reason: null });
    else if (report.state !== 'loaded') emit({ state: 'loaded', model, reason: null });
    const startedMs = clock.monotonicMs();
    if (!present) log.info('model-loading', { model });
    try {
      await releasing;
      await client.generate(
        { model, prompt: '', keepAlive, ...(options.contextTokens === null ? {} : { options: context }) },
        { signal: abort.signal, maxResultBytes: 1024, timeoutMs: loadTimeoutMs },
      );
      const loaded = await watch.refreshLoaded();
      if (abort.signal.aborted || stopped) return;
      const entry = find(loaded, model);
      if (loaded !== null && !entry) return failed(model, 'driven-out');
      claims.claim(model, present);
      if (!present) log.info('model-loaded', { model, ms: Math.round(clock.monotonicMs() - startedMs) });
      nextRetryMs = retryFirstMs;
      if (report.state !== 'loaded') emit({ state: 'loaded', model, reason: null });
      if (entry) onLoaded(entry);
      recheck(renewMs);
    } catch (error) {
      if (abort.signal.aborted || stopped) return;
      failed(model, reasonOf(error));
      if (isNodeError(error, 'ollama-unreachable') || isNodeError(error, 'ollama-died')) void watch.refresh();
    } finally {
      if (loading === abort) loading = null;
    }
  }

  function failed(model: string, reason: string): void {
    log.warn('model-not-loaded', { model, reason });
    claims.drop(model);
    emit({ state: 'failed', model, reason });
    recheck(nextRetryMs);
    nextRetryMs = Math.min(nextRetryMs * 2, retryMaxMs);
  }

  /** After a while, and when it is to be expected that the model is gone. */
  async function checkMemory(): Promise<void> {
    const { model, state } = report;
    suspected = false;
    if (stopped || loading || model === null) return;
    if (state === 'failed') return void load(model);
    const loaded = await watch.refreshLoaded();
    if (stopped || loading || report.model !== model) return;
    if (isBusy()) return recheck(quietMs);
    if (loaded !== null && !find(loaded, model)) log.info('model-driven-out', { model });
    void load(model);
  }

  function releaseWhenQuiet(): void {
    if (claims.empty || releasing || isBusy()) return;
    releasing = release(releaseLimitMs).then(async (names) => {
      releasing = null;
      if (names.length > 0) log.info('models-released', { models: names.join(', ') });
      await watch.refreshLoaded();
      if (!claims.empty && !stopped && !wanted) timer = clock.after(releaseAgainMs, reconcile);
      else reconcile();
    });
  }

  const unsubscribe = watch.onChange(onServerChange);

  return {
    get report() {
      return report;
    },
    get ready() {
      return report.state === 'loaded';
    },
    keepLoaded(next) {
      if (wanted === next && claims.empty) return;
      wanted = next;
      reconcile();
    },
    prepare(task) {
      claims.claim(task.model, find(watch.current().loaded, task.model));
      const { defaultModel } = watch.current();
      const isDefault = defaultModel !== null && sameModel(task.model, defaultModel);
      const options = { ...context, ...task.options };
      return {
        ...task,
        ...(Object.keys(options).length > 0 ? { options } : {}),
        ...(isDefault && wanted ? { keepAlive } : {}),
      };
    },
    onChange: (listener) => void listeners.push(listener),
    async stop(limitMs) {
      stopped = true;
      wanted = false;
      unsubscribe();
      timer?.cancel();
      loading?.abort('stopping');
      await releasing;
      if (watch.current().state === 'running') await release(limitMs);
    },
  };
}

function find(loaded: readonly LoadedModel[] | null, model: string): LoadedModel | undefined {
  return loaded?.find(({ name }) => sameModel(name, model));
}

/** A reason code or text; never a text of Ollama's. */
function reasonOf(error: unknown): string {
  if (isNodeError(error, 'ollama-error')) return `status ${error.details.status}`;
  if (isNodeError(error, 'ollama-unreachable')) return error.details.reason;
  return isNodeError(error) ? error.code : 'unexpected error';
}
