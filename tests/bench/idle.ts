import { join } from 'node:path';
import type { Bench, BenchNetwork } from './bench.ts';
import { hasProc, processorMs, proportionalMb, residentMb, wakeUps } from './machine.ts';
import type { Line, Measured, NotHere } from './report.ts';
import { spreadOf } from './statistics.ts';

const sampleEveryMs = 1000;
const requestsBetween = 200;

export async function measureIdle(bench: Bench): Promise<Measured | NotHere> {
  if (!hasProc) return { notHere: 'memory and processor time are read from /proc, which is not here' };
  const [settleMs, watchMs] = bench.quick ? [8000, 20_000] : [30_000, 120_000];
  const { value, noise } = await bench.withNode({}, async (node, network) => {
    bench.say(
      `row 5: idle for ${(settleMs + watchMs) / 1000} s, once fresh and once after ${requestsBetween} requests`,
    );
    const { pid } = await node.start();
    const reference = bench.spawn([
      join(import.meta.dirname, 'idle-reference.ts'),
      `${network.urls.ollamaUrl}/api/version`,
    ]);
    const watched = () => watch(bench, { pid, referencePid: reference.pid }, watchMs);
    await bench.pause(settleMs);
    const fresh = await watched();
    await serve(network);
    const atWork = residentMb(pid);
    await bench.pause(settleMs);
    const worked = await watched();
    await reference.end();
    return { fresh, worked, atWork };
  });
  const { fresh, worked, atWork } = value;
  const lines = (figure: string, use: Use): Line[] => [
    {
      figure: `${figure}: RSS`,
      unit: 'MB',
      value: spreadOf(use.residentMb),
      budget: { limit: 80, of: 'median' },
    },
    { figure: 'PSS', unit: 'MB', value: use.proportionalMb },
    {
      figure: `${figure}: CPU`,
      unit: '% of a core',
      value: use.node.corePercent,
      budget: { limit: 0.3, of: 'median' },
    },
    {
      figure: 'bare Node beside it that asks as often: CPU',
      unit: '% of a core',
      value: use.reference.corePercent,
    },
    {
      figure: 'the node without that',
      unit: '% of a core',
      value: use.node.corePercent - use.reference.corePercent,
    },
    {
      figure: 'the node against that',
      unit: 'times',
      value: use.node.corePercent / use.reference.corePercent,
    },
    { figure: 'wake-ups of the node', unit: 'per second', value: use.node.wakeUpsPerSecond },
    { figure: 'wake-ups of bare Node', unit: 'per second', value: use.reference.wakeUpsPerSecond },
  ];
  return {
    lines: [
      ...lines('idle and online', fresh),
      ...lines(`idle after ${requestsBetween} requests`, worked),
      { figure: 'RSS right after the last of them', unit: 'MB', value: atWork },
    ],
    notes: [
      'the coordinator and Ollama speak http here, so that TLS is never loaded; a node whose coordinator speaks https holds about 4 MB more (bare Node with node:https against node:http)',
      `heartbeats every 10 s and polls every 2 s as by default; ${watchMs / 1000} s each, after ${settleMs / 1000} s of settling; MB are 10^6 bytes, and the goal for RSS is 72`,
      'bare Node beside it makes one GET every 2 s and four more every 10 s, as many as the node sends, in the same time on the same machine: where it alone is over the budget, so is any node',
      noise,
    ],
  };
}

interface Use {
  residentMb: number[];
  proportionalMb: number;
  node: Rate;
  reference: Rate;
}

interface Rate {
  corePercent: number;
  wakeUpsPerSecond: number;
}

async function watch(
  bench: Bench,
  { pid, referencePid }: { pid: number; referencePid: number },
  forMs: number,
): Promise<Use> {
  const samples: number[] = [];
  const startedMs = performance.now();
  const [node, reference] = [rateOf(pid), rateOf(referencePid)];
  while (performance.now() - startedMs < forMs) {
    await bench.pause(sampleEveryMs);
    samples.push(residentMb(pid));
  }
  const lastedMs = performance.now() - startedMs;
  return {
    residentMb: samples,
    proportionalMb: proportionalMb(pid),
    node: node(lastedMs),
    reference: reference(lastedMs),
  };
}

/** What a process uses from now on; to be asked when `lastedMs` have passed. */
function rateOf(pid: number): (lastedMs: number) => Rate {
  const [usedMs, woken] = [processorMs(pid), wakeUps(pid)];
  return (lastedMs) => ({
    corePercent: (100 * (processorMs(pid) - usedMs)) / lastedMs,
    wakeUpsPerSecond: (1000 * (wakeUps(pid) - woken)) / lastedMs,
  });
}

async function serve({ coordinator }: BenchNetwork): Promise<void> {
  const requestIds = Array.from({ length: requestsBetween }, (_, number) =>
    coordinator.submit(`What does number ${number} of the bench have to say?`),
  );
  for (const requestId of requestIds) await coordinator.answered(requestId, { timeoutMs: 120_000 });
}
