import { lstat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isNodeError, NodeError } from '../../../shared/errors.ts';
import { createFile, errorCode, readSmallFile } from '../storage/atomic-file.ts';
import { ensurePrivateDirectory } from '../storage/paths.ts';
import type { KeyStore } from './key-store.ts';
import { createNodeKey, parsePrivateKey } from './node-key.ts';

/** A key file holds one key, so it can also be read without knowing whose it is. */
export interface FileKeyStore extends KeyStore {
  readonly kind: 'file';
  /** True when anything at all stands where the key file belongs, readable or not. */
  occupied(): Promise<boolean>;
  /**
   * The key that is there, whichever it is; null when there is none.
   *
   * @throws NodeError `key-malformed`, `key-readable-by-others`, `key-unreadable`
   */
  readAny(): Promise<string | null>;
}

/** A key and white space; anything longer is no key file. */
const longestKeyFileBytes = 1024;

/**
 * The key as a plain file, mode 0600 in a 0700 directory: 64 hex digits without 0x and newline,
 * as the official client writes it [network.md 4].
 */
export function createFileKeyStore(options: { keyFile: string }): FileKeyStore {
  const { keyFile } = options;

  const occupied = async () => {
    try {
      await lstat(keyFile);
      return true;
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return false;
      throw unreadable(error, keyFile);
    }
  };

  const readAny = async () => {
    const before = await lstat(keyFile).catch((error: unknown) => {
      if (errorCode(error) === 'ENOENT') return null;
      throw unreadable(error, keyFile);
    });
    if (before === null) return null;
    if (before.isSymbolicLink()) throw malformed(keyFile, 'a symbolic link');
    if (!before.isFile()) throw malformed(keyFile, 'not a regular file');
    if ((before.mode & 0o077) !== 0) {
      const mode = (before.mode & 0o777).toString(8).padStart(4, '0');
      throw new NodeError('key-readable-by-others', { place: keyFile, mode });
    }
    const text = await readSmallFile(keyFile, longestKeyFileBytes, true).catch((error: unknown) => {
      if (isNodeError(error, 'file-too-large')) throw malformed(keyFile, 'longer than a key');
      throw unreadable(error, keyFile);
    });
    return text === null ? null : parsePrivateKey(text, keyFile);
  };

  const read = async (nodeKeyHash: string) => {
    const privateKey = await readAny();
    if (privateKey === null) throw new NodeError('key-missing', { nodeKeyHash, place: keyFile });
    requireKeyOf(nodeKeyHash, privateKey, keyFile);
    return privateKey;
  };

  return {
    kind: 'file',
    place: () => keyFile,
    occupied,
    readAny,
    read,
    async add(nodeKeyHash, privateKeyHex) {
      const privateKey = parsePrivateKey(privateKeyHex, 'memory');
      requireKeyOf(nodeKeyHash, privateKey, 'memory');
      await ensurePrivateDirectory(dirname(keyFile));
      if (!(await createFile(keyFile, privateKey, 0o600))) {
        const present = await readAny().catch(() => null);
        const holder = present === null ? 'unreadable' : createNodeKey(present).nodeKeyHash;
        throw new NodeError('key-exists', { nodeKeyHash: holder, place: keyFile });
      }
      await read(nodeKeyHash);
    },
  };
}

/** @throws NodeError `key-differs` */
function requireKeyOf(nodeKeyHash: string, privateKey: string, place: string): void {
  const found = createNodeKey(privateKey).nodeKeyHash;
  if (found !== nodeKeyHash) throw new NodeError('key-differs', { expected: nodeKeyHash, found, place });
}

function malformed(place: string, reason: string): NodeError {
  return new NodeError('key-malformed', { place, reason });
}

function unreadable(error: unknown, place: string): NodeError {
  if (error instanceof NodeError) return error;
  const reason = errorCode(error) ?? 'unexpected error';
  return new NodeError('key-unreadable', { place, reason }, { cause: error });
}
