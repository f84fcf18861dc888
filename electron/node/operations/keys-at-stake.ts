import { isNodeError } from '../../../shared/errors.ts';
import type { Reason } from '../../../shared/reasons/reason-text.ts';
import type { Registration } from '../../daemon/coordinator/client.ts';
import { readBackupFile } from '../../daemon/identity/backup-file.ts';
import { readBackupIndex } from '../../daemon/identity/backup-index.ts';
import { createFileKeyStore } from '../../daemon/identity/file-store.ts';
import { readKeyDocument } from '../../daemon/identity/key-document.ts';
import { createNodeKey, parsePrivateKey } from '../../daemon/identity/node-key.ts';
import { readQuarantine } from '../../daemon/identity/quarantine.ts';
import { readIdentityRecord } from '../../daemon/storage/identity-record.ts';
import type { StatePaths } from '../../daemon/storage/paths.ts';
import type { StateFile } from '../../daemon/storage/state-files.ts';

/** A key that is lost with the files of a state directory, and what hangs on it. */
export interface KeyAtStake {
  /** Null where nobody can know whose key it is. */
  nodeKeyHash: string | null;
  /** Where it rests, or should: a path, or `keychain`. */
  place: string;
  /** As recorded or looked up; null when it is not known. */
  nodeId: string | null;
  /** `found`: a backup that stays is where it was written, and names this key. `elsewhere`: there was one, and it is not there now. */
  backup: 'found' | 'elsewhere' | 'none';
  /** Of the backup that was found, or else of the newest that was made. */
  backupPath: string | null;
  stake: 'staked' | 'none' | 'unknown';
  /** Why it is unknown. */
  stakeReason: Reason | null;
}

/** Removing it would lose what cannot be had again. */
export function isAtStake({ backup, stake }: KeyAtStake): boolean {
  return backup !== 'found' || stake !== 'none';
}

/**
 * Every key that the files of a state directory hold or expect: the node's own, and those that were
 * archived. The network is asked about each, unless the key is quarantined and nothing may be sent yet.
 *
 * @param options.files what is to be removed: a backup among them does not count
 * @param modules.journalNamesKey as `IdentityModules` has it
 * @throws NodeError `disk-full`
 */
export async function keysAtStake(
  options: { paths: StatePaths; files: readonly StateFile[] },
  modules: {
    journalNamesKey: () => string | null;
    lookUp: (nodeKeyHash: string) => Promise<Registration>;
  },
): Promise<KeyAtStake[]> {
  const { paths, files } = options;
  const quarantined = (await readQuarantine(paths)) !== null;
  const keys: KeyAtStake[] = [];
  for (const { nodeKeyHash, place, nodeId } of await keysIn(paths, files, modules.journalNamesKey)) {
    const backup = await backupOf(paths, files, nodeKeyHash);
    const stake = await stakeOf(nodeKeyHash, quarantined, modules.lookUp);
    keys.push({ nodeKeyHash, place, ...backup, ...stake, nodeId: stake.nodeId ?? nodeId });
  }
  return keys;
}

type Found = Pick<KeyAtStake, 'nodeKeyHash' | 'place' | 'nodeId'>;

async function keysIn(
  paths: StatePaths,
  files: readonly StateFile[],
  journalNamesKey: () => string | null,
): Promise<Found[]> {
  const found: Found[] = [];
  const record = await readIdentityRecord(paths.identityFile).catch((error: unknown) => {
    if (isNodeError(error, 'identity-unreadable')) return 'unreadable' as const;
    throw error;
  });
  const own = record === 'unreadable' ? null : record;
  if (own !== null) {
    const { nodeKeyHash, nodeId, keyStore } = own;
    found.push({ nodeKeyHash, nodeId, place: keyStore === 'file' ? paths.keyFile : 'keychain' });
  }
  const occupied = await createFileKeyStore({ keyFile: paths.keyFile }).occupied();
  if (occupied) {
    // What a link in its place points to is not checked, nor removed.
    const isFile = files.some(({ path }) => path === paths.keyFile);
    const inFile = isFile ? await hashIn(paths.keyFile) : null;
    // One that cannot be read where a record says whose it is was counted with the record.
    if (inFile === null ? own === null : inFile !== own?.nodeKeyHash)
      found.push({ nodeKeyHash: inFile, place: paths.keyFile, nodeId: null });
  }
  if (own === null && !occupied) {
    const named = nameBy(journalNamesKey);
    if (named !== null || record === 'unreadable') {
      found.push({ nodeKeyHash: named?.hash ?? null, place: paths.keyFile, nodeId: null });
    }
  }
  for (const { part, path } of files) {
    if (part !== 'old-key') continue;
    const nodeKeyHash = await hashIn(path);
    if (nodeKeyHash !== null && found.some((one) => one.nodeKeyHash === nodeKeyHash)) continue;
    found.push({ nodeKeyHash, place: path, nodeId: null });
  }
  return found;
}

/** Null when no journal names a key; a hash of null when one does, and not whose. */
function nameBy(journalNamesKey: () => string | null): { hash: string | null } | null {
  try {
    const named = journalNamesKey();
    if (named === null) return null;
    return { hash: named.length === 66 ? named : null };
  } catch (error) {
    if (isNodeError(error, 'key-unknown')) return { hash: null };
    throw error;
  }
}

/** Whose key a file holds, whoever can read it; null where it does not say. One under a passphrase is accepted unverified. */
async function hashIn(path: string): Promise<string | null> {
  try {
    const text = await readBackupFile(path);
    const document = readKeyDocument(text, path);
    if (document !== null) return document.belonging?.nodeKeyHash ?? null;
    return createNodeKey(parsePrivateKey(text, path)).nodeKeyHash;
  } catch (error) {
    if (isNodeError(error)) return null;
    throw error;
  }
}

/** What the index says counts only while the file is there: nobody can know what became of one that is not. */
async function backupOf(
  paths: StatePaths,
  files: readonly StateFile[],
  nodeKeyHash: string | null,
): Promise<Pick<KeyAtStake, 'backup' | 'backupPath'>> {
  const entries = (await readBackupIndex(paths)).filter((entry) => entry.nodeKeyHash === nodeKeyHash);
  for (const { path } of entries.toReversed()) {
    if (files.some((file) => file.path === path)) continue;
    if ((await hashIn(path)) === nodeKeyHash) return { backup: 'found', backupPath: path };
  }
  const last = entries.at(-1);
  return last === undefined
    ? { backup: 'none', backupPath: null }
    : { backup: 'elsewhere', backupPath: last.path };
}

/** A registration whose stake is withdrawn may be listed still, with nothing in it. [network.md 15, Q3] */
async function stakeOf(
  nodeKeyHash: string | null,
  quarantined: boolean,
  lookUp: (nodeKeyHash: string) => Promise<Registration>,
): Promise<Pick<KeyAtStake, 'stake' | 'stakeReason' | 'nodeId'>> {
  const unknown = (stakeReason: Reason) => ({ stake: 'unknown' as const, stakeReason, nodeId: null });
  if (nodeKeyHash === null) return unknown('key-not-known');
  if (quarantined) return unknown('old-machine-not-off');
  const answer = await lookUp(nodeKeyHash);
  if (answer.kind === 'unknown') return unknown(answer.reason);
  if (answer.kind === 'not-registered') return { stake: 'none', stakeReason: null, nodeId: null };
  const { nodeId, stakePrlx } = answer;
  if (stakePrlx === null) return { ...unknown('stake-not-said'), nodeId };
  return { stake: Number(stakePrlx) > 0 ? 'staked' : 'none', stakeReason: null, nodeId };
}
