import * as z from 'zod';
import type { NotKnown, UnknownReason } from '../../../shared/contract/chain.ts';
import type { ChainRead } from '../chain/reader.ts';
import type { RpcAnswer } from '../chain/rpc.ts';
import { type Answering, blockOf } from '../chain/rpc-pool.ts';
import { notKnown } from '../chain/unknown.ts';
import { createBlockRange } from './block-range.ts';
import type { History } from './history.ts';
import { dayMs } from './roll-up.ts';
import type { EarningsStore } from './store.ts';
import { readTransfers } from './transfers.ts';

type PerDay = { known: true; value: string; basis: string; asOfMs: number } | NotKnown;

/** Looks for payments into the rewards contract, a bounded range of blocks at a time: the stream as it is seen. */
export interface DepositsWatch {
  /** @throws what the store throws */
  follow(read: ChainRead, history: History, contracts: { token: string; rewards: string }): Promise<void>;
  /** Blocks from `block` on are looked through again. */
  dropFrom(block: number): void;
  /** Paid in per day, wei. */
  perDay(nowMs: number): PerDay;
}

const windowMs = 30 * dayMs;
/** 30 days of 12 s. */
const windowBlocks = 216_000;
const rangesPerRead = 4;
const key = 'deposits';

const progressSchema = z.object({ from: z.number().int(), to: z.number().int(), end: z.number().int() });
type Progress = z.infer<typeof progressSchema>;

export function createDepositsWatch(modules: { store: EarningsStore }): DepositsWatch {
  const { store } = modules;
  let failure: UnknownReason | null = null;
  const size = createBlockRange();

  function progress(): Progress | null {
    const found = progressSchema.safeParse(JSON.parse(store.memory.get(key) ?? 'null'));
    return found.success ? found.data : null;
  }

  const keep = (at: Progress) => store.memory.set(key, JSON.stringify(at));

  return {
    async follow(read, history, { token, rewards }) {
      const head = read.block.number;
      let at = progress() ?? { from: head + 1, to: head, end: Math.max(0, head - windowBlocks) };
      for (let count = 0; count < rangesPerRead; count++) {
        const forward = at.to < head;
        if (!forward && at.from <= at.end) break;
        const range = forward
          ? { fromBlock: at.to + 1, toBlock: Math.min(head, at.to + size.blocks) }
          : { fromBlock: Math.max(at.end, at.from - size.blocks), toBlock: at.from - 1 };
        const found = await history.ask(range, (answering) =>
          paidIn({ ...range, token, from: null, to: rewards }, answering),
        );
        if ('failed' in found) {
          failure = found.failed;
          if (size.failed(found.failed, range.toBlock - range.fromBlock + 1)) continue;
          return;
        }
        failure = null;
        size.succeeded();
        store.deposits.add(
          found.transfers.map(({ block, logIndex, amountWei }) => ({
            ...{ block, logIndex, amountWei },
            blockMs: found.times.get(block) ?? read.block.timeMs,
          })),
        );
        at = forward ? { ...at, to: range.toBlock } : { ...at, from: range.fromBlock };
        keep(at);
      }
    },
    dropFrom(block) {
      const at = progress();
      if (at && at.to >= block) keep({ ...at, to: block - 1, from: Math.min(at.from, block) });
    },
    perDay(nowMs) {
      const at = progress();
      // A payment may be in what was not looked through: then the pace is another.
      if (at === null || at.from > at.end) return notKnown(failure ?? 'not-read-yet');
      const deposits = store.deposits.since(nowMs - windowMs);
      const [first] = deposits;
      const last = deposits.at(-1);
      // One payment has no pace, and what it is meant for is not known.
      if (!first || !last || last.blockMs - first.blockMs < dayMs) return notKnown('too-few-samples');
      const paidWei = deposits.slice(1).reduce((sum, { amountWei }) => sum + amountWei, 0n);
      const value = String((paidWei * BigInt(dayMs)) / BigInt(last.blockMs - first.blockMs));
      return { known: true, value, basis: 'deposits', asOfMs: nowMs };
    },
  };
}

/** Payments in a range of blocks with their times, from one RPC; all of them, or none. */
async function paidIn(wanted: Parameters<typeof readTransfers>[0], answering: Answering) {
  const transfers = await readTransfers(wanted, answering);
  if ('failed' in transfers) return transfers;
  const times = await timesOf(
    transfers.map(({ block }) => block),
    answering,
  );
  return 'failed' in times ? times : { transfers, times };
}

/** When blocks were made, Unix ms; all of them, or none. */
async function timesOf(
  blocks: readonly number[],
  answering: Answering,
): Promise<Map<number, number> | { failed: UnknownReason }> {
  const numbers = [...new Set(blocks)];
  const answers: readonly RpcAnswer[] = await answering.batch(
    numbers.map((block) => ({
      method: 'eth_getBlockByNumber',
      params: [`0x${block.toString(16)}`, false],
    })),
  );
  const times = new Map<number, number>();
  for (const [index, answer] of answers.entries()) {
    if (answer.kind === 'failure') return { failed: answer.reason };
    const block = answer.kind === 'result' ? blockOf(answer.result) : null;
    if (block === null || block.number !== numbers[index]) return { failed: 'not-an-rpc' };
    times.set(block.number, block.timeMs);
  }
  return times;
}
