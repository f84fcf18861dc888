import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { isNodeError, NodeError } from '../../../shared/errors.ts';
import { type ReasonCode, said } from '../../../shared/reasons/reason-text.ts';
import { openDatabase } from '../storage/database.ts';
import { archiveMark } from '../storage/journal-file.ts';
import { journalNamesKey } from './journal.ts';

/**
 * The key that the journals of a state directory name: the one in use, else those that were archived as
 * broken, the newest first. A journal that does not say counts as naming one, by throwing.
 *
 * @param present the journal in use, where it is open already; else it is opened for the question
 * @returns a nodeKeyHash, or a nodeAddress where only tallies are left; null when no journal names any
 * @throws NodeError `key-unknown`, `disk-full`
 */
export function keyNamedByJournals(
  { journalFile }: { journalFile: string },
  present?: DatabaseSync,
): string | null {
  const byPresent = present === undefined ? keyIn(journalFile) : journalNamesKey(present);
  if (byPresent !== null) return byPresent;
  let silent: NodeError | null = null;
  for (const path of archivedJournals(journalFile)) {
    try {
      const named = keyInBroken(path);
      if (named !== null) return named;
    } catch (error) {
      silent ??= unknown(path, error);
    }
  }
  if (silent !== null) throw silent;
  return null;
}

function keyIn(journalFile: string): string | null {
  if (!existsSync(journalFile)) return null;
  try {
    const database = openDatabase(journalFile);
    try {
      return journalNamesKey(database);
    } finally {
      database.close();
    }
  } catch (error) {
    if (isNodeError(error) && error.code !== 'database-unusable') throw error;
    throw unknown(journalFile, error);
  }
}

/**
 * Reads a broken journal without changing it by a byte: what is in it may be rescued by hand.
 * That it names no key is believed only where the whole of it is sound after all.
 */
function keyInBroken(path: string): string | null {
  const url = pathToFileURL(path);
  // Neither locks nor files beside it are made, and its write-ahead log is not read.
  url.searchParams.set('immutable', '1');
  const { DatabaseSync } = process.getBuiltinModule('node:sqlite') as typeof import('node:sqlite');
  const database = new DatabaseSync(url, { readOnly: true });
  try {
    const named = journalNamesKey(database);
    if (named !== null && /^0x([0-9a-f]{64}|[0-9a-f]{40})$/.test(named)) return named;
    const { quick_check } = database.prepare('PRAGMA quick_check(1)').get() as { quick_check: string };
    if (named !== null || quick_check !== 'ok') throw new JournalFault('damaged');
    if ((statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0)
      throw new JournalFault('not-written-out');
    return null;
  } finally {
    database.close();
  }
}

function archivedJournals(journalFile: string): string[] {
  const folder = dirname(journalFile);
  const start = `${basename(journalFile)}${archiveMark}`;
  const names = existsSync(folder) ? readdirSync(folder) : [];
  return names
    .filter((name) => name.startsWith(start) && !/-(wal|shm)$/.test(name))
    .toSorted()
    .toReversed()
    .map((name) => join(folder, name));
}

/** Why a journal that can be opened names no key for certain. */
class JournalFault extends Error {
  readonly reason: ReasonCode;

  constructor(reason: ReasonCode) {
    super(reason);
    this.reason = reason;
  }
}

function unknown(path: string, error: unknown): NodeError {
  const reason = isNodeError(error, 'database-unusable')
    ? error.details.reason
    : error instanceof JournalFault
      ? error.reason
      : said(error instanceof Error ? error.message : String(error));
  return new NodeError('key-unknown', { path, reason }, { cause: error });
}
