import type { ServingNode } from './node.ts';
import type { OllamaRuntime } from './ollama/runtime.ts';
import type { Clock } from './system/clock.ts';
import type { Part } from './system/part.ts';

/** An account that is refused for so long will not be asked for work soon. */
const refusedLongMs = 10 * 60_000;

/** The default model is kept in memory while it may be needed, and no longer. */
export function createKeepLoaded(modules: {
  node: () => ServingNode | null;
  wantsToServe: () => boolean;
  ollama: Pick<OllamaRuntime, 'keepLoaded'>;
  clock: Clock;
}): Part {
  const { node, wantsToServe, ollama, clock } = modules;
  return {
    name: 'keep-loaded',
    reconsider() {
      const serving = node();
      const { lastFailure, failingSinceMs } = serving?.heartbeat.status ?? {};
      const refusedMs = lastFailure?.kind === 'account' ? clock.now() - (failingSinceMs ?? clock.now()) : 0;
      ollama.keepLoaded(serving !== null && refusedMs < refusedLongMs && wantsToServe());
    },
  };
}
