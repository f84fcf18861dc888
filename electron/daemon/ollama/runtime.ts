import type { CommandHandlers } from '../../../shared/contract/commands.ts';
import type { OllamaCondition, ollamaCommands } from '../../../shared/contract/ollama.ts';
import type { Snapshot } from '../../../shared/contract/snapshot.ts';
import { NodeError } from '../../../shared/errors.ts';
import type { Clock } from '../clock.ts';
import type { Logger } from '../diagnostics/logger.ts';
import type { HardwareRuntime } from '../hardware/runtime.ts';
import type { HttpClient } from '../http.ts';
import { defaultContextTokens, recommendModel } from './catalogue.ts';
import { createOllamaClient, type LoadedModel, type OllamaClient } from './client.ts';
import { gpuUnused, hasGpuLibraries, likelyCauses } from './gpu-use.ts';
import type { InstalledModel } from './installed-models.ts';
import { fitOf, type ModelFit } from './model-fit.ts';
import { findModel } from './model-names.ts';
import { ollamaReport } from './report.ts';
import { createWarmUp, type WarmUpReport } from './warm-up.ts';
import { createOllamaWatch, type OllamaStatus, type OllamaWatch } from './watch.ts';

export interface OllamaRuntimeOptions {
  url: string;
  remote: boolean;
  /** What a look at it just before has shown. */
  seen: OllamaStatus | null;
  preferredModel: string | null;
  /** The context that models are given, tokens. */
  contextTokens: number;
  concurrency: number;
}

export interface OllamaRuntimeModules {
  http: HttpClient;
  hardware: Pick<HardwareRuntime, 'probe' | 'freeVram'>;
  /** A request of ours is with Ollama. */
  isBusy: () => boolean;
  isInstalled: () => Promise<boolean>;
  saveSetting: (name: string, value: unknown) => Promise<void>;
  clock: Clock;
  log: Logger;
}

/** What the operator's state is judged by. */
export interface OllamaFacts {
  ollama: OllamaStatus;
  ollamaUrl: string;
  ollamaMissing: boolean;
  warmUp: WarmUpReport;
  gpuUnused: Snapshot['ollama']['gpuUnused'];
  /** What to get on this machine. */
  recommended: { model: string; sizeBytes: number | null };
}

/** What is left for taking our models out of memory when everything ends. */
const unloadLimitMs = 2000;

type Handlers = Pick<CommandHandlers, keyof typeof ollamaCommands>;
type Reports = Pick<Snapshot, 'ollama' | 'pulls' | 'install' | 'selfTests'>;

/** Everything about Ollama that a daemon runs: the watch over it, its models, and the commands. */
export interface OllamaRuntime {
  /** For requests of the network: worded so that what is in memory stays as it is. */
  readonly client: OllamaClient;
  readonly watch: OllamaWatch;
  readonly handlers: Handlers;
  readonly facts: OllamaFacts;
  /** Ollama answers, and the default model is in its memory. */
  readonly ready: boolean;
  /** While true the default model is kept in memory. */
  hold(wanted: boolean): void;
  report(): Reports;
  onChange(listener: () => void): void;
  start(): void;
  stop(): Promise<void>;
}

export function createOllamaRuntime(
  options: OllamaRuntimeOptions,
  modules: OllamaRuntimeModules,
): OllamaRuntime {
  const { url, remote } = options;
  const { http, hardware, isBusy, isInstalled, saveSetting, clock, log } = modules;
  const listeners: (() => void)[] = [];
  const client = createOllamaClient({ baseUrl: url }, { http, clock });
  const watch = createOllamaWatch(
    { preferredModel: options.preferredModel, seen: options.seen },
    { client, clock, log },
  );
  const warmUp = createWarmUp(
    { contextTokens: options.contextTokens === defaultContextTokens ? null : options.contextTokens },
    { client, watch, isBusy, onLoaded: (loaded) => void checkGpuUse(loaded), clock, log },
  );
  let missing = false;
  let unused: Snapshot['ollama']['gpuUnused'] = null;

  function changed(): void {
    for (const listener of listeners) listener();
  }

  async function lookForProgram(): Promise<void> {
    const running = watch.current().state === 'running';
    missing = !running && !remote && !(await isInstalled());
    changed();
  }

  function condition(): OllamaCondition {
    const { state } = watch.current();
    if (state !== 'unreachable') return state;
    return remote ? 'unreachable' : missing ? 'not-installed' : 'stopped';
  }

  function fitOfModel({ sizeBytes, architecture, contextLength }: InstalledModel): ModelFit {
    const needs = { weightsBytes: sizeBytes, architecture, contextLength };
    const tokens = options.contextTokens * options.concurrency;
    return fitOf(needs, remote ? { bytes: null } : hardware.probe.modelBudget, tokens);
  }

  function recommendation(): OllamaFacts['recommended'] {
    const { id, downloadBytes } = recommendModel(hardware.probe, options.contextTokens);
    return { model: id, sizeBytes: downloadBytes };
  }

  /** A GPU that is there and not used costs answers their deadline; said after each load, with what it may be. */
  async function checkGpuUse(loaded: LoadedModel): Promise<void> {
    const { cards, findings } = hardware.probe;
    const installed = findModel(loaded.name, watch.current().models);
    const fit = installed && fitOfModel(installed).fit;
    const is = gpuUnused({ loaded, fit, cards, findings });
    if (!is && unused === null) return;
    unused = null;
    if (is) {
      const vendor = cards.find(({ counts }) => counts)?.vendor;
      const causes = likelyCauses({
        findings,
        loaded,
        freeVramBytes: await hardware.freeVram(),
        hasGpuLibraries: await hasGpuLibraries(null, vendor, process.platform),
        deviceHidden: null,
      });
      unused = { model: loaded.name, causes };
      log.warn('gpu-unused', { model: loaded.name, causes: causes.join(', ') });
    }
    changed();
  }

  const notYet = (command: keyof Handlers) => async () => {
    throw new NodeError('command-unknown', { command });
  };

  watch.onChange(() => {
    changed();
    void lookForProgram();
  });
  warmUp.onChange(() => {
    if (warmUp.report.state !== 'loaded') unused = null;
    changed();
  });

  return {
    client: { ...client, generate: (task, limits) => client.generate(warmUp.prepare(task), limits) },
    watch,
    handlers: {
      'models.catalogue': notYet('models.catalogue'),
      'models.pull': notYet('models.pull'),
      'models.cancelPull': notYet('models.cancelPull'),
      'models.delete': notYet('models.delete'),
      'models.setDefault': async ({ model }) => {
        await saveSetting('defaultModel', model);
        watch.prefer(model);
        return { defaultModel: watch.current().defaultModel };
      },
      'models.test': notYet('models.test'),
      'models.cancelTest': notYet('models.cancelTest'),
      'ollama.start': notYet('ollama.start'),
      'ollama.stop': notYet('ollama.stop'),
      'ollama.install': notYet('ollama.install'),
      'ollama.cancelInstall': notYet('ollama.cancelInstall'),
    },
    get facts() {
      const { report } = warmUp;
      return {
        ollama: watch.current(),
        ollamaUrl: url,
        ollamaMissing: missing,
        warmUp: report,
        gpuUnused: unused,
        recommended: recommendation(),
      };
    },
    get ready() {
      return watch.current().state === 'running' && warmUp.ready;
    },
    hold: (wanted) => warmUp.hold(wanted),
    report: () => ({
      ollama: ollamaReport({
        url,
        remote,
        status: watch.current(),
        supervised: { condition: condition(), server: null, binary: null, pid: null, restart: null },
        warmUp: warmUp.report,
        gpuUnused: unused,
        parallel: null,
        modelsVolume: null,
        fitOf: (model) => fitOfModel(model).fit,
      }),
      pulls: [],
      install: null,
      selfTests: [],
    }),
    onChange: (listener) => void listeners.push(listener),
    start: () => watch.start(),
    async stop() {
      await warmUp.stop(unloadLimitMs);
      await watch.stop();
    },
  };
}
