import type { KeychainFacts } from '../storage/identity-record.ts';

/**
 * Where a private key rests. The daemon asks by nodeKeyHash and gets that key or an error that says
 * what is wrong; a store only ever adds. The operating system's keychain is the other kind.
 */
export interface KeyStore {
  readonly kind: 'file' | 'keychain';
  /** What an operator is shown about where this key is: a path, or the name of the keychain. */
  location(nodeKeyHash: string): string;
  /**
   * @param recorded the keychain that the record remembers, if any; other stores have no use for it
   * @returns the private key, 64 lower-case hex digits, proven to be the one of `nodeKeyHash`
   * @throws NodeError `key-missing`, `key-malformed`, `key-differs`, `key-readable-by-others`,
   *   `key-unreadable`, of a keychain `keychain-…`
   */
  read(nodeKeyHash: string, recorded?: KeychainFacts | null): Promise<string>;
  /**
   * Adds a key and reads it back.
   *
   * @throws NodeError `key-exists` when the place is taken, `key-differs` when the hash is not the
   *   key's own, and whatever `read` throws
   */
  add(nodeKeyHash: string, privateKeyHex: string): Promise<void>;
}

/** The keychain as the identity needs it; `keychain/store.ts` is the real one. */
export interface KeychainKeyStore extends KeyStore {
  readonly kind: 'keychain';
  /** What the record is to remember of this keychain. */
  facts(): Promise<KeychainFacts>;
  /**
   * A witness when the record is gone: the nodeKeyHash of an entry of ours, `unknown` when it does not
   * show whose it is, and for several; null where there is none, and on macOS, which cannot be asked.
   *
   * @throws NodeError when a keychain is there and cannot be searched
   */
  named(): Promise<string | null>;
}
