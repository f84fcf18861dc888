import { NodeError } from '../../../../shared/errors.ts';
import { tryFolderLock } from '../../../daemon/storage/folder-lock.ts';
import type { Installation } from './installation.ts';

/** As install.sh names it. */
const linkName = '.parallelix-operator-installing';

/**
 * One update, installation or removal at a time: this is the lock that install.sh takes as well. The system takes it back
 * when the process dies.
 *
 * @throws NodeError `update-busy`, `file-failed`, `state-dir-unusable`, `disk-full`, and what `work` throws
 */
export async function withUpdateLock<T>(
  { lockedFolder }: Installation,
  env: NodeJS.ProcessEnv,
  work: () => Promise<T>,
): Promise<T> {
  const held = await tryFolderLock(lockedFolder, { linkName, env });
  if (held === null) throw new NodeError('update-busy', { path: lockedFolder });
  try {
    return await work();
  } finally {
    held.release();
  }
}
