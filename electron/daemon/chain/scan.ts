import * as z from 'zod';
import type { CommandOutput } from '../../../shared/contract/commands.ts';
import type { Logger } from '../logging/logger.ts';
import type { Clock } from '../system/clock.ts';
import { sleep } from '../system/clock.ts';
import type { ChainMemory } from './functions.ts';
import type { ChainReader } from './reader.ts';
import type { RpcPool } from './rpc-pool.ts';
import type { WalletNodes } from './wallet-nodes.ts';

type ScanReport = CommandOutput<'nodes.ofWallet'>['scan'];

/** Looks through the ids on both sides of our own for nodes of the same owner; goes on where it was. */
export interface NodeScan {
  report(): ScanReport;
  /** False while one runs already. */
  start(own: { nodeId: string; owner: string }): boolean;
  stop(): Promise<void>;
}

const perBatch = 25;
/** So many ids that nobody has, in a row: there are no more on that side. */
const emptyToEnd = 100;
/** Ids are given out one after another; a wallet's nodes are seldom further apart. */
const mostEachWay = 10_000;
const betweenBatchesMs = 1000;
const failedWaitMs = 60_000;
const key = 'node-scan';

const keptSchema = z.object({
  ...{ around: z.string(), owner: z.string() },
  ...{ low: z.string(), high: z.string(), lowDone: z.boolean(), highDone: z.boolean() },
  ...{ lowEmpty: z.number(), highEmpty: z.number() },
});
type Progress = z.infer<typeof keptSchema>;

export function createNodeScan(modules: {
  pool: RpcPool;
  reader: ChainReader;
  nodes: WalletNodes;
  memory: ChainMemory;
  clock: Clock;
  log: Logger;
  onFound: () => void;
}): NodeScan {
  const { pool, reader, nodes, memory, clock, log, onFound } = modules;
  const stopping = new AbortController();
  const saved = keptSchema.safeParse(JSON.parse(memory.get(key) ?? 'null'));
  let progress: Progress | null = saved.success ? saved.data : null;
  let running: Promise<void> | null = null;

  /** The next ids on the side that is less far. */
  function nextIds(at: Progress): { side: 'low' | 'high'; ids: bigint[] } | null {
    const [low, high] = [BigInt(at.low), BigInt(at.high)];
    if (!at.highDone)
      return { side: 'high', ids: Array.from({ length: perBatch }, (_, i) => high + 1n + BigInt(i)) };
    if (at.lowDone) return null;
    const count = low < BigInt(perBatch) ? Number(low) : perBatch;
    return { side: 'low', ids: Array.from({ length: count }, (_, i) => low - 1n - BigInt(i)) };
  }

  async function run(): Promise<void> {
    while (!stopping.signal.aborted && progress !== null) {
      const at: Progress = progress;
      const next = nextIds(at);
      if (next === null) return;
      const answering = await pool.answering(stopping.signal);
      const read =
        'failed' in answering
          ? answering
          : await reader.read(answering, { own: null, nodeIds: next.ids.map(String), blocks: [] });
      if (stopping.signal.aborted) return;
      if ('failed' in read) {
        await sleep(clock, failedWaitMs, stopping.signal);
        continue;
      }
      let empty = next.side === 'low' ? at.lowEmpty : at.highEmpty;
      for (const id of next.ids.map(String)) {
        const node = read.nodes.get(id);
        const isEmpty = !node?.owner.known || node.absent;
        empty = isEmpty ? empty + 1 : 0;
        if (node?.owner.known && BigInt(node.owner.value) === BigInt(at.owner)) {
          if (nodes.add(id, 'scan') === null) onFound();
        }
      }
      const last = String(next.ids.at(-1));
      const distance = BigInt(last) - BigInt(at.around);
      const over = empty >= emptyToEnd || distance >= mostEachWay || -distance >= mostEachWay || last === '0';
      progress =
        next.side === 'low'
          ? { ...at, low: last, lowEmpty: empty, lowDone: over }
          : { ...at, high: last, highEmpty: empty, highDone: over };
      memory.set(key, JSON.stringify(progress));
      await sleep(clock, betweenBatchesMs, stopping.signal);
    }
  }

  return {
    report() {
      if (reader.functions.proven('nodes') === null || progress === null) return null;
      const { low, high, lowDone, highDone } = progress;
      return { from: low, to: high, done: lowDone && highDone, running: running !== null };
    },
    start({ nodeId, owner }) {
      if (running !== null || stopping.signal.aborted) return false;
      const goesOn =
        progress?.around === nodeId && progress.owner === owner && !(progress.lowDone && progress.highDone);
      if (!goesOn)
        progress = {
          ...{ around: nodeId, owner, low: nodeId, high: nodeId },
          // Nothing is below the first id.
          ...{ lowDone: nodeId === '0', highDone: false, lowEmpty: 0, highEmpty: 0 },
        };
      running = run()
        .catch((error: unknown) => log.fault(error, 'node-scan-failed'))
        .finally(() => {
          running = null;
        });
      return true;
    },
    async stop() {
      stopping.abort();
      await running;
    },
  };
}
