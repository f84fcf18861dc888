import { isNodeError, NodeError } from '../../../shared/errors.ts';
import { withWriteLock } from '../storage/exclusive.ts';
import {
  type IdentityRecord,
  type RegistrationFacts,
  readIdentityRecord,
  withRegistration,
  writeIdentityRecord,
} from '../storage/identity-record.ts';
import { ensureStateDir, type StatePaths } from '../storage/paths.ts';
import { holdKey, releaseHold } from './hold.ts';
import { type IdentityModules, newRecord } from './identity.ts';
import { type IdentityBackup, setIdentityAside } from './identity-backup.ts';
import { createNodeKey, type NodeKey } from './node-key.ts';

/** A key that comes from a backup or from the official client. */
export interface IncomingKey {
  privateKey: string;
  nodeId: string | null;
  owner: string | null;
  /** Where it comes from, for messages. */
  source: string;
}

export interface AdoptedKey {
  record: IdentityRecord;
  key: NodeKey;
  place: string;
  /** True when this very key was here already and readable. */
  alreadyHere: boolean;
  /** What stood here before and where it lies now; null when nothing had to give way. */
  setAside: IdentityBackup | null;
  held: boolean;
}

export interface AdoptOptions {
  paths: StatePaths;
  incoming: IncomingKey;
  /** Said twice by the person: a key that is not the expected one may take the place of what is here. */
  differentKey: boolean;
  /** The key may be at work on another machine. */
  hold: boolean;
  /** Addresses known to hold the stake, besides those of the key's own record. */
  wallets: readonly (string | null)[];
}

/**
 * Makes a key from elsewhere the key of this state directory, as a file. Whatever gives way is moved
 * to the backup folder first, never erased. The caller makes sure that no daemon runs.
 *
 * @throws NodeError `wallet-key`, `key-exists` (another key is here), `key-not-expected` (another key
 *   belongs here), `identity-unreadable`, `key-expected`, and the errors of the key store and the disk
 */
export async function adoptKey(options: AdoptOptions, modules: IdentityModules): Promise<AdoptedKey> {
  const { paths, incoming, differentKey, hold } = options;
  const { clock, fileStore } = modules;
  const key = createNodeKey(incoming.privateKey);
  await ensureStateDir(paths, modules);
  return withWriteLock(paths.writeLockFile, clock, async () => {
    const record = await readIdentityRecord(paths.identityFile).catch((error: unknown) => {
      if (differentKey && isNodeError(error, 'identity-unreadable')) return null;
      throw error;
    });
    refuseWalletKey(key, incoming, [...options.wallets, incoming.owner, record?.owner ?? null]);
    const inFile = await keyInFile(modules, differentKey);
    const expected = record?.nodeKeyHash ?? modules.journalNamesKey();
    const strange = expected !== null && expected !== key.nodeKeyHash && expected !== key.nodeAddress;
    if (!differentKey) {
      if (inFile !== null && inFile !== key.nodeKeyHash) {
        throw new NodeError('key-exists', { nodeKeyHash: inFile, place: paths.keyFile });
      }
      if (strange) {
        const { nodeKeyHash: found } = key;
        throw new NodeError('key-not-expected', { expected, found, place: incoming.source });
      }
    }
    // Before the key: a crash in between leaves a hold on nothing, never a key that nothing holds.
    if (hold) await holdKey(paths, key.nodeKeyHash, clock.now());
    const inTheWay = inFile !== null && inFile !== key.nodeKeyHash;
    const setAside =
      strange || inTheWay || (differentKey && record === null)
        ? await setIdentityAside(paths, clock.now(), { keepKey: !inTheWay })
        : null;
    const alreadyHere = inFile === key.nodeKeyHash;
    if (!alreadyHere) await fileStore.add(key.nodeKeyHash, incoming.privateKey);
    // The record last: one that is missing is derived from the key again.
    const kept = setAside === null && record !== null ? record : newRecord(key, 'file', clock);
    const adopted = withRegistration({ ...kept, keyStore: 'file' }, factsFor(kept, incoming));
    await writeIdentityRecord(paths.identityFile, adopted);
    if (!hold) await releaseHold(paths);
    return {
      record: adopted,
      key,
      place: fileStore.place(key.nodeKeyHash),
      alreadyHere,
      setAside,
      held: hold,
    };
  });
}

/**
 * A wallet's key on a computer that is always online would put the stake itself at risk.
 *
 * @throws NodeError `wallet-key`
 */
function refuseWalletKey(key: NodeKey, { source }: IncomingKey, wallets: readonly (string | null)[]): void {
  if (wallets.some((wallet) => wallet?.toLowerCase() === key.nodeAddress)) {
    throw new NodeError('wallet-key', { place: source, address: key.nodeAddress });
  }
}

/** Whose key the key file holds; null without one, `unreadable` for one that is to give way unread. */
async function keyInFile({ fileStore }: IdentityModules, differentKey: boolean): Promise<string | null> {
  if (!(await fileStore.occupied())) return null;
  try {
    return (await fileStore.look())?.nodeKeyHash ?? 'unreadable';
  } catch (error) {
    if (differentKey && isNodeError(error, 'key-malformed')) return 'unreadable';
    throw error;
  }
}

/** What is known here stays; what comes along fills the gaps. */
function factsFor(record: IdentityRecord, { nodeId, owner }: IncomingKey): RegistrationFacts {
  return { nodeId: record.nodeId ?? nodeId, owner: record.owner ?? owner };
}
