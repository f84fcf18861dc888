import type { AppCommandHandlers } from '../../../shared/contract/app.ts';
import type { uninstallCommands } from '../../../shared/contract/uninstall.ts';
import type { SettingsStore } from '../../daemon/storage/settings.ts';
import { readStateDirectory } from '../../daemon/storage/state-files.ts';
import { resolveConfiguration } from '../../node/configuration.ts';
import type { NodeContext } from '../../node/context.ts';
import type { DaemonManager } from '../../node/daemon-manager.ts';
import { serviceOfState } from '../../node/operations/service/services.ts';
import { checkUninstall, uninstallNode } from '../../node/operations/uninstall-node.ts';
import type { PackageKind } from '../updates/package-kind.ts';

export interface UninstallModules {
  node: Pick<DaemonManager, 'phase' | 'start' | 'stop'>;
  settings: SettingsStore;
  /** How this app was installed, and the file or folder that is the app. */
  installed: () => Promise<{ kind: PackageKind; program: string | null }>;
  /** Nothing starts this app at login any more. */
  removeLoginItem: () => Promise<void>;
  /** Ends the app at once, without a word to any log, and takes its own folder away where the node's data is gone. */
  exit: (withOwnFolder: boolean) => void;
}

const commands: Partial<Record<PackageKind, string>> = {
  deb: 'sudo apt remove parallelix-operator',
  rpm: 'sudo dnf remove parallelix-operator',
};

/** Taking the node off this computer, from a window: what stays, and removing it where nothing would be lost by that. */
export function createUninstallCommands(
  context: NodeContext,
  { node, settings, installed, removeLoginItem, exit }: UninstallModules,
): Pick<AppCommandHandlers, keyof typeof uninstallCommands> {
  const { paths } = context;
  let dataRemoved = false;
  return {
    async 'uninstall.look'() {
      const { kind, program } = await installed();
      const service = await serviceOfState(context);
      const { ours } = await readStateDirectory(paths);
      return {
        kind,
        program,
        command: commands[kind] ?? null,
        stateDir: paths.stateDir,
        files: ours.length,
        service: service === null ? null : service.manager.label(service.file.name),
      };
    },
    async 'uninstall.removeData'() {
      const configuration = await resolveConfiguration(context, { store: settings, record: 'lenient' });
      // Before the node ends: a refusal must not cost a heartbeat.
      await checkUninstall(context, { configuration });
      await node.stop(settings.current.timing.drainMs);
      try {
        const done = await uninstallNode(context, { configuration, loseKey: false }, removeLoginItem);
        dataRemoved = true;
        return { removed: done.removed.length, kept: done.kept.map(({ path }) => path) };
      } catch (error) {
        void node.start();
        throw error;
      }
    },
    async 'uninstall.quit'() {
      setImmediate(exit, dataRemoved);
      return {};
    },
  };
}
