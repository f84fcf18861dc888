import type { Preparation } from '../../shared/contract/preparation.ts';
import type { Logger } from '../daemon/logging/logger.ts';
import { type HostedPreparation, hostPreparation } from '../daemon/preparation.ts';
import type { SettingsStore } from '../daemon/storage/settings.ts';
import { settingsInForce } from './configuration.ts';
import type { NodeContext } from './context.ts';

/** The first two of the seven steps come before the key: the machine and its Ollama, hosted here while there is none. */
export interface BeforeTheKey {
  readonly report: Preparation | null;
  /** Answers a command of those two steps; undefined while they aren't hosted, and for any other command. */
  handler(name: string): ((input: unknown) => Promise<never>) | undefined;
  begin(): void;
  /** Returns the models that were still on their way. */
  end(): Promise<readonly string[]>;
}

export function createBeforeTheKey(
  { paths, version, env, clock }: Pick<NodeContext, 'paths' | 'version' | 'env' | 'clock'>,
  modules: { settings: SettingsStore; onChange: () => void; log: Logger },
): BeforeTheKey {
  const { settings, onChange, log } = modules;
  let opening: Promise<HostedPreparation | null> = Promise.resolve(null);
  let hosted: HostedPreparation | null = null;

  return {
    get report() {
      return hosted?.report() ?? null;
    },
    handler: (name) => hosted?.handlers[name as keyof HostedPreparation['handlers']] as never,
    begin() {
      const { settings: inForce, ollama } = settingsInForce({ env }, settings);
      opening = hostPreparation(
        { paths, version, settings: inForce, ollama, env },
        { clock, log, settingsStore: settings },
      ).catch((error: unknown) => {
        log.fault(error, 'preparation-failed');
        return null;
      });
      void opening.then((ready) => {
        hosted = ready;
        ready?.onChange(onChange);
        onChange();
      });
    },
    async end() {
      const ending = await opening;
      opening = Promise.resolve(null);
      hosted = null;
      const underWay = ending?.underWay ?? [];
      await ending?.stop();
      return underWay;
    },
  };
}
