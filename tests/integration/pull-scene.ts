import { setTimeout as pause } from 'node:timers/promises';
import { type Clock, systemClock } from '../../electron/daemon/clock.ts';
import { createHttpClient } from '../../electron/daemon/http.ts';
import { createModelsVolume, type ModelsVolume } from '../../electron/daemon/ollama/models-volume.ts';
import type { PullLimits } from '../../electron/daemon/ollama/pull-run.ts';
import { createPullQueue } from '../../electron/daemon/ollama/pulls.ts';
import type { PullReport, PullState } from '../../shared/contract/ollama.ts';
import type { PullableModel } from '../practice-network/ollama/library.ts';
import { startRegistryStandIn } from '../practice-network/ollama/registry.ts';
import { startOllamaStandIn } from '../practice-network/ollama/stand-in.ts';
import { silentLog } from '../unit/silent-log.ts';

/** As much room as anybody could want, and none kept back: for tests that are not about room. */
const roomy: Partial<PullLimits> = { reserveBytes: () => 0, lowWaterBytes: 0 };

export interface PullSceneOptions {
  clock?: Clock;
  library?: readonly PullableModel[];
  /** Where the stand-in keeps models. */
  modelsDir?: string;
  /** Instead of that of the stand-in's folder; null: a server elsewhere. */
  volume?: ModelsVolume | null;
  limits?: Partial<PullLimits>;
  /** False: sizes are not asked for. */
  registry?: boolean;
}

/** A queue of pulls beside a stand-in for Ollama and one for its registry, over real sockets and files. */
export async function createPullScene(options: PullSceneOptions = {}) {
  const { clock = systemClock, library, limits, registry: asksRegistry = true } = options;
  const ollama = await startOllamaStandIn({ models: [], library, modelsDir: options.modelsDir });
  const registry = await startRegistryStandIn(library ? { library } : {});
  const http = createHttpClient({ plainHttp: 'loopback', userAgent: 'test' }, { clock });
  const internet = createHttpClient({ plainHttp: 'loopback', userAgent: 'test' }, { clock });
  const volume =
    options.volume === undefined ? createModelsVolume({ path: ollama.modelsDir }) : options.volume;
  const pulled: string[] = [];
  const queue = createPullQueue(
    { volume, registryUrl: registry.url, limits: { ...roomy, ...limits } },
    {
      client: { baseUrl: ollama.url },
      http,
      internet: asksRegistry ? internet : null,
      clock,
      log: silentLog,
      onPulled: (model) => pulled.push(model),
    },
  );
  const report = (model: string): PullReport => {
    const found = queue.reports().find((one) => one.model === model);
    if (!found) throw new Error(`no pull of ${model}`);
    return found;
  };
  return {
    ollama,
    registry,
    queue,
    pulled,
    report,
    /** Resolves with the report as soon as `check` holds of it; for clocks that run by themselves. */
    async when(model: string, check: (report: PullReport) => boolean): Promise<PullReport> {
      const limit = AbortSignal.timeout(15_000);
      while (!check(report(model))) {
        if (limit.aborted) throw new Error(`did not come about: ${JSON.stringify(report(model))}`);
        await pause(2);
      }
      return report(model);
    },
    ended(model: string): Promise<PullReport> {
      const ends = new Set<PullState>(['done', 'failed', 'cancelled', 'stalled', 'no-room', 'needs-consent']);
      return this.when(model, ({ state }) => ends.has(state));
    },
    pulls: () => ollama.seen.requests.filter(({ endpoint }) => endpoint === '/api/pull'),
    async stop() {
      await queue.stop();
      await http.stop();
      await internet.stop();
      await ollama.stop();
      await registry.stop();
    },
  };
}

export type PullScene = Awaited<ReturnType<typeof createPullScene>>;
