import { availableParallelism, freemem } from 'node:os';
import * as z from 'zod';
import { readSmallFile, writeFileAtomic } from '../storage/atomic-file.ts';

/** How fast this computer copies memory, bytes a second; kept, because it does not change. */
const document = z.object({ schemaVersion: z.literal(1), bytesPerSecond: z.number().positive().finite() });
const largestFileBytes = 4096;

/** More threads than that fill no more of a desktop's memory channels, and a server's are not to be taken from others. */
const mostThreads = 8;
/** Larger than the caches that a thread has to itself. */
const bufferBytes = 32 * 1024 * 1024;
const measureMs = 150;
const longestMs = 5000;

/**
 * What each thread does: copies one buffer to another until it has worked for so long. The bytes copied are what an
 * answer gets of the memory, roughly: reading weights costs half as much, and computing with them the rest. Time is what
 * the thread had of its processor, where Node tells: what other programs take now is no property of this computer.
 */
const copying = `
  const { parentPort, workerData } = require('node:worker_threads');
  const from = Buffer.alloc(workerData.bytes, 1), to = Buffer.alloc(workerData.bytes);
  from.copy(to);
  const wallMs = () => performance.now();
  const workedMs = () => {
    if (process.threadCpuUsage === undefined) return wallMs();
    const { user, system } = process.threadCpuUsage();
    return (user + system) / 1000;
  };
  const startedAt = wallMs(), workedBefore = workedMs();
  let copied = 0, ms = 0;
  do {
    from.copy(to);
    copied += workerData.bytes;
    ms = workedMs() - workedBefore;
  } while (ms < workerData.ms && wallMs() - startedAt < workerData.wallMs);
  parentPort.postMessage(ms > 0 ? (copied / ms) * 1000 : 0);
`;

/** What was measured before; null where nothing was, or it can't be read. */
export async function readMemorySpeed(path: string): Promise<number | null> {
  try {
    const text = await readSmallFile(path, largestFileBytes);
    const read = document.safeParse(JSON.parse(text ?? 'null'));
    return read.success ? read.data.bytesPerSecond : null;
  } catch {
    return null;
  }
}

/** What was measured before, else measured now, in a fifth of a second, and kept. Null where it can't be measured. */
export async function memorySpeed(
  path: string,
  { measure = measureMemorySpeed }: { measure?: () => Promise<number | null> } = {},
): Promise<number | null> {
  const kept = await readMemorySpeed(path);
  if (kept !== null) return kept;
  const bytesPerSecond = await measure();
  if (bytesPerSecond === null) return null;
  // Without a place to keep it, it is measured again the next time.
  await writeFileAtomic(path, `${JSON.stringify({ schemaVersion: 1, bytesPerSecond })}\n`).catch(
    () => undefined,
  );
  return bytesPerSecond;
}

/** Copies memory with every processor at once; never more than an eighth of what is free. Null where it can't. */
export async function measureMemorySpeed(): Promise<number | null> {
  const threads = Math.min(mostThreads, availableParallelism());
  const bytes = Math.min(bufferBytes, Math.floor(freemem() / 16 / threads));
  if (bytes < 1024 * 1024) return null;
  try {
    const speeds = await Promise.all(Array.from({ length: threads }, () => copyInThread(bytes)));
    const bytesPerSecond = Math.round(speeds.reduce((sum, speed) => sum + speed, 0));
    return bytesPerSecond > 0 ? bytesPerSecond : null;
  } catch {
    return null;
  }
}

async function copyInThread(bytes: number): Promise<number> {
  const { Worker } = await import('node:worker_threads');
  const worker = new Worker(copying, {
    eval: true,
    workerData: { bytes, ms: measureMs, wallMs: longestMs / 2 },
    env: {},
  });
  try {
    return await new Promise<number>((resolve, reject) => {
      worker.once('message', (speed: unknown) => resolve(Number(speed)));
      worker.once('error', reject);
      worker.once('exit', () => reject(new Error('the thread ended')));
      setTimeout(() => reject(new Error('the thread took too long')), longestMs).unref();
    });
  } finally {
    await worker.terminate();
  }
}
