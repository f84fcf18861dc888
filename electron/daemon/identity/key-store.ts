/**
 * Where a private key rests. The daemon asks by nodeKeyHash and gets that key or an error that says
 * what is wrong; a store only ever adds. The operating system's keychain is the other kind.
 */
export interface KeyStore {
  readonly kind: 'file' | 'keychain';
  /** What an operator is told about where this key is: a path, or the name of the keychain. */
  place(nodeKeyHash: string): string;
  /**
   * @returns the private key, 64 lower-case hex digits, proven to be the one of `nodeKeyHash`
   * @throws NodeError `key-missing`, `key-malformed`, `key-differs`, `key-readable-by-others`,
   *   `key-unreadable`
   */
  read(nodeKeyHash: string): Promise<string>;
  /**
   * Adds a key and reads it back.
   *
   * @throws NodeError `key-exists` when the place is taken, `key-differs` when the hash is not the
   *   key's own, and whatever `read` throws
   */
  add(nodeKeyHash: string, privateKeyHex: string): Promise<void>;
}
