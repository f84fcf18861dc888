import {
  closeSync,
  constants,
  copyFileSync,
  fstatSync,
  mkdirSync,
  openSync,
  readSync,
  rmSync,
  statSync,
  truncateSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { keepAsNewest, openToAppend } from '../../logging/rotation.ts';

/**
 * The log of an Ollama that we started. The server writes it by itself, through a descriptor of its own, so that it
 * outlives us; it is therefore rotated by copying and emptying, never by renaming.
 */
export interface ServerLog {
  /** To be handed to the server and then closed here. */
  descriptor: number;
  /** Where the server's output will begin. */
  fromByte: number;
}

/** Opens it for appending, mode 0600. Throws the system's error. */
export function openServerLog(path: string): ServerLog {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const { descriptor, facts } = openToAppend(path, 'write');
  if (!facts.isFile()) {
    closeSync(descriptor);
    throw Object.assign(new Error('not a regular file'), { code: 'EINVAL' });
  }
  return { descriptor, fromByte: facts.size };
}

/**
 * Rotates a log that has grown to `maxBytes` to `.1` and empties it; `maxFiles` are kept, the current one included.
 * What is written between the two steps is lost: a few lines. Without room for the copy the older ones go, for a log
 * must not fill the disk. Never throws.
 *
 * @returns whether it was rotated
 */
export function rotateServerLog(
  path: string,
  options: { maxBytes?: number; maxFiles?: number } = {},
): boolean {
  const { maxBytes = 10_000_000, maxFiles = 5 } = options;
  try {
    if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) < maxBytes) return false;
  } catch {
    return false;
  }
  try {
    const copy = `${path}.new`;
    copyFileSync(path, copy);
    keepAsNewest(copy, path, maxFiles);
  } catch {
    for (const name of ['new', ...Array.from({ length: maxFiles }, (_, index) => index + 1)])
      removeQuietly(`${path}.${name}`);
  }
  try {
    truncateSync(path, 0);
    return true;
  } catch {
    return false;
  }
}

const longestTailBytes = 8192;

/** What the server wrote last, from `fromByte` on; empty when it cannot be read. */
export function serverLogTail(path: string, fromByte: number): string {
  let descriptor: number | null = null;
  try {
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const { size } = fstatSync(descriptor);
    // It was emptied meanwhile.
    const from = Math.max(fromByte > size ? 0 : fromByte, size - longestTailBytes);
    const bytes = Buffer.alloc(Math.max(0, size - from));
    const read = readSync(descriptor, bytes, 0, bytes.length, from);
    return bytes.toString('utf8', 0, read);
  } catch {
    return '';
  } finally {
    if (descriptor !== null) closeSync(descriptor);
  }
}

function removeQuietly(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // A leftover harms nobody.
  }
}
