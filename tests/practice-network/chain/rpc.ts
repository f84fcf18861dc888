import type { Interface } from 'ethers/abi';
import * as z from 'zod';

/** JSON-RPC to a local chain, and contract calls on top of it. Quantities are bigint. */
export interface Rpc {
  call(method: string, params?: unknown[]): Promise<unknown>;
  /** eth_call at a fixed block, never at a moving "latest". */
  read(contract: Contract, name: string, args: unknown[], atBlock: number): Promise<readonly unknown[]>;
  /** Sends a transaction from an impersonated account and returns its receipt. Reverts throw ContractRevert. */
  send(from: string, to: Contract, name: string, args: unknown[]): Promise<Receipt>;
  deploy(from: string, data: string): Promise<string>;
  blockNumber(): Promise<number>;
  timestamp(atBlock: number): Promise<bigint>;
  logs(contract: Contract): Promise<ChainLog[]>;
}

export interface Contract {
  address: string;
  abi: Interface;
}

export interface Receipt {
  blockNumber: number;
  logs: { address: string; topics: string[]; data: string }[];
}

export interface ChainLog {
  name: string;
  args: Record<string, unknown>;
  blockNumber: number;
  logIndex: number;
  address: string;
}

/** A contract said no; `reason` is the name of its error. */
class ContractRevert extends Error {
  readonly reason: string;
  constructor(reason: string) {
    super(`reverted: ${reason}`);
    this.reason = reason;
  }
}

const answerSchema = z.object({
  result: z.unknown().optional(),
  error: z.object({ message: z.string(), data: z.unknown().optional() }).optional(),
});
const logSchema = z.object({
  address: z.string(),
  topics: z.array(z.string()),
  data: z.string(),
  blockNumber: z.string().transform(Number),
  logIndex: z.string().transform(Number),
});
const receiptSchema = z
  .object({
    status: z.string(),
    blockNumber: z.string().transform(Number),
    contractAddress: z.string().nullable().optional(),
    logs: z.array(logSchema),
  })
  .nullable();

class RpcError extends Error {
  readonly data: unknown;
  constructor(message: string, data: unknown) {
    super(message);
    this.data = data;
  }
}

const receiptLimitMs = 60_000;
/** Enough for any call here. An estimate would not do: a second later the same call has more accrual to write down. */
const gas = '0x989680';

export function createRpc(url: string): Rpc {
  let lastId = 0;

  async function call(method: string, params: unknown[] = []): Promise<unknown> {
    const body = JSON.stringify({ jsonrpc: '2.0', id: ++lastId, method, params });
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    const { result, error } = answerSchema.parse(await answer.json());
    if (error) throw new RpcError(`${method}: ${error.message}`, error.data);
    return result;
  }

  /** Automine includes a transaction within milliseconds, but not before the send returns. */
  async function receiptOf(hash: unknown): Promise<NonNullable<z.infer<typeof receiptSchema>>> {
    const untilMs = performance.now() + receiptLimitMs;
    while (performance.now() < untilMs) {
      const receipt = receiptSchema.parse(await call('eth_getTransactionReceipt', [hash]));
      if (receipt) return receipt;
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    throw new Error(`practice network: no receipt for ${String(hash)}`);
  }

  async function revertsNamed<T>(contract: Contract, run: () => Promise<T>): Promise<T> {
    try {
      return await run();
    } catch (cause) {
      const data = cause instanceof RpcError && typeof cause.data === 'string' ? cause.data : null;
      const named = data ? contract.abi.parseError(data)?.name : undefined;
      throw named ? new ContractRevert(named) : cause;
    }
  }

  return {
    call,
    read: (contract, name, args, atBlock) =>
      revertsNamed(contract, async () => {
        const data = contract.abi.encodeFunctionData(name, args);
        const block = `0x${atBlock.toString(16)}`;
        const words = await call('eth_call', [{ to: contract.address, data }, block]);
        return [...contract.abi.decodeFunctionResult(name, String(words))];
      }),
    send: (from, to, name, args) =>
      revertsNamed(to, async () => {
        const data = to.abi.encodeFunctionData(name, args);
        const transaction = { from, to: to.address, data, gas };
        const receipt = await receiptOf(await call('eth_sendTransaction', [transaction]));
        if (receipt.status === '0x1') return receipt;
        // A receipt carries no reason: the same call on the block it failed in says it.
        await call('eth_call', [transaction, `0x${receipt.blockNumber.toString(16)}`]);
        throw new ContractRevert('unknown');
      }),
    async deploy(from, data) {
      const receipt = await receiptOf(await call('eth_sendTransaction', [{ from, data, gas }]));
      if (receipt.status !== '0x1' || !receipt.contractAddress)
        throw new Error('practice network: deploy failed');
      return receipt.contractAddress;
    },
    blockNumber: async () => Number(await call('eth_blockNumber')),
    async timestamp(atBlock) {
      const block = await call('eth_getBlockByNumber', [`0x${atBlock.toString(16)}`, false]);
      return BigInt(z.object({ timestamp: z.string() }).parse(block).timestamp);
    },
    async logs(contract) {
      const filter = { address: contract.address, fromBlock: '0x0', toBlock: 'latest' };
      const found = z.array(logSchema).parse(await call('eth_getLogs', [filter]));
      return found.flatMap(({ address, topics, data, blockNumber, logIndex }) => {
        const parsed = contract.abi.parseLog({ topics, data });
        return parsed
          ? [{ name: parsed.name, args: parsed.args.toObject(), blockNumber, logIndex, address }]
          : [];
      });
    },
  };
}
