import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  openSync,
  renameSync,
  rmSync,
  type Stats,
} from 'node:fs';
import { keepOwnerSync } from '../system/file-owner.ts';

const { O_APPEND, O_CREAT, O_RDWR, O_WRONLY, O_NOFOLLOW, O_NONBLOCK } = constants;

/**
 * Opens a log for appending, mode 0600, following no link and waiting for no reader of a pipe.
 *
 * @throws the system's error
 */
export function openToAppend(
  path: string,
  access: 'write' | 'read-write',
): { descriptor: number; facts: Stats } {
  const how = access === 'write' ? O_WRONLY : O_RDWR;
  const descriptor = openSync(path, O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK | how, 0o600);
  try {
    const facts = fstatSync(descriptor);
    if (facts.isFile() && (facts.mode & 0o777) !== 0o600) fchmodSync(descriptor, 0o600);
    keepOwnerSync([path]);
    return { descriptor, facts };
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
}

/**
 * Puts `newest` in the row of older logs, as `path.1`; every older one moves up by a number, and none is kept beyond
 * `maxFiles`, the current one included.
 *
 * @throws the system's error
 */
export function keepAsNewest(newest: string, path: string, maxFiles: number): void {
  rmSync(`${path}.${maxFiles - 1}`, { force: true });
  for (let number = maxFiles - 2; number >= 1; number--)
    renameIfThere(`${path}.${number}`, `${path}.${number + 1}`);
  if (maxFiles > 1) renameIfThere(newest, `${path}.1`);
  else rmSync(newest, { force: true });
}

function renameIfThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if ((error as { code?: string }).code !== 'ENOENT') throw error;
  }
}
