import { stat } from 'node:fs/promises';
import * as z from 'zod';
import { errorCode, readSmallFile, writeFileAtomic } from '../storage/atomic-file.ts';
import { withWriteLock } from '../storage/exclusive.ts';
import type { StatePaths } from '../storage/paths.ts';
import { type Clock, sleep } from '../system/clock.ts';
import type { Part } from '../system/part.ts';

const entrySchema = z.object({
  nodeKeyHash: z.string().regex(/^0x[0-9a-f]{64}$/),
  /** Where it was written to, or restored from. */
  path: z.string(),
  atMs: z.number(),
});
const bookSchema = z.object({ schemaVersion: z.literal(1), backups: z.array(entrySchema) });

/** A backup that was read back and found to hold its key. Where the file is today, nobody knows. */
export type BackupEntry = z.infer<typeof entrySchema>;

const longestIndexBytes = 1024 * 1024;
/** Of each key; the newest are kept. */
const mostEntries = 100;

/** The backups made so far, oldest first; an index that cannot be read counts as empty, which only warns once too often. */
export async function readBackupIndex(paths: StatePaths): Promise<BackupEntry[]> {
  try {
    const text = await readSmallFile(paths.backupIndexFile, longestIndexBytes);
    return text === null ? [] : bookSchema.parse(JSON.parse(text)).backups;
  } catch {
    return [];
  }
}

/** The newest backup of a key, or null. */
export async function lastBackupOf(paths: StatePaths, nodeKeyHash: string): Promise<BackupEntry | null> {
  return (await readBackupIndex(paths)).findLast((entry) => entry.nodeKeyHash === nodeKeyHash) ?? null;
}

/**
 * Notes a backup that was proven.
 *
 * @throws NodeError `disk-full`, `state-dir-unusable`
 */
export async function noteBackup(
  paths: StatePaths,
  entry: BackupEntry,
  modules: { clock: Clock },
): Promise<void> {
  await withWriteLock(paths.writeLockFile, modules.clock, async () => {
    const backups = [...(await readBackupIndex(paths)), entry].slice(-mostEntries);
    await writeFileAtomic(
      paths.backupIndexFile,
      `${JSON.stringify({ schemaVersion: 1, backups }, null, 2)}\n`,
    );
  });
}

/**
 * Whether a key has a backup, for a daemon that runs while the command line makes one: checked now and
 * then, and the index is read again only after it changed.
 */
export interface BackupWatch extends Part {
  start(): void;
  onProgress(listener: () => void): void;
  stop(): Promise<void>;
  readonly hasBackup: boolean;
  /** Resolves when what the disk says now is known. */
  refresh(): Promise<void>;
}

/** Whoever asks for the snapshot has it looked at sooner. */
const pollMs = 5000;

export function createBackupWatch(
  options: { paths: StatePaths; nodeKeyHash: string },
  { clock }: { clock: Clock },
): BackupWatch {
  const { paths, nodeKeyHash } = options;
  const listeners: (() => void)[] = [];
  const stopping = new AbortController();
  let cached: string | null = null;
  let hasBackup = false;
  let loop: Promise<void> = Promise.resolve();

  async function refresh(): Promise<void> {
    const stamp = await stampOf(paths.backupIndexFile);
    if (stamp === cached) return;
    const found = (await lastBackupOf(paths, nodeKeyHash)) !== null;
    cached = stamp;
    if (found === hasBackup) return;
    hasBackup = found;
    for (const listener of listeners) listener();
  }

  async function watch(): Promise<void> {
    while (!stopping.signal.aborted) {
      await sleep(clock, pollMs, stopping.signal);
      // One that cannot be read says nothing new.
      await refresh().catch(() => undefined);
    }
  }

  return {
    name: 'backups',
    get hasBackup() {
      return hasBackup;
    },
    refresh,
    start() {
      loop = watch();
    },
    onProgress: (listener) => void listeners.push(listener),
    async stop() {
      stopping.abort();
      await loop;
    },
  };
}

/** Changes whenever the file does: it is only ever replaced whole. */
async function stampOf(path: string): Promise<string> {
  try {
    const facts = await stat(path);
    return `${facts.ino}/${facts.mtimeMs}`;
  } catch (error) {
    // A loop of links, or a folder that cannot be entered: there is nothing to read either.
    return errorCode(error) === 'ENOENT' ? '' : 'unreadable';
  }
}
