import { chmod, lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { isNodeError, NodeError } from '../../../shared/errors.ts';
import { dateStamp, errorCode, fileError, moveToFreeName } from '../storage/atomic-file.ts';
import { readIdentityRecord } from '../storage/identity-record.ts';
import { ensurePrivateDirectory, type StatePaths } from '../storage/paths.ts';
import { createFileKeyStore } from './file-store.ts';

/** Where the parts of an identity lie that was archived; null for a part that was not there. */
export interface IdentityBackup {
  keyFile: string | null;
  /** Of the key that was moved; null when the file held none that can be read. One under a passphrase is accepted unverified. */
  nodeKeyHash: string | null;
  recordFile: string | null;
}

/**
 * Moves the key file and the record to the backup folder under dated names and proves that the key
 * can be read there. A move, not a copy: whatever is in the key's place, readable or not, keeps
 * every byte, and at no moment has the key no name.
 *
 * @throws NodeError `key-malformed` when the key's place holds no file of its own, `key-differs` when
 *   what reads back is not what was moved, `state-dir-unusable`, `disk-full`
 */
export async function archiveIdentity(
  paths: StatePaths,
  nowMs: number,
  options: { keepKey?: boolean } = {},
): Promise<IdentityBackup | null> {
  const backup: IdentityBackup = { keyFile: null, nodeKeyHash: null, recordFile: null };
  await ensurePrivateDirectory(paths.backupDir);
  const stamp = dateStamp(nowMs);
  const record = await readIdentityRecord(paths.identityFile).catch((error: unknown) => {
    if (isNodeError(error, 'identity-unreadable')) return null;
    throw error;
  });
  if (!options.keepKey && (await exists(paths.keyFile))) {
    await narrow(paths.keyFile);
    const hash = await hashOfKeyAt(paths.keyFile);
    backup.keyFile = await archiveFile(paths.keyFile, paths.backupDir, `node-${short(hash)}-${stamp}`, 'key');
    backup.nodeKeyHash = await hashOfKeyAt(backup.keyFile);
    if (backup.nodeKeyHash !== hash) {
      const found = backup.nodeKeyHash ?? 'unreadable';
      throw new NodeError('key-differs', { expected: hash ?? 'unreadable', found, place: backup.keyFile });
    }
  }
  if (await exists(paths.identityFile)) {
    const hash = record?.nodeKeyHash ?? null;
    backup.recordFile = await archiveFile(
      paths.identityFile,
      paths.backupDir,
      `identity-${short(hash)}-${stamp}`,
      'json',
    );
  }
  return backup.keyFile === null && backup.recordFile === null ? null : backup;
}

function short(nodeKeyHash: string | null): string {
  return nodeKeyHash === null ? 'unreadable' : nodeKeyHash.slice(2, 10);
}

async function hashOfKeyAt(path: string): Promise<string | null> {
  try {
    return (await createFileKeyStore({ keyFile: path }).readFacts())?.nodeKeyHash ?? null;
  } catch (error) {
    if (isNodeError(error, 'key-malformed')) return null;
    throw error;
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false;
    throw fileError(error, path, 'backup');
  }
}

/**
 * Takes from others what they could read of the key. Only a file of its own can be kept: a link
 * would be moved away from what it points to.
 */
async function narrow(path: string): Promise<void> {
  try {
    const facts = await lstat(path);
    if (!facts.isFile()) {
      const reason = facts.isSymbolicLink() ? 'symbolic-link-in-the-way' : 'not-regular-in-the-way';
      throw new NodeError('key-malformed', { place: path, reason });
    }
    await chmod(path, 0o600);
  } catch (error) {
    throw fileError(error, path, 'backup');
  }
}

function archiveFile(path: string, folder: string, name: string, extension: string): Promise<string> {
  const names = ['', '-2', '-3', '-4', '-5'].map((more) => join(folder, `${name}${more}.${extension}`));
  return moveToFreeName(path, names);
}
