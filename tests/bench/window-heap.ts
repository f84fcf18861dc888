import type { Snapshot } from '../../shared/contract/snapshot.ts';
import { testHost } from '../fixtures/e2e/app.ts';
import { type AppWindow, buildRenderer, openWindow } from '../fixtures/e2e/renderer-app.ts';
import { sampleRequests, sampleSnapshot } from '../fixtures/e2e/renderer-samples.ts';
import type { Bench } from './bench.ts';
import type { Measured, NotHere } from './report.ts';

/** A step of the simulated time: a heartbeat, a request that begins, streams and is delivered, live figures, a block. */
const stepMs = 10_000;
const stepsPerMinute = 60_000 / stepMs;

interface Held {
  heapBytes: number;
  nodes: number;
  listeners: number;
}

/** What the page of a serving node's dashboard holds after an hour, in simulated time and after a collection each time. */
export async function measureWindowHeap(bench: Bench): Promise<Measured | NotHere> {
  if (testHost.missing !== null) return { notHere: testHost.missing };
  const minutes = bench.quick ? 10 : 60;
  bench.say(`row 12: a window that shows ${minutes} simulated minutes of serving`);
  const built = await buildRenderer();
  try {
    let served = 60;
    const list = ({ beforeSeq, limit }: { beforeSeq: number | null; limit: number }) => {
      const older = sampleRequests(served).filter(({ seq }) => beforeSeq === null || seq < beforeSeq);
      return { requests: older.slice(0, limit), more: older.length > limit };
    };
    const window = await openWindow(built, { page: 'dashboard', answers: { 'requests.recent': list } });
    await window.page.locator('[data-state="ready"]').waitFor();
    await window.page.clock.install();
    const serve = async (forMinutes: number) => {
      for (let step = 0; step < forMinutes * stepsPerMinute; step += 1) {
        await bench.pause(0);
        served += 1;
        await serveOne(window, served);
      }
    };
    // What is made once: code that is compiled, and a list of requests that is full.
    await serve(45);
    const before = await held(window);
    await serve(minutes);
    const after = await held(window);
    await window.close();
    return {
      lines: [
        {
          figure: `growth of a window's heap in ${minutes} min of serving`,
          unit: 'kB',
          value: (after.heapBytes - before.heapBytes) / 1000,
          budget: { limit: 500, of: 'median' },
        },
        { figure: 'heap after it', unit: 'MB', value: after.heapBytes / 1e6 },
      ],
      notes: [
        'the dashboard in Debian’s Chromium, a request every 10 s, after 45 min of the same',
        `elements ${before.nodes} before, ${after.nodes} after; listeners ${before.listeners}, ${after.listeners}`,
      ],
    };
  } finally {
    await built.close();
  }
}

/** One step as a daemon would tell it, and ten seconds of the page's clock. */
async function serveOne(window: AppWindow, served: number): Promise<void> {
  const base = sampleSnapshot();
  const nowMs = await window.page.evaluate<number>('Date.now()');
  const running = (tokensPerSecond: number | null): Partial<Snapshot> => ({
    state: { code: 'serving', sinceMs: nowMs, params: { n: 1, model: 'phi4:latest' } },
    serving: {
      ...base.serving,
      running: [
        {
          requestId: `req_${served.toString(16)}`,
          model: 'phi4:latest',
          acceptedAtMs: nowMs,
          tokensPerSecond,
        },
      ],
    },
  });
  await window.pushChange(running(null));
  for (const rate of [61.2, 64.8, 66.1]) await window.pushChange(running(rate + (served % 7) / 10));
  await window.pushChange({
    state: { code: 'ready', sinceMs: nowMs, params: { time: nowMs, n: served } },
    serving: { ...base.serving, running: [], served, delivered: served },
    heartbeat: { ...base.heartbeat, accepted: served, lastAcceptedAtMs: nowMs, lastAttemptAtMs: nowMs },
    hardware: { ...base.hardware, load: base.hardware.load && { ...base.hardware.load, asOfMs: nowMs } },
    chain: {
      ...base.chain,
      head: base.chain.head && { ...base.chain.head, block: base.chain.head.block + served, readAtMs: nowMs },
    },
  });
  await window.page.clock.runFor(stepMs);
}

async function held({ page }: AppWindow): Promise<Held> {
  const session = await page.context().newCDPSession(page);
  // What one collection frees may let go of more.
  for (let time = 0; time < 3; time += 1) await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = (await session.send('Runtime.getHeapUsage')) as { usedSize: number };
  const { nodes, jsEventListeners } = await session.send('Memory.getDOMCounters');
  await session.detach();
  return { heapBytes: usedSize, nodes, listeners: jsEventListeners };
}
