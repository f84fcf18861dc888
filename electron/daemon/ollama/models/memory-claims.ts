import { isNodeError } from '../../../../shared/errors.ts';
import type { Clock } from '../../system/clock.ts';
import type { LoadedModel, OllamaClient } from '../api/client.ts';

/** What is in Ollama's memory because of us, and so has to leave it again when we no longer work. */
export interface MemoryClaims {
  readonly empty: boolean;
  /** We are about to use a model. @param present how it is in memory now; undefined: it is not */
  claim(model: string, present: LoadedModel | undefined): void;
  /** It did not come into memory. */
  drop(model: string): void;
  /** Forgets what is no longer in memory; a check may be a little older than the newest claims. */
  keepOnly(loaded: readonly LoadedModel[] | null): void;
  /**
   * Unloads what we loaded. What others had loaded goes back to the time that Ollama gives by itself, because our
   * requests have prolonged it. Returns the names of the former; what could not be done stays claimed.
   *
   * @param only this model alone
   */
  release(signal: AbortSignal, only?: string): Promise<string[]>;
}

/** What Ollama gives a model that nobody says anything about. [ollama docs/faq] */
const ownKeepAlive = '5m';
/** Whoever pins a model for longer than we do wants it to stay. */
const pinnedMs = 2 * 60 * 60_000;
/** A check takes no longer. */
const pollMs = 15_000;

export function createMemoryClaims({ client, clock }: { client: OllamaClient; clock: Clock }): MemoryClaims {
  /** With the time of the claim, `monotonicMs`. */
  const loadedByUs = new Map<string, number>();
  const prolonged = new Map<string, number>();

  async function settle(
    names: Map<string, number>,
    keepAlive: 0 | string,
    signal: AbortSignal,
    only: string | undefined,
  ): Promise<string[]> {
    const settled: string[] = [];
    for (const model of [...names.keys()]) {
      if (only !== undefined && model !== only) continue;
      try {
        await client.generate({ model, prompt: '', keepAlive }, { signal, maxResultBytes: 1024 });
        settled.push(model);
        names.delete(model);
      } catch (error) {
        if (isNodeError(error, 'model-not-installed')) names.delete(model);
      }
    }
    return settled;
  }

  return {
    get empty() {
      return loadedByUs.size === 0 && prolonged.size === 0;
    },
    claim(model, present) {
      if (present === undefined || loadedByUs.has(model)) {
        loadedByUs.set(model, clock.monotonicMs());
        prolonged.delete(model);
        return;
      }
      const pinned = present.expiresAtMs !== null && present.expiresAtMs - clock.now() > pinnedMs;
      if (!pinned) prolonged.set(model, clock.monotonicMs());
    },
    drop(model) {
      loadedByUs.delete(model);
      prolonged.delete(model);
    },
    keepOnly(loaded) {
      if (loaded === null) return;
      const names = new Set(loaded.map(({ name }) => name));
      const beforeMs = clock.monotonicMs() - pollMs;
      for (const claimed of [loadedByUs, prolonged])
        for (const [model, atMs] of claimed) if (!names.has(model) && atMs < beforeMs) claimed.delete(model);
    },
    async release(signal, only) {
      await settle(prolonged, ownKeepAlive, signal, only);
      return settle(loadedByUs, 0, signal, only);
    },
  };
}
