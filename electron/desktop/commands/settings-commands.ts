import type { AppCommandHandlers, NodePhase } from '../../../shared/contract/app.ts';
import type { SettingsStore } from '../../daemon/storage/settings.ts';
import type { NodeContext } from '../../node/context.ts';
import type { DaemonManager } from '../../node/daemon-manager.ts';
import { createSettingsOperations } from '../../node/operations/settings.ts';

/** The settings as the app's windows show and change them. */
export function createSettingsCommands(
  context: Pick<NodeContext, 'paths' | 'env' | 'clock'>,
  modules: {
    node: Pick<DaemonManager, 'phase'>;
    settings: SettingsStore;
    /** Something of the app's state has changed. */
    changed: () => void;
  },
): Pick<AppCommandHandlers, 'settings.list' | 'settings.set'> {
  const { node, settings: store, changed } = modules;
  const settings = createSettingsOperations(context, { store, running: async () => whereItRuns(node.phase) });
  return {
    'settings.list': async () => ({ settings: settings.list() }),
    async 'settings.set'({ name, value }) {
      const { inForce, needsRestart } = await (value === undefined
        ? settings.unset(name)
        : settings.set(name, { value }));
      changed();
      return { setting: inForce, needsRestart };
    },
  };
}

/** Where a node runs that goes on with what it started with. */
function whereItRuns({ phase }: NodePhase): 'here' | 'elsewhere' | null {
  return phase === 'hosting' ? 'here' : phase === 'attached' ? 'elsewhere' : null;
}
