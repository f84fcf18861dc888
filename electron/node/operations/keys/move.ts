import { NodeError } from '../../../../shared/errors.ts';
import { type MovedKey, moveKey as moveStoredKey } from '../../../daemon/identity/move.ts';
import { readIdentityRecord } from '../../../daemon/storage/identity-record.ts';
import type { NodeContext } from '../../context.ts';
import type { AdoptionHost } from './adopt.ts';
import { keyModules, protectionOf, whileNodeIsDown } from './modules.ts';

export interface KeyMove {
  to: 'file' | 'keychain';
  /** Puts the key file under this passphrase, also where the key rests in it already. */
  lockWith?: string | null;
  /** Takes the passphrase off a key file that has one. */
  unlock?: boolean;
}

/**
 * Moves the node key to the other store, or its file under a passphrase and from under it.
 *
 * @throws NodeError `no-identity`, `identity-unreadable`, `other-daemon`, `key-exists` when another key is in the
 *   new place, and what either store says
 */
export async function moveKey(
  context: NodeContext,
  { to, lockWith = null, unlock = false }: KeyMove,
  host: AdoptionHost = {},
): Promise<MovedKey & { protection: 'none' | 'passphrase' | null }> {
  const { paths } = context;
  // Before a node stops: a keychain that does not open costs no uptime.
  if (to === 'keychain' && host.unlockKeychain !== undefined)
    await host.unlockKeychain(await recordedHash(context));
  const modules = keyModules(context, lockWith);
  const { fileStore } = modules;
  return whileNodeIsDown(context, host.makeRoom, async () => {
    const moved = await moveStoredKey({ paths, to }, modules);
    if (to === 'keychain') return { ...moved, protection: null };
    const before = await protectionOf(fileStore);
    const locks = lockWith !== null && (moved.alreadyThere || before === 'none');
    const unlocks = unlock && before === 'passphrase';
    if (locks || unlocks) await fileStore.protect(moved.record.nodeKeyHash, lockWith);
    return { ...moved, protection: await protectionOf(fileStore) };
  });
}

/**
 * Has the system open the keychain that the key rests in, which asks the person; waits for them.
 *
 * @throws NodeError `no-identity`, `identity-unreadable`, `keychain-…`
 */
export async function unlockKeychain(context: NodeContext): Promise<void> {
  await context.keychain.unlock(await recordedHash(context));
}

async function recordedHash({ paths }: NodeContext): Promise<string> {
  const record = await readIdentityRecord(paths.identityFile);
  if (record === null) throw new NodeError('no-identity', { stateDir: paths.stateDir });
  return record.nodeKeyHash;
}
