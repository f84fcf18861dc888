import { NodeError } from '../../../../shared/errors.ts';
import { tryExclusive } from '../../../daemon/storage/exclusive.ts';
import type { Installation } from './installation.ts';

/**
 * One update at a time in an installation; the system takes the lock back when the process dies.
 *
 * @throws NodeError `update-busy`, `state-dir-unusable`, `disk-full`, and what `work` throws
 */
export async function withUpdateLock<T>({ lockFile }: Installation, work: () => Promise<T>): Promise<T> {
  const held = tryExclusive(lockFile);
  if (held === null) throw new NodeError('update-busy', { path: lockFile });
  try {
    return await work();
  } finally {
    held.release();
  }
}
