import { homedir } from 'node:os';
import { join } from 'node:path';
import { findModel } from '../../../shared/model-names.ts';
import type { HardwareRuntime } from '../hardware/runtime.ts';
import type { HttpClient } from '../http/client.ts';
import type { Logger } from '../logging/logger.ts';
import type { StatePaths } from '../storage/paths.ts';
import type { Settings } from '../storage/settings.ts';
import type { Clock } from '../system/clock.ts';
import { createOllamaClient, type OllamaClient } from './api/client.ts';
import { createOllamaInstaller } from './install/install.ts';
import { ollamaRelease } from './install/release.ts';
import { installTarget } from './install/target.ts';
import { namedContext, serverContext } from './models/context.ts';
import { type Fit, fitOfInstalled } from './models/fit.ts';
import type { InstalledModel } from './models/installed-models.ts';
import { createPullQueue } from './models/pulls.ts';
import { createSelfTests } from './models/self-test.ts';
import { createSelfTestStore } from './models/self-test-store.ts';
import { createSpeedKnowledge } from './models/speed-knowledge.ts';
import type { ModelsVolume } from './models/volume.ts';
import { createVolumeWatch } from './models/volume-watch.ts';
import { createWarmUp } from './models/warm-up.ts';
import { createOllamaWatch, type OllamaStatus } from './models/watch.ts';
import { ownOllamaFolder } from './server/binary.ts';
import { createGpuUse } from './server/gpu-use.ts';
import { serveOptions } from './server/serve-options.ts';
import { createOllamaSupervisor } from './server/supervisor.ts';

export interface OllamaRuntimeOptions {
  url: string;
  remote: boolean;
  /** Its status as checked just before. */
  known: OllamaStatus | null;
  settings: Pick<Settings, 'defaultModel' | 'concurrency' | 'ollama'>;
  paths: Pick<StatePaths, 'ollamaServerFile' | 'ollamaLogFile' | 'selfTestFile' | 'memorySpeedFile'>;
  version: string;
  env: NodeJS.ProcessEnv;
  platform: NodeJS.Platform;
}

export interface OllamaRuntimeModules {
  /** Speaks to Ollama, and on to nobody else. */
  http: HttpClient;
  /** Reaches the registry of models and the releases. */
  internet: HttpClient;
  /** Where the models lie; null for a server elsewhere. */
  volume: ModelsVolume | null;
  hardware: Pick<HardwareRuntime, 'probe' | 'freeVram'>;
  /** The models that requests of the network run on just now. */
  runningModels: () => readonly string[];
  saveSetting: (name: string, value: unknown) => Promise<void>;
  clock: Clock;
  log: Logger;
}

/**
 * Makes every part that has to do with Ollama, each wired to the ones it stands on; none is started.
 *
 * @returns `client`: worded so that what is in memory stays as it is
 */
export function createOllamaParts(
  options: OllamaRuntimeOptions,
  modules: OllamaRuntimeModules & { isBusy: () => boolean; onGpuUse: () => void },
) {
  const { url, remote, settings, paths, env, platform } = options;
  const { http, internet, volume, hardware, isBusy, onGpuUse, clock, log } = modules;
  const { contextTokens } = settings.ollama;

  const plainClient = createOllamaClient({ baseUrl: url }, { http, clock });
  const watch = createOllamaWatch(
    { preferredModel: settings.defaultModel, known: options.known },
    { client: plainClient, clock, log },
  );
  const supervisor = createOllamaSupervisor(
    serveOptions({ settings, ollama: { url, remote }, paths, hardware: hardware.probe, env, platform }),
    { watch, clock, log },
  );
  const target = installTarget(hardware.probe, platform);
  const installer = createOllamaInstaller(
    {
      release: ollamaRelease,
      baseUrl: settings.ollama.releaseUrl,
      // A service may come without HOME.
      folder: ownOllamaFolder({ HOME: homedir(), ...env }, platform) ?? join(homedir(), '.ollama-operator'),
      ...target,
    },
    {
      http: internet,
      clock,
      log,
      onInstalled: () =>
        supervisor
          .startServer()
          .catch((error: unknown) => log.warn('ollama-server-failed', { reason: String(error) })),
    },
  );
  const pulls = createPullQueue(
    { volume },
    { client: plainClient, http, internet, clock, log, onPulled: (model) => void testFirst(model) },
  );
  const gpuUse = createGpuUse(
    { env, platform },
    {
      hardware,
      fitOf: (name) => fitOf(findModel(name, watch.current().models)),
      server: () => ({ binary: supervisor.status.binary, ours: supervisor.status.server === 'ours' }),
      onChange: onGpuUse,
      log,
    },
  );
  const warmUp = createWarmUp(
    { contextTokens: namedContext(contextTokens) },
    { client: plainClient, watch, isBusy, onLoaded: (loaded) => void gpuUse.check(loaded), clock, log },
  );
  const client: OllamaClient = {
    ...plainClient,
    generate: (task, limits) => plainClient.generate(warmUp.prepare(task), limits),
  };
  const selfTests = createSelfTests(
    { productVersion: options.version },
    { client, clock, store: createSelfTestStore(paths.selfTestFile), isServing: isBusy },
  );
  const speed = createSpeedKnowledge(
    { memorySpeedFile: paths.memorySpeedFile },
    {
      contextTokens: contextHere,
      probe: () => hardware.probe,
      tests: () => selfTests.reports(),
      watch,
      remote,
    },
  );

  /** The first model that is downloaded here is tested at once: what was expected of this machine is only an estimate. */
  async function testFirst(model: string): Promise<void> {
    await watch.refresh();
    const installed = findModel(model, watch.current().servable);
    if (installed !== null && selfTests.reports().length === 0) selfTests.start(installed.name);
  }
  const volumeWatch = createVolumeWatch({ volume }, { clock });

  /** What the server that runs, or that we would start, gives to requests, tokens. */
  function contextHere(): number {
    return serverContext(contextTokens, {
      usersOwn: supervisor.status.server === 'users',
      version: watch.current().version,
      modelBudget: hardware.probe.modelBudget,
    });
  }

  function fitOf(model: InstalledModel | null): Fit | null {
    if (model === null || remote) return null;
    const { concurrency } = settings;
    const loaded = watch.current().loaded?.find(({ name }) => name === model.name);
    const serverTokens = loaded?.contextTokens ?? contextHere();
    const context = { contextTokens, serverTokens, concurrency };
    return fitOfInstalled(model, hardware.probe.modelBudget, context).fit;
  }

  return {
    client,
    watch,
    supervisor,
    installer,
    pulls,
    gpuUse,
    warmUp,
    selfTests,
    volumeWatch,
    speed,
    fitOf,
    contextHere,
  };
}
