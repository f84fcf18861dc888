import type { NodeContext } from '../../context.ts';
import { requireManager, type ServiceContext, serviceOfState } from './services.ts';

/**
 * Restarts the service of this node where it runs what lies in `folder`: its files were replaced. The service manager
 * has the old node finish its requests first.
 *
 * @returns false where no service has the node, or it runs something else
 * @throws NodeError `service-unavailable`, and what the service manager says
 */
export async function restartServiceIn(
  context: ServiceContext & Pick<NodeContext, 'paths'>,
  folder: string,
): Promise<boolean> {
  const service = await serviceOfState(context);
  if (service === null || !service.file.text.includes(`${folder}/`)) return false;
  const { manager, file } = service;
  await requireManager(manager);
  await manager.restart(file.name);
  return true;
}
