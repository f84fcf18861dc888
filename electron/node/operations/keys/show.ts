import { stat } from 'node:fs/promises';
import { isNodeError, NodeError } from '../../../../shared/errors.ts';
import { type BackupEntry, lastBackupOf } from '../../../daemon/identity/backup-index.ts';
import { createNodeKey } from '../../../daemon/identity/node-key.ts';
import { readQuarantine } from '../../../daemon/identity/quarantine.ts';
import { readIdentityRecord } from '../../../daemon/storage/identity-record.ts';
import type { NodeContext } from '../../context.ts';
import { protectionOf } from './modules.ts';

/** Whose key it is, where it rests and how it stands with it; never the key itself. */
export interface KeyFacts {
  nodeKeyHash: string;
  nodeAddress: string;
  nodeId: string | null;
  owner: string | null;
  keyStore: 'file' | 'keychain';
  /** A path, or the name of the keychain. */
  place: string;
  /** Permission bits of the key file as `0600`; null without one. */
  mode: string | null;
  protection: 'none' | 'passphrase' | null;
  /** The last backup that was proven; null when none was ever made. */
  backup: BackupEntry | null;
  /** Nothing is sent with it before a person says that the old computer's node is off. */
  quarantined: boolean;
  /** What is wrong with the key file. One that only waits for its passphrase is fine. */
  problem: NodeError | null;
}

/**
 * What there is to say of the key. Opens no keychain; asks for a passphrase only where the context can.
 *
 * @throws NodeError `no-identity`, `identity-unreadable`, and what reading a key without a record throws
 */
export async function describeKey(context: NodeContext): Promise<KeyFacts> {
  const { paths, keychain } = context;
  const store = context.fileStore();
  const known = await publicParts(context);
  const inFile = known.keyStore === 'file';
  return {
    ...known,
    place: inFile ? paths.keyFile : keychain.location(known.nodeKeyHash),
    mode: inFile ? await modeOf(paths.keyFile) : null,
    protection: inFile ? await protectionOf(store) : null,
    backup: await lastBackupOf(paths, known.nodeKeyHash),
    quarantined: (await readQuarantine(paths)) !== null,
    problem: inFile ? await problemOf(() => store.read(known.nodeKeyHash)) : null,
  };
}

/** Permission bits of a file as `0600`; null when it is not there. */
export async function modeOf(path: string): Promise<string | null> {
  const found = await stat(path).catch(() => null);
  return found === null ? null : (found.mode & 0o777).toString(8).padStart(4, '0');
}

async function publicParts(
  context: NodeContext,
): Promise<Pick<KeyFacts, 'nodeKeyHash' | 'nodeAddress' | 'nodeId' | 'owner' | 'keyStore'>> {
  const { identityFile, stateDir } = context.paths;
  const record = await readIdentityRecord(identityFile);
  if (record !== null) {
    const { nodeKeyHash, nodeAddress, nodeId, owner, keyStore } = record;
    return { nodeKeyHash, nodeAddress, nodeId, owner, keyStore };
  }
  const privateKey = await context.fileStore().readAny();
  if (privateKey === null) throw new NodeError('no-identity', { stateDir });
  const { nodeKeyHash, nodeAddress } = createNodeKey(privateKey);
  return { nodeKeyHash, nodeAddress, nodeId: null, owner: null, keyStore: 'file' };
}

async function problemOf(read: () => Promise<unknown>): Promise<NodeError | null> {
  try {
    await read();
    return null;
  } catch (error) {
    if (!isNodeError(error)) throw error;
    return isNodeError(error, 'passphrase-needed') ? null : error;
  }
}
