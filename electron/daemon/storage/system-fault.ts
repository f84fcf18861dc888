import { randomBytes } from 'node:crypto';
import { accessSync, closeSync, constants, fsyncSync, openSync, rmSync, writeSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { isNodeError, NodeError } from '../../../shared/errors.ts';
import { type SystemErrno, type SystemPlace, systemErrno } from '../../../shared/system-errors.ts';

/** Which place of the table a file is, by its name in a state directory. */
const names: readonly (readonly [SystemPlace, RegExp])[] = [
  ['key', /^node\.key(\.next)?$/],
  ['record', /^identity\.json$/],
  ['journal', /^journal\.db/],
  ['lock', /^(write-)?lock\.db/],
  ['settings', /^settings\.json/],
  ['note', /^(control|probe|self-tests|ollama-server|held|switch|backups)\.json$/],
  ['control-socket', /^control\.sock$/],
  ['log', /^(node|ollama|start)\.log(\.\d+)?$/],
];

function placeOf(path: string): SystemPlace {
  const name = basename(path);
  return names.find(([, pattern]) => pattern.test(name))?.[0] ?? 'other';
}

/** The system's name of an error (`ENOENT`), or null for another kind of error. */
export function errorCode(error: unknown): Uppercase<string> | null {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' && /^[A-Z][A-Z0-9_]*$/.test(code) ? (code as Uppercase<string>) : null;
}

/**
 * What an error of the file system means to us: its cause and its place, which have their texts in one table.
 *
 * @param place found by the file's name unless given
 */
export function fileError(error: unknown, path: string, place = placeOf(path)): NodeError {
  if (error instanceof NodeError) return error;
  const code = errorCode(error);
  const errno = systemErrno(code);
  if (errno !== null) return systemFault(errno, path, { place, cause: error });
  return new NodeError('state-dir-unusable', { path, reason: code ?? 'unexpected error' }, { cause: error });
}

/** The error of a cause and a place. */
export function systemFault(
  reason: SystemErrno,
  path: string,
  { place = placeOf(path), cause }: { place?: SystemPlace; cause?: unknown } = {},
): NodeError {
  return reason === 'ENOSPC' || reason === 'EDQUOT'
    ? new NodeError('disk-full', { path, place, reason }, { cause })
    : new NodeError('file-failed', { path, place, reason }, { cause });
}

/** Any error of a call of the system that nobody has given a place to, or null. */
export function strayFileError(error: unknown): NodeError | null {
  const { path, syscall } = (error ?? {}) as { path?: unknown; syscall?: unknown };
  if (typeof path !== 'string' || typeof syscall !== 'string' || systemErrno(errorCode(error)) === null)
    return null;
  return fileError(error, path);
}

/** True for what passes when the disk has room, or can be written again. */
export function isDiskFault(error: unknown): boolean {
  if (isNodeError(error, 'disk-full')) return true;
  return (
    isNodeError(error, 'file-failed') && ['EROFS', 'EIO', 'EMFILE', 'ENFILE'].includes(error.details.reason)
  );
}

/** Why a file that is there, or a folder, says that it cannot be read or written; null where it doesn't say. */
export function refusesAccess(path: string): SystemErrno | null {
  try {
    accessSync(path, constants.R_OK | constants.W_OK);
    return null;
  } catch (error) {
    const errno = systemErrno(errorCode(error));
    return errno === 'ENOENT' ? null : errno;
  }
}

/**
 * Why `bytes` cannot be written durably in a folder, found out by writing them to a file that is removed again; null
 * when they can. SQLite tells neither a read-only disk from a failing one, nor a used page from a free one.
 */
export function whyNotWritable(folder: string, bytes = 4096): SystemErrno | null {
  // Named as what a writer of the journal leaves when it dies: swept like that.
  const file = join(folder, `.journal.db.${randomBytes(8).toString('hex')}.tmp`);
  let descriptor: number | null = null;
  try {
    descriptor = openSync(file, 'wx', 0o600);
    const block = Buffer.alloc(Math.min(bytes, 65_536), 1);
    for (let written = 0; written < bytes; )
      written += writeSync(descriptor, block, 0, Math.min(block.length, bytes - written));
    fsyncSync(descriptor);
    return null;
  } catch (error) {
    return systemErrno(errorCode(error)) ?? 'EIO';
  } finally {
    try {
      if (descriptor !== null) {
        closeSync(descriptor);
        rmSync(file, { force: true });
      }
    } catch {
      // Swept later.
    }
  }
}

/** The folder that a file is in, asked why it cannot be written. */
export const whyNotWritableAt = (path: string): SystemErrno | null => whyNotWritable(dirname(path));
