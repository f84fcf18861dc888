import type { Logger } from '../../logging/logger.ts';
import type { Clock, Timer } from '../../system/clock.ts';
import type { MemoryClaims } from './memory-claims.ts';
import type { OllamaWatch } from './watch.ts';

/** Takes what we put into Ollama's memory out of it again. */
export interface ModelRelease {
  /** The release under way; null: none. */
  readonly underWay: Promise<void> | null;
  /** One model that is no longer wanted. */
  model(name: string): Promise<void>;
  /** All of ours, once nothing of ours runs; `onReleased` follows. */
  whenQuiet(): void;
  /** All of ours, now. */
  everything(limitMs: number): Promise<void>;
  /** Waits for the one under way; none begins by itself afterwards. */
  stop(): Promise<void>;
}

const againMs = 2000;
const usualLimitMs = 8000;

export function createModelRelease(modules: {
  claims: MemoryClaims;
  watch: OllamaWatch;
  isBusy: () => boolean;
  /** The default model is wanted in memory again: what could not be released is not tried again. */
  isWanted: () => boolean;
  /** It is done, or to be tried again. */
  onReleased: () => void;
  clock: Clock;
  log: Logger;
}): ModelRelease {
  const { claims, watch, isBusy, isWanted, onReleased, clock, log } = modules;
  let underWay: Promise<void> | null = null;
  let timer: Timer | null = null;
  let stopped = false;

  async function within(limitMs: number, only?: string): Promise<string[]> {
    const abort = new AbortController();
    const limit = clock.after(limitMs, () => abort.abort('took too long'));
    try {
      return await claims.release(abort.signal, only);
    } finally {
      limit.cancel();
    }
  }

  async function releaseAll(): Promise<void> {
    const names = await within(usualLimitMs);
    underWay = null;
    if (names.length > 0) log.info('models-released', { models: names.join(', ') });
    await watch.refreshLoaded();
    timer?.cancel();
    if (stopped) return;
    if (claims.empty || isWanted()) onReleased();
    else timer = clock.after(againMs, onReleased);
  }

  return {
    get underWay() {
      return underWay;
    },
    async model(name) {
      await within(usualLimitMs, name);
    },
    whenQuiet() {
      if (claims.empty || underWay || isBusy()) return;
      underWay = releaseAll();
    },
    async everything(limitMs) {
      await within(limitMs);
    },
    async stop() {
      stopped = true;
      timer?.cancel();
      await underWay;
    },
  };
}
