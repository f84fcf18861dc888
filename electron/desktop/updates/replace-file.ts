import { createHash } from 'node:crypto';
import { constants, copyFile, link, open, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { NodeError } from '../../../shared/errors.ts';
import { errorCode, fileError, syncDirectory } from '../../daemon/storage/atomic-file.ts';

/** The version before, beside the one that took its place. */
const previousOf = (file: string) => join(dirname(file), `.${basename(file)}.previous`);
const incomingOf = (file: string) => join(dirname(file), `.${basename(file)}.incoming`);

const pieceBytes = 1024 * 1024;
const programMode = 0o755;

/**
 * Puts a new version in the place of `file`, which keeps its name: what starts it goes on starting it. The bytes are
 * hashed on their way into the folder, so what was changed after its download never gets the name; the version before
 * lies beside it first, and at every moment one whole version has the name.
 *
 * @throws NodeError `download-mismatch` (changed, or gone), `disk-full`, `state-dir-unusable`; then `file` is as before
 */
export async function replaceFile(file: string, source: { path: string; sha256: string }): Promise<void> {
  const incoming = incomingOf(file);
  try {
    const found = await copyHashing(source.path, incoming);
    if (found !== source.sha256)
      throw new NodeError('download-mismatch', { url: source.path, expected: source.sha256, found });
    await keepAside(file);
    await rename(incoming, file);
    await syncDirectory(dirname(file));
  } catch (error) {
    await rm(incoming, { force: true }).catch(() => undefined);
    throw fileError(error, file);
  }
}

/** Puts the version before back; false where there is none. */
export async function putBack(file: string): Promise<boolean> {
  try {
    await rename(previousOf(file), file);
    await syncDirectory(dirname(file));
    return true;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false;
    throw fileError(error, file);
  }
}

/** The new version serves: the one before is needed no more. Never fails: what stays harms nobody. */
export async function forgetPrevious(file: string): Promise<void> {
  for (const path of [previousOf(file), incomingOf(file)]) await rm(path, { force: true }).catch(() => {});
}

async function keepAside(file: string): Promise<void> {
  const previous = previousOf(file);
  await rm(previous, { force: true });
  try {
    // A second name of the same bytes: the file itself is replaced, never written to.
    await link(file, previous);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') throw error;
    const part = `${previous}.part`;
    await copyFile(file, part, constants.COPYFILE_FICLONE);
    const { mode } = await stat(file);
    const copy = await open(part, 'r+');
    await copy.chmod(mode);
    await copy.sync();
    await copy.close();
    await rename(part, previous);
  }
}

async function copyHashing(from: string, to: string): Promise<string> {
  const hash = createHash('sha256');
  await rm(to, { force: true });
  const source = await open(from, constants.O_RDONLY | constants.O_NOFOLLOW).catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  });
  if (source === null) return 'gone';
  try {
    const target = await open(to, 'wx', programMode);
    try {
      for await (const piece of source.createReadStream({ autoClose: false, highWaterMark: pieceBytes })) {
        hash.update(piece as Buffer);
        await target.writeFile(piece as Buffer);
      }
      await target.chmod(programMode);
      await target.sync();
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
  return hash.digest('hex');
}
