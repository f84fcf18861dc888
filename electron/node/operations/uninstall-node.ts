import { isNodeError, NodeError } from '../../../shared/errors.ts';
import type { Configuration } from '../configuration.ts';
import { openConnections } from '../connections.ts';
import type { NodeContext } from '../context.ts';
import { serviceOfState } from './service/services.ts';
import { removeNodeData, type Uninstalled, type UninstallPlan } from './uninstall.ts';

/**
 * Removes the data of the node of this host, after asking the network what is staked with its key.
 *
 * @param input.loseKey said twice by the person: although it has no backup, or is staked, or answers wait
 * @param confirm sees what is going to be removed, and throws to cancel
 * @throws NodeError as `removeNodeData`, and `service-refused` while a service has the node; then nothing was removed
 */
export async function uninstallNode(
  context: NodeContext,
  input: { configuration: Configuration; loseKey: boolean },
  confirm: (plan: UninstallPlan) => Promise<void>,
): Promise<Uninstalled> {
  const { paths, version, clock, keychain } = context;
  const { configuration, loseKey } = input;
  const service = await serviceOfState(context);
  if (service !== null) {
    const detail = service.manager.label(service.file.name);
    throw new NodeError('service-refused', { reason: 'still-installed', detail });
  }
  const connections = openConnections(context, configuration);
  // A network that cannot be asked is an answer of its own: it is not known whether the key is staked.
  const lookUp = async (nodeKeyHash: string) => {
    try {
      return await connections.coordinator().nodeByKeyHash(nodeKeyHash);
    } catch (error) {
      if (!isNodeError(error)) throw error;
      return { kind: 'unknown' as const, reason: error.code, retryAfterMs: null };
    }
  };
  try {
    return await removeNodeData({ paths, version, loseKey, confirm }, { clock, lookUp, keychain });
  } finally {
    await connections.stop();
  }
}
