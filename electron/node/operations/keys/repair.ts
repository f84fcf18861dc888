import { isNodeError, NodeError } from '../../../../shared/errors.ts';
import { openIdentity, rebuildIdentity } from '../../../daemon/identity/identity.ts';
import { type IdentityRecord, readIdentityRecord } from '../../../daemon/storage/identity-record.ts';
import type { NodeContext } from '../../context.ts';
import type { AdoptionHost } from './adopt.ts';
import { whileNodeIsDown, witnesses } from './modules.ts';

export interface RepairedIdentity {
  record: IdentityRecord;
  /** Where the key rests that the record was derived from. */
  place: string;
  /** False when the record was there and in order; nothing was changed then. */
  rebuilt: boolean;
  /** Where an unreadable record is now; null when there was none. */
  oldRecordFile: string | null;
}

/**
 * Writes the record of this node again, from the key that is here: the way out of `record-missing` and
 * `identity-unreadable`. Makes no key and changes none. An unreadable record is moved to the backup folder. The new one
 * is read back and compared with the key before it counts; node id and owner are unknown until they are looked up.
 *
 * @throws NodeError `no-identity` where nothing names a key, `key-missing` and `key-expected` where the key is not to
 *   be found, `keychain-ambiguous` when it does not show which key of the keychain it is, `key-unknown`,
 *   `other-daemon`, and what the key stores say
 */
export async function repairIdentity(
  context: NodeContext,
  host: AdoptionHost = {},
): Promise<RepairedIdentity> {
  const { paths } = context;
  const modules = witnesses(context);
  return whileNodeIsDown(context, host.makeRoom, async () => {
    const state = await recordState(context);
    const rebuild = state === 'readable' ? null : await rebuildFrom(context, state, host);
    // Read back from the disk, and its key from where it says that it rests.
    const { record } = await openIdentity({ paths }, modules);
    const store = record.keyStore === 'file' ? modules.fileStore : context.keychain;
    return {
      record,
      place: store.location(record.nodeKeyHash),
      rebuilt: rebuild?.rebuilt ?? false,
      oldRecordFile: rebuild?.backup?.recordFile ?? null,
    };
  });
}

async function rebuildFrom(context: NodeContext, state: 'unreadable' | 'absent', host: AdoptionHost) {
  const { paths } = context;
  const modules = witnesses(context);
  const inKeychain = await keyInKeychain(context, host);
  // With neither a key nor a record, what the witnesses say is the answer.
  if (state === 'absent' && inKeychain === null && !(await modules.fileStore.occupied()))
    await openIdentity({ paths }, modules);
  return rebuildIdentity({ paths, ...(inKeychain === null ? {} : { inKeychain }) }, modules);
}

/**
 * Whose entry of the keychain the record is to be derived from: the one of the key that last served here, else the
 * only one that is there. Null where the key is in the file, or in no keychain.
 */
async function keyInKeychain(context: NodeContext, host: AdoptionHost): Promise<string | null> {
  const { keychain, fileStore, journalNamesKey } = witnesses(context);
  if (keychain === undefined || (await fileStore.occupied())) return null;
  const found = await keychain.named();
  if (found === null) return null;
  const served = journalNamesKey();
  const isWhole = served !== null && /^0x[0-9a-f]{64}$/.test(served);
  const nodeKeyHash = isWhole ? served : found;
  const place = keychain.location(nodeKeyHash);
  if (nodeKeyHash === 'unknown') throw new NodeError('keychain-ambiguous', { place });
  // A journal may name no more than the address, which is the end of the hash.
  if (served !== null && !nodeKeyHash.endsWith(served.replace(/^0x/, '')))
    throw new NodeError('key-expected', { nodeKeyHash: served, place });
  await host.unlockKeychain?.(nodeKeyHash);
  return nodeKeyHash;
}

async function recordState({ paths }: NodeContext): Promise<'readable' | 'unreadable' | 'absent'> {
  try {
    return (await readIdentityRecord(paths.identityFile)) === null ? 'absent' : 'readable';
  } catch (error) {
    if (isNodeError(error, 'identity-unreadable')) return 'unreadable';
    throw error;
  }
}
