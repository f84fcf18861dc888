import { lstat, rename, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isNodeError, NodeError } from '../../../shared/errors.ts';
import type { Reason } from '../../../shared/reasons/reason-text.ts';
import {
  createFile,
  errorCode,
  readSmallFile,
  syncDirectory,
  writeFileAtomic,
} from '../storage/atomic-file.ts';
import { ensurePrivateDirectory } from '../storage/paths.ts';
import { type KeyDocument, openKeyDocument, readKeyDocument, sealKey } from './key-document.ts';
import type { KeyStore } from './key-store.ts';
import type { ElsewhereProof } from './keychain/store.ts';
import { createNodeKey, parsePrivateKey } from './node-key.ts';
import type { PassphraseSource } from './passphrase.ts';
import { looksLikeSeedPhrase } from './wallet-secret.ts';

/** What can be said about a key file without its passphrase. */
export interface KeyFileFacts {
  /** Whose key it is; under a passphrase only claimed, null where it does not say. */
  nodeKeyHash: string | null;
  protection: 'none' | 'passphrase';
}

/** A key file holds one key, so it can also be read without knowing whose it is. */
export interface FileKeyStore extends KeyStore {
  readonly kind: 'file';
  /** True when anything at all stands where the key file belongs, readable or not. */
  occupied(): Promise<boolean>;
  /**
   * The key that is there, whichever it is; null when there is none.
   *
   * @throws NodeError `key-malformed`, `key-readable-by-others`, `key-unreadable`, and for one under
   *   a passphrase `passphrase-needed`, `passphrase-wrong`, `passphrase-unusable`
   */
  readAny(): Promise<string | null>;
  /**
   * Reads the file without opening a locked key; null when there is none.
   *
   * @throws NodeError `key-malformed`, `key-readable-by-others`, `key-unreadable`
   */
  readFacts(): Promise<KeyFileFacts | null>;
  /**
   * Puts the key that is there under a passphrase, or takes it from under one (null). The new form is
   * read back before it takes the place of the old one.
   *
   * @throws NodeError whatever `read` throws, `disk-full`, `state-dir-unusable`
   */
  protect(nodeKeyHash: string, passphrase: string | null): Promise<void>;
  /**
   * Erases the key file of a key that was proven to rest elsewhere. One that is gone already is fine.
   *
   * @throws NodeError `key-differs`, `key-malformed` when the proof or the file is not that key, and
   *   whatever `proof.read` and `read` throw; then nothing was erased
   */
  remove(nodeKeyHash: string, proof: ElsewhereProof): Promise<void>;
}

export interface FileKeyStoreOptions {
  keyFile: string;
  /** Opens a key that is under a passphrase. */
  passphrase?: PassphraseSource | undefined;
  /** Keys are added under this passphrase; plain where there is none. */
  lockWith?: string | null | undefined;
  /** scrypt's N for a key that is locked; the standard one unless given. */
  cost?: number | undefined;
}

/** A key and white space, or a keystore; anything longer is no key file. */
const longestKeyFileBytes = 16_384;

/**
 * The key as a file of its own, mode 0600 in a 0700 directory: 64 hex digits without 0x and newline,
 * as the official client writes it [network.md 4], or a V3 keystore when it is under a passphrase.
 */
export function createFileKeyStore(options: FileKeyStoreOptions): FileKeyStore {
  const { keyFile, lockWith = null } = options;

  const occupied = async () => {
    try {
      await lstat(keyFile);
      return true;
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return false;
      throw unreadable(error, keyFile);
    }
  };

  /** The file's text and, for a locked key, the document that it is. */
  const load = async (path: string): Promise<{ text: string; document: KeyDocument | null } | null> => {
    const before = await lstat(path).catch((error: unknown) => {
      if (errorCode(error) === 'ENOENT') return null;
      throw unreadable(error, path);
    });
    if (before === null) return null;
    if (before.isSymbolicLink()) throw malformed(path, 'symbolic-link');
    if (!before.isFile()) throw malformed(path, 'not-regular-file');
    if ((before.mode & 0o077) !== 0) {
      const mode = (before.mode & 0o777).toString(8).padStart(4, '0');
      throw new NodeError('key-readable-by-others', { place: path, mode });
    }
    const text = await readSmallFile(path, longestKeyFileBytes, true).catch((error: unknown) => {
      if (isNodeError(error, 'file-too-large')) throw malformed(path, 'longer-than-key');
      throw unreadable(error, path);
    });
    if (text === null) return null;
    if (looksLikeSeedPhrase(text)) throw malformed(path, 'seed-phrase');
    return { text, document: readKeyDocument(text, path) };
  };

  const readFrom = async (path: string, passphrase: PassphraseSource | undefined) => {
    const found = await load(path);
    if (found === null) return null;
    if (found.document === null) return parsePrivateKey(found.text, path);
    if (passphrase === undefined) throw new NodeError('passphrase-needed', { place: path });
    return openKeyDocument(found.document, await passphrase.existing(path), path);
  };
  const readAny = () => readFrom(keyFile, options.passphrase);

  const read = async (nodeKeyHash: string) => {
    const privateKey = await readAny();
    if (privateKey === null) throw new NodeError('key-missing', { nodeKeyHash, place: keyFile });
    requireKeyOf(nodeKeyHash, privateKey, keyFile);
    return privateKey;
  };

  const textOf = (privateKey: string, passphrase: string | null): Promise<string> => {
    if (passphrase === null) return Promise.resolve(privateKey);
    const nothing = { nodeId: null, owner: null, network: null, createdAt: null };
    return sealKey(privateKey, passphrase, { kind: 'key-file', ...nothing }, options.cost);
  };

  const readFacts = async (): Promise<KeyFileFacts | null> => {
    const found = await load(keyFile);
    if (found === null) return null;
    if (found.document !== null) {
      return { nodeKeyHash: found.document.belonging?.nodeKeyHash ?? null, protection: 'passphrase' };
    }
    const { nodeKeyHash } = createNodeKey(parsePrivateKey(found.text, keyFile));
    return { nodeKeyHash, protection: 'none' };
  };

  return {
    kind: 'file',
    location: () => keyFile,
    occupied,
    readAny,
    readFacts,
    read,
    async add(nodeKeyHash, privateKeyHex) {
      const privateKey = parsePrivateKey(privateKeyHex, 'memory');
      requireKeyOf(nodeKeyHash, privateKey, 'memory');
      await ensurePrivateDirectory(dirname(keyFile));
      if (!(await createFile(keyFile, await textOf(privateKey, lockWith), 0o600))) {
        const present = await readFacts().catch(() => null);
        throw new NodeError('key-exists', {
          nodeKeyHash: present?.nodeKeyHash ?? 'unreadable',
          place: keyFile,
        });
      }
      const back = await readFrom(keyFile, typed(lockWith));
      if (back === null) throw new NodeError('key-missing', { nodeKeyHash, place: keyFile });
      requireKeyOf(nodeKeyHash, back, keyFile);
    },
    async protect(nodeKeyHash, passphrase) {
      const privateKey = await read(nodeKeyHash);
      const next = `${keyFile}.next`;
      try {
        await writeFileAtomic(next, await textOf(privateKey, passphrase));
        const back = await readFrom(next, typed(passphrase));
        requireKeyOf(nodeKeyHash, back ?? '', next);
        await rename(next, keyFile);
        await syncDirectory(dirname(keyFile));
      } catch (error) {
        await unlink(next).catch(() => undefined);
        throw unreadable(error, next);
      }
    },
    async remove(nodeKeyHash, proof) {
      requireKeyOf(nodeKeyHash, parsePrivateKey(await proof.read(), proof.place), proof.place);
      if (!(await occupied())) return;
      await read(nodeKeyHash);
      try {
        await unlink(keyFile);
        await syncDirectory(dirname(keyFile));
      } catch (error) {
        throw unreadable(error, keyFile);
      }
    },
  };
}

/** A passphrase that is known already. */
function typed(passphrase: string | null): PassphraseSource | undefined {
  return passphrase === null ? undefined : { existing: () => Promise.resolve(passphrase) };
}

/** @throws NodeError `key-differs` */
function requireKeyOf(nodeKeyHash: string, privateKey: string, place: string): void {
  const found = createNodeKey(privateKey).nodeKeyHash;
  if (found !== nodeKeyHash) throw new NodeError('key-differs', { expected: nodeKeyHash, found, place });
}

function malformed(place: string, reason: Reason): NodeError {
  return new NodeError('key-malformed', { place, reason });
}

function unreadable(error: unknown, place: string): NodeError {
  if (error instanceof NodeError) return error;
  const reason = errorCode(error) ?? 'unexpected error';
  return new NodeError('key-unreadable', { place, reason }, { cause: error });
}
