import { NodeError } from '../../../../shared/errors.ts';
import { readNodeId } from '../../../../shared/ids.ts';
import type { ControlClient } from '../../../daemon/control/client.ts';
import type { CommandRun } from '../../args/invocation.ts';
import { withDaemon } from '../../daemon-link.ts';
import { exitCodes } from '../../exit-codes.ts';
import { resolvePaths } from '../../resolve.ts';
import { changeText, type NodesChange, nodesText } from './text.ts';

/** The wallet's nodes that can be known, with totals as on the Console's dashboard; and what is added to the list. */
export const runNodes: CommandRun = async (invocation) => {
  const { flags, terminal, clock, operands } = invocation;
  const [verb = 'list', id] = operands;
  const nodeId = nodeIdGiven(verb, id);
  const paths = await resolvePaths(invocation);
  const { change, answer } = await withDaemon(invocation, paths, async (daemon) => ({
    change: await changed(daemon, verb, nodeId),
    answer: await daemon.ask('nodes.ofWallet', {}),
  }));
  if (flags.json) {
    const { printDocument } = await import('../../documents/documents.ts');
    const { nodesDocument } = await import('../../documents/earnings.ts');
    printDocument(terminal, nodesDocument, { schemaVersion: 1, document: 'nodes', change, ...answer });
  } else terminal.out(change === null ? nodesText(terminal, answer, clock.now()) : changeText(change));
  return change === null || change.done ? exitCodes.done : exitCodes.notReady;
};

async function changed(
  daemon: ControlClient,
  verb: string,
  nodeId: string | null,
): Promise<NodesChange | null> {
  if (verb === 'scan') {
    const { started, reason } = await daemon.ask('nodes.scan', {});
    return { verb, nodeId: null, done: started, reason };
  }
  if (nodeId === null) return null;
  if (verb === 'add') {
    const { added, reason } = await daemon.ask('nodes.add', { nodeId });
    return { verb, nodeId, done: added, reason };
  }
  const { removed } = await daemon.ask('nodes.remove', { nodeId });
  return { verb: 'remove', nodeId, done: removed, reason: null };
}

/** @throws NodeError `usage` */
function nodeIdGiven(verb: string, id: string | undefined): string | null {
  if (verb !== 'add' && verb !== 'remove') {
    if (id !== undefined)
      throw new NodeError('usage', { input: id, remedy: `nodes ${verb} takes nothing more` });
    return null;
  }
  const nodeId = readNodeId(id);
  if (nodeId !== null) return nodeId;
  throw new NodeError('usage', {
    input: id ?? `nodes ${verb}`,
    remedy: `give the number of a node, for example: nodes ${verb} 4217`,
  });
}
