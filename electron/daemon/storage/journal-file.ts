import { renameSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { isNodeError, type NodeError } from '../../../shared/errors.ts';
import type { Logger } from '../logging/logger.ts';
import type { Clock } from '../system/clock.ts';
import { dateStamp } from './atomic-file.ts';
import { openDatabase } from './database.ts';

/** Between the name of the journal and the date in the name of one that was archived. */
export const archiveMark = '.broken-';

/**
 * A journal that cannot be read is archived whole, for its results may be rescued by hand; the node
 * goes on with an empty one rather than losing its uptime too. It stays a witness of the key
 * (`serving/journal-key.ts`).
 */
export function openJournalFile(path: string, { clock, log }: { clock: Clock; log: Logger }): DatabaseSync {
  try {
    return openDatabase(path);
  } catch (error) {
    if (!isNodeError(error, 'database-unusable') || !isCorrupt(error)) throw error;
    const archived = `${path}${archiveMark}${dateStamp(clock.now())}`;
    for (const suffix of ['', '-wal', '-shm']) {
      try {
        renameSync(path + suffix, archived + suffix);
      } catch {
        // There need not be one.
      }
    }
    log.error('journal-put-aside', { path: archived, reason: error.details.reason });
    return openDatabase(path);
  }
}

/** Statements of ours that SQLite does not understand: the schema is another than we wrote. */
const sqliteError = 1;
const sqliteCorrupt = 11;
const sqliteNotADatabase = 26;

function isCorrupt(error: NodeError): boolean {
  const code = (error.cause as { errcode?: number } | undefined)?.errcode;
  return code !== undefined && [sqliteError, sqliteCorrupt, sqliteNotADatabase].includes(code & 0xff);
}
