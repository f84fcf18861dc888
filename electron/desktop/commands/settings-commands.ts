import type { AppCommandHandlers, NodePhase } from '../../../shared/contract/app.ts';
import type { appSettingsCommands } from '../../../shared/contract/app-settings.ts';
import type { SettingsStore } from '../../daemon/storage/settings.ts';
import type { NodeContext } from '../../node/context.ts';
import type { DaemonManager } from '../../node/daemon-manager.ts';
import { testAddress } from '../../node/operations/address-test.ts';
import { createSettingsOperations } from '../../node/operations/settings.ts';
import type { FileDialogs } from '../windows/file-dialogs.ts';

/** The settings as the app's windows show and change them. */
export function createSettingsCommands(
  context: Pick<NodeContext, 'paths' | 'env' | 'clock' | 'version'>,
  modules: {
    node: Pick<DaemonManager, 'phase'>;
    settings: SettingsStore;
    /** Something of the app's state has changed. */
    changed: () => void;
    /** False where this desktop shows no notifications. */
    testNotification: () => boolean;
    /** The dialogs of the desktop. Given, so that these commands need no desktop. */
    dialogs: Pick<FileDialogs, 'askCertificates' | 'askModelsFolder'>;
  },
): Omit<Pick<AppCommandHandlers, keyof typeof appSettingsCommands>, 'app.openDataFolder'> {
  const { node, settings: store, changed, testNotification, dialogs } = modules;
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
    async 'settings.resetAll'() {
      const { needsRestart } = await settings.unsetAll();
      changed();
      return { settings: settings.list(), needsRestart };
    },
    'settings.choosePath': async ({ name }) => ({
      path: await (name === 'caFile'
        ? dialogs.askCertificates()
        : dialogs.askModelsFolder(store.current.ollama.modelsDir)),
    }),
    'settings.testAddress': async (address) => ({ check: await testAddress(context, store, address) }),
    'settings.testNotification': async () => ({ supported: testNotification() }),
  };
}

/** Where a node runs that goes on with what it started with. */
function whereItRuns({ phase }: NodePhase): 'here' | 'elsewhere' | null {
  return phase === 'hosting' ? 'here' : phase === 'attached' ? 'elsewhere' : null;
}
