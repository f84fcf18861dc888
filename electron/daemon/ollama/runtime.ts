import type { Snapshot } from '../../../shared/contract/snapshot.ts';
import type { Part } from '../system/part.ts';
import type { TimeEvent } from '../system/time-watch.ts';
import type { OllamaClient } from './api/client.ts';
import { createOllamaHandlers, type OllamaHandlers } from './handlers.ts';
import { ollamaRelease } from './install/release.ts';
import { installSize, installTarget } from './install/target.ts';
import { recommendModel } from './models/catalogue.ts';
import type { WarmUpReport } from './models/warm-up.ts';
import type { OllamaStatus, OllamaWatch } from './models/watch.ts';
import { createOllamaParts, type OllamaRuntimeModules, type OllamaRuntimeOptions } from './parts.ts';
import { ollamaReport } from './report.ts';
import type { SupervisorStatus } from './server/supervisor-status.ts';

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
  const { url, remote, settings } = options;
  const { http, volume, hardware, runningModels, clock, log } = modules;
  const factListeners: (() => void)[] = [];
  const progressListeners: (() => void)[] = [];
  const isBusy = () => runningModels().length > 0;
  const changed = () => {
    for (const listener of factListeners) listener();
  };
  const progressed = () => {
    for (const listener of progressListeners) listener();
  };

  const parts = createOllamaParts(options, { ...modules, isBusy, onGpuUse: progressed });
  const { client, watch, supervisor, installer, pulls, selfTests, gpuUse, warmUp, volumeWatch, speed } =
    parts;
  const installBytes = installSize(installTarget(hardware.probe, options.platform));
  let parallelSaid = false;

  /** Of a server that we started it is known that it runs as many at once as are taken. */
  function sayParallel(): void {
    const { server } = supervisor.status;
    if (parallelSaid || settings.concurrency === 1 || server === null || server === 'ours') return;
    parallelSaid = true;
    log.warn('parallel-unknown', { concurrency: settings.concurrency });
  }

  const facts = (): OllamaFacts => {
    const { id, downloadBytes } = recommendModel(speed.machine(), parts.contextHere());
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

  watch.onChange(({ models }) => {
    const told = remote ? null : models.find(({ modelsDir }) => modelsDir !== null)?.modelsDir;
    if (told) volume?.learn(told);
    changed();
  });
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
      ...client,
      generate(task, limits) {
        selfTests.giveWay();
        return client.generate(task, limits);
      },
    },
    name: 'ollama',
    watch,
    handlers: createOllamaHandlers(
      { baseUrl: url, releaseVersion: ollamaRelease.version },
      {
        ...{ http, watch, supervisor, installer, pulls, selfTests, volume, runningModels, clock },
        machine: speed.measured,
        contextTokens: parts.contextHere,
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
        tooSlow: speed.tooSlow(),
        parallel: server === 'ours' ? settings.concurrency : null,
        modelsVolume: volumeWatch.current,
        fitOf: parts.fitOf,
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
      speed.start();
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
