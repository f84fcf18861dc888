import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { NodeError } from '../../shared/errors.ts';
import { errorCode } from '../daemon/storage/atomic-file.ts';
import type { StatePaths } from '../daemon/storage/paths.ts';
import { productUnit, unitName } from '../daemon/system/service-manager/definition.ts';
import { systemSocket, systemSocketFolder } from '../daemon/system/service-manager/systemd-unit.ts';

/**
 * Where the node of the computer's own service is reached, for somebody who has none of their own and named none:
 * `default`, or the only one.
 *
 * @throws NodeError `service-not-permitted` when there may be one, and this user may not look
 */
export async function systemServiceSocket(
  paths: StatePaths,
): Promise<{ socketPath: string; service: string } | null> {
  const hasOwn = existsSync(paths.identityFile) || existsSync(paths.keyFile);
  if (hasOwn || paths.chosenBy !== 'convention') return null;
  const files = await readdir(systemSocketFolder).catch((error: unknown) => {
    if (errorCode(error) !== 'EACCES') return [];
    throw new NodeError('service-not-permitted', { group: productUnit, user: userInfo().username });
  });
  const names = files.filter((file) => file.endsWith('.sock')).map((file) => file.slice(0, -'.sock'.length));
  const name = names.includes('default') ? 'default' : names.length === 1 ? names[0] : undefined;
  return name === undefined ? null : { socketPath: systemSocket(name), service: unitName(name) };
}
