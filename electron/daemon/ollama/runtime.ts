import type { CommandHandlers } from '../../../shared/contract/commands.ts';
import type { OllamaCondition, ollamaCommands } from '../../../shared/contract/ollama.ts';
import type { Snapshot } from '../../../shared/contract/snapshot.ts';
import { NodeError } from '../../../shared/errors.ts';
import type { Clock } from '../clock.ts';
import type { Logger } from '../diagnostics/logger.ts';
import type { HttpClient } from '../http.ts';
import { createOllamaClient, type OllamaClient } from './client.ts';
import { ollamaReport } from './report.ts';
import { createOllamaWatch, type OllamaStatus, type OllamaWatch } from './watch.ts';

export interface OllamaRuntimeOptions {
  url: string;
  remote: boolean;
  /** What a look at it just before has shown. */
  seen: OllamaStatus | null;
  preferredModel: string | null;
}

export interface OllamaRuntimeModules {
  http: HttpClient;
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
}

type Handlers = Pick<CommandHandlers, keyof typeof ollamaCommands>;
type Reports = Pick<Snapshot, 'ollama' | 'pulls' | 'install' | 'selfTests'>;

/** Everything about Ollama that a daemon runs: the watch over it, its models, and the commands. */
export interface OllamaRuntime {
  readonly client: OllamaClient;
  readonly watch: OllamaWatch;
  readonly handlers: Handlers;
  readonly facts: OllamaFacts;
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
  const { http, isInstalled, saveSetting, clock, log } = modules;
  const listeners: (() => void)[] = [];
  const client = createOllamaClient({ baseUrl: url }, { http, clock });
  const watch = createOllamaWatch(
    { preferredModel: options.preferredModel, seen: options.seen },
    { client, clock, log },
  );
  let missing = false;

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

  const notYet = (command: keyof Handlers) => async () => {
    throw new NodeError('command-unknown', { command });
  };

  watch.onChange(() => {
    changed();
    void lookForProgram();
  });

  return {
    client,
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
      return { ollama: watch.current(), ollamaUrl: url, ollamaMissing: missing };
    },
    report: () => ({
      ollama: ollamaReport({
        url,
        remote,
        status: watch.current(),
        supervised: { condition: condition(), server: null, binary: null, pid: null, restart: null },
        warmUp: { state: 'none', model: null, sinceMs: null, reason: null },
        gpuUnused: null,
        parallel: null,
        modelsVolume: null,
        fitOf: () => null,
      }),
      pulls: [],
      install: null,
      selfTests: [],
    }),
    onChange: (listener) => void listeners.push(listener),
    start: () => watch.start(),
    stop: () => watch.stop(),
  };
}
