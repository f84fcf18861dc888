import { rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isNodeError, NodeError } from '../../../shared/errors.ts';
import type { IdentityRecord } from '../storage/identity-record.ts';
import type { StatePaths } from '../storage/paths.ts';
import type { Clock } from '../system/clock.ts';
import { readBackupFile, writeBackupFile } from './backup-file.ts';
import { noteBackup } from './backup-index.ts';
import {
  type Belonging,
  type KeyDocument,
  openKeyDocument,
  readKeyDocument,
  sealKey,
} from './key-document.ts';
import type { KeyStore } from './key-store.ts';
import { parsePrivateKey } from './node-key.ts';
import { looksLikeSeedPhrase } from './wallet-secret.ts';

export interface BackupOptions {
  paths: StatePaths;
  /** Absolute, and nothing is there yet. */
  file: string;
  passphrase: string;
  record: IdentityRecord;
  network: Belonging['network'];
  /** scrypt's N; the standard one unless given. */
  cost?: number;
}

export interface MadeBackup {
  path: string;
  atMs: number;
  /** It is on the disk of the key, and would be lost with it. */
  sameDisk: boolean;
}

/**
 * Makes a backup of the node key: one file, locked with a passphrase. It counts, and is noted, only
 * after it was read back, opened, and found to hold this key and what belongs to it.
 *
 * @param modules.readBack how the file is read again
 * @throws NodeError `backup-exists`, `backup-not-written`, and what the key store says
 */
export async function makeBackup(
  options: BackupOptions,
  modules: { clock: Clock; store: KeyStore; readBack?: (path: string) => Promise<string> },
): Promise<MadeBackup> {
  const { paths, file, passphrase, record, network } = options;
  const { clock, store, readBack = readBackupFile } = modules;
  const { nodeKeyHash, nodeId, owner } = record;
  const privateKey = await store.read(nodeKeyHash, record.keychain);
  const atMs = clock.now();
  const createdAt = new Date(atMs).toISOString();
  const belonging = { kind: 'backup' as const, nodeId, owner, network, createdAt };
  await writeBackupFile(file, await sealKey(privateKey, passphrase, belonging, options.cost));
  try {
    const back = readKeyDocument(await readBack(file), file);
    const same =
      back !== null &&
      (await openKeyDocument(back, passphrase, file)) === privateKey &&
      back.belonging?.nodeKeyHash === nodeKeyHash &&
      back.belonging.nodeId === nodeId &&
      back.belonging.owner === owner;
    if (!same) throw new NodeError('backup-not-written', { path: file, reason: notTheSame });
  } catch (error) {
    // A backup that does not open is worse than none: it would be relied upon.
    await rm(file, { force: true }).catch(() => undefined);
    if (isNodeError(error, 'backup-not-written')) throw error;
    throw new NodeError('backup-not-written', { path: file, reason: notTheSame }, { cause: error });
  }
  await noteBackup(paths, { nodeKeyHash, path: file, atMs }, { clock });
  return { path: file, atMs, sameDisk: await onSameDisk(file, paths.stateDir) };
}

const notTheSame = 'backup-read-back-differs';

async function onSameDisk(file: string, stateDir: string): Promise<boolean> {
  const devices = await Promise.all([stat(dirname(file)), stat(stateDir)]).catch(() => null);
  return devices !== null && devices[0].dev === devices[1].dev;
}

/** What a backup holds, opened. */
export interface OpenedBackup {
  privateKey: string;
  /** Null for a keystore of another program or a plain copy of a key file. */
  belonging: Belonging | null;
  locked: boolean;
}

/**
 * What a backup says of itself without being opened.
 *
 * @throws NodeError `backup-unusable`, `wallet-phrase`
 */
export async function inspectBackup(path: string): Promise<{ locked: boolean; belonging: Belonging | null }> {
  const document = await readBackupDocument(path);
  if (typeof document !== 'string') return { locked: true, belonging: document.belonging };
  asBackup(path, () => parsePrivateKey(document, path));
  return { locked: false, belonging: null };
}

/**
 * Opens a backup: ours, a V3 keystore of any program, or a plain copy of a key file.
 *
 * @param askPassphrase called only for a locked one
 * @throws NodeError `backup-unusable`, `wallet-phrase`, `passphrase-wrong`, and what `askPassphrase` throws
 */
export async function openBackup(path: string, askPassphrase: () => Promise<string>): Promise<OpenedBackup> {
  const document = await readBackupDocument(path);
  if (typeof document === 'string') {
    const privateKey = asBackup(path, () => parsePrivateKey(document, path));
    return { privateKey, belonging: null, locked: false };
  }
  const passphrase = await askPassphrase();
  const privateKey = await openKeyDocument(document, passphrase, path).catch((error) =>
    asBackup(path, () => {
      throw error;
    }),
  );
  return { privateKey, belonging: document.belonging, locked: true };
}

/** A locked document, or the text of what can only be a plain key. */
async function readBackupDocument(path: string): Promise<KeyDocument | string> {
  const text = await readBackupFile(path);
  if (looksLikeSeedPhrase(text)) throw new NodeError('wallet-phrase', { place: path });
  return asBackup(path, () => readKeyDocument(text, path)) ?? text;
}

/** What is no key is, here, no backup. */
function asBackup<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!isNodeError(error, 'key-malformed')) throw error;
    throw new NodeError('backup-unusable', { path, reason: error.details.reason }, { cause: error });
  }
}
