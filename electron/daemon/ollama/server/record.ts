import { rm } from 'node:fs/promises';
import * as z from 'zod';
import { readSmallFile, writeFileAtomic } from '../../storage/atomic-file.ts';

/** The server that we started last: enough to know it again after a crash of ours, and nothing else for it. */
const recordSchema = z.object({
  schemaVersion: z.literal(1),
  pid: z.int().positive(),
  /** When the process began, as `process-start.ts` gives it: pids are given again. */
  start: z.string().min(1).max(200),
  url: z.string().max(2048),
  binary: z.string().max(4096),
  /** Its configuration, as `settingsMark` writes it. */
  settings: z.string().max(32_768),
  startedAtMs: z.int(),
});
export type ServerRecord = z.infer<typeof recordSchema>;

const largestBytes = 64 * 1024;

/** Null when there is none, or none that can be trusted: then no server is taken for ours. Never throws. */
export async function readServerRecord(path: string): Promise<ServerRecord | null> {
  try {
    const text = await readSmallFile(path, largestBytes, true);
    return text === null ? null : recordSchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

/** Writes it with mode 0600. @throws NodeError `disk-full`, `state-dir-unusable` */
export function writeServerRecord(path: string, record: Omit<ServerRecord, 'schemaVersion'>): Promise<void> {
  return writeFileAtomic(path, `${JSON.stringify({ schemaVersion: 1, ...record })}\n`);
}

/** Never throws: a stale record is recognised as such. */
export async function removeServerRecord(path: string): Promise<void> {
  await rm(path, { force: true }).catch(() => undefined);
}
