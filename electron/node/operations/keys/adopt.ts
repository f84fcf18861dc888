import { isNodeError, type NodeError } from '../../../../shared/errors.ts';
import { type AdoptedKey, adoptKey, type IncomingKey } from '../../../daemon/identity/adopt.ts';
import { moveKey } from '../../../daemon/identity/move.ts';
import { createNodeKey } from '../../../daemon/identity/node-key.ts';
import { officialWallets } from '../../../daemon/incumbent/files.ts';
import type { NodeContext } from '../../context.ts';
import { keyModules, type MakeRoom, protectionOf, whileNodeIsDown } from './modules.ts';

/** How a key that comes from elsewhere is to be taken in. */
export interface Adoption {
  keyStore?: 'keychain' | 'file';
  /** Said twice by the person: it may take the place of another key, which is moved to the backup folder. */
  differentKey: boolean;
  /** The person's staking wallet, where it was named; its key is refused. */
  wallet?: string | null;
  /** Asks for the passphrase that the key file is put under; left out for none. */
  lockWith?: (() => Promise<string>) | undefined;
}

/** What a host does around it. */
export interface AdoptionHost {
  makeRoom?: MakeRoom;
  /** Has the person open the keychain; asked before anything is changed. */
  unlockKeychain?: (nodeKeyHash: string) => Promise<void>;
}

export interface AdoptionResult extends AdoptedKey {
  keyStore: 'keychain' | 'file';
  protection: 'none' | 'passphrase' | null;
  /** Why it rests in a file though the keychain was asked for; null where it is where it was to be. */
  notMoved: NodeError | null;
}

/**
 * Puts a key from elsewhere in place while no node runs here: into the file first, also on its way to the keychain.
 *
 * @param incoming.quarantine the key may be in use on another computer: nothing is sent before a person says it is not
 * @param alsoDo what has to be done before a node can start with the key
 * @throws NodeError the errors of `adoptKey`, `other-daemon`, `keychain-…`; then nothing was changed
 */
export async function takeIn(
  context: NodeContext,
  incoming: IncomingKey & { quarantine: boolean },
  adoption: Adoption,
  host: AdoptionHost,
  alsoDo: () => Promise<void>,
): Promise<AdoptionResult> {
  const { paths, homeDir } = context;
  const { keyStore = 'file', differentKey, wallet = null, lockWith } = adoption;
  const { quarantine, ...key } = incoming;
  const toKeychain = keyStore === 'keychain';
  // Where no keychain opens, only the person turns to a file.
  if (toKeychain) await host.unlockKeychain?.(createNodeKey(key.privateKey).nodeKeyHash);
  const wallets = [wallet, ...(await officialWallets(homeDir))];
  const modules = keyModules(context, (await lockWith?.()) ?? null);
  return whileNodeIsDown(context, host.makeRoom, async () => {
    const adopted = await adoptKey({ paths, incoming: key, differentKey, quarantine, wallets }, modules);
    const { moved, notMoved } = toKeychain ? await moveOn(context) : { moved: null, notMoved: null };
    await alsoDo();
    return {
      ...adopted,
      place: moved ?? adopted.place,
      keyStore: moved === null ? 'file' : 'keychain',
      protection: moved === null ? await protectionOf(modules.fileStore) : null,
      notMoved,
    };
  });
}

/** A key that is safe in a file is not given up because the keychain does not take it. */
async function moveOn(context: NodeContext): Promise<{ moved: string | null; notMoved: NodeError | null }> {
  try {
    const { to } = await moveKey({ paths: context.paths, to: 'keychain' }, keyModules(context));
    return { moved: to, notMoved: null };
  } catch (error) {
    if (!isNodeError(error)) throw error;
    return { moved: null, notMoved: error };
  }
}
