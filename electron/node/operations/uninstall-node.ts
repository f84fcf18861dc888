import { isNodeError, NodeError } from '../../../shared/errors.ts';
import { reasonOf } from '../../../shared/reasons/reason-text.ts';
import type { Registration } from '../../daemon/coordinator/client.ts';
import { keyNamedByJournals } from '../../daemon/serving/journal-key.ts';
import { readStateDirectory } from '../../daemon/storage/state-files.ts';
import type { Configuration } from '../configuration.ts';
import { openConnections } from '../connections.ts';
import type { NodeContext } from '../context.ts';
import { isAtStake, keysAtStake } from './keys-at-stake.ts';
import { serviceOfState } from './service/services.ts';
import { removeNodeData, type Uninstalled, type UninstallPlan } from './uninstall.ts';

/**
 * Whether `uninstallNode` would refuse for what would be lost, asked without stopping the node: answers that wait are only
 * known once it has ended.
 *
 * @throws NodeError `uninstall-refused`, `service-refused`, `state-dir-unusable`
 */
export async function checkUninstall(
  context: NodeContext,
  { configuration }: { configuration: Configuration },
): Promise<void> {
  const { paths } = context;
  await requireNoService(context);
  const files = (await readStateDirectory(paths)).ours;
  const { lookUp, stop } = openRegistry(context, configuration);
  try {
    const keys = await keysAtStake(
      { paths, files },
      { lookUp, journalNamesKey: () => keyNamedByJournals(paths) },
    );
    if (keys.some(isAtStake))
      throw new NodeError('uninstall-refused', { stateDir: paths.stateDir, keys, undelivered: 0 });
  } finally {
    await stop();
  }
}

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
  await requireNoService(context);
  const { lookUp, stop } = openRegistry(context, configuration);
  try {
    return await removeNodeData({ paths, version, loseKey, confirm }, { clock, lookUp, keychain });
  } finally {
    await stop();
  }
}

/** @throws NodeError `service-refused` */
async function requireNoService(context: NodeContext): Promise<void> {
  const service = await serviceOfState(context);
  if (service === null) return;
  const detail = service.manager.label(service.file.name);
  throw new NodeError('service-refused', { reason: 'still-installed', detail });
}

/** What the network knows of a key. One that cannot be asked is an answer of its own: then nobody knows what is staked. */
function openRegistry(context: NodeContext, configuration: Configuration) {
  const connections = openConnections(context, configuration);
  return {
    async lookUp(nodeKeyHash: string): Promise<Registration> {
      try {
        return await connections.coordinator().nodeByKeyHash(nodeKeyHash);
      } catch (error) {
        if (!isNodeError(error)) throw error;
        return { kind: 'unknown', reason: reasonOf(error), retryAfterMs: null };
      }
    },
    stop: () => connections.stop(),
  };
}
