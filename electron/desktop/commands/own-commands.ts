import type { AppCommandHandlers, AppCommandName } from '../../../shared/contract/app.ts';
import type { appUpdateCommands } from '../../../shared/contract/app-update.ts';
import type { NodeContext } from '../../node/context.ts';
import type { DesktopLanguage } from '../language.ts';
import type { AppUpdates } from '../updates/updates.ts';
import { type AppCommandModules, createAppCommands } from './app-commands.ts';
import { createDiagnostics } from './diagnostics.ts';
import { createKeyCommands } from './key-commands.ts';
import { createMaintenanceCommands } from './maintenance.ts';
import type { AppMigration } from './migration.ts';
import { createPlacesCommands, type PlacesModules } from './places-commands.ts';
import { createServiceCommands } from './service-commands.ts';
import { createUninstallCommands, type UninstallModules } from './uninstall.ts';

/**
 * Everything that the windows ask of the app rather than of the node.
 *
 * @param modules.program how a service starts the node without this app; null where this package cannot
 */
export function createOwnCommands(
  context: NodeContext,
  modules: AppCommandModules & {
    program: () => readonly string[] | null;
    migration: AppMigration;
    updates: AppUpdates;
    places: PlacesModules;
    uninstall: Pick<UninstallModules, 'installed' | 'exit'>;
    language: Pick<DesktopLanguage, 'say'>;
  },
): (name: AppCommandName, input: unknown) => Promise<unknown> {
  const { node, settings, program, migration, updates, places, uninstall, loginItem } = modules;
  const { dialogs, language } = modules;
  const { askBackupPath, askBundlePath } = dialogs;
  const handlers: AppCommandHandlers = {
    ...createAppCommands(context, modules),
    ...createMaintenanceCommands(context, {
      ...{ settings, askBackupPath, askBundlePath, language },
      ...createDiagnostics(context, { settings, node }),
    }),
    ...createKeyCommands(context, { node, settings, askFile: dialogs.askBackupFile }),
    ...createServiceCommands(context, { node, program }),
    ...migration.commands,
    ...updateCommands(updates),
    ...createPlacesCommands(places),
    ...createUninstallCommands(context, {
      ...{ node, settings, ...uninstall },
      async removeLoginItem() {
        if (loginItem.status !== 'off' && loginItem.status !== 'unsupported') await loginItem.set(false);
      },
    }),
  };
  return (name, input) => (handlers[name] as (input: unknown) => Promise<unknown>)(input);
}

function updateCommands(updates: AppUpdates): Pick<AppCommandHandlers, keyof typeof appUpdateCommands> {
  return {
    async 'update.check'() {
      await updates.check();
      return {};
    },
    async 'update.install'() {
      await updates.install();
      return {};
    },
    async 'update.later'() {
      updates.later();
      return {};
    },
  };
}
