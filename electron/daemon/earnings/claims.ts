import type { UnknownReason } from '../../../shared/contract/chain.ts';
import type { ChainRead, ChainReader } from '../chain/reader.ts';
import type { RpcAnswer } from '../chain/rpc.ts';
import { type Answering, blockOf } from '../chain/rpc-pool.ts';
import { selectorOf, wordsOf } from '../chain/words.ts';
import type { Claim } from './claims-table.ts';
import { readTransfers } from './transfers.ts';

/** The token's transfers from the rewards contract to the owner in a range of blocks, which is read whole or not at all. */
export async function readClaims(
  range: { fromBlock: number; toBlock: number },
  modules: {
    answering: Answering;
    read: ChainRead;
    reader: Pick<ChainReader, 'signatures'>;
    contracts: { token: string; rewards: string };
    owner: string;
  },
): Promise<Claim[] | { failed: UnknownReason }> {
  const { answering, read, reader, contracts, owner } = modules;
  const { token, rewards } = contracts;
  const transfers = await readTransfers({ ...range, token, from: rewards, to: owner }, answering);
  if ('failed' in transfers) return transfers;
  const answers = await answering.batch(
    transfers.flatMap(({ transactionHash, block }) => [
      { method: 'eth_getTransactionByHash', params: [transactionHash] },
      { method: 'eth_getBlockByNumber', params: [`0x${block.toString(16)}`, false] },
    ]),
  );
  const selectors = (reader.signatures('claim') ?? []).map(selectorOf);
  return transfers.map((transfer, index) => {
    const block = resultOf(answers[2 * index + 1]);
    const nodeId = claimedNode(resultOf(answers[2 * index]), contracts.rewards, selectors);
    // That the id is the owner's is what proves the call to be a claim of it.
    const claimed = nodeId === null ? undefined : read.nodes.get(nodeId);
    const isOwners = claimed?.owner.known === true && claimed.owner.value === owner.toLowerCase();
    return {
      ...transfer,
      owner,
      blockMs: blockOf(block)?.timeMs ?? null,
      nodeId: isOwners ? nodeId : null,
      unknownNode: isOwners ? null : 'layout-unproven',
    };
  });
}

/** The node of a transaction that calls `claim(nodeId)` directly; null for every other. */
function claimedNode(transaction: unknown, rewards: string, selectors: readonly string[]): string | null {
  if (typeof transaction !== 'object' || transaction === null) return null;
  const { to, input } = transaction as Record<string, unknown>;
  if (typeof to !== 'string' || to.toLowerCase() !== rewards.toLowerCase() || typeof input !== 'string')
    return null;
  if (!selectors.includes(input.slice(0, 10).toLowerCase())) return null;
  const words = wordsOf(`0x${input.slice(10)}`);
  return words?.length === 1 ? String(words[0]) : null;
}

function resultOf(answer: RpcAnswer | undefined): unknown {
  return answer?.kind === 'result' ? answer.result : null;
}
