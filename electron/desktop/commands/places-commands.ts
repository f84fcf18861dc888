import type { AppCommandHandlers } from '../../../shared/contract/app.ts';
import type { appPlacesCommands } from '../../../shared/contract/app-places.ts';
import type { CommandLineTool } from '../../node/operations/command-line-tool.ts';
import type { MenuEntry } from '../session/menu-entry.ts';

export interface PlacesModules {
  commandLineTool: CommandLineTool;
  menuEntry: MenuEntry;
}

/** The command in terminals and the entry among applications, from a window. */
export function createPlacesCommands({
  commandLineTool,
  menuEntry,
}: PlacesModules): Pick<AppCommandHandlers, keyof typeof appPlacesCommands> {
  return {
    'places.look': async () => ({
      command: await commandLineTool.look(),
      menuEntry: await menuEntry.look(),
    }),
    async 'places.setCommand'({ on }) {
      await (on ? commandLineTool.install() : commandLineTool.remove());
      return {};
    },
    async 'places.setMenuEntry'({ on }) {
      await menuEntry.set(on);
      return {};
    },
  };
}
