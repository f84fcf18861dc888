import { join } from 'node:path';
import { systemSocket } from '../../../daemon/system/service-manager/systemd-unit.ts';
import type { InstalledService } from './services.ts';

/** Where the node of a service is reached. */
export function serviceSocket({ manager, file }: InstalledService): string {
  const shared = manager.kind === 'systemd' && manager.scope === 'system';
  return shared ? systemSocket(file.name) : join(file.stateDir, 'control.sock');
}
