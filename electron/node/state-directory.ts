import { stat } from 'node:fs/promises';
import { isNodeError, NodeError } from '../../shared/errors.ts';
import { refuseStrangers } from '../daemon/storage/open-directory.ts';
import { type StatePaths, statePaths } from '../daemon/storage/paths.ts';
import type { NodeContext } from './context.ts';

/**
 * The state directory of app, command line and service alike; nothing is created.
 *
 * @throws NodeError `state-dir-unusable`, `state-dir-open`
 */
export async function resolvePaths(
  options: { stateDir?: string | undefined } & Pick<NodeContext, 'env' | 'platform' | 'homeDir'>,
): Promise<StatePaths> {
  const paths = statePaths(options);
  const kind = await stat(paths.stateDir).catch(() => null);
  if (kind !== null && !kind.isDirectory()) {
    throw new NodeError('state-dir-unusable', { path: paths.stateDir, reason: 'file-in-the-way' });
  }
  if (kind !== null) await refuseStrangers(paths.stateDir).catch(unlessUnreadable);
  return paths;
}

/** A directory that cannot be listed is refused by whoever needs it. */
function unlessUnreadable(error: unknown): void {
  if (isNodeError(error)) throw error;
}
