import { isNodeError, NodeError } from '../../../../shared/errors.ts';
import { type CreatedIdentity, createIdentity } from '../../../daemon/identity/identity.ts';
import { readIdentityRecord } from '../../../daemon/storage/identity-record.ts';
import { ensureStateDir } from '../../../daemon/storage/paths.ts';
import type { NodeContext } from '../../context.ts';
import { keyModules, whileNodeIsDown, witnesses } from './modules.ts';

export interface NewKey {
  keyStore?: 'keychain' | 'file';
  /** What is here gives way to the new key; it is moved to the backup folder first. */
  force?: boolean;
  /** The staking wallet, where the person has named it. */
  owner?: string | null;
  /** Puts the key file under this passphrase. */
  lockWith?: string | null;
}

/**
 * Makes the key of this node, while no node runs on its state directory.
 *
 * @throws NodeError `key-exists` and its kind where a key is here or expected, `other-daemon`, `setting-invalid`
 *   when the wallet is the node's own address, `keychain-…`, `state-dir-unusable`, `disk-full`
 */
export async function makeKey(context: NodeContext, key: NewKey): Promise<CreatedIdentity> {
  const { paths, clock } = context;
  const { keyStore = 'file', force = false, owner = null, lockWith = null } = key;
  await ensureStateDir(paths, { clock });
  const record = await readIdentityRecord(paths.identityFile).catch((error: unknown) => {
    if (force && isNodeError(error, 'identity-unreadable')) return null;
    throw error;
  });
  if (owner !== null && owner === record?.nodeAddress) {
    throw new NodeError('setting-invalid', { name: 'wallet', value: owner, reason: 'address-of-node-key' });
  }
  // A key goes into the keychain wherever the node lies; whether one is expected is another question.
  const modules = keyStore === 'keychain' ? keyModules(context, lockWith) : witnesses(context, lockWith);
  try {
    return await whileNodeIsDown(context, undefined, () =>
      createIdentity({ paths, force, keyStore, registration: { owner } }, modules),
    );
  } catch (error) {
    // Whoever runs has that very key: that it exists is the better answer.
    if (!force && record !== null && isNodeError(error, 'other-daemon')) {
      const { nodeKeyHash } = record;
      const store = record.keyStore === 'file' ? modules.fileStore : context.keychain;
      throw new NodeError('key-exists', { nodeKeyHash, place: store.location(nodeKeyHash) });
    }
    throw error;
  }
}
