import type { CommandHandlers, CommandName } from '../../shared/contract/commands.ts';
import type { Preparation } from '../../shared/contract/preparation.ts';
import { isPullUnderWay } from '../../shared/pull-states.ts';
import { createHardwareRuntime } from './hardware/runtime.ts';
import type { Logger } from './logging/logger.ts';
import { type MachineOptions, openMachine } from './machine.ts';
import { createOllamaRuntime } from './ollama/runtime.ts';
import type { StatePaths } from './storage/paths.ts';
import type { SettingsStore } from './storage/settings.ts';
import type { Clock } from './system/clock.ts';

export interface PreparationOptions extends MachineOptions {
  paths: StatePaths;
}

/**
 * The machine and its Ollama before there is a key: probe, installation and first model come before it in the
 * seven steps. Serves nothing and signs nothing; a daemon takes its place.
 */
export interface HostedPreparation {
  readonly handlers: Partial<CommandHandlers>;
  report(): Preparation;
  onChange(listener: () => void): void;
  /** Models on their way or waiting for it; ending the preparation keeps what has come of them. */
  readonly underWay: readonly string[];
  stop(): Promise<void>;
}

/** @throws NodeError `ca-file-unreadable` */
export async function hostPreparation(
  options: PreparationOptions,
  modules: { clock: Clock; log: Logger; settingsStore: SettingsStore },
): Promise<HostedPreparation> {
  const { settings, env, paths, version } = options;
  const { clock, log, settingsStore } = modules;
  const saveSetting = async (name: string, value: unknown) => void (await settingsStore.set(name, value));
  const machine = await openMachine(options, { clock, log });
  const hardware = createHardwareRuntime(
    { mode: settings.mode, acceptTierMismatch: settings.hardware.acceptTierMismatch, env },
    { keeper: machine.probe, declaredTier: () => null, saveSetting, clock, log },
  );
  const ollama = createOllamaRuntime(
    { ...options.ollama, seen: null, settings, paths, version, env, platform: process.platform },
    {
      http: machine.ollamaHttp,
      internet: machine.internetHttp,
      volume: machine.modelsVolume,
      hardware,
      runningModels: () => [],
      saveSetting,
      clock,
      log,
    },
  );
  const handlers = { ...hardware.handlers, ...ollama.handlers } satisfies Partial<
    Record<CommandName, unknown>
  >;
  ollama.start();
  return {
    handlers,
    report: () => ({ hardware: hardware.report(), ...ollama.report() }),
    onChange(listener) {
      hardware.onChange(listener);
      ollama.onChange(listener);
    },
    get underWay() {
      const { pulls } = ollama.report();
      return pulls.filter(({ state }) => isPullUnderWay(state)).map(({ model }) => model);
    },
    async stop() {
      await ollama.stop();
      await hardware.stop();
      await machine.stop();
    },
  };
}
