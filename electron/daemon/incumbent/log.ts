import { join } from 'node:path';
import { lastLines } from '../logging/log-file.ts';

/** The official client beats every 10 s [network.md 6]. */
export const officialBeatMs = 10_000;

const linesRead = 500;

/**
 * When the official client's log speaks of a heartbeat last, Unix ms. Its texts are not published:
 * null unless a recent line with a time plainly reports one that was no failure.
 */
export async function lastOfficialHeartbeat(dir: string, stoppedAtMs: number): Promise<number | null> {
  const { lines } = await lastLines(join(dir, 'node.log'), linesRead).catch(() => ({ lines: [] }));
  for (const line of lines.toReversed()) {
    const time = /^\[?(\d{4}-\d{2}-\d{2}T[\d:.]+(?:Z|[+-]\d{2}:?\d{2}))/.exec(line)?.[1];
    const atMs = time === undefined ? Number.NaN : Date.parse(time);
    if (Number.isNaN(atMs) || atMs > stoppedAtMs) continue;
    // Older than a few beats, it is not the last one, only the last that was worth a line.
    if (stoppedAtMs - atMs > 3 * officialBeatMs) return null;
    if (/heartbeat/i.test(line) && !/fail|reject|refus|error|unreachable|timeout/i.test(line)) return atMs;
  }
  return null;
}
