import type { Bench, BenchNetwork } from './bench.ts';
import { hasProc, processorMs } from './machine.ts';
import type { Measured } from './report.ts';
import { type Spread, spreadOf } from './statistics.ts';

/** One request as coordinator and Ollama saw it; performance.now() of this process, in which both live. */
interface Served {
  dispatchedAtMs: number;
  generationBeganAtMs: number;
  generationEndedAtMs: number;
  postedAtMs: number;
  acknowledgedAtMs: number;
}

interface ServingLoad {
  /** All handed in at once: there is always one waiting. In the order in which they were handed out. */
  queued: Served[];
  /** Handed in one at a time to a node that waits: every one is found by an idle poll. */
  single: Served[];
  /** Processor time of the daemon for each of the queued, ms; null where it cannot be read. */
  processorMs: number | null;
  noise: string;
}

const warmUpRequests = 30;

function serve(bench: Bench): Promise<ServingLoad> {
  return bench.shared('serving', async () => {
    const [queuedCount, singleCount] = bench.quick ? [100, 5] : [500, 20];
    const { value, noise } = await bench.withNode({}, async (node, network) => {
      bench.say(`rows 1 and 2: ${queuedCount} requests that wait, then ${singleCount} that come singly`);
      const { pid } = await node.start();
      await answerAll(network, 'warm up', warmUpRequests);
      const usedBefore = hasProc ? processorMs(pid) : 0;
      const queued = await answerAll(network, 'queued', queuedCount);
      const usedMs = hasProc ? (processorMs(pid) - usedBefore) / queuedCount : null;
      const single: Served[] = [];
      for (let number = 0; number < singleCount; number++)
        single.push(...(await answerAll(network, `single ${number}`, 1)));
      return { queued, single, processorMs: usedMs };
    });
    return { ...value, noise };
  });
}

/** Hands `count` requests in at once and waits until every result is acknowledged. */
async function answerAll(network: BenchNetwork, name: string, count: number): Promise<Served[]> {
  const { coordinator, ollama } = network;
  const requestIds = Array.from({ length: count }, (_, number) =>
    coordinator.submit(`What does number ${number} of the bench (${name}) have to say?`),
  );
  const waitingFor = new Set(requestIds);
  await coordinator.ledger.when(
    `${count} acknowledged results`,
    () => {
      const { results } = coordinator.ledger;
      for (let index = results.length - 1; index >= 0 && index >= results.length - 2; index--) {
        const seen = results[index];
        if (seen?.acknowledgedAtMs) waitingFor.delete(seen.requestId);
      }
      return waitingFor.size === 0;
    },
    { timeoutMs: 30_000 + 1000 * count },
  );
  const generations = new Map(ollama.seen.generations.map((seen) => [seen.prompt, seen]));
  const served = requestIds.map((requestId) => {
    const record = coordinator.ledger.request(requestId);
    const [dispatch] = record?.dispatches ?? [];
    const [result] = record?.results ?? [];
    const generation = generations.get(record?.prompt ?? null);
    if (!dispatch || !result?.acknowledgedAtMs || !generation?.endedAtMs || record?.dispatches.length !== 1)
      throw new Error(`request ${requestId} was not served in one go: ${JSON.stringify(record)}`);
    return {
      dispatchedAtMs: dispatch.atMs,
      generationBeganAtMs: generation.receivedAtMs,
      generationEndedAtMs: generation.endedAtMs,
      postedAtMs: result.atMs,
      acknowledgedAtMs: result.acknowledgedAtMs,
    };
  });
  return served.sort((a, b) => a.dispatchedAtMs - b.dispatchedAtMs);
}

const inferenceMs = (seen: Served) => seen.generationEndedAtMs - seen.generationBeganAtMs;
const addedMs = (seen: Served) => seen.acknowledgedAtMs - seen.dispatchedAtMs - inferenceMs(seen);

export async function measureAddedPerRequest(bench: Bench): Promise<Measured> {
  const { queued, single, processorMs: usedMs, noise } = await serve(bench);
  const of = (requests: Served[], figure: (seen: Served) => number): Spread => spreadOf(requests.map(figure));
  return {
    lines: [
      {
        figure: 'added per request: dispatch answer to result acknowledged, minus inference',
        unit: 'ms',
        value: of(queued, addedMs),
        budget: { limit: 5, of: 'median' },
      },
      {
        figure: 'of which: dispatch answer to Ollama asked',
        unit: 'ms',
        value: of(queued, (seen) => seen.generationBeganAtMs - seen.dispatchedAtMs),
      },
      {
        figure: 'of which: last word of Ollama to result posted',
        unit: 'ms',
        value: of(queued, (seen) => seen.postedAtMs - seen.generationEndedAtMs),
      },
      {
        figure: 'of which: the coordinator itself, checking signature and PoE',
        unit: 'ms',
        value: of(queued, (seen) => seen.acknowledgedAtMs - seen.postedAtMs),
      },
      ...(usedMs === null
        ? []
        : [{ figure: 'processor time of the daemon for each', unit: 'ms', value: usedMs } as const]),
      { figure: 'the inference that is taken off', unit: 'ms', value: of(queued, inferenceMs) },
      { figure: 'the same for requests that come singly, every 2 s', unit: 'ms', value: of(single, addedMs) },
    ],
    notes: [
      'against a stand-in for Ollama that answers at once, in some 25 to 50 pieces; its own time, from the request read to the last byte written, is taken off',
      noise,
    ],
  };
}

export async function measureGap(bench: Bench): Promise<Measured> {
  const { queued, noise } = await serve(bench);
  const pairs = queued.slice(1).map((next, index) => ({ previous: queued[index] as Served, next }));
  const first = queued[0]?.dispatchedAtMs ?? Number.NaN;
  const last = queued.at(-1)?.acknowledgedAtMs ?? Number.NaN;
  return {
    lines: [
      {
        figure: 'gap when work is waiting: result acknowledged to Ollama asked for the next',
        unit: 'ms',
        value: spreadOf(
          pairs.map(({ previous, next }) => next.generationBeganAtMs - previous.acknowledgedAtMs),
        ),
        budget: { limit: 10, of: 'median' },
      },
      {
        figure: 'dispatch to dispatch, minus inference',
        unit: 'ms',
        value: spreadOf(
          pairs.map(
            ({ previous, next }) => next.dispatchedAtMs - previous.dispatchedAtMs - inferenceMs(previous),
          ),
        ),
      },
      { figure: 'requests served', unit: 'per second', value: (1000 * queued.length) / (last - first) },
    ],
    notes: [noise],
  };
}
