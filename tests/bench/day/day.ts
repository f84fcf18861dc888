import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPracticeNetwork } from '../../practice-network/practice-network.ts';
import type { BenchNetwork } from '../bench.ts';
import { type Program, supervise, writeVendorTool } from './client.ts';
import { mountDayDisk } from './disk.ts';
import { day, oneCard, type Scene } from './events.ts';
import { lengthMs, lostSpans, type Span, within } from './uptime.ts';

const heartbeatMs = 10_000;
const requestEveryMs = 3000;
/** So that an answer takes about half a second. */
const tokenDelayMs = 20;
const settleMs = 40_000;
const lastLimitMs = 240_000;
const realDayMs = 24 * 60 * 60 * 1000;
const fakeClocks = [
  '/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1',
  '/usr/lib/aarch64-linux-gnu/faketime/libfaketime.so.1',
];

export interface EventOutcome {
  event: string;
  notHere: string | null;
  lostMs: number;
}

export interface DayOutcome {
  client: string;
  events: EventOutcome[];
  lastedMs: number;
  excusedMs: number;
  lostMs: number;
  /** What is lost, over a day of 24 h with nothing else in it. */
  uptimeOfDay: number;
  submitted: number;
  answered: number;
  /** Reported as failed. */
  failed: number;
  /** Handed to the node, and never heard of again. */
  vanished: number;
  /** Ollama had given the whole answer, and the coordinator never got it. */
  finishedLost: number;
  deliveredTwice: number;
  violations: number;
  ends: readonly string[];
}

/** Runs the script against one program, beside a practice network of its own. */
export async function runDay(
  program: Program,
  { pause, say }: { pause: (ms: number) => Promise<void>; say: (line: string) => void },
): Promise<DayOutcome> {
  const folder = await mkdtemp(join(tmpdir(), 'plx-day-'));
  const diskFolder = join(folder, 'disk');
  await mkdir(diskFolder);
  const disk = mountDayDisk(diskFolder);
  const network: BenchNetwork = await startPracticeNetwork({ chain: 'none', ollama: { tokenDelayMs } });
  const cardFile = join(folder, 'card');
  await writeFile(cardFile, oneCard);
  await writeVendorTool(join(folder, 'bin'), cardFile);
  const fakeClock = fakeClocks.find((file) => existsSync(file));
  const clockFile = fakeClock === undefined ? null : join(folder, 'clock');
  if (clockFile !== null) await writeFile(clockFile, '+0\n');
  const place = {
    disk: diskFolder,
    coordinatorUrl: network.urls.coordinatorUrl,
    ollamaUrl: network.urls.ollamaUrl,
    extraEnv: {
      PATH: `${join(folder, 'bin')}:/usr/bin:/bin`,
      ...(fakeClock === undefined || clockFile === null
        ? {}
        : {
            LD_PRELOAD: fakeClock,
            FAKETIME_TIMESTAMP_FILE: clockFile,
            FAKETIME_CACHE_DURATION: '1',
            FAKETIME_DONT_FAKE_MONOTONIC: '1',
          }),
    },
  };
  const { nodeId } = await network.registerNode(await program.init(place));
  const client = supervise(program, place, nodeId, join(folder, 'output'));
  const ended = new AbortController();
  try {
    const { ledger } = network.coordinator;
    client.start();
    await ledger.when('the first heartbeat', () => ledger.heartbeats.some(({ accepted }) => accepted), {
      timeoutMs: 60_000,
    });
    const submitting = submitSteadily(network, ended.signal, pause);
    const fromMs = performance.now();
    const excusedSpans: Span[] = [];
    const scene: Scene = {
      ...{ client, network, disk, cardFile, clockFile, pause },
      async excused(run) {
        const beganMs = performance.now();
        await run();
        const span = { fromMs: beganMs, toMs: performance.now() };
        excusedSpans.push(span);
        return span;
      },
    };
    const windows: { event: string; notHere: string | null; span: Span }[] = [];
    for (const { name, notHere, run } of day) {
      const reason = notHere(scene);
      const beganMs = performance.now();
      say(`${program.name}: ${name}${reason === null ? '' : ` (not here: ${reason})`}`);
      if (reason === null) {
        await run(scene);
        await pause(settleMs);
        if (client.gaveUp) {
          say(`${program.name}: its service gave up; its operator starts it again`);
          client.start();
        }
      }
      windows.push({ event: name, notHere: reason, span: { fromMs: beganMs, toMs: performance.now() } });
    }
    ended.abort();
    await submitting;
    await allSettled(network, pause);
    const toMs = windows.at(-1)?.span.toMs ?? performance.now();
    const beats = ledger.heartbeats.filter(({ accepted }) => accepted).map(({ atMs }) => atMs);
    const lost = lostSpans(beats, { fromMs, toMs }, excusedSpans, heartbeatMs);
    return {
      client: program.name,
      events: windows.map(({ event, notHere, span }) => ({
        ...{ event, notHere },
        lostMs: lengthMs(within(lost, span)),
      })),
      lastedMs: toMs - fromMs,
      excusedMs: lengthMs(excusedSpans),
      lostMs: lengthMs(lost),
      uptimeOfDay: 1 - lengthMs(lost) / realDayMs,
      ...countWork(network),
      ends: client.ends,
    };
  } finally {
    ended.abort();
    await client.cutPower();
    await network.stop();
    disk?.unmount();
    await rm(folder, { recursive: true, force: true });
  }
}

const questionOf = (number: number) => `Question ${number} of the day.`;

async function submitSteadily(
  { coordinator }: BenchNetwork,
  signal: AbortSignal,
  pause: (ms: number) => Promise<void>,
): Promise<void> {
  for (let number = 1; !signal.aborted; number += 1) {
    coordinator.submit(questionOf(number));
    await pause(requestEveryMs);
  }
}

/** Until every request has its end, or nothing has moved for long enough that none will come. */
async function allSettled(
  { coordinator }: BenchNetwork,
  pause: (ms: number) => Promise<void>,
): Promise<void> {
  const untilMs = performance.now() + lastLimitMs;
  while (coordinator.ledger.summary().open > 0 && performance.now() < untilMs) await pause(500);
}

function countWork({ coordinator, ollama }: BenchNetwork) {
  const { ledger } = coordinator;
  const { submitted, answered, failed, deliveredTwiceAfterAcknowledgement, violations } = ledger.summary();
  const finished = ollama.seen.generations.filter(({ outcome }) => outcome === 'answered');
  const delivered = (prompt: string) =>
    ledger.work.some((one) => one.prompt === prompt && one.results.length > 0);
  const prompts = new Set(
    finished.map(({ prompt }) => /Question \d+ of the day\./.exec(prompt ?? '')?.[0] ?? null),
  );
  return {
    submitted,
    answered,
    failed,
    vanished: ledger.work.filter(({ outcome, dispatches }) => outcome === 'open' && dispatches.length > 0)
      .length,
    finishedLost: [...prompts].filter((prompt) => prompt !== null && !delivered(prompt)).length,
    deliveredTwice: deliveredTwiceAfterAcknowledgement,
    violations,
  };
}

/** What a person reads of it; one column per program. */
export function dayTable(outcomes: readonly DayOutcome[]): string {
  const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;
  const names = outcomes[0]?.events.map(({ event }) => event) ?? [];
  const rows: string[][] = [
    ['uptime lost by', ...outcomes.map(({ client }) => client)],
    ...names.map((name, index) => [
      `  ${name}`,
      ...outcomes.map(({ events }) => {
        const one = events[index];
        return one === undefined || one.notHere !== null ? 'not here' : seconds(one.lostMs);
      }),
    ]),
    ['uptime lost in all', ...outcomes.map(({ lostMs }) => seconds(lostMs))],
    [
      'uptime kept of what could be kept, over 24 h',
      ...outcomes.map(({ uptimeOfDay }) => `${(100 * uptimeOfDay).toFixed(3)} %`),
    ],
    ['requests submitted', ...outcomes.map(({ submitted }) => String(submitted))],
    ['  answered', ...outcomes.map(({ answered }) => String(answered))],
    ['  reported as failed', ...outcomes.map(({ failed }) => String(failed))],
    ['  taken and never answered', ...outcomes.map(({ vanished }) => String(vanished))],
    ['finished answers lost', ...outcomes.map(({ finishedLost }) => String(finishedLost))],
    ['delivered twice after a 2xx', ...outcomes.map(({ deliveredTwice }) => String(deliveredTwice))],
    ['breaches of the wire', ...outcomes.map(({ violations }) => String(violations))],
    ['ended by itself with', ...outcomes.map(({ ends }) => ends.join(', ') || '–')],
  ];
  const widths =
    rows[0]?.map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length))) ?? [];
  return rows
    .map((row) =>
      row
        .map((cell, column) =>
          column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
        )
        .join('  '),
    )
    .join('\n');
}
