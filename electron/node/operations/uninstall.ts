import { rm, rmdir } from 'node:fs/promises';
import { isNodeError, NodeError } from '../../../shared/errors.ts';
import { type Reason, reasonOf } from '../../../shared/reasons/reason-text.ts';
import type { Registration } from '../../daemon/coordinator/client.ts';
import { errorOf } from '../../daemon/identity/keychain/state.ts';
import type { KeychainStore } from '../../daemon/identity/keychain/store.ts';
import { stopRecordedServer } from '../../daemon/ollama/server/own-server.ts';
import { undeliveredResults } from '../../daemon/serving/journal.ts';
import { keyNamedByJournals } from '../../daemon/serving/journal-key.ts';
import { errorCode, fileError, syncDirectory } from '../../daemon/storage/atomic-file.ts';
import { openDatabase } from '../../daemon/storage/database.ts';
import { withWriteLock } from '../../daemon/storage/exclusive.ts';
import { type IdentityRecord, readIdentityRecord } from '../../daemon/storage/identity-record.ts';
import { acquireLock } from '../../daemon/storage/lock.ts';
import { ensurePrivateDirectory, type StatePaths } from '../../daemon/storage/paths.ts';
import {
  factsOf,
  mayBeOurs,
  readStateDirectory,
  type StateContents,
  type StatePart,
} from '../../daemon/storage/state-files.ts';
import { isDiskFault } from '../../daemon/storage/system-fault.ts';
import type { Clock } from '../../daemon/system/clock.ts';
import { isAtStake, type KeyAtStake, keysAtStake } from './keys-at-stake.ts';

/** What removing the data of a node would take away, and what speaks against it. */
export interface UninstallPlan {
  stateDir: string;
  /** Files of ours, in the order in which they go. */
  files: readonly string[];
  /** The account of the entry in the keychain that goes too; null where the key rests in none. */
  keychainEntry: string | null;
  /** Left where it is: nothing here knows what it is. */
  foreign: readonly string[];
  keys: readonly KeyAtStake[];
  /** Finished answers that the network has not got; null when the journal cannot be read. */
  undelivered: number | null;
  /** True when something would be lost that cannot be had again: then it takes telling twice. */
  loses: boolean;
}

export interface Uninstalled {
  plan: UninstallPlan;
  removed: readonly string[];
  /** What stayed, with the reason. */
  kept: readonly { path: string; reason: Reason }[];
}

export interface UninstallModules {
  clock: Clock;
  /** Asks the network about a key; a failure is an answer of its own. */
  lookUp: (nodeKeyHash: string) => Promise<Registration>;
  keychain: Pick<KeychainStore, 'inspect' | 'erase' | 'location'>;
}

/**
 * Removes what a node keeps on this computer: every file of ours in its state directory, and its entry
 * in the keychain. Follows no link, and leaves what it does not know. Backups elsewhere stay.
 *
 * The key goes late and the lock last. Killed on the way, it leaves a node that can run, or a record
 * whose key is gone, where no new one is made, or no node; begun again it goes on where it stopped.
 *
 * @param options.loseKey said twice by the person: although it has no backup, or is staked, or answers wait
 * @param options.confirm sees what is going to be removed, and throws to cancel
 * @throws NodeError `other-daemon`, `uninstall-refused`, what the keychain says while it keeps the key
 *   (unless `loseKey`), `state-dir-unusable`, `disk-full`, and what `confirm` throws; then nothing was removed
 */
export async function removeNodeData(
  options: {
    paths: StatePaths;
    version: string;
    loseKey: boolean;
    confirm: (plan: UninstallPlan) => Promise<void>;
  },
  modules: UninstallModules,
): Promise<Uninstalled> {
  const { paths, version, loseKey, confirm } = options;
  const { clock } = modules;
  const { stateDir } = paths;
  const { ours, foreign } = await readStateDirectory(paths);
  if (ours.length === 0) {
    // Neither made nor changed: it may be anybody's.
    const plan = {
      stateDir,
      files: [],
      keychainEntry: null,
      foreign,
      keys: [],
      undelivered: 0,
      loses: false,
    };
    await confirm(plan);
    return { plan, removed: [], kept: foreign.map((path) => ({ path, reason: notOurs })) };
  }
  await ensurePrivateDirectory(stateDir);
  const lock = await acquireLock({ paths, version }, { clock });
  try {
    const contents = inOrder(paths, await readStateDirectory(paths));
    const record = await readIdentityRecord(paths.identityFile).catch(unreadableIsNone);
    const plan = await planOf(paths, contents, record, modules);
    if (plan.loses && !loseKey) throw refusal(plan);
    if (!loseKey) await requireKeychain(plan, modules);
    await confirm(plan);
    return await withWriteLock(paths.writeLockFile, clock, () =>
      remove(paths, { plan, contents, loseKey }, modules),
    );
  } finally {
    await lock.release();
  }
}

const notOurs = 'not-ours';

/**
 * Before the key goes what is nothing without it; after it what is needed as long as it is there: its
 * quarantine, the index of its backups, its settings. The lock keeps every other program away to the end.
 * A record in the file system goes before its key, for it can be derived from the key again.
 */
const order: readonly StatePart[] = [
  'log',
  'cache',
  'leftover',
  'old-record',
  'old-key',
  'broken-journal',
  'journal',
  'record',
  'key',
  'hold',
  'backup-book',
  'change-over',
  'settings',
  'running',
];

function inOrder(paths: StatePaths, contents: StateContents): StateContents {
  const locks = [paths.writeLockFile, paths.lockFile];
  const ours = contents.ours
    .filter(({ path }) => !locks.includes(path))
    .toSorted((a, b) => order.indexOf(a.part) - order.indexOf(b.part));
  return { ...contents, ours: [...ours, ...locks.map((path) => ({ part: 'running' as const, path }))] };
}

/** Asked before anything is removed: an entry that could not follow would be left without its record. */
async function requireKeychain(
  { keychainEntry }: UninstallPlan,
  { keychain }: UninstallModules,
): Promise<void> {
  if (keychainEntry === null) return;
  const error = errorOf(await keychain.inspect(keychainEntry), keychain.location(keychainEntry));
  if (error !== null) throw error;
}

function unreadableIsNone(error: unknown): null {
  if (isNodeError(error, 'identity-unreadable')) return null;
  throw error;
}

async function planOf(
  paths: StatePaths,
  { ours, foreign }: StateContents,
  record: IdentityRecord | null,
  modules: UninstallModules,
): Promise<UninstallPlan> {
  const keys = await keysAtStake(
    { paths, files: ours },
    { lookUp: modules.lookUp, journalNamesKey: () => keyNamedByJournals(paths) },
  );
  const undelivered = waitingAnswers(paths, ours, record);
  return {
    stateDir: paths.stateDir,
    files: ours.map(({ path }) => path),
    // Only together with the record that names it: one without the other would be nobody's.
    keychainEntry:
      record?.keyStore === 'keychain' && ours.some(({ part }) => part === 'record')
        ? record.nodeKeyHash
        : null,
    foreign,
    keys,
    undelivered,
    loses: keys.some(isAtStake) || undelivered !== 0,
  };
}

function waitingAnswers(
  { journalFile }: StatePaths,
  ours: StateContents['ours'],
  record: IdentityRecord | null,
): number | null {
  if (!ours.some(({ path }) => path === journalFile)) return 0;
  try {
    const database = openDatabase(journalFile);
    try {
      return undeliveredResults(database, record?.nodeAddress ?? null);
    } finally {
      database.close();
    }
  } catch (error) {
    if (isDiskFault(error)) throw error;
    return null;
  }
}

function refusal({ stateDir, keys, undelivered }: UninstallPlan): NodeError {
  return new NodeError('uninstall-refused', { stateDir, keys, undelivered });
}

async function remove(
  paths: StatePaths,
  { plan, contents, loseKey }: { plan: UninstallPlan; contents: StateContents; loseKey: boolean },
  { keychain, clock }: UninstallModules,
): Promise<Uninstalled> {
  // Without its record nobody would know it for ours, and stop it, any more.
  await stopRecordedServer(paths.ollamaServerFile, { clock });
  const removed: string[] = [];
  const kept: Uninstalled['kept'][number][] = plan.foreign.map((path) => ({ path, reason: notOurs }));
  let last: StatePart | null = null;
  for (const { part, path } of contents.ours) {
    // What went so far is gone for good before the next kind goes: the order survives a power cut too.
    if (part !== last && last !== null) await syncFolders(contents, paths);
    if (part === 'record' && plan.keychainEntry !== null) {
      const place = keychain.location(plan.keychainEntry);
      try {
        await keychain.erase(plan.keychainEntry);
        removed.push(`${place}: ${plan.keychainEntry}`);
      } catch (error) {
        // Whoever means to lose the key need not be able to open the keychain.
        if (!loseKey || !isNodeError(error)) throw error;
        kept.push({ path: `${place}: ${plan.keychainEntry}`, reason: reasonOf(error) });
      }
    }
    last = part;
    // Checked again: a person may have put something else there meanwhile.
    if (!mayBeOurs(await factsOf(path))) continue;
    try {
      await rm(path);
      removed.push(path);
    } catch (error) {
      throw fileError(error, path);
    }
  }
  for (const folder of [...contents.folders, paths.stateDir]) {
    try {
      await rmdir(folder);
      removed.push(folder);
    } catch (error) {
      const code = errorCode(error) ?? 'unexpected error';
      if (code !== 'ENOENT' && code !== 'ENOTEMPTY') kept.push({ path: folder, reason: code });
    }
  }
  return { plan, removed, kept };
}

async function syncFolders({ folders }: StateContents, { stateDir }: StatePaths): Promise<void> {
  for (const folder of [...folders, stateDir]) await syncDirectory(folder);
}
