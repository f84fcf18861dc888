import { readIdentityRecord } from '../../electron/daemon/storage/identity-record.ts';
import type { Bench, BenchNetwork, BenchNode } from './bench.ts';
import type { Measured } from './report.ts';
import { spreadOf } from './statistics.ts';

interface Start {
  toFirstBeatMs: number;
  /** Until Ollama, the first that the daemon speaks to, was asked. */
  toFirstRequestMs: number;
  /** From there until Ollama had answered everything that the first heartbeat waits for. */
  ollamaMs: number;
}

export async function measureStart(bench: Bench): Promise<Measured> {
  const starts = bench.quick ? 6 : 25;
  const { value, noise } = await bench.withNode({}, async (node, network) => {
    bench.say(`row 4: ${starts} starts`);
    await node.start();
    await registrationSaved(bench, node);
    await node.stop();
    const measured: Start[] = [];
    const bare: number[] = [];
    const bundle: number[] = [];
    for (let number = 0; number < starts; number++) {
      measured.push(await startOnce(node, network));
      bare.push(await bench.timeOf('node', ['--eval', '0']));
      bundle.push(await bench.timeOf('cli', ['version']));
    }
    return { measured, bare, bundle };
  });
  const { measured, bare, bundle } = value;
  return {
    lines: [
      {
        figure: 'headless start: spawn to first accepted heartbeat',
        unit: 'ms',
        value: spreadOf(measured.map(({ toFirstBeatMs }) => toFirstBeatMs)),
        budget: { limit: 300, of: 'median' },
      },
      {
        figure: 'of which: spawn to the first request (Ollama)',
        unit: 'ms',
        value: spreadOf(measured.map(({ toFirstRequestMs }) => toFirstRequestMs)),
      },
      {
        figure: 'of which: from there to the last answer of Ollama that it waits for',
        unit: 'ms',
        value: spreadOf(measured.map(({ ollamaMs }) => ollamaMs)),
      },
      { figure: 'to compare: Node alone, start to end', unit: 'ms', value: spreadOf(bare) },
      { figure: 'to compare: the version command, start to end', unit: 'ms', value: spreadOf(bundle) },
    ],
    notes: [
      'node id and last probe known, files in the cache of the system; beats, bare Node and version take turns',
      'the coordinator speaks http here; one on https adds loading TLS, about 15 ms of processor time, and its handshake',
      noise,
    ],
  };
}

async function startOnce(node: BenchNode, network: BenchNetwork): Promise<Start> {
  const { seen } = network.ollama;
  seen.clear();
  const { spawnedAtMs, firstBeatAtMs } = await node.start();
  const before = seen.requests.filter(({ endedAtMs }) => endedAtMs !== null && endedAtMs < firstBeatAtMs);
  await node.stop();
  const firstRequestAtMs = before[0]?.receivedAtMs ?? Number.NaN;
  const lastAnswerAtMs = Math.max(...before.map(({ endedAtMs }) => endedAtMs ?? Number.NaN));
  return {
    toFirstBeatMs: firstBeatAtMs - spawnedAtMs,
    toFirstRequestMs: firstRequestAtMs - spawnedAtMs,
    ollamaMs: lastAnswerAtMs - firstRequestAtMs,
  };
}

/** The first start looks its registration up; the ones measured know it. */
async function registrationSaved(bench: Bench, node: BenchNode): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    const record = await readIdentityRecord(node.paths.identityFile);
    if (record?.nodeId === node.nodeId) return;
    await bench.pause(50);
  }
  throw new Error('the daemon did not write down its registration');
}
