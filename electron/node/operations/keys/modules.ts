import type { FileKeyStore } from '../../../daemon/identity/file-store.ts';
import type { KeychainStore } from '../../../daemon/identity/keychain/store.ts';
import type { MoveModules } from '../../../daemon/identity/move.ts';
import { keyNamedByJournals } from '../../../daemon/serving/journal-key.ts';
import { whileNoNodeRuns } from '../../../daemon/storage/lock.ts';
import { statePaths } from '../../../daemon/storage/paths.ts';
import type { NodeContext } from '../../context.ts';

/**
 * What the key functions of the daemon work with, for this node.
 *
 * @param lockWith the passphrase that keys added to the file are put under; null: none
 */
export function keyModules(
  context: NodeContext,
  lockWith: string | null = null,
): MoveModules & { fileStore: FileKeyStore; keychain: KeychainStore } {
  const { clock, keychain, paths } = context;
  return {
    clock,
    keychain,
    fileStore: context.fileStore(lockWith),
    journalNamesKey: () => keyNamedByJournals(paths),
  };
}

/**
 * The same, for the question whether a key is expected here. Entries of the keychain name no state directory;
 * they count as keys of the one that the desktop app uses, and not of another that a flag names.
 */
export function witnesses(context: NodeContext, lockWith: string | null = null) {
  const modules = keyModules(context, lockWith);
  const { stateDir } = statePaths(context);
  return stateDir === context.paths.stateDir ? modules : { ...modules, keychain: undefined };
}

/** How a host makes room for work on the key: it stops a node of its own first, and starts it again afterwards. */
export type MakeRoom = <T>(work: () => Promise<T>) => Promise<T>;

/**
 * Works on the key while no node runs on its state directory.
 *
 * @throws NodeError `other-daemon`, `state-dir-unusable`, `disk-full`, and what `work` throws
 */
export function whileNodeIsDown<T>(
  { paths, version, clock }: NodeContext,
  makeRoom: MakeRoom | undefined,
  work: () => Promise<T>,
): Promise<T> {
  const locked = () => whileNoNodeRuns({ paths, version }, { clock }, work);
  return makeRoom === undefined ? locked() : makeRoom(locked);
}

/** `none`, `passphrase`, or null where the key file does not say. */
export async function protectionOf(store: FileKeyStore): Promise<'none' | 'passphrase' | null> {
  return (await store.readFacts().catch(() => null))?.protection ?? null;
}
