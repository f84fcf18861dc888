import type { CommandHandlers } from '../../../shared/contract/commands.ts';
import type { ollamaCommands } from '../../../shared/contract/ollama.ts';
import { NodeError } from '../../../shared/errors.ts';
import { findModel, sameModel } from '../../../shared/model-names.ts';
import { isPullUnderWay } from '../../../shared/pull-states.ts';
import type { HttpClient } from '../http/client.ts';
import { type Clock, sleep } from '../system/clock.ts';
import type { OllamaInstaller } from './install/install.ts';
import { type MachineMemory, modelCatalogue } from './models/catalogue.ts';
import { deleteModel } from './models/deletion.ts';
import type { PullQueue } from './models/pulls.ts';
import type { SelfTests } from './models/self-test.ts';
import type { ModelsVolume } from './models/volume.ts';
import type { OllamaWatch } from './models/watch.ts';
import type { OllamaSupervisor } from './server/supervisor.ts';

export type OllamaHandlers = Pick<CommandHandlers, keyof typeof ollamaCommands>;

export interface OllamaHandlerModules {
  /** Speaks to Ollama. */
  http: HttpClient;
  watch: OllamaWatch;
  supervisor: OllamaSupervisor;
  installer: OllamaInstaller;
  pulls: PullQueue;
  selfTests: SelfTests;
  volume: ModelsVolume | null;
  /** This machine, its speed measured. */
  machine: () => Promise<MachineMemory>;
  /** Of a request, as the server gives it now. */
  contextTokens: () => number;
  /** The models that requests of the network run on just now. */
  runningModels: () => readonly string[];
  saveSetting: (name: string, value: unknown) => Promise<void>;
  clock: Clock;
}

/** What fails at once is the answer to the command; what takes longer is reported by the snapshot. */
const answerWithinMs = 2000;

/** The commands for Ollama and its models. Errors: those of the pieces that they are handed to. */
export function createOllamaHandlers(
  options: { baseUrl: string; releaseVersion: string },
  modules: OllamaHandlerModules,
): OllamaHandlers {
  const { watch, supervisor, installer, pulls, selfTests, runningModels, clock } = modules;

  async function begin(work: Promise<unknown>): Promise<void> {
    const waiting = new AbortController();
    // What comes after the answer is in the log and in the snapshot already.
    work.catch(() => undefined);
    await Promise.race([work, sleep(clock, answerWithinMs, waiting.signal)]);
    waiting.abort();
  }

  function useOf(model: string): 'request' | 'default' | 'test' | 'pull' | null {
    const is = (name: string | null) => name !== null && sameModel(name, model);
    if (runningModels().some(is)) return 'request';
    if (selfTests.reports().some((test) => test.state === 'running' && is(test.model))) return 'test';
    if (pulls.reports().some((pull) => isPullUnderWay(pull.state) && is(pull.model))) return 'pull';
    return is(watch.current().defaultModel) ? 'default' : null;
  }

  return {
    'models.catalogue': async () => modelCatalogue(await modules.machine(), modules.contextTokens()),
    'models.pull': async ({ model, large }) => ({ state: pulls.pull(model, { large }) }),
    'models.cancelPull': async ({ model }) => ({ wasPulling: pulls.cancel(model) }),
    'models.forgetPull': async ({ model }) => ({ wasListed: pulls.forget(model) }),
    'models.delete': async ({ model, evenIfUsed }) => {
      const use = useOf(model);
      if (use !== null && !(use === 'default' && evenIfUsed))
        throw new NodeError('model-in-use', { model, use });
      const { baseUrl } = options;
      const deleted = await deleteModel({ baseUrl, model, volume: modules.volume }, { http: modules.http });
      await watch.refresh();
      return deleted;
    },
    'models.setDefault': async ({ model }) => {
      const { state, servable } = watch.current();
      const installed = model === null || state !== 'running' || findModel(model, servable) !== null;
      if (!installed) throw new NodeError('model-not-installed', { model: model ?? '' });
      await modules.saveSetting('defaultModel', model);
      watch.prefer(model);
      return { defaultModel: watch.current().defaultModel };
    },
    'models.test': async ({ model }) => {
      const installed = findModel(model, watch.current().servable);
      if (installed === null) throw new NodeError('model-not-installed', { model });
      return { started: selfTests.start(installed.name) };
    },
    'models.cancelTest': async () => ({ wasRunning: selfTests.cancel() }),
    'ollama.start': async () => {
      await begin(supervisor.startServer());
      return { condition: supervisor.status.condition };
    },
    'ollama.stop': async () => {
      await begin(supervisor.stopServer());
      return { condition: supervisor.status.condition };
    },
    'ollama.install': async () => {
      await begin(installer.install());
      return { version: options.releaseVersion };
    },
    'ollama.cancelInstall': async () => ({ wasInstalling: installer.cancel() }),
  };
}
