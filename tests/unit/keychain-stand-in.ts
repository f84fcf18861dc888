import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KeychainStore } from '../../electron/daemon/identity/keychain/store.ts';
import { createNodeKey } from '../../electron/daemon/identity/node-key.ts';
import { NodeError } from '../../shared/errors.ts';

/**
 * Stand-in for the operating system's keychain: one file an entry, so that it outlives a process that
 * is killed. It keeps to the same promises; the real one has a suite of its own.
 */
export function standInKeychain(folder: string): KeychainStore {
  const place = 'stand-in keychain';
  const fileOf = (nodeKeyHash: string) => join(folder, nodeKeyHash);
  const read = async (nodeKeyHash: string) => {
    if (!existsSync(fileOf(nodeKeyHash))) throw new NodeError('key-missing', { nodeKeyHash, place });
    const privateKey = readFileSync(fileOf(nodeKeyHash), 'utf8');
    const found = createNodeKey(privateKey).nodeKeyHash;
    if (found !== nodeKeyHash) throw new NodeError('key-differs', { expected: nodeKeyHash, found, place });
    return privateKey;
  };
  return {
    kind: 'keychain',
    place: () => place,
    facts: async () => ({ backend: 'secret-service', program: 'stand-in' }),
    named: async () => null,
    inspect: async (nodeKeyHash) => ({
      status: 'open',
      entry: existsSync(fileOf(nodeKeyHash)) ? 'present' : 'absent',
      program: 'stand-in',
    }),
    unlock: async () => {},
    read,
    async add(nodeKeyHash, privateKeyHex) {
      if (!existsSync(fileOf(nodeKeyHash))) writeFileSync(fileOf(nodeKeyHash), privateKeyHex);
      await read(nodeKeyHash);
    },
    async remove(nodeKeyHash, proof) {
      const found = createNodeKey(await proof.read()).nodeKeyHash;
      if (found !== nodeKeyHash) {
        throw new NodeError('key-differs', { expected: nodeKeyHash, found, place: proof.place });
      }
      rmSync(fileOf(nodeKeyHash), { force: true });
    },
    async erase(nodeKeyHash) {
      rmSync(fileOf(nodeKeyHash), { force: true });
    },
  };
}
