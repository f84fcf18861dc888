import type { UnknownReason } from '../../../shared/contract/chain.ts';
import { presentSignatures } from '../chain/functions.ts';
import type { ChainRead, ChainReader } from '../chain/reader.ts';
import type { RpcAnswer } from '../chain/rpc.ts';
import { type Answering, blockOf } from '../chain/rpc-pool.ts';
import { integer, selectorOf, wordsOf } from '../chain/words.ts';
import type { Claim } from './claims-table.ts';

/** `Transfer(address,address,uint256)` of every ERC-20. */
const transferTopic = '0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef';
/** More in one range than a wallet ever claims. */
const mostLogs = 200;

/** The token's transfers from the rewards contract to the owner in a range of blocks, which is read whole or not at all. */
export async function readClaims(
  range: { fromBlock: number; toBlock: number },
  modules: {
    answering: Answering;
    read: ChainRead;
    reader: Pick<ChainReader, 'codeOf'>;
    contracts: { token: string; rewards: string };
    owner: string;
  },
): Promise<Claim[] | { failed: UnknownReason }> {
  const { answering, read, reader, contracts, owner } = modules;
  const hex = (number: number) => `0x${number.toString(16)}`;
  const [logs] = await answering.batch([
    {
      method: 'eth_getLogs',
      params: [
        {
          ...{ fromBlock: hex(range.fromBlock), toBlock: hex(range.toBlock), address: contracts.token },
          topics: [transferTopic, topicOf(contracts.rewards), topicOf(owner)],
        },
      ],
    },
  ]);
  if (logs?.kind !== 'result') return { failed: logs?.kind === 'failure' ? logs.reason : 'not-an-rpc' };
  if (!Array.isArray(logs.result) || logs.result.length > mostLogs) return { failed: 'not-an-rpc' };
  const found = logs.result.map((log) => transferOf(log, range, contracts, owner));
  if (found.some((one) => one === null)) {
    answering.distrust('contradicted', 'a log that was not asked for');
    return { failed: 'contradicted' };
  }
  const transfers = found.filter((one) => one !== null);
  const answers = await answering.batch(
    transfers.flatMap(({ transactionHash, block }) => [
      { method: 'eth_getTransactionByHash', params: [transactionHash] },
      { method: 'eth_getBlockByNumber', params: [hex(block), false] },
    ]),
  );
  const code = reader.codeOf('rewards');
  const selectors = code ? presentSignatures('claim', code).map(selectorOf) : [];
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

function transferOf(
  log: unknown,
  { fromBlock, toBlock }: { fromBlock: number; toBlock: number },
  { token, rewards }: { token: string; rewards: string },
  owner: string,
): Pick<Claim, 'block' | 'logIndex' | 'blockHash' | 'transactionHash' | 'amountWei'> | null {
  if (typeof log !== 'object' || log === null) return null;
  const { address, topics, data, blockNumber, blockHash, logIndex, transactionHash, removed } = log as Record<
    string,
    unknown
  >;
  const wanted = [transferTopic, topicOf(rewards), topicOf(owner)];
  const block = integer(blockNumber);
  const place = integer(logIndex);
  const [amountWei, ...rest] = wordsOf(data) ?? [];
  const isRight =
    typeof address === 'string' &&
    address.toLowerCase() === token.toLowerCase() &&
    Array.isArray(topics) &&
    String(topics).toLowerCase() === String(wanted) &&
    removed !== true;
  if (!isRight || block === null || place === null || amountWei === undefined || rest.length > 0) return null;
  if (block < fromBlock || block > toBlock || !isHash(blockHash) || !isHash(transactionHash)) return null;
  return { block, logIndex: place, blockHash, transactionHash, amountWei };
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

function topicOf(address: string): string {
  return `0x${address.slice(2).toLowerCase().padStart(64, '0')}`;
}

function isHash(value: unknown): value is string {
  return typeof value === 'string' && /^0x[0-9a-f]{64}$/.test(value);
}

function resultOf(answer: RpcAnswer | undefined): unknown {
  return answer?.kind === 'result' ? answer.result : null;
}
