import type { CommandHandlers } from '../../shared/contract/commands.ts';
import type { Preparation } from '../../shared/contract/preparation.ts';
import { isPullUnderWay } from '../../shared/pull-states.ts';
import type { Logger } from './logging/logger.ts';
import { type MachineOptions, openMachine } from './machine.ts';
import { createMachineParts } from './machine-parts.ts';
import type { StatePaths } from './storage/paths.ts';
import type { SettingsStore } from './storage/settings.ts';
import type { Clock } from './system/clock.ts';
import { handlersOf, reportOf, startParts, stopParts } from './system/part.ts';

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
  const { clock, log, settingsStore } = modules;
  const machine = await openMachine(options, { clock, log });
  const { hardware, ollama } = createMachineParts(
    { ...options, ollama: { ...options.ollama, known: null } },
    {
      machine,
      declaredTier: () => null,
      runningModels: () => [],
      saveSetting: async (name, value) => void (await settingsStore.set(name, value)),
      clock,
      log,
    },
  );
  const parts = [hardware, ollama] as const;
  startParts(parts);
  return {
    handlers: handlersOf(parts),
    report: () => reportOf(parts),
    onChange(listener) {
      for (const part of parts) {
        part.onFacts(listener);
        part.onProgress(listener);
      }
    },
    get underWay() {
      const { pulls } = ollama.report();
      return pulls.filter(({ state }) => isPullUnderWay(state)).map(({ model }) => model);
    },
    async stop() {
      await stopParts(parts, { log });
      await machine.stop();
    },
  };
}
