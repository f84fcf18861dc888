import { join } from 'node:path';
import type { Bench, BenchNetwork } from './bench.ts';
import { latenessOf } from './grid.ts';
import type { Line, Measured } from './report.ts';
import { spreadOf } from './statistics.ts';

/** The shortest that the settings allow, for enough samples in a time one can wait. */
const intervalMs = 2000;
const beatsAtRest = 4;
/** Requests kept waiting, and how often they are topped up. */
const waitingRequests = 200;
const topUpEveryMs = 100;

export async function measureHeartbeat(bench: Bench): Promise<Measured> {
  const lastsMs = bench.quick ? 20_000 : 120_000;
  const { value, noise } = await bench.withNode(
    { 'timing.heartbeatMs': intervalMs },
    async (node, network) => {
      await node.start();
      const anchorMs = await gridAtRest(network);
      bench.say(`row 3: ${lastsMs / 1000} s of full load`);
      const loaded = await beatsUnderLoad(bench, network, anchorMs, lastsMs);
      bench.say(`row 3: ${lastsMs / 1000} s of full load while another process writes to the same disk`);
      const disk = bench.spawn([
        join(import.meta.dirname, 'disk-load.ts'),
        join(node.paths.stateDir, '..', 'disk-load'),
      ]);
      const loadedAndWriting = await beatsUnderLoad(bench, network, anchorMs, lastsMs);
      await disk.end();
      return { loaded, loadedAndWriting };
    },
  );
  return {
    lines: [
      ...linesOf('heartbeat against its time, full load', 100, value.loaded),
      ...linesOf('the same while a pull writes to the same disk', 500, value.loadedAndWriting),
    ],
    notes: [
      `heartbeats every ${intervalMs / 1000} s instead of every 10 s, for more of them in the time; as seen by the coordinator, against the grid that they kept at rest`,
      'beats sent at once because something changed do not count; they can shorten the longest silence',
      noise,
    ],
  };
}

interface Beats {
  latenessMs: number[];
  missed: number;
  longestSilenceMs: number;
  extra: number;
  servedPerSecond: number;
}

function linesOf(figure: string, limit: number, beats: Beats): Line[] {
  return [
    { figure, unit: 'ms', value: spreadOf(beats.latenessMs), budget: { limit, of: 'p99' } },
    { figure: 'missed', unit: 'beats', value: beats.missed, budget: { limit: 0, of: 'median' } },
    { figure: `longest silence (interval ${intervalMs} ms)`, unit: 'ms', value: beats.longestSilenceMs },
    { figure: 'beats sent besides, on change', unit: 'beats', value: beats.extra },
    { figure: 'requests served meanwhile', unit: 'per second', value: beats.servedPerSecond },
  ];
}

/** A node at rest beats on the grid alone: the arrival of one such beat tells where the grid lies. */
async function gridAtRest(network: BenchNetwork): Promise<number> {
  const { ledger } = network.coordinator;
  const before = ledger.heartbeats.length;
  await ledger.when('heartbeats at rest', () => ledger.heartbeats.length >= before + beatsAtRest, {
    timeoutMs: intervalMs * (beatsAtRest + 5),
  });
  const arrivals = ledger.heartbeats.slice(before).map(({ atMs }) => atMs);
  const first = arrivals[0] ?? Number.NaN;
  const phases = arrivals.map((atMs) => ((atMs - first + intervalMs / 2) % intervalMs) - intervalMs / 2);
  return first + spreadOf(phases).median;
}

async function beatsUnderLoad(
  bench: Bench,
  network: BenchNetwork,
  anchorMs: number,
  lastsMs: number,
): Promise<Beats> {
  const { coordinator } = network;
  const { ledger } = coordinator;
  let submitted = ledger.results.length;
  const topUp = () => {
    for (; submitted < ledger.results.length + waitingRequests; submitted++)
      coordinator.submit(`What does number ${submitted} of the bench have to say?`);
  };
  topUp();
  const feeder = setInterval(topUp, topUpEveryMs);
  const beganAtMs = performance.now();
  const resultsBefore = ledger.results.length;
  const beatsBefore = ledger.heartbeats.length;
  let endedAtMs: number;
  let served: number;
  try {
    await bench.pause(lastsMs);
  } finally {
    clearInterval(feeder);
    endedAtMs = performance.now();
    served = ledger.results.length - resultsBefore;
  }
  // The beat that belongs to the last moment may still be on its way; what waits is served meanwhile.
  await ledger.when('the queue to empty', () => ledger.results.length >= submitted, { timeoutMs: 60_000 });
  await bench.pause(intervalMs);
  const beats = ledger.heartbeats.slice(Math.max(0, beatsBefore - 1)).filter(({ accepted }) => accepted);
  return {
    ...latenessOf(
      beats.map(({ atMs }) => atMs),
      { anchorMs, intervalMs, beganAtMs, endedAtMs },
    ),
    servedPerSecond: (1000 * served) / (endedAtMs - beganAtMs),
  };
}
