import type { UnknownReason } from '../../../shared/contract/chain.ts';
import type { Answering } from '../chain/rpc-pool.ts';
import { integer, wordsOf } from '../chain/words.ts';

/** `Transfer(address,address,uint256)` of every ERC-20. */
const transferTopic = '0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef';
/** More in one range than a wallet ever claims, or a keeper pays. */
const mostLogs = 200;

/** One transfer of the token, as its event says it. */
export interface Transfer {
  block: number;
  logIndex: number;
  blockHash: string;
  transactionHash: string;
  amountWei: bigint;
}

interface Wanted {
  fromBlock: number;
  toBlock: number;
  token: string;
  /** Null: from anybody. */
  from: string | null;
  to: string;
}

/** The token's transfers in a range of blocks, which is read whole or not at all. */
export async function readTransfers(
  wanted: Wanted,
  answering: Answering,
): Promise<Transfer[] | { failed: UnknownReason }> {
  const hex = (number: number) => `0x${number.toString(16)}`;
  const { fromBlock, toBlock, token: address } = wanted;
  const [logs] = await answering.batch([
    {
      method: 'eth_getLogs',
      params: [{ fromBlock: hex(fromBlock), toBlock: hex(toBlock), address, topics: topicsOf(wanted) }],
    },
  ]);
  if (logs?.kind !== 'result') return { failed: logs?.kind === 'failure' ? logs.reason : 'not-an-rpc' };
  if (!Array.isArray(logs.result) || logs.result.length > mostLogs) return { failed: 'not-an-rpc' };
  const found = logs.result.map((log) => transferOf(log, wanted));
  if (found.some((one) => one === null)) {
    answering.distrust('contradicted', 'a log that was not asked for');
    return { failed: 'contradicted' };
  }
  return found.filter((one) => one !== null);
}

function topicsOf({ from, to }: Wanted): (string | null)[] {
  return [transferTopic, from === null ? null : topicOf(from), topicOf(to)];
}

function transferOf(log: unknown, wanted: Wanted): Transfer | null {
  if (typeof log !== 'object' || log === null) return null;
  const { address, topics, data, blockNumber, blockHash, logIndex, transactionHash, removed } = log as Record<
    string,
    unknown
  >;
  const block = integer(blockNumber);
  const place = integer(logIndex);
  const [amountWei, ...rest] = wordsOf(data) ?? [];
  const asked = topicsOf(wanted);
  const isRight =
    typeof address === 'string' &&
    address.toLowerCase() === wanted.token.toLowerCase() &&
    Array.isArray(topics) &&
    topics.length === asked.length &&
    asked.every((topic, index) => topic === null || String(topics[index]).toLowerCase() === topic) &&
    removed !== true;
  if (!isRight || block === null || place === null || amountWei === undefined || rest.length > 0) return null;
  if (block < wanted.fromBlock || block > wanted.toBlock || !isHash(blockHash) || !isHash(transactionHash))
    return null;
  return { block, logIndex: place, blockHash, transactionHash, amountWei };
}

function topicOf(address: string): string {
  return `0x${address.slice(2).toLowerCase().padStart(64, '0')}`;
}

function isHash(value: unknown): value is string {
  return typeof value === 'string' && /^0x[0-9a-f]{64}$/.test(value);
}
