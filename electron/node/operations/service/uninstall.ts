import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileError } from '../../../daemon/storage/atomic-file.ts';
import { systemAccount } from './account.ts';
import { type InstalledService, requireManager } from './services.ts';

export interface UninstalledService {
  label: string;
  scope: 'user' | 'system';
  stateDir: string;
  /** What was removed from the disk. */
  removed: string[];
}

/**
 * Stops a service, after it has finished its requests, and takes it away. The node's own files stay.
 *
 * @throws NodeError `service-unavailable`, `service-failed`, `state-dir-unusable`
 */
export async function uninstallService({ manager, file }: InstalledService): Promise<UninstalledService> {
  await requireManager(manager);
  const { name, path, stateDir } = file;
  await manager.stop(name);
  await manager.disable(name);
  const sealed = manager.scope === 'system' ? [join('/etc', systemAccount, `${name}.passphrase`)] : [];
  const removed: string[] = [];
  for (const one of [path, ...sealed]) {
    if (!existsSync(one)) continue;
    await rm(one).catch((error: unknown) => {
      throw fileError(error, one, 'service');
    });
    removed.push(one);
  }
  await manager.reload();
  return { label: manager.label(name), scope: manager.scope, stateDir, removed };
}
