import { type FileHandle, open, stat } from 'node:fs/promises';
import * as z from 'zod';
import type { LogLine } from '../../../shared/texts/event-text.ts';

const chunkBytes = 64 * 1024;
/** A line of the logger stays far below this; what is longer is not ours. */
const longestLineBytes = 1024 * 1024;

const fact = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const lineSchema = z.object({ t: z.string(), level: z.string(), event: z.string() }).catchall(fact);

/** A line of the log file; null for one that is torn or not ours. */
export function parseLogLine(text: string): LogLine | null {
  try {
    const { t, level, event, ...facts } = lineSchema.parse(JSON.parse(text));
    const tMs = Date.parse(t);
    return Number.isNaN(tMs) ? null : { tMs, level, event, facts };
  } catch {
    return null;
  }
}

/**
 * The last `count` lines of a log over its rotated files (`log`, `log.1`, …), oldest first. Reads
 * from the end, so that a large log costs no more than its last lines. `endBytes` is where the
 * present file ended, for a follower to go on from.
 */
export async function lastLines(
  path: string,
  count: number,
  maxFiles = 5,
): Promise<{ lines: string[]; endBytes: number }> {
  let lines: string[] = [];
  let endBytes = 0;
  for (let number = 0; number < maxFiles && (number === 0 || lines.length < count); number++) {
    const tail = await tailOf(number === 0 ? path : `${path}.${number}`, count - lines.length);
    if (tail === null && number > 0) break;
    if (number === 0) endBytes = tail?.endBytes ?? 0;
    lines = [...(tail?.lines ?? []), ...lines];
  }
  return { lines, endBytes };
}

async function tailOf(path: string, count: number): Promise<{ lines: string[]; endBytes: number } | null> {
  const file = await open(path, 'r').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (file === null) return null;
  try {
    const endBytes = (await file.stat()).size;
    let position = endBytes;
    let bytes = Buffer.alloc(0);
    // One line more than wanted: the first one may be cut.
    while (position > 0 && newlines(bytes) <= count && bytes.length < (count + 1) * longestLineBytes) {
      const length = Math.min(chunkBytes, position);
      position -= length;
      const chunk = Buffer.alloc(length);
      await file.read(chunk, 0, length, position);
      bytes = Buffer.concat([chunk, bytes]);
    }
    const lines = bytes.toString('utf8').split('\n');
    if (position > 0) lines.shift();
    const whole = lines.filter((line) => line !== '');
    return { lines: whole.slice(whole.length - Math.min(count, whole.length)), endBytes };
  } finally {
    await file.close();
  }
}

function newlines(bytes: Buffer): number {
  let found = 0;
  for (let at = bytes.indexOf(10); at !== -1; at = bytes.indexOf(10, at + 1)) found += 1;
  return found;
}

/** Reads what is appended to a log, across its rotations. */
export interface LogFollower {
  /** The lines that came since the last call. */
  next(): Promise<string[]>;
  close(): Promise<void>;
}

/** @param fromBytes where in the present file to begin */
export async function followLog(path: string, fromBytes: number): Promise<LogFollower> {
  let file: FileHandle | null = await openIfThere(path);
  let position = fromBytes;
  let rest = Buffer.alloc(0);

  async function readOn(): Promise<string[]> {
    const lines: string[] = [];
    while (file !== null) {
      const { bytesRead, buffer } = await file.read(Buffer.alloc(chunkBytes), 0, chunkBytes, position);
      if (bytesRead === 0) break;
      position += bytesRead;
      rest = Buffer.concat([rest, buffer.subarray(0, bytesRead)]);
      const end = rest.lastIndexOf(10);
      if (end !== -1) {
        lines.push(...rest.subarray(0, end).toString('utf8').split('\n'));
        rest = rest.subarray(end + 1);
      } else if (rest.length > longestLineBytes) rest = Buffer.alloc(0);
    }
    return lines.filter((line) => line !== '');
  }

  return {
    async next() {
      const lines = await readOn();
      const named = await stat(path).catch(() => null);
      const held = file === null ? null : await file.stat();
      const replaced = named !== null && (held === null || named.ino !== held.ino || named.dev !== held.dev);
      const shortened = held !== null && held.size < position;
      if (!replaced && !shortened) return lines;
      // What came between the last read and the rotation is still in the old file.
      if (!shortened) lines.push(...(await readOn()));
      await file?.close();
      file = await openIfThere(path);
      position = 0;
      rest = Buffer.alloc(0);
      return [...lines, ...(await readOn())];
    },
    async close() {
      await file?.close();
    },
  };
}

async function openIfThere(path: string): Promise<FileHandle | null> {
  try {
    return await open(path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
