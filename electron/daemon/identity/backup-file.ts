import { randomBytes } from 'node:crypto';
import { link, lstat, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { isNodeError, NodeError } from '../../../shared/errors.ts';
import type { Reason } from '../../../shared/reasons/reason-text.ts';
import { errorCode, readSmallFile, syncDirectory } from '../storage/atomic-file.ts';

const longestBackupBytes = 65_536;

/**
 * Writes a new file whole and durably, mode 0600, and never over anything. Unlike the files of the
 * state directory it may be on a USB stick, whose file system knows neither modes nor hard links.
 *
 * @throws NodeError `backup-exists`, `backup-not-written`
 */
export async function writeBackupFile(path: string, text: string): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(8).toString('hex')}.tmp`);
  try {
    const file = await open(temporary, 'wx', 0o600);
    try {
      await file.chmod(0o600).catch(() => undefined);
      await file.writeFile(text, 'utf8');
      await file.sync();
    } finally {
      await file.close();
    }
    await giveName(temporary, path);
    await syncDirectory(dirname(path));
  } catch (error) {
    if (isNodeError(error, 'backup-exists')) throw error;
    const reason = errorCode(error) ?? 'unexpected error';
    throw new NodeError('backup-not-written', { path, reason }, { cause: error });
  } finally {
    await rm(temporary, { force: true }).catch(() => undefined);
  }
}

/** A link fails where a rename would overwrite; without links the name is first taken by an empty file. */
async function giveName(temporary: string, path: string): Promise<void> {
  try {
    await link(temporary, path);
  } catch (error) {
    if (errorCode(error) === 'EEXIST') throw new NodeError('backup-exists', { path });
    if (!['EPERM', 'ENOTSUP', 'ENOSYS', 'EOPNOTSUPP'].includes(errorCode(error) ?? '')) throw error;
    const reserved = await open(path, 'wx', 0o600).catch((taken: unknown) => {
      if (errorCode(taken) === 'EEXIST') throw new NodeError('backup-exists', { path });
      throw taken;
    });
    await reserved.close();
    await rename(temporary, path);
  }
}

/**
 * The text of a backup.
 *
 * @throws NodeError `backup-unusable`
 */
export async function readBackupFile(path: string): Promise<string> {
  const refuse = (reason: Reason, cause?: unknown) =>
    new NodeError('backup-unusable', { path, reason }, { cause });
  try {
    const facts = await lstat(path);
    if (facts.isDirectory()) throw refuse('EISDIR');
    const text = await readSmallFile(path, longestBackupBytes);
    if (text === null) throw refuse('no-such-file');
    return text;
  } catch (error) {
    if (isNodeError(error, 'backup-unusable')) throw error;
    if (isNodeError(error, 'file-too-large')) throw refuse('longer-than-backup');
    const code = errorCode(error) ?? 'unexpected error';
    throw refuse(code === 'ENOENT' ? 'no-such-file' : code, error);
  }
}
