import { keccak256, SigningKey } from 'ethers/crypto';
import { isNodeError, NodeError } from '../../../shared/errors.ts';
import { withWriteLock } from '../storage/exclusive.ts';
import { type IdentityRecord, readIdentityRecord, writeIdentityRecord } from '../storage/identity-record.ts';
import type { StatePaths } from '../storage/paths.ts';
import { type IdentityModules, storeOf } from './identity.ts';
import type { ElsewhereProof, KeychainStore } from './keychain/store.ts';
import { addressOf, createNodeKey, messageDigest } from './node-key.ts';

export interface MoveModules extends IdentityModules {
  keychain?: KeychainStore | undefined;
}

export interface MovedKey {
  record: IdentityRecord;
  /** What an operator is shown about the old and the new place. */
  from: string;
  to: string;
  /** True when the key rested there already. */
  alreadyThere: boolean;
}

/**
 * Moves the node key to the other store, in the order that a crash at any point leaves it in at
 * least one of them: into the new place, read back there, the record, and only then out of the old
 * one. Called again it goes on where it stopped. The caller makes sure that no daemon runs.
 *
 * @throws NodeError `no-identity`, `identity-unreadable`, `key-exists` when another key is in the new
 *   place, and what either store says
 */
export async function moveKey(
  options: { paths: StatePaths; to: 'file' | 'keychain' },
  modules: MoveModules,
): Promise<MovedKey> {
  const { paths, to } = options;
  return withWriteLock(paths.writeLockFile, modules.clock, async () => {
    const record = await readIdentityRecord(paths.identityFile);
    if (record === null) throw new NodeError('no-identity', { stateDir: paths.stateDir });
    const { nodeKeyHash } = record;
    const alreadyThere = record.keyStore === to;
    const target = storeOf(to, modules);
    if (!alreadyThere) {
      const source = storeOf(record.keyStore, modules);
      const privateKey = await source.read(nodeKeyHash, record.keychain);
      await putInto(to, nodeKeyHash, privateKey, modules);
    }
    const arrived = async () => {
      const privateKey = await target.read(nodeKeyHash, alreadyThere ? record.keychain : null);
      proveSigning(privateKey, record, target.location(nodeKeyHash));
      return privateKey;
    };
    await arrived();
    const keychain = to === 'keychain' ? ((await modules.keychain?.facts()) ?? null) : null;
    const moved: IdentityRecord = alreadyThere ? record : { ...record, keyStore: to, keychain };
    if (!alreadyThere) await writeIdentityRecord(paths.identityFile, moved);
    const proof = { kind: 'moved' as const, place: target.location(nodeKeyHash), read: arrived };
    if (to === 'keychain') await modules.fileStore.remove(nodeKeyHash, proof);
    else await emptyKeychain(modules, nodeKeyHash, proof, alreadyThere);
    const from = to === 'file' ? (modules.keychain?.location(nodeKeyHash) ?? '') : paths.keyFile;
    return { record: moved, from, to: target.location(nodeKeyHash), alreadyThere };
  });
}

/** Where nothing was moved just now there need be no keychain to search for remains in. */
async function emptyKeychain(
  { keychain }: MoveModules,
  nodeKeyHash: string,
  proof: ElsewhereProof,
  alreadyThere: boolean,
): Promise<void> {
  try {
    await keychain?.remove(nodeKeyHash, proof);
  } catch (error) {
    if (!alreadyThere || !isNodeError(error) || !error.code.startsWith('keychain-')) throw error;
  }
}

/** A key that an earlier attempt brought there is that attempt's success. */
async function putInto(
  to: 'file' | 'keychain',
  nodeKeyHash: string,
  privateKey: string,
  modules: MoveModules,
): Promise<void> {
  const target = storeOf(to, modules);
  const { fileStore } = modules;
  const facts = to === 'file' && (await fileStore.occupied()) ? await fileStore.readFacts() : null;
  if (facts?.nodeKeyHash !== nodeKeyHash) await target.add(nodeKeyHash, privateKey);
}

/**
 * The copy in the new place signs, and its signature is that of this node.
 *
 * @throws NodeError `key-differs`
 */
function proveSigning(privateKey: string, { nodeKeyHash, nodeAddress }: IdentityRecord, place: string): void {
  const key = createNodeKey(privateKey);
  // Of a node and a time that nobody accepts.
  const { message, signature } = key.signHeartbeat('0', 0);
  const publicKey = SigningKey.recoverPublicKey(messageDigest(message), signature);
  const signer = addressOf(keccak256(`0x${publicKey.slice('0x04'.length)}`));
  if (key.nodeKeyHash === nodeKeyHash && signer === nodeAddress) return;
  throw new NodeError('key-differs', { expected: nodeKeyHash, found: key.nodeKeyHash, place });
}
