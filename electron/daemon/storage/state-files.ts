import type { Stats } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { errorCode, fileError } from './atomic-file.ts';
import { readIdentityRecord } from './identity-record.ts';
import type { StatePaths } from './paths.ts';

/** What a file of a state directory is there for. */
export type StatePart =
  | 'journal'
  | 'broken-journal'
  | 'log'
  | 'cache'
  | 'leftover'
  | 'old-key'
  | 'old-record'
  | 'record'
  | 'key'
  | 'hold'
  | 'backup-book'
  | 'change-over'
  | 'settings'
  | 'running';

export interface StateFile {
  part: StatePart;
  path: string;
}

/** What is in a state directory: what this program put there, and what somebody else did. */
export interface StateContents {
  ours: StateFile[];
  /** Left alone, whatever happens: anything of another name, and anything that is no file of its own. */
  foreign: string[];
  /** Folders of ours, which may go once they are empty. */
  folders: string[];
}

/** Files of a name that begins like this and goes on like that. */
type Rules = readonly (readonly [part: StatePart, start: string, rest: RegExp])[];

const nothing = /^$/;
const ofDatabase = /^(-wal|-shm|-journal)?$/;

/** By name alone: a torn or unreadable file of ours is ours anyway. */
function rulesOf(paths: StatePaths): Readonly<Record<'state' | 'logs' | 'backups', Rules>> {
  const state: Rules = [
    ['journal', basename(paths.journalFile), ofDatabase],
    ['broken-journal', basename(paths.journalFile), /^\.broken-\d{8}T\d{6}Z(-wal|-shm|-journal)?$/],
    ['journal', basename(paths.earningsFile), ofDatabase],
    ['broken-journal', basename(paths.earningsFile), /^\.broken-\d{8}T\d{6}Z(-wal|-shm|-journal)?$/],
    ['cache', basename(paths.probeCacheFile), nothing],
    ['cache', basename(paths.selfTestFile), nothing],
    ['cache', basename(paths.memorySpeedFile), nothing],
    ['record', basename(paths.identityFile), nothing],
    ['key', basename(paths.keyFile), nothing],
    ['leftover', basename(paths.keyFile), /^\.next$/],
    ['hold', basename(paths.quarantineFile), nothing],
    ['backup-book', basename(paths.backupIndexFile), nothing],
    ['change-over', basename(paths.switchFile), nothing],
    ['settings', basename(paths.settingsFile), /^(\.broken-\d{8}T\d{6}Z)?$/],
    ['running', basename(paths.ollamaServerFile), nothing],
    ['running', basename(paths.controlFile), nothing],
    ['running', basename(paths.socketFile), nothing],
    ['running', basename(paths.writeLockFile), ofDatabase],
    ['running', basename(paths.lockFile), ofDatabase],
  ];
  const logs: Rules = [
    ['log', basename(paths.logFile), /^(\.\d+)?$/],
    ['log', 'start.log', nothing],
    ['log', basename(paths.ollamaLogFile), /^(\.\d+|\.new)?$/],
  ];
  const dated = (extension: string) =>
    new RegExp(String.raw`^([0-9a-f]{8}|unreadable)-\d{8}T\d{6}Z(-\d)?\.${extension}$`);
  const backups: Rules = [
    ['old-key', 'node-', dated('key')],
    ['old-record', 'identity-', dated('json')],
  ];
  return { state, logs, backups };
}

/** What a writer that died left: the temporary copy of a file of ours. */
const temporary = /^\.(.+)\.[0-9a-f]{16}\.tmp$/;

/**
 * Lists a state directory. Follows no link and opens no file but `identity.json`; a directory
 * that shows neither a lock nor a record of ours is nobody's we know, and then all of it is foreign.
 *
 * @throws NodeError `state-dir-unusable`
 */
export async function readStateDirectory(paths: StatePaths): Promise<StateContents> {
  const found: StateContents = { ours: [], foreign: [], folders: [] };
  const rules = rulesOf(paths);
  try {
    await sort(paths.stateDir, rules.state, found);
    for (const [folder, inside] of [
      [paths.logDir, rules.logs],
      [paths.backupDir, rules.backups],
    ] as const) {
      if (!(await factsOf(folder))?.isDirectory()) continue;
      found.foreign = found.foreign.filter((path) => path !== folder);
      found.folders.push(folder);
      await sort(folder, inside, found);
    }
  } catch (error) {
    throw fileError(error, paths.stateDir, 'state-dir');
  }
  if (await isOurs(paths, found)) return found;
  return { ours: [], foreign: [...found.ours.map(({ path }) => path), ...found.foreign], folders: [] };
}

/** Null when nothing is there. */
export async function factsOf(path: string): Promise<Stats | null> {
  try {
    return await lstat(path);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  }
}

/** A file or a socket of its own: what a link points to, and what a folder holds, is not ours to judge. */
export function mayBeOurs(facts: Stats | null): boolean {
  return facts !== null && (facts.isFile() || facts.isSocket());
}

async function sort(folder: string, rules: Rules, found: StateContents): Promise<void> {
  const names = await readdir(folder).catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  });
  for (const name of names.toSorted()) {
    const path = join(folder, name);
    const part = partOf(name, rules);
    const ours = part !== null && mayBeOurs(await factsOf(path));
    if (ours) found.ours.push({ part, path });
    else found.foreign.push(path);
  }
}

function partOf(name: string, rules: Rules): StatePart | null {
  const original = temporary.exec(name)?.[1];
  if (original !== undefined) return partOf(original, rules) === null ? null : 'leftover';
  const rule = rules.find(([, start, rest]) => name.startsWith(start) && rest.test(name.slice(start.length)));
  return rule?.[0] ?? null;
}

/** `settings.json` and `backups/` are anybody's names. */
async function isOurs(paths: StatePaths, { ours }: StateContents): Promise<boolean> {
  if (ours.some(({ path }) => path === paths.lockFile || path === paths.writeLockFile)) return true;
  const record = await readIdentityRecord(paths.identityFile).catch(() => null);
  return record !== null;
}
