import { randomBytes } from 'node:crypto';
import { closeSync, constants, fstatSync, openSync, readSync, type Stats } from 'node:fs';
import { link, lstat, open, readdir, rename, rm, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { NodeError } from '../../../shared/errors.ts';
import { keepOwner } from '../system/file-owner.ts';
import { errorCode, fileError } from './system-fault.ts';

export { errorCode, fileError };

/**
 * Files that are whole or not there. A writer fills a temporary file beside the target, makes it
 * durable and only then gives it the name, so that neither a crash nor a reader sees half a file.
 */

/**
 * Replaces `path` by `content`, durably.
 *
 * @param options.mode permission bits of the new file, whatever the umask; 0600 unless given
 * @throws NodeError `disk-full`, `file-failed`, `state-dir-unusable`
 */
export async function writeFileAtomic(
  path: string,
  content: string,
  options: { mode?: number } = {},
): Promise<void> {
  await throughTemporary(path, content, options.mode ?? 0o600, (temporary) => rename(temporary, path));
}

/**
 * Creates `path` with `content`, durably, and never replaces anything: a hard link fails where a
 * rename would overwrite.
 *
 * @returns false when something already stands at `path`
 * @throws NodeError `disk-full`, `file-failed`, `state-dir-unusable`
 */
export async function createFile(path: string, content: string, mode = 0o600): Promise<boolean> {
  let created = true;
  await throughTemporary(path, content, mode, async (temporary) => {
    created = await linkUnlessTaken(temporary, path);
    await unlink(temporary);
  });
  return created;
}

/**
 * Moves a file to a name that is still free in the same file system, durably. At no moment has
 * the file no name.
 *
 * @param candidates names to try in turn
 * @returns the name it got
 * @throws NodeError `disk-full`, `file-failed`, `state-dir-unusable`
 */
export async function moveToFreeName(path: string, candidates: Iterable<string>): Promise<string> {
  try {
    for (const candidate of candidates) {
      if (!(await linkUnlessTaken(path, candidate))) continue;
      await syncDirectory(dirname(candidate));
      await unlink(path);
      await syncDirectory(dirname(path));
      return candidate;
    }
  } catch (error) {
    throw fileError(error, path);
  }
  throw new NodeError('state-dir-unusable', { path, reason: 'no-free-name' });
}

/**
 * Reads a text file that must be small. Pipes, devices and folders are no files: they would block the node, or fill it.
 *
 * @returns null when there is nothing at `path`
 * @throws NodeError `file-too-large`, `state-dir-unusable` for what is no file; the system's own error otherwise, so that the caller can tell
 *   "cannot be read" from "is not there"
 */
export async function readSmallFile(
  path: string,
  limitBytes: number,
  noFollow = false,
): Promise<string | null> {
  const { O_RDONLY, O_NONBLOCK, O_NOFOLLOW } = constants;
  let file: Awaited<ReturnType<typeof open>>;
  try {
    // O_NONBLOCK: a FIFO put in place of the file must not block the node for ever.
    file = await open(path, O_RDONLY | O_NONBLOCK | (noFollow ? O_NOFOLLOW : 0));
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  }
  try {
    const buffer = bufferFor(await file.stat(), path, limitBytes);
    let length = 0;
    while (length < buffer.length) {
      const { bytesRead } = await file.read(buffer, length, buffer.length - length);
      if (bytesRead === 0) return buffer.toString('utf8', 0, length);
      length += bytesRead;
    }
    throw new NodeError('file-too-large', { path, limitBytes });
  } finally {
    await file.close();
  }
}

/** The same at once, for what must be known before anything else can begin. */
export function readSmallFileSync(path: string, limitBytes: number): string | null {
  let descriptor: number;
  try {
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  }
  try {
    const buffer = bufferFor(fstatSync(descriptor), path, limitBytes);
    let length = 0;
    while (length < buffer.length) {
      const bytesRead = readSync(descriptor, buffer, length, buffer.length - length, null);
      if (bytesRead === 0) return buffer.toString('utf8', 0, length);
      length += bytesRead;
    }
    throw new NodeError('file-too-large', { path, limitBytes });
  } finally {
    closeSync(descriptor);
  }
}

function bufferFor(facts: Stats, path: string, limitBytes: number): Buffer {
  if (!facts.isFile() && !facts.isDirectory())
    throw new NodeError('state-dir-unusable', { path, reason: 'not-a-file' });
  if (facts.isFile() && facts.size > limitBytes) throw new NodeError('file-too-large', { path, limitBytes });
  // One more than may be read; files of the kernel have no size, and others can have grown meanwhile.
  return Buffer.alloc((facts.size === 0 ? limitBytes : Math.min(limitBytes, facts.size + 4096)) + 1);
}

/**
 * Removes what writers that died left behind. Only files old enough that no living writer can
 * still need them; never throws, because leftovers harm nobody.
 */
export async function sweepTemporaryFiles(
  directory: string,
  nowMs: number,
  olderThanMs = 3_600_000,
): Promise<number> {
  let removed = 0;
  try {
    for (const name of await readdir(directory)) {
      if (!temporaryName.test(name)) continue;
      const path = join(directory, name);
      if (nowMs - (await lstat(path)).mtimeMs < olderThanMs) continue;
      await rm(path);
      removed++;
    }
  } catch {
    // Next time.
  }
  return removed;
}

/** Makes names given, changed or taken in `directory` durable. */
export async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, constants.O_RDONLY);
  try {
    await handle.sync();
  } catch (error) {
    // Some file systems (FUSE, network) cannot sync a directory; the rename itself has happened.
    if (!['EINVAL', 'ENOTSUP', 'ENOSYS'].includes(errorCode(error) ?? '')) throw error;
  } finally {
    await handle.close();
  }
}

/** `20260102T030405Z`: sorts by time and is a plain file name everywhere. */
export function dateStamp(nowMs: number): string {
  return new Date(nowMs).toISOString().replace(/[-:]|\.\d+/g, '');
}

const temporaryName = /^\..+\.[0-9a-f]{16}\.tmp$/;

async function throughTemporary(
  path: string,
  content: string,
  mode: number,
  give: (temporary: string) => Promise<void>,
): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(8).toString('hex')}.tmp`);
  try {
    // Created with the final mode at most: a umask can only narrow it, and chmod restores it.
    const file = await open(temporary, 'wx', mode);
    try {
      await file.chmod(mode);
      await keepOwner(temporary, path);
      await file.writeFile(content, 'utf8');
      await file.sync();
    } finally {
      await file.close();
    }
    await give(temporary);
    await syncDirectory(dirname(path));
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw fileError(error, path);
  }
}

async function linkUnlessTaken(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    const code = errorCode(error);
    if (code === 'EEXIST') return false;
    if (code === 'EPERM' || code === 'ENOTSUP' || code === 'ENOSYS') {
      throw new NodeError('state-dir-unusable', { path: to, reason: 'no-hard-links' }, { cause: error });
    }
    throw error;
  }
}
