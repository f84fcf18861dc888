import { lstatSync } from 'node:fs';
import { dirname } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { isNodeError, NodeError } from '../../../shared/errors.ts';
import { said } from '../../../shared/reasons/reason-text.ts';
import { keepOwnerSync } from '../system/file-owner.ts';
import { refusesAccess, systemFault, whyNotWritable, whyNotWritableAt } from './system-fault.ts';

/**
 * The one SQLite file of a state directory. Node's own SQLite is loaded by name at call time, so
 * that a command line started on an old Node can still say so in a sentence.
 */
const sqlite = () => process.getBuiltinModule('node:sqlite') as typeof import('node:sqlite');

/**
 * Each entry brings the schema one version further; never edited once released, only added to. Each changes tables or
 * indexes: by that a newer version is told from a number that the disk has damaged. Each only adds, so that the version
 * before can still use the file when an update is taken back: tables, indexes, and columns that may be left out; every
 * INSERT names its columns.
 */
const migrations: readonly string[] = [
  `CREATE TABLE requests (
     seq INTEGER PRIMARY KEY,
     node_id TEXT NOT NULL,
     node_address TEXT NOT NULL,
     node_key_hash TEXT NOT NULL,
     request_id TEXT NOT NULL,
     attempt INTEGER NOT NULL,
     state TEXT NOT NULL CHECK (state IN
       ('accepted', 'finished', 'failed', 'delivered', 'reported', 'refused', 'expired')),
     model TEXT,
     accepted_ms INTEGER NOT NULL,
     finished_ms INTEGER,
     closed_ms INTEGER,
     error_code TEXT,
     result TEXT,
     poe TEXT,
     generation_ms INTEGER,
     input_tokens INTEGER,
     output_tokens INTEGER,
     outcome TEXT,
     UNIQUE (node_address, request_id, attempt)
   ) STRICT;
   CREATE INDEX requests_open ON requests (node_address, state) WHERE state IN ('accepted', 'finished', 'failed');
   CREATE INDEX requests_closed ON requests (closed_ms) WHERE closed_ms IS NOT NULL;
   CREATE TABLE tallies (
     node_address TEXT NOT NULL,
     node_id TEXT NOT NULL,
     state TEXT NOT NULL,
     count INTEGER NOT NULL,
     PRIMARY KEY (node_address, node_id, state)
   ) STRICT, WITHOUT ROWID;`,
  `CREATE TABLE online_spans (
     node_address TEXT NOT NULL,
     node_id TEXT NOT NULL,
     start_ms INTEGER NOT NULL,
     end_ms INTEGER NOT NULL,
     PRIMARY KEY (node_address, node_id, start_ms)
   ) STRICT, WITHOUT ROWID;`,
  // Ages by time that has passed; what was there before begins to age now.
  `CREATE TABLE elapsed (
     id INTEGER PRIMARY KEY CHECK (id = 1),
     elapsed_ms INTEGER NOT NULL,
     boot_id TEXT,
     since_boot_ms INTEGER NOT NULL
   ) STRICT;
   INSERT INTO elapsed VALUES (1, 0, NULL, 0);
   ALTER TABLE requests ADD COLUMN finished_elapsed_ms INTEGER;
   ALTER TABLE requests ADD COLUMN closed_elapsed_ms INTEGER;
   UPDATE requests SET finished_elapsed_ms = 0 WHERE finished_ms IS NOT NULL;
   UPDATE requests SET closed_elapsed_ms = 0 WHERE closed_ms IS NOT NULL;
   CREATE INDEX requests_closed_elapsed ON requests (closed_elapsed_ms) WHERE closed_elapsed_ms IS NOT NULL;`,
  `CREATE TABLE outage_notes (
     seq INTEGER PRIMARY KEY,
     node_address TEXT NOT NULL,
     node_id TEXT NOT NULL,
     at_ms INTEGER NOT NULL,
     reason TEXT NOT NULL,
     by_ms INTEGER NOT NULL
   ) STRICT;`,
  `CREATE TABLE missed_beats (
     node_address TEXT NOT NULL,
     node_id TEXT NOT NULL,
     slot_ms INTEGER NOT NULL,
     count INTEGER NOT NULL,
     PRIMARY KEY (node_address, node_id, slot_ms)
   ) STRICT, WITHOUT ROWID;`,
];

/**
 * Opens the journal's database and migrates it. `synchronous=FULL` because a finished answer must
 * be on disk before it is posted, `secure_delete` because its text must not stay there afterwards.
 * One that exists opens on a full disk too: what is in it can be delivered, and heartbeats go on.
 *
 * @throws NodeError `database-unusable` (unreadable, corrupt, or of a newer version that this one can't use),
 *   `disk-full`, `file-failed`
 */
export function openDatabase(path: string): DatabaseSync {
  try {
    return open(path, 'shared');
  } catch (error) {
    if (!isNodeError(error, 'disk-full')) throw error;
    return open(path, 'alone');
  }
}

/** @param access `alone` keeps the index of the write-ahead log in memory, where `shared` needs room on disk for it */
function open(path: string, access: 'shared' | 'alone'): DatabaseSync {
  let database: DatabaseSync | undefined;
  try {
    database = new (sqlite().DatabaseSync)(path);
    database.exec(`PRAGMA busy_timeout = 2000;
      PRAGMA locking_mode = ${access === 'alone' ? 'EXCLUSIVE' : 'NORMAL'};
      PRAGMA secure_delete = ON;
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = FULL;
      PRAGMA fullfsync = ON;
      PRAGMA cache_size = -1024;
      PRAGMA temp_store = MEMORY;`);
    migrate(database, path);
    readOpenRows(database);
    eraseLeftovers(database);
    keepOwnerSync([path, `${path}-wal`, `${path}-shm`]);
    return database;
  } catch (error) {
    try {
      database?.close();
    } catch {
      // The first error is the one that says what is wrong.
    }
    throw databaseError(error, path);
  }
}

/** Meets corruption here, where it can be dealt with, rather than in the middle of serving. */
function readOpenRows(database: DatabaseSync): void {
  database.exec(`SELECT COUNT(*), SUM(LENGTH(result)) FROM requests WHERE state IN ('accepted', 'finished', 'failed');
    SELECT MAX(seq) FROM requests;
    SELECT SUM(count) FROM tallies`);
}

/** A crash leaves the write-ahead log as it was, with text that is erased in the database already. */
function eraseLeftovers(database: DatabaseSync): void {
  try {
    database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  } catch {
    // No room to move it into the database just now; the next checkpoint does.
  }
}

/**
 * Proves that an answer of `bytes` can be written, and changes nothing by it; throws while it can't. A page of the
 * database alone proves nothing: it may go where the write-ahead log has room already.
 */
export function proveWritable(
  database: DatabaseSync,
  { path, bytes }: { path: string; bytes: number },
): void {
  const fault = whyNotWritable(dirname(path), bytes);
  if (fault !== null) throw systemFault(fault, path);
  const { user_version } = database.prepare('PRAGMA user_version').get() as { user_version: number };
  database.exec(`PRAGMA wal_checkpoint(TRUNCATE); PRAGMA user_version = ${user_version}`);
}

function migrate(database: DatabaseSync, path: string): void {
  const row = database.prepare('PRAGMA user_version').get() as { user_version: number };
  if (row.user_version !== migrations.length && hasOurSchema(database)) {
    // The disk has changed the number, and nothing else.
    database.exec(`PRAGMA user_version = ${migrations.length}`);
    return;
  }
  if (row.user_version > migrations.length) {
    // A version before was put back.
    if (servesSchema(database, migrations)) return;
    throw new NodeError('database-unusable', {
      path,
      reason: `newer-schema(${row.user_version})`,
    });
  }
  for (let version = row.user_version; version < migrations.length; version++) {
    database.exec(`BEGIN IMMEDIATE; ${migrations[version]}; PRAGMA user_version = ${version + 1}; COMMIT;`);
  }
}

function hasOurSchema(database: DatabaseSync): boolean {
  const ours = new (sqlite().DatabaseSync)(':memory:');
  for (const migration of migrations) ours.exec(migration);
  const [found, expected] = [database, ours].map((one) =>
    JSON.stringify(one.prepare('SELECT name, sql FROM sqlite_schema ORDER BY name').all()),
  );
  ours.close();
  return found === expected;
}

interface Column {
  name: string;
  type: string;
  notnull: number;
  dflt_value: string | null;
  pk: number;
}

/** Whether a file that a newer version has changed can be used by this one: all its columns, and none that it must fill. */
export function servesSchema(database: DatabaseSync, migrations: readonly string[]): boolean {
  const ours = new (sqlite().DatabaseSync)(':memory:');
  for (const migration of migrations) ours.exec(migration);
  const tables = ours.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all();
  const columns = (of: DatabaseSync, table: unknown) =>
    of.prepare('SELECT * FROM pragma_table_info(?)').all(String(table)) as unknown as Column[];
  const serves = tables.every(({ name: table }) => {
    const expected = columns(ours, table);
    const found = columns(database, table);
    const known = new Set(expected.map(({ name }) => name));
    return (
      expected.every((one) =>
        found.some(
          ({ name, type, notnull, pk }) =>
            name === one.name && type === one.type && notnull === one.notnull && pk === one.pk,
        ),
      ) &&
      found.every(
        ({ name, notnull, dflt_value, pk }) =>
          known.has(name) || (pk === 0 && (notnull === 0 || dflt_value !== null)),
      )
    );
  });
  ours.close();
  return serves;
}

/** SQLite's primary result codes for what the disk can be the cause of. */
const sqliteReadOnly = 8;
const sqliteIoError = 10;
const sqliteFull = 13;
const sqliteCannotOpen = 14;

/**
 * What an error of SQLite means to us. It tells neither a read-only disk from a failing one, nor either from too many
 * open files: the folder is asked.
 */
export function databaseError(error: unknown, path: string): NodeError {
  if (error instanceof NodeError) return error;
  const code = (error as { errcode?: number }).errcode;
  const primary = typeof code === 'number' ? code & 0xff : null;
  const reason = said(error instanceof Error ? error.message : String(error));
  const unusable = new NodeError('database-unusable', { path, reason }, { cause: error });
  if (primary === null || ![sqliteReadOnly, sqliteIoError, sqliteFull, sqliteCannotOpen].includes(primary))
    return unusable;
  const facts = lstatSync(path, { throwIfNoEntry: false });
  if (facts !== undefined && !facts.isFile())
    return new NodeError('database-unusable', { path, reason: 'not-a-file' }, { cause: error });
  const found = refusesAccess(path) ?? whyNotWritableAt(path);
  if (found !== null) return systemFault(found, path, { cause: error });
  if (primary === sqliteFull) return systemFault('ENOSPC', path, { cause: error });
  return primary === sqliteIoError ? systemFault('EIO', path, { cause: error }) : unusable;
}
