import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { NodeError } from '../../shared/errors.ts';
import { errorCode } from '../daemon/storage/atomic-file.ts';
import type { StatePaths } from '../daemon/storage/paths.ts';
import { productUnit, unitName } from '../daemon/system/service-manager/definition.ts';
import { systemSocket, systemSocketFolder } from '../daemon/system/service-manager/systemd-unit.ts';

/** Whether somebody who named no node and has none of their own is to be led to that of the computer's service. */
function hasNone(paths: StatePaths): boolean {
  return paths.chosenBy === 'convention' && !existsSync(paths.identityFile) && !existsSync(paths.keyFile);
}

/**
 * Where the node of the computer's own service is reached, for somebody who has none of their own and named none:
 * `default`, or the only one. One that this user may not reach is none.
 */
export async function systemServiceSocket(
  paths: StatePaths,
): Promise<{ socketPath: string; service: string } | null> {
  if (!hasNone(paths)) return null;
  const files = await readdir(systemSocketFolder).catch(() => []);
  const names = files.filter((file) => file.endsWith('.sock')).map((file) => file.slice(0, -'.sock'.length));
  const name = names.includes('default') ? 'default' : names.length === 1 ? names[0] : undefined;
  return name === undefined ? null : { socketPath: systemSocket(name), service: unitName(name) };
}

/**
 * Says so where there may be a node of the computer's service that this user may not reach.
 *
 * @throws NodeError `service-not-permitted`
 */
export async function refuseClosedService(paths: StatePaths): Promise<void> {
  if (!hasNone(paths)) return;
  await readdir(systemSocketFolder).catch((error: unknown) => {
    if (errorCode(error) !== 'EACCES') return;
    throw new NodeError('service-not-permitted', { group: productUnit, user: userInfo().username });
  });
}
