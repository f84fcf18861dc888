import { NodeError } from '../../../../shared/errors.ts';
import { isNodeId } from '../../../../shared/ids.ts';
import type { Invocation } from '../../args/invocation.ts';

/**
 * The arguments of `start` that a service is to be run with; everything else is saved with `config set`.
 *
 * @throws NodeError `usage`
 */
export function nodeArguments({ flags }: Invocation): string[] {
  const { 'node-id': nodeId, gpu, cpu, model } = flags;
  if (nodeId !== undefined && !isNodeId(nodeId)) {
    const remedy = 'must be the number that the registration gave, 1 to 78 digits';
    throw new NodeError('usage', { input: `--node-id ${nodeId}`, remedy });
  }
  if (model !== undefined && /[\p{Cc}\s]/u.test(model))
    throw new NodeError('usage', { input: '--model', remedy: 'must be the name of a model' });
  return [
    ...(nodeId === undefined ? [] : ['--node-id', nodeId]),
    ...(gpu ? ['--gpu'] : []),
    ...(cpu ? ['--cpu'] : []),
    ...(model === undefined ? [] : ['--model', model]),
  ];
}
