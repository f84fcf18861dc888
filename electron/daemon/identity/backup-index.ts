import { statSync } from 'node:fs';
import * as z from 'zod';
import { readSmallFile, writeFileAtomic } from '../storage/atomic-file.ts';
import { withWriteLock } from '../storage/exclusive.ts';
import type { StatePaths } from '../storage/paths.ts';
import type { Clock } from '../system/clock.ts';

const entrySchema = z.object({
  nodeKeyHash: z.string().regex(/^0x[0-9a-f]{64}$/),
  /** Where it was written to, or restored from. */
  path: z.string(),
  atMs: z.number(),
});
const bookSchema = z.object({ schemaVersion: z.literal(1), backups: z.array(entrySchema) });

/** A backup that was read back and found to hold its key. Where the file is today, nobody knows. */
export type BackupEntry = z.infer<typeof entrySchema>;

const longestBookBytes = 1024 * 1024;
/** Of each key; the newest are kept. */
const mostEntries = 100;

/** The backups made so far, oldest first; a book that cannot be read counts as empty, which only warns once too often. */
export async function readBackupBook(paths: StatePaths): Promise<BackupEntry[]> {
  try {
    const text = await readSmallFile(paths.backupBookFile, longestBookBytes);
    return text === null ? [] : bookSchema.parse(JSON.parse(text)).backups;
  } catch {
    return [];
  }
}

/** The newest backup of a key, or null. */
export async function lastBackupOf(paths: StatePaths, nodeKeyHash: string): Promise<BackupEntry | null> {
  return (await readBackupBook(paths)).findLast((entry) => entry.nodeKeyHash === nodeKeyHash) ?? null;
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
    const backups = [...(await readBackupBook(paths)), entry].slice(-mostEntries);
    await writeFileAtomic(
      paths.backupBookFile,
      `${JSON.stringify({ schemaVersion: 1, backups }, null, 2)}\n`,
    );
  });
}

/**
 * Whether a key has a backup, for a daemon that runs while the command line makes one: the book is
 * read again only after it changed.
 */
export interface BackupWatch {
  readonly hasBackup: boolean;
  /** Resolves when what the disk says now is known. */
  refresh(): Promise<void>;
}

export function createBackupWatch(options: { paths: StatePaths; nodeKeyHash: string }): BackupWatch {
  const { paths, nodeKeyHash } = options;
  let seen = '';
  let hasBackup = false;
  let reading: Promise<void> | null = null;

  const refresh = () => {
    reading ??= read().finally(() => {
      reading = null;
    });
    return reading;
  };
  const read = async () => {
    hasBackup = (await lastBackupOf(paths, nodeKeyHash)) !== null;
  };
  return {
    get hasBackup() {
      const stamp = stampOf(paths.backupBookFile);
      if (stamp !== seen) {
        seen = stamp;
        void refresh();
      }
      return hasBackup;
    },
    refresh,
  };
}

/** Changes whenever the file does: it is only ever replaced whole. */
function stampOf(path: string): string {
  try {
    const facts = statSync(path, { throwIfNoEntry: false });
    return facts === undefined ? '' : `${facts.ino}/${facts.mtimeMs}`;
  } catch {
    // A loop of links, or a folder that cannot be entered: there is nothing to read either.
    return 'unreadable';
  }
}
