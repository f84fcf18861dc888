import { existsSync } from 'node:fs';
import { type StatePaths, statePaths } from '../../../daemon/storage/paths.ts';
import type { NodeContext } from '../../context.ts';
import { findServices } from '../service/services.ts';
import type { Installation } from './installation.ts';

/**
 * Whose node an update takes over: the one of this call; for somebody who has none and named none, that of the
 * computer's service which runs this program, `default` or the only one.
 */
export async function nodeToUpdate(
  context: Pick<NodeContext, 'paths' | 'env' | 'platform' | 'homeDir' | 'clock'>,
  installation: Installation | null,
): Promise<StatePaths> {
  const { paths, env, platform, homeDir } = context;
  const hasOwn = existsSync(paths.identityFile) || existsSync(paths.keyFile);
  if (installation === null || hasOwn || paths.chosenBy !== 'convention') return paths;
  const services = (await findServices(context)).filter(
    ({ manager, file }) =>
      manager.scope === 'system' && file.text.includes(`${installation.currentLink}/bin/parallelix-operator`),
  );
  const found =
    services.find(({ file }) => file.name === 'default') ?? (services.length === 1 ? services[0] : undefined);
  if (found === undefined) return paths;
  return statePaths({ stateDir: found.file.stateDir, env, platform, homeDir });
}
