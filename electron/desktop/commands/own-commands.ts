import type { AppCommandHandlers, AppCommandName } from '../../../shared/contract/app.ts';
import type { NodeContext } from '../../node/context.ts';
import { serviceProgramOfApp } from '../service-program.ts';
import { askBackupFile, askBackupPath, askBundlePath } from '../windows/file-dialogs.ts';
import { type AppCommandModules, createAppCommands } from './app-commands.ts';
import { createDiagnostics } from './diagnostics.ts';
import { createKeyCommands } from './key-commands.ts';
import { createMaintenanceCommands } from './maintenance.ts';
import { createServiceCommands } from './service-commands.ts';

/**
 * Everything that the windows ask of the app rather than of the node.
 *
 * @param options `appDir`: where the app's own script lies
 */
export function createOwnCommands(
  { appDir }: { appDir: string },
  context: NodeContext,
  modules: AppCommandModules,
): (name: AppCommandName, input: unknown) => Promise<unknown> {
  const { env, homeDir } = context;
  const { node, settings } = modules;
  const handlers: AppCommandHandlers = {
    ...createAppCommands(context, modules),
    ...createMaintenanceCommands(context, {
      ...{ settings, askBackupPath, askBundlePath },
      ...createDiagnostics(context, { settings, node }),
    }),
    ...createKeyCommands(context, { node, settings, askFile: askBackupFile }),
    ...createServiceCommands(context, {
      node,
      program: () =>
        serviceProgramOfApp({
          ...{ appDir, resourcesPath: process.resourcesPath, execPath: process.execPath, env, homeDir },
          isElectron: process.versions.electron !== undefined,
        }),
    }),
  };
  return (name, input) => (handlers[name] as (input: unknown) => Promise<unknown>)(input);
}
