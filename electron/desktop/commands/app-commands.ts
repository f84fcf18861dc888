import type { AppCommandHandlers, AppState } from '../../../shared/contract/app.ts';
import type { appPlacesCommands } from '../../../shared/contract/app-places.ts';
import type { appUpdateCommands } from '../../../shared/contract/app-update.ts';
import type { keyCommands } from '../../../shared/contract/keys.ts';
import type { maintenanceCommands } from '../../../shared/contract/maintenance.ts';
import type { migrationCommands } from '../../../shared/contract/migration.ts';
import type { serviceCommands } from '../../../shared/contract/service.ts';
import type { uninstallCommands } from '../../../shared/contract/uninstall.ts';
import { NodeError } from '../../../shared/errors.ts';
import { dateStamp } from '../../daemon/storage/atomic-file.ts';
import type { SettingsStore } from '../../daemon/storage/settings.ts';
import type { NodeContext } from '../../node/context.ts';
import type { DaemonManager } from '../../node/daemon-manager.ts';
import { saveExport } from '../../node/operations/earnings-export.ts';
import { makeKey } from '../../node/operations/keys/make.ts';
import type { LoginItem } from '../session/login-item.ts';
import type { Windows } from '../windows/app-windows.ts';
import type { FileDialogs } from '../windows/file-dialogs.ts';
import { openFolder, openLink } from '../windows/links.ts';
import { createSettingsCommands } from './settings-commands.ts';

export interface AppCommandModules {
  state: () => AppState;
  /** Something of the state has changed. */
  changed: () => void;
  node: DaemonManager;
  windows: Windows;
  settings: SettingsStore;
  loginItem: LoginItem;
  testNotification: () => boolean;
  dialogs: FileDialogs;
  quit: () => void;
}

const explainedSettings = {
  closing: 'desktop.explainedClosing',
  'no-tray': 'desktop.explainedNoTray',
  'menu-entry': 'desktop.explainedMenuEntry',
  'first-earned': 'desktop.explainedFirstEarned',
} as const satisfies Record<AppState['explain'][number], string>;

/** What the app itself is asked by its windows; the care of the node's files is another matter. */
export function createAppCommands(
  context: NodeContext,
  modules: AppCommandModules,
): Omit<
  AppCommandHandlers,
  | keyof typeof maintenanceCommands
  | keyof typeof keyCommands
  | keyof typeof serviceCommands
  | keyof typeof migrationCommands
  | keyof typeof appUpdateCommands
  | keyof typeof appPlacesCommands
  | keyof typeof uninstallCommands
> {
  const { node, windows, settings, loginItem, changed, dialogs } = modules;
  return {
    ...createSettingsCommands(context, {
      node,
      settings,
      changed,
      testNotification: modules.testNotification,
      dialogs,
    }),
    'app.state': async () => modules.state(),
    async 'app.openLink'({ url }) {
      if (!(await openLink(url))) throw new NodeError('link-refused', { url });
      return {};
    },
    async 'app.openDataFolder'() {
      await openFolder(context.paths.stateDir);
      return {};
    },
    async 'app.openWindow'({ window, page }) {
      windows.show(window, page);
      return {};
    },
    async 'app.quit'() {
      // After the answer: the window that asked may be gone with the app.
      setImmediate(modules.quit);
      return {};
    },
    async 'app.startNode'() {
      await node.start({ withService: true });
      return {};
    },
    async 'app.restartNode'() {
      await node.restart();
      return {};
    },
    async 'earnings.saveExport'({ format, nodeId }) {
      const of = nodeId === null ? '' : `-node-${nodeId}`;
      const path = await dialogs.askExportPath(
        `parallelix-earnings${of}-${dateStamp(context.clock.now())}.${format}`,
      );
      if (path !== null) await saveExport(node, { format, nodeId }, path);
      return { path };
    },
    async 'app.explained'({ what }) {
      await settings.set(explainedSettings[what], true);
      changed();
      return {};
    },
    async 'app.setLoginItem'({ on }) {
      await loginItem.set(on);
      await settings.set('desktop.startAtLogin', on);
      changed();
      return {};
    },
    async 'identity.create'({ keyStore }) {
      const { record, place } = await makeKey(context, { keyStore });
      void node.start();
      return { nodeKeyHash: record.nodeKeyHash, nodeAddress: record.nodeAddress, place };
    },
  };
}
