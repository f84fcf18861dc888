import { afterEach, expect, it } from 'vitest';
import { type NodeUnderTest, startNode } from '../../../fixtures/node-under-test.ts';
import { watchPullProgress } from '../../../fixtures/pull-progress.ts';
import { until } from '../../../fixtures/serving/serving.ts';
import { type PracticeNetwork, startPracticeNetwork } from '../../../practice-network/practice-network.ts';

let network: PracticeNetwork;
let node: NodeUnderTest;
afterEach(async () => {
  await node.stop();
  await network.stop();
});

it('the progress of a pull is reported, and costs serving nothing: no statement, no log line, no poll, no heartbeat', async () => {
  network = await startPracticeNetwork({ chain: 'none', ollama: { inMemory: ['llama3.2'] } });
  // So that what serving sends by itself does not fall into the time that is counted.
  const settings = { 'timing.idlePollMs': 60_000, 'timing.heartbeatMs': 30_000 };
  node = await startNode(network, { settings });
  await until('an idle node', () => node.host.daemon.snapshot().state.code === 'ready');
  const costs = await watchPullProgress(node, network, { ticks: 12 });
  expect(costs).toEqual({ ticks: 12, statements: 0, logLines: 0, polls: 0, beats: 0 });
});
