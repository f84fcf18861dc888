import { acquireLock } from '../daemon/storage/lock.ts';
import { ensureStateDir, type StatePaths } from '../daemon/storage/paths.ts';
import type { Invocation } from './invocation.ts';

/**
 * Works on the state directory while no node runs on it.
 *
 * @throws NodeError `other-daemon`, `state-dir-unusable`, `disk-full`, and what `work` throws
 */
export async function whileNoNodeRuns<T>(
  { clock, version }: Invocation,
  paths: StatePaths,
  work: () => Promise<T>,
): Promise<T> {
  await ensureStateDir(paths, { clock });
  const lock = await acquireLock({ paths, version }, { clock });
  try {
    return await work();
  } finally {
    await lock.release();
  }
}
