import type { SelfTestReport } from '../../../../shared/contract/ollama.ts';
import { isNodeError } from '../../../../shared/errors.ts';
import { sameModel } from '../../../../shared/model-names.ts';
import { type Reason, reasonOf } from '../../../../shared/reasons/reason-text.ts';
import type { Clock } from '../../system/clock.ts';
import type { OllamaClient } from '../api/client.ts';
import type { Generation } from '../api/generate.ts';
import type { SelfTestStore } from './self-test-store.ts';
import { type TestPrompt, testPrompts } from './test-prompts.ts';

/**
 * Tests of what a model does on this machine: a handful of prompts of our own, for about a minute, one after the other.
 * The figures are medians of Ollama's own counts and times; what it does not say stays unknown. Requests come first: a
 * test does not begin while one runs, and gives way to the next.
 */
export interface SelfTests {
  /** The newest of each model, one that is running included. */
  reports(): SelfTestReport[];
  /** False when another test runs, or a request. */
  start(model: string): boolean;
  /** False when none runs. */
  cancel(): boolean;
  /** A request has come: a running test ends at once. */
  giveWay(): void;
  onChange(listener: () => void): () => void;
  stop(): Promise<void>;
}

export interface SelfTestOptions {
  productVersion: string;
  /** How long the prompts may take together; loading the model is not part of it. */
  limitMs?: number;
}

export interface SelfTestModules {
  client: Pick<OllamaClient, 'generate' | 'version'>;
  clock: Clock;
  store: SelfTestStore;
  /** A request of the network is being answered. */
  isServing?: () => boolean;
}

interface Run {
  prompt: TestPrompt;
  firstTokenMs: number | null;
  generation: Generation;
}

const isLimit = (reason: unknown) => reason === 'limit' || reason === 'load-limit';

/** How long the model may take to load. */
const loadLimitMs = 120_000;
const largestAnswerBytes = 1024 * 1024;

export function createSelfTests(options: SelfTestOptions, modules: SelfTestModules): SelfTests {
  const { productVersion, limitMs = 60_000 } = options;
  const { client, clock, store, isServing = () => false } = modules;
  const listeners = new Set<() => void>();
  /** What is kept: figures are not lost to a later test that showed none. */
  let kept: readonly SelfTestReport[] = store.load();
  let reports = kept;
  let cancelling: AbortController | null = null;
  let working: Promise<void> | null = null;
  let stopped = false;

  const replaced = (list: readonly SelfTestReport[], by: SelfTestReport) => [
    ...list.filter(({ model }) => !sameModel(model, by.model)),
    by,
  ];

  function put(report: SelfTestReport): void {
    reports = replaced(reports, report);
    for (const listener of [...listeners]) listener();
  }

  async function ask(model: string, prompt: TestPrompt, signal: AbortSignal): Promise<Run> {
    const askedAtMs = clock.monotonicMs();
    let firstTokenMs: number | null = null;
    const generation = await client.generate(
      { model, prompt: prompt.text, options: { num_predict: prompt.answerTokens, temperature: 0, seed: 1 } },
      {
        signal,
        maxResultBytes: largestAnswerBytes,
        onFirstToken() {
          firstTokenMs = Math.round(clock.monotonicMs() - askedAtMs);
        },
      },
    );
    return { prompt, firstTokenMs, generation };
  }

  /** Loads the model, then asks until the prompts or the minute are over. */
  async function measure(model: string, ended: AbortController): Promise<Run[]> {
    const { signal } = ended;
    const loading = clock.after(loadLimitMs, () => ended.abort('load-limit'));
    try {
      await client.generate({ model, prompt: '' }, { signal, maxResultBytes: largestAnswerBytes });
    } finally {
      loading.cancel();
    }
    const limit = clock.after(limitMs, () => ended.abort('limit'));
    const runs: Run[] = [];
    try {
      for (const prompt of testPrompts) runs.push(await ask(model, prompt, signal));
    } catch (error) {
      // A slow machine shows in a minute what it has: the answers that were whole by then.
      if (!isLimit(signal.reason) || runs.length === 0) throw error;
    } finally {
      limit.cancel();
    }
    return runs;
  }

  async function work(model: string, ended: AbortController): Promise<void> {
    const { signal } = ended;
    const blank = blankReport(model, productVersion, clock.now());
    put(blank);
    const ollamaVersion = await client.version(signal).catch(() => null);
    try {
      const runs = await measure(model, ended);
      const done: SelfTestReport = {
        ...blank,
        ...figuresOf(runs),
        state: 'done',
        runs: runs.length,
        ollamaVersion,
        atMs: clock.now(),
      };
      kept = replaced(kept, done);
      await store.save(kept);
      put(done);
    } catch (error) {
      const byUs = signal.aborted && !isLimit(signal.reason);
      const reason = byUs ? asReason(signal.reason) : reasonFor(error, signal);
      put({ ...blank, state: byUs ? 'cancelled' : 'failed', reason, ollamaVersion, atMs: clock.now() });
    }
  }

  return {
    reports: () => [...reports],
    start(model) {
      if (working !== null || stopped || isServing()) return false;
      const ended = new AbortController();
      cancelling = ended;
      working = work(model, ended).finally(() => {
        working = null;
        cancelling = null;
      });
      return true;
    },
    cancel() {
      cancelling?.abort('cancelled');
      return cancelling !== null;
    },
    giveWay: () => cancelling?.abort('request'),
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async stop() {
      stopped = true;
      cancelling?.abort('stopping');
      await working;
      listeners.clear();
    },
  };
}

function blankReport(model: string, productVersion: string, atMs: number): SelfTestReport {
  return {
    model,
    state: 'running',
    promptTokensPerSecond: null,
    generationTokensPerSecond: null,
    firstTokenMs: null,
    runs: 0,
    ollamaVersion: null,
    productVersion,
    reason: null,
    atMs,
  };
}

function figuresOf(
  runs: readonly Run[],
): Pick<SelfTestReport, 'promptTokensPerSecond' | 'generationTokensPerSecond' | 'firstTokenMs'> {
  const perSecond = (tokens: number | null, ms: number | null) =>
    tokens === null || ms === null || ms <= 0 ? null : (tokens / ms) * 1000;
  const long = runs.filter(({ prompt }) => prompt.long);
  return {
    promptTokensPerSecond: median(
      long.map(({ generation }) => perSecond(generation.inputTokens, generation.promptEvalMs)),
    ),
    generationTokensPerSecond: median(
      runs.map(({ generation }) => perSecond(generation.outputTokens, generation.evalMs)),
    ),
    firstTokenMs: median(runs.map(({ firstTokenMs }) => firstTokenMs)),
  };
}

/** Null when nothing is known; what is unknown of some is left out. */
function median(values: readonly (number | null)[]): number | null {
  const sorted = values.filter((value) => value !== null).sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const upper = sorted[Math.floor(middle)];
  if (upper === undefined) return null;
  const lower = sorted[Math.ceil(middle) - 1] ?? upper;
  return (lower + upper) / 2;
}

const asReason = (reason: unknown): Reason =>
  reason === 'request' || reason === 'stopping' ? reason : 'cancelled';

function reasonFor(error: unknown, signal: AbortSignal): Reason {
  if (signal.aborted) return 'deadline-exceeded';
  return isNodeError(error) ? reasonOf(error) : 'internal-error';
}
