import { NodeError } from '../../../../shared/errors.ts';
import type { OfficialNote } from '../../../../shared/texts/incumbent-note.ts';
import { officialDirectory, readOfficialNode } from '../../../daemon/incumbent/files.ts';
import { importSettingsWithNotes, type TakenSetting } from '../../../daemon/incumbent/settings.ts';
import type { SettingsStore } from '../../../daemon/storage/settings.ts';
import type { NodeContext } from '../../context.ts';
import { officialOnThisComputer } from '../../official-client.ts';
import { type Adoption, type AdoptionHost, type AdoptionResult, takeIn } from './adopt.ts';

export interface ImportedNode {
  /** The folder that it was read from; nothing in it is changed. */
  dir: string;
  key: AdoptionResult;
  /** Settings that came along. */
  taken: readonly TakenSetting[];
  notes: readonly OfficialNote[];
}

/**
 * Imports the key and the settings of the official client, which must not run.
 *
 * @param input.dir another folder than `~/.parallelix`: it may come from another computer, so the person is asked
 * @throws NodeError `official-missing`, `official-unusable`, `official-running`, and the errors of `takeIn`
 */
export async function importNode(
  context: NodeContext,
  input: Adoption & { dir?: string },
  ask: { oldMachineIsOff: () => Promise<boolean> },
  { settings, ...host }: AdoptionHost & { settings: SettingsStore },
): Promise<ImportedNode> {
  const { homeDir } = context;
  const own = officialDirectory(homeDir);
  const { dir = own, differentKey } = input;
  const official = await readOfficialNode({ dir, keyOnly: differentKey });
  const running = await officialOnThisComputer(context);
  if (running !== null) throw new NodeError('official-running', { name: running.name, pid: running.pid });
  // On this computer the daemon was searched for, so there is nothing to confirm.
  const quarantine = dir !== own && !(await ask.oldMachineIsOff());
  const { privateKey, nodeId, owner } = official;
  let imported: Awaited<ReturnType<typeof importSettingsWithNotes>> = { taken: [], notes: [] };
  const key = await takeIn(
    context,
    { privateKey, nodeId, owner, source: dir, quarantine },
    input,
    host,
    async () => {
      imported = await importSettingsWithNotes(settings, official);
    },
  );
  return { dir, key, ...imported };
}
