import type { Snapshot } from '../../../../shared/contract/snapshot.ts';
import { isNodeError } from '../../../../shared/errors.ts';
import { sameModel } from '../../../../shared/model-names.ts';
import type { Reason } from '../../../../shared/reasons/reason-text.ts';
import type { Logger } from '../../logging/logger.ts';
import type { Clock } from '../../system/clock.ts';
import type { LoadedModel, OllamaClient } from '../api/client.ts';
import type { GenerateTask } from '../api/generate.ts';
import { createMemoryChecks, retryFirstMs } from './memory-checks.ts';
import { createMemoryClaims } from './memory-claims.ts';
import { findLoaded as find, loadModel, whyNotLoaded, worded } from './model-load.ts';
import { createModelRelease } from './model-release.ts';
import type { OllamaWatch } from './watch.ts';

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

const renewMs = 20 * 60_000;
/** Work for another model may go on; then loading in between would only make both slower. */
const quietMs = 10_000;

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
  let wanted = false;
  const checks = createMemoryChecks({ check: () => void checkMemory(), clock });
  const release = createModelRelease({
    ...{ claims, watch, isBusy, clock, log },
    isWanted: () => wanted,
    onReleased: reconcile,
  });
  let stopped = false;
  let report: WarmUpReport = { state: 'none', model: null, sinceMs: null, reason: null };
  let loading: AbortController | null = null;
  /** The model seems to be gone from memory, and a check is due. */
  let suspected = false;

  function emit(next: Omit<WarmUpReport, 'sinceMs'>): void {
    report = { ...next, sinceMs: next.state === 'none' ? null : clock.now() };
    for (const listener of listeners) listener();
  }

  function reconcile(): void {
    if (stopped) return;
    const { state, defaultModel, loaded } = watch.current();
    const target = wanted && state === 'running' ? defaultModel : null;
    const before = report.model;
    if (before !== null && before !== target) forget();
    if (state !== 'running') return;
    if (!isBusy() && !loading) claims.keepOnly(loaded);
    if (!wanted) return release.whenQuiet();
    if (before !== null && before !== target) void release.model(before);
    if (target === null) return;
    if (report.state === 'none') void load(target);
    else if (report.state === 'loaded' && !suspected && loaded !== null && !find(loaded, target)) {
      suspected = true;
      checks.after(quietMs);
    }
  }

  /** What Ollama can do may have changed: what failed before may work now. */
  function onServerChange(): void {
    if (report.state === 'failed') checks.after(retryFirstMs);
    reconcile();
  }

  /** The model is no longer the one that is wanted. */
  function forget(): void {
    loading?.abort('no longer wanted');
    loading = null;
    checks.forget();
    suspected = false;
    emit({ state: 'none', model: null, reason: null });
  }

  async function load(model: string): Promise<void> {
    const abort = new AbortController();
    loading = abort;
    const present = find(watch.current().loaded, model);
    claims.claim(model, present);
    // What is there already need not be waited for, unless it may be loaded again for another context.
    const atOnce = present !== undefined && (options.contextTokens === null || report.state === 'loaded');
    if (!atOnce) emit({ state: 'loading', model, reason: null });
    else if (report.state !== 'loaded') emit({ state: 'loaded', model, reason: null });
    const startedMs = clock.monotonicMs();
    if (!present) log.info('model-loading', { model });
    try {
      await release.underWay;
      const entry = await loadModel({ model, ...options }, { client, watch, signal: abort.signal });
      if (abort.signal.aborted || stopped) return;
      claims.claim(model, present);
      if (!present) log.info('model-loaded', { model, ms: Math.round(clock.monotonicMs() - startedMs) });
      checks.succeeded();
      if (report.state !== 'loaded') emit({ state: 'loaded', model, reason: null });
      if (entry) onLoaded(entry);
      checks.after(renewMs);
    } catch (error) {
      if (abort.signal.aborted || stopped) return;
      claims.drop(model);
      // Another one is the default then, and on its way.
      if (isNodeError(error, 'model-needs-memory') && watch.replaceDefault(model)) return;
      failed(model, whyNotLoaded(error));
      if (isNodeError(error, 'ollama-unreachable') || isNodeError(error, 'ollama-died')) void watch.refresh();
    } finally {
      if (loading === abort) loading = null;
    }
  }

  function failed(model: string, reason: Reason): void {
    log.warn('model-not-loaded', { model, reason });
    emit({ state: 'failed', model, reason });
    checks.afterFailure();
  }

  /** After a while, and when it is to be expected that the model is gone. */
  async function checkMemory(): Promise<void> {
    const { model, state } = report;
    suspected = false;
    if (stopped || loading || model === null) return;
    if (state === 'failed') return void load(model);
    const loaded = await watch.refreshLoaded();
    if (stopped || loading || report.model !== model) return;
    if (isBusy()) return checks.after(quietMs);
    if (loaded !== null && !find(loaded, model)) log.info('model-driven-out', { model });
    void load(model);
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
      const { defaultModel, loaded } = watch.current();
      claims.claim(task.model, find(loaded, task.model));
      const isDefault = defaultModel !== null && sameModel(task.model, defaultModel);
      return worded(task, { ...options, keeps: isDefault && wanted });
    },
    onChange: (listener) => void listeners.push(listener),
    async stop(limitMs) {
      stopped = true;
      wanted = false;
      unsubscribe();
      checks.stop();
      loading?.abort('stopping');
      await release.stop();
      if (watch.current().state === 'running') await release.everything(limitMs);
    },
  };
}
