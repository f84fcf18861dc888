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
import { type IdentityModules, newRecord } from './identity.ts';
import { archiveIdentity, type IdentityBackup } from './identity-backup.ts';
import { createNodeKey, type NodeKey } from './node-key.ts';
import { endQuarantine, quarantineKey, readQuarantine } from './quarantine.ts';

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
  /** What stood here before and where it is now; null when nothing had to give way. */
  archived: IdentityBackup | null;
  quarantined: boolean;
}

export interface AdoptOptions {
  paths: StatePaths;
  incoming: IncomingKey;
  /** Said twice by the person: a key that is not the expected one may take the place of what is here. */
  differentKey: boolean;
  /** The key may be in use on another machine. */
  quarantine: boolean;
  /** Addresses known to hold the stake, besides those of the key's own record. */
  wallets: readonly (string | null)[];
}

/**
 * Makes a key from elsewhere the key of this state directory, as a file. Whatever gives way is moved
 * to the backup folder first, never erased. The caller makes sure that no daemon runs.
 *
 * @throws NodeError `wallet-key`, `key-in-the-way` (another key is here), `key-not-expected` (another key
 *   belongs here), `identity-unreadable`, `key-expected`, and the errors of the key store and the disk
 */
export async function adoptKey(options: AdoptOptions, modules: IdentityModules): Promise<AdoptedKey> {
  const { paths, incoming, differentKey, quarantine } = options;
  const { clock, fileStore } = modules;
  const key = createNodeKey(incoming.privateKey);
  await ensureStateDir(paths, modules);
  return withWriteLock(paths.writeLockFile, clock, async () => {
    const record = await readIdentityRecord(paths.identityFile).catch((error: unknown) => {
      if (differentKey && isNodeError(error, 'identity-unreadable')) return null;
      throw error;
    });
    refuseWalletKey(key, incoming, [...options.wallets, incoming.owner, record?.owner ?? null]);
    const inFile = await keyInFile(key.nodeKeyHash, differentKey, modules);
    const expected = record?.nodeKeyHash ?? remembered(modules);
    // A journal may name no more than the address, which is the end of the hash.
    const strange = expected !== null && !key.nodeKeyHash.endsWith(expected.replace(/^0x/, ''));
    const alreadyHere = inFile === key.nodeKeyHash;
    const inTheWay = inFile !== null && !alreadyHere;
    if (!differentKey && inTheWay) {
      const source = incoming.source;
      throw new NodeError('key-in-the-way', { nodeKeyHash: inFile, place: paths.keyFile, source });
    }
    if (!differentKey && strange) {
      throw new NodeError('key-not-expected', { expected, found: key.nodeKeyHash, place: incoming.source });
    }
    // Before the key: a crash in between leaves a quarantine of no key, never a key without its quarantine.
    if (quarantine && !alreadyHere) await quarantineKey(paths, key.nodeKeyHash, clock.now());
    const archived = differentKey ? await archiveIdentity(paths, clock.now(), { keepKey: !inTheWay }) : null;
    if (!alreadyHere) await fileStore.add(key.nodeKeyHash, incoming.privateKey);
    // The record last: one that is missing is derived from the key again.
    const kept = record === null || strange ? newRecord(key, 'file', clock) : record;
    const adopted = withRegistration({ ...kept, keyStore: 'file', keychain: null }, factsFor(kept, incoming));
    await writeIdentityRecord(paths.identityFile, adopted);
    if (!quarantine) await endQuarantine(paths);
    const place = fileStore.location(key.nodeKeyHash);
    const quarantined = (await readQuarantine(paths)) !== null;
    return { record: adopted, key, place, alreadyHere, archived, quarantined };
  });
}

/**
 * The key that a journal remembers. Where a broken one does not say, whoever brings a key knows better:
 * nothing is made and nothing gives way.
 */
function remembered({ journalNamesKey }: IdentityModules): string | null {
  try {
    return journalNamesKey();
  } catch (error) {
    if (isNodeError(error, 'key-unknown')) return null;
    throw error;
  }
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

/**
 * Whose key the key file holds. One under a passphrase is believed only when it opens.
 *
 * @returns null without a file, `unreadable` for one that is to give way unread
 */
async function keyInFile(
  nodeKeyHash: string,
  differentKey: boolean,
  { fileStore }: IdentityModules,
): Promise<string | null> {
  if (!(await fileStore.occupied())) return null;
  try {
    const facts = await fileStore.readFacts();
    if (facts?.protection === 'passphrase' && facts.nodeKeyHash === nodeKeyHash) {
      await fileStore.read(nodeKeyHash);
    }
    return facts?.nodeKeyHash ?? 'unreadable';
  } catch (error) {
    if (differentKey && isNodeError(error) && givesWay.has(error.code)) return 'unreadable';
    throw error;
  }
}

const givesWay: ReadonlySet<string> = new Set([
  'key-malformed',
  'key-differs',
  'passphrase-needed',
  'passphrase-wrong',
]);

/** What is known here stays; what comes along fills the gaps. */
function factsFor(record: IdentityRecord, { nodeId, owner }: IncomingKey): RegistrationFacts {
  return { nodeId: record.nodeId ?? nodeId, owner: record.owner ?? owner };
}
