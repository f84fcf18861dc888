import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Snapshot } from '../../../shared/contract/snapshot.ts';
import { findModel } from '../../../shared/model-names.ts';
import type { HardwareRuntime } from '../hardware/runtime.ts';
import type { HttpClient } from '../http/client.ts';
import type { Logger } from '../logging/logger.ts';
import type { StatePaths } from '../storage/paths.ts';
import type { Settings } from '../storage/settings.ts';
import type { Clock } from '../system/clock.ts';
import type { Part } from '../system/part.ts';
import type { TimeEvent } from '../system/time-watch.ts';
import { createOllamaClient, type OllamaClient } from './api/client.ts';
import { createOllamaHandlers, type OllamaHandlers } from './handlers.ts';
import { createOllamaInstaller } from './install/install.ts';
import { ollamaRelease } from './install/release.ts';
import { installSize, installTarget } from './install/target.ts';
import { defaultContextTokens, recommendModel } from './models/catalogue.ts';
import { type Fit, fitOf } from './models/fit.ts';
import type { InstalledModel } from './models/installed-models.ts';
import { createPullQueue } from './models/pulls.ts';
import { createSelfTests } from './models/self-test.ts';
import { createSelfTestStore } from './models/self-test-store.ts';
import type { ModelsVolume } from './models/volume.ts';
import { createVolumeWatch } from './models/volume-watch.ts';
import { createWarmUp, type WarmUpReport } from './models/warm-up.ts';
import { ollamaReport } from './report.ts';
import { ownOllamaFolder } from './server/binary.ts';
import { createGpuUse } from './server/gpu-use.ts';
import { serveOptions } from './server/serve-options.ts';
import { createOllamaSupervisor, type SupervisorStatus } from './server/supervisor.ts';
import { createOllamaWatch, type OllamaStatus, type OllamaWatch } from './watch.ts';

export interface OllamaRuntimeOptions {
  url: string;
  remote: boolean;
  /** Its status as checked just before. */
  known: OllamaStatus | null;
  settings: Pick<Settings, 'defaultModel' | 'concurrency' | 'ollama'>;
  paths: Pick<StatePaths, 'ollamaServerFile' | 'ollamaLogFile' | 'selfTestFile'>;
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

/** What the operator's state is judged by. */
export interface OllamaFacts {
  ollama: OllamaStatus;
  ollamaUrl: string;
  supervised: Pick<SupervisorStatus, 'condition' | 'reason' | 'sinceMs' | 'restart'>;
  /** What an installation of Ollama gets; null when that is not known, or there is none for this machine. */
  installBytes: number | null;
  warmUp: WarmUpReport;
  gpuUnused: Snapshot['ollama']['gpuUnused'];
  /** What to get on this machine. */
  recommended: { model: string; sizeBytes: number | null };
}

type Reports = Pick<Snapshot, 'ollama' | 'pulls' | 'install' | 'selfTests'>;

/** Everything about Ollama that a daemon runs: server, models, pulls, installation, tests, and the commands. */
export interface OllamaRuntime extends Part {
  /** For requests of the network: worded so that what is in memory stays as it is. */
  readonly client: OllamaClient;
  readonly watch: OllamaWatch;
  readonly handlers: OllamaHandlers;
  readonly facts: OllamaFacts;
  /** Ollama answers, and the default model is in its memory. */
  readonly ready: boolean;
  /** While true the default model is kept in memory. */
  keepLoaded(wanted: boolean): void;
  report(): Reports;
  /** Whether Ollama runs, what it can serve, and whether the model is in memory. */
  onFacts(listener: () => void): void;
  /** How far pulls, installation and tests are, and how much room is left. */
  onProgress(listener: () => void): void;
  onTime(event: TimeEvent): void;
  start(): void;
  stop(): Promise<void>;
}

/** What is left for taking our models out of memory when everything ends. */
const unloadLimitMs = 2000;

export function createOllamaRuntime(
  options: OllamaRuntimeOptions,
  modules: OllamaRuntimeModules,
): OllamaRuntime {
  const { url, remote, settings, paths, env, platform } = options;
  const { http, internet, volume, hardware, runningModels, clock, log } = modules;
  const { contextTokens } = settings.ollama;
  const factListeners: (() => void)[] = [];
  const progressListeners: (() => void)[] = [];
  const isBusy = () => runningModels().length > 0;
  const changed = () => {
    for (const listener of factListeners) listener();
  };
  const progressed = () => {
    for (const listener of progressListeners) listener();
  };

  const client = createOllamaClient({ baseUrl: url }, { http, clock });
  const watch = createOllamaWatch(
    { preferredModel: settings.defaultModel, known: options.known },
    { client, clock, log },
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
    { client, http, internet, clock, log, onPulled: () => void watch.refresh() },
  );
  const gpuUse = createGpuUse(
    { env, platform },
    {
      hardware,
      fitOf: (name) => fitOfModel(findModel(name, watch.current().models)),
      server: () => ({ binary: supervisor.status.binary, ours: supervisor.status.server === 'ours' }),
      onChange: progressed,
      log,
    },
  );
  const warmUp = createWarmUp(
    { contextTokens: contextTokens === defaultContextTokens ? null : contextTokens },
    { client, watch, isBusy, onLoaded: (loaded) => void gpuUse.check(loaded), clock, log },
  );
  const ownClient: OllamaClient = {
    ...client,
    generate: (task, limits) => client.generate(warmUp.prepare(task), limits),
  };
  const selfTests = createSelfTests(
    { productVersion: options.version },
    { client: ownClient, clock, store: createSelfTestStore(paths.selfTestFile), isServing: isBusy },
  );
  const volumeWatch = createVolumeWatch({ volume }, { clock });
  const installBytes = installSize(target);
  let parallelSaid = false;

  function fitOfModel(model: InstalledModel | null): Fit | null {
    if (model === null || remote) return null;
    const { sizeBytes: weightsBytes, architecture, contextLength } = model;
    const needs = { weightsBytes, architecture, contextLength };
    return fitOf(needs, hardware.probe.modelBudget, contextTokens * settings.concurrency).fit;
  }

  /** Of a server that we started it is known that it runs as many at once as are taken. */
  function sayParallel(): void {
    const { server } = supervisor.status;
    if (parallelSaid || settings.concurrency === 1 || server === null || server === 'ours') return;
    parallelSaid = true;
    log.warn('parallel-unknown', { concurrency: settings.concurrency });
  }

  const facts = (): OllamaFacts => {
    const { id, downloadBytes } = recommendModel(hardware.probe, contextTokens);
    return {
      ollama: watch.current(),
      ollamaUrl: url,
      supervised: supervisor.status,
      installBytes,
      warmUp: warmUp.report,
      gpuUnused: gpuUse.unused,
      recommended: { model: id, sizeBytes: downloadBytes },
    };
  };

  watch.onChange(changed);
  supervisor.onChange(() => {
    sayParallel();
    changed();
  });
  installer.onChange(progressed);
  pulls.onChange(progressed);
  selfTests.onChange(progressed);
  volumeWatch.onChange(progressed);
  warmUp.onChange(() => {
    if (warmUp.report.state !== 'loaded') gpuUse.clear();
    changed();
  });

  return {
    client: {
      ...ownClient,
      generate(task, limits) {
        selfTests.giveWay();
        return ownClient.generate(task, limits);
      },
    },
    name: 'ollama',
    watch,
    handlers: createOllamaHandlers(
      { baseUrl: url, contextTokens, releaseVersion: ollamaRelease.version },
      {
        ...{ http, watch, supervisor, installer, pulls, selfTests, volume, runningModels, clock },
        probe: () => hardware.probe,
        saveSetting: modules.saveSetting,
      },
    ),
    get facts() {
      return facts();
    },
    get ready() {
      return watch.current().state === 'running' && warmUp.ready;
    },
    keepLoaded: (wanted) => warmUp.keepLoaded(wanted),
    onTime({ kind }) {
      if (kind !== 'woke') return;
      // The other side has forgotten our connections; using one would cost a time-out.
      http.dropIdle();
      void watch.refresh();
    },
    report() {
      const { condition, reason, server, binary, pid, restart } = supervisor.status;
      const ollama = ollamaReport({
        url,
        remote,
        status: watch.current(),
        supervised: { condition, server, binary, pid, restart },
        warmUp: warmUp.report,
        gpuUnused: gpuUse.unused,
        parallel: server === 'ours' ? settings.concurrency : null,
        modelsVolume: volumeWatch.current,
        fitOf: fitOfModel,
      });
      return {
        ollama: { ...ollama, reason: reason ?? ollama.reason },
        pulls: pulls.reports(),
        install: installer.status,
        selfTests: selfTests.reports(),
      };
    },
    onFacts: (listener) => void factListeners.push(listener),
    onProgress: (listener) => void progressListeners.push(listener),
    start() {
      watch.start();
      volumeWatch.start();
      supervisor.start();
    },
    async stop() {
      await Promise.all([warmUp.stop(unloadLimitMs), selfTests.stop(), pulls.stop(), installer.stop()]);
      await Promise.all([supervisor.stop(), volumeWatch.stop()]);
      await watch.stop();
    },
  };
}
