import { chmodSync, truncateSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { isNodeError, NodeError } from '../../../shared/errors.ts';
import { type Clock, sleep } from '../system/clock.ts';
import { keepOwnerSync } from '../system/file-owner.ts';
import { fileError } from './atomic-file.ts';
import { databaseError } from './database.ts';

/** By name at call time, so that a command line on an old Node can still say so in a sentence. */
const sqlite = () => process.getBuiltinModule('node:sqlite') as typeof import('node:sqlite');

/** SQLite's primary result codes. */
const sqliteBusy = 5;
const sqliteCorrupt = 11;
const sqliteNotADatabase = 26;

/** Kept here, because a database that only its owner's forgetfulness refers to would be collected, and its lock with it. */
const heldDatabases = new Set<DatabaseSync>();

/** Something only one process at a time holds; the system takes it back when the process dies. */
export interface Exclusive {
  release(): void;
}

/**
 * Tries once to hold `path` exclusively: an open SQLite transaction, whose file lock is gone with
 * the process however it ends. No other code may open that file: in POSIX, closing any second
 * descriptor of it would drop the lock.
 *
 * @returns null when another holder, or another attempt at this very moment, is in the way
 * @throws NodeError `disk-full`, `file-failed`, `lock-damaged`, `state-dir-unusable`, `database-unusable`
 */
export function tryExclusive(path: string): Exclusive | null {
  return tryOnce(path, 'emptied');
}

/** @param spoilt what becomes of a file with bytes that are no database: nothing in it is ever read */
function tryOnce(path: string, spoilt: 'emptied' | 'refused'): Exclusive | null {
  let database: DatabaseSync | undefined;
  try {
    database = new (sqlite().DatabaseSync)(path, { timeout: 0 });
    // The journal in memory: nothing is ever written, and a full disk must not stop a start.
    database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
    // By name: a descriptor of our own would drop the lock when closed.
    chmodSync(path, 0o600);
    keepOwnerSync([path]);
    const held = database;
    heldDatabases.add(held);
    return {
      release: () => {
        if (heldDatabases.delete(held)) held.close();
      },
    };
  } catch (error) {
    try {
      database?.close();
    } catch {
      // What went wrong first is what counts.
    }
    const errcode = (error as { errcode?: number }).errcode;
    if (typeof errcode !== 'number') throw fileError(error, path);
    const primary = errcode & 0xff;
    if (primary === sqliteBusy) return null;
    if (spoilt === 'emptied' && (primary === sqliteNotADatabase || primary === sqliteCorrupt)) {
      // Its first bytes are read only by who has got past another holder's lock, so nobody holds it.
      empty(path);
      return tryOnce(path, 'refused');
    }
    const fault = databaseError(error, path);
    throw isNodeError(fault, 'database-unusable')
      ? new NodeError('lock-damaged', { path }, { cause: error })
      : fault;
  }
}

function empty(path: string): void {
  try {
    truncateSync(path, 0);
  } catch (error) {
    throw fileError(error, path);
  }
}

/**
 * Tries for `patienceMs`. A single attempt is not enough even to win against nobody who stays: two
 * processes that try in the same instant can send each other away.
 */
async function waitExclusive(path: string, patienceMs: number, clock: Clock): Promise<Exclusive | null> {
  const giveUpAtMs = clock.monotonicMs() + patienceMs;
  for (;;) {
    const held = tryExclusive(path);
    if (held !== null) return held;
    if (clock.monotonicMs() >= giveUpAtMs) return null;
    await sleep(clock, 5 + Math.random() * 20);
  }
}

/**
 * Runs `work` while no other process changes the small files of the state directory, so that two
 * that each read, change and write lose nothing of each other's.
 *
 * @throws NodeError `state-dir-unusable` when another process does not finish within 5 s
 */
export async function withWriteLock<T>(path: string, clock: Clock, work: () => Promise<T>): Promise<T> {
  const held = await waitExclusive(path, 5_000, clock);
  if (held === null) {
    throw new NodeError('state-dir-unusable', { path, reason: 'being-written' });
  }
  try {
    return await work();
  } finally {
    held.release();
  }
}
