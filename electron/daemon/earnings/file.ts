import { renameSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import type { Logger } from '../logging/logger.ts';
import { dateStamp } from '../storage/atomic-file.ts';
import { servesSchema } from '../storage/database.ts';
import type { Clock } from '../system/clock.ts';
import { keepOwnerSync } from '../system/file-owner.ts';

const sqlite = () => process.getBuiltinModule('node:sqlite') as typeof import('node:sqlite');

/** Each entry brings the schema one version further; never edited once released, only added to, as in `database.ts`. */
const migrations: readonly string[] = [
  `CREATE TABLE samples (
     node_id TEXT NOT NULL,
     block INTEGER NOT NULL,
     block_hash TEXT NOT NULL,
     block_ms INTEGER NOT NULL,
     earned_wei TEXT NOT NULL,
     source TEXT NOT NULL,
     read_ms INTEGER NOT NULL,
     PRIMARY KEY (node_id, block)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE hours (
     node_id TEXT NOT NULL,
     hour_ms INTEGER NOT NULL,
     earned_wei TEXT NOT NULL,
     covered_ms INTEGER NOT NULL,
     PRIMARY KEY (node_id, hour_ms)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE days (
     node_id TEXT NOT NULL,
     day_ms INTEGER NOT NULL,
     earned_wei TEXT NOT NULL,
     covered_ms INTEGER NOT NULL,
     PRIMARY KEY (node_id, day_ms)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE gaps (
     node_id TEXT NOT NULL,
     from_ms INTEGER NOT NULL,
     to_ms INTEGER NOT NULL,
     earned_wei TEXT,
     PRIMARY KEY (node_id, from_ms)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE activity (
     node_id TEXT NOT NULL,
     day_ms INTEGER NOT NULL,
     online REAL,
     served INTEGER,
     tokens INTEGER,
     PRIMARY KEY (node_id, day_ms)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE claims (
     block INTEGER NOT NULL,
     log_index INTEGER NOT NULL,
     block_hash TEXT NOT NULL,
     block_ms INTEGER,
     transaction_hash TEXT NOT NULL,
     amount_wei TEXT NOT NULL,
     owner TEXT NOT NULL,
     node_id TEXT,
     unknown_node TEXT,
     PRIMARY KEY (block, log_index)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;`,
  `CREATE TABLE weights (
     node_id TEXT NOT NULL,
     day_ms INTEGER NOT NULL,
     weight_tenths TEXT NOT NULL,
     PRIMARY KEY (node_id, day_ms)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE deposits (
     block INTEGER NOT NULL,
     log_index INTEGER NOT NULL,
     block_ms INTEGER NOT NULL,
     amount_wei TEXT NOT NULL,
     PRIMARY KEY (block, log_index)
   ) STRICT, WITHOUT ROWID;`,
];

/** The database of earnings, and what became of the one before. */
export interface EarningsFile {
  readonly database: DatabaseSync;
  /** A broken file that was put aside. */
  readonly putAside: string | null;
  /** Why nothing is kept on disk: then the database is in memory. */
  readonly failure: string | null;
  close(): void;
}

/**
 * Opens the database of earnings beside the journal. A broken file, or one of a newer version that this one can't use, is
 * put aside and begun anew; where that fails too, or the disk is full, figures are kept in memory. Never throws: the node serves without.
 */
export function openEarningsFile(path: string, modules: { clock: Clock; log: Logger }): EarningsFile {
  const { clock, log } = modules;
  const made = (database: DatabaseSync, putAside: string | null, failure: string | null): EarningsFile => ({
    ...{ database, putAside, failure },
    close() {
      try {
        database.close();
      } catch {
        // Closed, or broken: nothing more is to come.
      }
    },
  });
  try {
    return made(open(path), null, null);
  } catch (first) {
    const putAside = `${path}.broken-${dateStamp(clock.now())}`;
    try {
      if (!isBroken(first)) throw first;
      for (const suffix of ['', '-wal', '-shm']) {
        try {
          renameSync(path + suffix, putAside + suffix);
        } catch {
          // There need not be one.
        }
      }
      log.error('earnings-put-aside', { path: putAside, reason: messageOf(first) });
      return made(open(path), putAside, null);
    } catch (error) {
      log.error('earnings-not-kept', { path, reason: messageOf(error) });
      return made(open(':memory:'), null, messageOf(error));
    }
  }
}

function open(path: string): DatabaseSync {
  const database = new (sqlite().DatabaseSync)(path);
  try {
    // Less is lost than would be read again: no sync with every sample.
    database.exec(`PRAGMA busy_timeout = 1000;
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = NORMAL;
      PRAGMA cache_size = -512;
      PRAGMA temp_store = MEMORY;`);
    const { user_version: version } = database.prepare('PRAGMA user_version').get() as {
      user_version: number;
    };
    if (version > migrations.length && !servesSchema(database, migrations))
      throw new Error(`written by a newer version (schema ${version})`);
    for (let next = version; next < migrations.length; next++)
      database.exec(`BEGIN IMMEDIATE; ${migrations[next]}; PRAGMA user_version = ${next + 1}; COMMIT;`);
    // Meets damage here rather than in the middle of the year.
    const [found] = database.prepare('PRAGMA quick_check(1)').all() as { quick_check: string }[];
    if (found?.quick_check !== 'ok') throw new Error(`damaged: ${found?.quick_check}`);
    if (path !== ':memory:') keepOwnerSync([path, `${path}-wal`, `${path}-shm`]);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** SQLite's primary result codes: a schema that is not ours, a damaged file, no database. */
const broken = new Set([1, 11, 26]);

function isBroken(error: unknown): boolean {
  const code = (error as { errcode?: number }).errcode;
  return code === undefined
    ? error instanceof Error && /damaged|newer version/.test(error.message)
    : broken.has(code & 0xff);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
