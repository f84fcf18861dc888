import type { Bench, BenchNetwork } from './bench.ts';
import { hasProc, processorMs, proportionalMb, residentMb } from './machine.ts';
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
    await bench.pause(settleMs);
    const fresh = await watch(bench, pid, watchMs);
    await serve(network);
    const atWork = residentMb(pid);
    await bench.pause(settleMs);
    const worked = await watch(bench, pid, watchMs);
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
      value: use.corePercent,
      budget: { limit: 0.45, of: 'median' },
    },
  ];
  return {
    lines: [
      ...lines('idle and online', fresh),
      ...lines(`idle after ${requestsBetween} requests`, worked),
      { figure: 'RSS right after the last of them', unit: 'MB', value: atWork },
    ],
    notes: [
      `heartbeats every 10 s and polls every 2 s as by default; ${watchMs / 1000} s each, after ${settleMs / 1000} s of settling; MB are 10^6 bytes, and the goal for RSS is 72`,
      noise,
    ],
  };
}

interface Use {
  residentMb: number[];
  proportionalMb: number;
  corePercent: number;
}

async function watch(bench: Bench, pid: number, forMs: number): Promise<Use> {
  const samples: number[] = [];
  const startedMs = performance.now();
  const usedBefore = processorMs(pid);
  while (performance.now() - startedMs < forMs) {
    await bench.pause(sampleEveryMs);
    samples.push(residentMb(pid));
  }
  const usedMs = processorMs(pid) - usedBefore;
  const corePercent = (100 * usedMs) / (performance.now() - startedMs);
  return { residentMb: samples, proportionalMb: proportionalMb(pid), corePercent };
}

async function serve({ coordinator }: BenchNetwork): Promise<void> {
  const requestIds = Array.from({ length: requestsBetween }, (_, number) =>
    coordinator.submit(`What does number ${number} of the bench have to say?`),
  );
  for (const requestId of requestIds) await coordinator.answered(requestId, { timeoutMs: 120_000 });
}
