import { startNode } from '../fixtures/node-under-test.ts';
import { watchPullProgress } from '../fixtures/pull-progress.ts';
import { startPracticeNetwork } from '../practice-network/practice-network.ts';
import type { Bench } from './bench.ts';
import type { Measured } from './report.ts';

/** In this process, because statements are counted at the handle of the node's own database. */
export async function measurePullProgress(bench: Bench): Promise<Measured> {
  const ticks = bench.quick ? 12 : 40;
  bench.say(`row 11: ${ticks} ticks of a pull's progress`);
  const network = await startPracticeNetwork({ chain: 'none', ollama: { inMemory: ['llama3.2'] } });
  // So that what serving sends by itself is rare enough to be told apart.
  const settings = { 'timing.idlePollMs': 60_000, 'timing.heartbeatMs': 30_000 };
  const node = await startNode(network, { settings });
  try {
    while (node.host.daemon.snapshot().state.code !== 'ready') await bench.pause(20);
    const costs = await watchPullProgress(node, network, { ticks });
    const perTick = (count: number) => count / costs.ticks;
    return {
      lines: [
        {
          figure: 'statements per progress tick',
          unit: 'per tick',
          value: perTick(costs.statements),
          budget: { limit: 0, of: 'median' },
        },
        { figure: 'log lines', unit: 'per tick', value: perTick(costs.logLines) },
        { figure: 'polls and heartbeats', unit: 'per tick', value: perTick(costs.polls + costs.beats) },
      ],
      notes: [`a tick is one change told to a subscriber, at most ten a second; ${costs.ticks} were told`],
    };
  } finally {
    await node.stop();
    await network.stop();
  }
}
