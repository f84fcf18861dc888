import { isNodeError, NodeError } from '../../../shared/errors.ts';
import { withWriteLock } from '../storage/exclusive.ts';
import {
  type IdentityRecord,
  type KeychainFacts,
  type RegistrationFacts,
  readIdentityRecord,
  withRegistration,
  writeIdentityRecord,
} from '../storage/identity-record.ts';
import { ensureStateDir, type StatePaths } from '../storage/paths.ts';
import type { Clock } from '../system/clock.ts';
import type { FileKeyStore } from './file-store.ts';
import { archiveIdentity, type IdentityBackup } from './identity-backup.ts';
import type { KeychainKeyStore, KeyStore } from './key-store.ts';
import { createNodeKey, generatePrivateKey, type NodeKey } from './node-key.ts';

/**
 * The rule that ranks above all others: a key is made only where none is expected. Three witnesses
 * are asked, the record, the key file and the journals, and the keychain where the host may open it;
 * one that names a key, or that cannot be read, is enough to make none. What is there is never overwritten, only archived on request.
 */
export interface IdentityModules {
  clock: Clock;
  fileStore: FileKeyStore;
  /** Given only by a host that may open the operating system's keychain. */
  keychain?: KeychainKeyStore | undefined;
  /**
   * The nodeKeyHash or nodeAddress that a journal names, null when none names any; throws `key-unknown`
   * for one that cannot be read (`serving/journal-key.ts`).
   */
  journalNamesKey: () => string | null;
}

export interface OpenIdentity {
  record: IdentityRecord;
  key: NodeKey;
  /** True when `identity.json` was gone and was written again from the key; node id and owner are then unknown. */
  rebuilt: boolean;
}

export interface CreatedIdentity {
  record: IdentityRecord;
  key: NodeKey;
  /** Where the private key rests. */
  place: string;
  /** What stood here before and where it is now; null when nothing did. */
  backup: IdentityBackup | null;
}

/**
 * Opens the identity of a state directory. Makes no key, whatever it finds.
 *
 * @throws NodeError `no-identity` only when no witness names a key; otherwise `identity-unreadable`,
 *   `key-expected` (only a journal remembers one), `key-unknown` (a journal may), `record-missing` (only the keychain), or what the key store says:
 *   `key-missing`, `key-malformed`, `key-differs`, `key-readable-by-others`, `key-unreadable`, `keychain-…`
 */
export async function openIdentity(
  options: { paths: StatePaths },
  modules: IdentityModules,
): Promise<OpenIdentity> {
  const { paths } = options;
  const record = await readIdentityRecord(paths.identityFile);
  if (record !== null) return { record, key: await openRecordedKey(record, modules), rebuilt: false };
  const privateKey = await modules.fileStore.readAny();
  if (privateKey === null) {
    await refuseWhereAKeyIsRemembered(paths, modules);
    throw new NodeError('no-identity', { stateDir: paths.stateDir });
  }
  const key = createNodeKey(privateKey);
  return withWriteLock(paths.writeLockFile, modules.clock, async () => {
    // Another program may have been faster.
    const present = await readIdentityRecord(paths.identityFile);
    if (present !== null)
      return { record: present, key: await openRecordedKey(present, modules), rebuilt: false };
    const rebuilt = newRecord(key, 'file', modules.clock);
    await writeIdentityRecord(paths.identityFile, rebuilt);
    return { record: rebuilt, key, rebuilt: true };
  });
}

/**
 * Makes a new key. Refused as soon as any witness names one; with `force` everything found is first
 * moved to the backup folder and verified there. The caller makes sure that no daemon runs.
 *
 * @throws NodeError `key-exists`, `key-missing`, `key-expected`, `key-unknown`, `identity-unreadable` and the
 *   errors of the key store when a key is expected here; `state-dir-unusable`, `disk-full`
 */
export async function createIdentity(
  options: {
    paths: StatePaths;
    force?: boolean;
    keyStore?: 'file' | 'keychain';
    registration?: RegistrationFacts;
  },
  modules: IdentityModules,
): Promise<CreatedIdentity> {
  const { paths, force = false, keyStore = 'file' } = options;
  const store = storeOf(keyStore, modules);
  await ensureStateDir(paths, modules);
  return withWriteLock(paths.writeLockFile, modules.clock, async () => {
    if (!force) await refuseWhereAKeyIsExpected(paths, modules);
    const privateKey = generatePrivateKey();
    const key = createNodeKey(privateKey);
    // Checked before anything is moved.
    const facts = store === modules.keychain ? await modules.keychain.facts() : null;
    const fresh = newRecord(key, keyStore, modules.clock, facts);
    const record = withRegistration(fresh, options.registration ?? {});
    // A keychain keeps old and new entry side by side and may refuse: nothing gives way before.
    if (keyStore === 'keychain') await store.add(key.nodeKeyHash, privateKey);
    const backup = force ? await archiveIdentity(paths, modules.clock.now()) : null;
    // The key first: a crash in between leaves a key without a record, which is rebuilt, and never
    // a record without its key.
    if (keyStore === 'file') await store.add(key.nodeKeyHash, privateKey);
    await writeIdentityRecord(paths.identityFile, record);
    return { record, key, place: store.location(key.nodeKeyHash), backup };
  });
}

/**
 * The explicit way out of `identity-unreadable` and `record-missing`: an unreadable record is moved to
 * the backup folder and a new one derived from the key. Node id and owner are lost until looked up again.
 *
 * @param options.inKeychain whose key to derive it from when no key file is there
 * @throws NodeError `key-missing` when there is no key to derive it from, and the errors of its store
 */
export async function rebuildIdentity(
  options: { paths: StatePaths; inKeychain?: string },
  modules: IdentityModules,
): Promise<OpenIdentity & { backup: IdentityBackup | null }> {
  const { paths, inKeychain } = options;
  const inFile = await modules.fileStore.readAny();
  const { keychain } = modules;
  const useKeychain = inFile === null && inKeychain !== undefined && keychain !== undefined;
  const privateKey = useKeychain ? await keychain.read(inKeychain) : inFile;
  if (privateKey === null)
    throw new NodeError('key-missing', { nodeKeyHash: 'unknown', place: paths.keyFile });
  const key = createNodeKey(privateKey);
  const facts = useKeychain ? await keychain.facts() : null;
  return withWriteLock(paths.writeLockFile, modules.clock, async () => {
    const present = await readIdentityRecord(paths.identityFile).catch((error: unknown) => {
      if (isNodeError(error, 'identity-unreadable')) return null;
      throw error;
    });
    if (present !== null) {
      return { record: present, key: await openRecordedKey(present, modules), rebuilt: false, backup: null };
    }
    const backup = await archiveIdentity(paths, modules.clock.now(), { keepKey: true });
    const record = newRecord(key, useKeychain ? 'keychain' : 'file', modules.clock, facts);
    await writeIdentityRecord(paths.identityFile, record);
    return { record, key, rebuilt: true, backup };
  });
}

/**
 * Writes what was learned about the registration. The key fields stay as they are.
 *
 * @param nodeKeyHash whose registration it is: the record may have been replaced meanwhile
 * @throws NodeError `no-identity`, `identity-unreadable`, `key-differs`, `setting-invalid`,
 *   `disk-full`, `state-dir-unusable`
 */
export async function updateRegistration(
  options: { paths: StatePaths; nodeKeyHash: string },
  facts: RegistrationFacts,
  modules: { clock: Clock },
): Promise<IdentityRecord> {
  const { paths, nodeKeyHash } = options;
  return withWriteLock(paths.writeLockFile, modules.clock, async () => {
    const record = await readIdentityRecord(paths.identityFile);
    if (record === null) throw new NodeError('no-identity', { stateDir: paths.stateDir });
    if (record.nodeKeyHash !== nodeKeyHash) {
      throw new NodeError('key-differs', {
        expected: nodeKeyHash,
        found: record.nodeKeyHash,
        place: paths.identityFile,
      });
    }
    const changed = withRegistration(record, facts);
    await writeIdentityRecord(paths.identityFile, changed);
    return changed;
  });
}

async function refuseWhereAKeyIsExpected(paths: StatePaths, modules: IdentityModules): Promise<void> {
  const record = await readIdentityRecord(paths.identityFile);
  if (record !== null) {
    await openRecordedKey(record, modules);
    const place = storeOf(record.keyStore, modules).location(record.nodeKeyHash);
    throw new NodeError('key-exists', { nodeKeyHash: record.nodeKeyHash, place });
  }
  if (await modules.fileStore.occupied()) {
    const nodeKeyHash = (await modules.fileStore.readFacts())?.nodeKeyHash ?? 'unknown';
    throw new NodeError('key-exists', { nodeKeyHash, place: paths.keyFile });
  }
  await refuseWhereAKeyIsRemembered(paths, modules);
}

async function refuseWhereAKeyIsRemembered(paths: StatePaths, modules: IdentityModules): Promise<void> {
  const byJournal = modules.journalNamesKey();
  if (byJournal !== null)
    throw new NodeError('key-expected', { nodeKeyHash: byJournal, place: paths.keyFile });
  const byKeychain = (await modules.keychain?.named()) ?? null;
  if (byKeychain !== null)
    throw new NodeError('record-missing', { nodeKeyHash: byKeychain, place: paths.identityFile });
}

async function openRecordedKey(record: IdentityRecord, modules: IdentityModules): Promise<NodeKey> {
  const store = storeOf(record.keyStore, modules);
  const key = createNodeKey(await store.read(record.nodeKeyHash, record.keychain));
  if (key.nodeKeyHash === record.nodeKeyHash) return key;
  throw new NodeError('key-differs', {
    expected: record.nodeKeyHash,
    found: key.nodeKeyHash,
    place: store.location(record.nodeKeyHash),
  });
}

export function storeOf(kind: 'file' | 'keychain', modules: IdentityModules): KeyStore {
  if (kind === 'file') return modules.fileStore;
  if (modules.keychain) return modules.keychain;
  throw new NodeError('key-unreadable', {
    place: 'keychain',
    reason: 'no-keychain-here',
  });
}

export function newRecord(
  key: NodeKey,
  keyStore: 'file' | 'keychain',
  clock: Clock,
  keychain: KeychainFacts | null = null,
): IdentityRecord {
  return {
    schemaVersion: 1,
    nodeKeyHash: key.nodeKeyHash,
    nodeAddress: key.nodeAddress,
    publicKey: key.publicKey,
    nodeId: null,
    owner: null,
    keyStore,
    ...(keychain === null ? {} : { keychain }),
    createdAt: new Date(clock.now()).toISOString(),
  };
}
