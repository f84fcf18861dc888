import { openBackup } from '../../../daemon/identity/backup.ts';
import { noteBackup } from '../../../daemon/identity/backup-index.ts';
import { createNodeKey } from '../../../daemon/identity/node-key.ts';
import type { NodeContext } from '../../context.ts';
import { type Adoption, type AdoptionHost, type AdoptionResult, takeIn } from './adopt.ts';

/**
 * Puts the key of a backup in place. Asks nothing of the network: nothing at all is sent before the old computer's
 * node is known to be off.
 *
 * @param ask `passphrase` is called only for a locked one; `oldMachineIsOff` after it has opened
 * @throws NodeError `backup-unusable`, `wallet-phrase`, `passphrase-wrong`, the errors of `takeIn`, and what `ask` throws
 */
export async function restoreKey(
  context: NodeContext,
  input: Adoption & { file: string },
  ask: { passphrase: () => Promise<string>; oldMachineIsOff: () => Promise<boolean> },
  host: AdoptionHost = {},
): Promise<AdoptionResult> {
  const { paths, clock } = context;
  const { file } = input;
  const { privateKey, belonging } = await openBackup(file, ask.passphrase);
  const { nodeId = null, owner = null } = belonging ?? {};
  const quarantine = !(await ask.oldMachineIsOff());
  const { nodeKeyHash } = createNodeKey(privateKey);
  return takeIn(context, { privateKey, nodeId, owner, source: file, quarantine }, input, host, () =>
    noteBackup(paths, { nodeKeyHash, path: file, atMs: clock.now() }, { clock }),
  );
}
