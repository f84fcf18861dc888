import { NodeError } from '../../../../shared/errors.ts';
import type { Clock } from '../../system/clock.ts';

/** One entry of the keychain as the library gives it. */
export interface KeychainEntry {
  getPassword(): Promise<string | null>;
  setPassword(password: string): Promise<void>;
  deletePassword(): Promise<boolean>;
}

export type OpenEntry = (service: string, account: string) => Promise<KeychainEntry>;

/** The library's calls on one service, bounded and one at a time. */
export interface KeyringLibrary {
  /**
   * @returns what is stored, or null, which says only that the library found nothing
   * @throws NodeError (each method) `keychain-locked`, `keychain-denied`, `keychain-not-installed`,
   *   `keychain-not-answering`, `key-unreadable`
   */
  get(account: string): Promise<string | null>;
  set(account: string, secret: string): Promise<void>;
  remove(account: string): Promise<void>;
}

/** Loaded when a keychain is asked for: it is native code, and a headless node never needs it. */
export const openKeyringEntry: OpenEntry = async (service, account) => {
  const { AsyncEntry } = await import('keytar');
  // Pinned: without this it falls back to a keyring that forgets at reboot.
  return new AsyncEntry(service, account, { linux: { store: 'secret-service' } });
};

export function createKeyringLibrary(
  options: { service: string; place: string; timeoutMs: number },
  modules: { clock: Clock; openEntry: OpenEntry },
): KeyringLibrary {
  const { service, place, timeoutMs } = options;
  let busy = false;

  /**
   * The library waits for a person without end, on one of Node's four worker threads, and even
   * `process.exit` waits with it; so it is only let near what is open. When it waits anyway, we
   * stop waiting, and give it no second thread before it has given back the first.
   */
  async function bounded<T>(account: string, work: (entry: KeychainEntry) => Promise<T>): Promise<T> {
    if (busy) throw new NodeError('keychain-not-answering', { place, reason: 'busy' });
    busy = true;
    const { promise: late, reject } = Promise.withResolvers<never>();
    const timer = modules.clock.after(timeoutMs, () =>
      reject(new NodeError('keychain-not-answering', { place, reason: 'timeout' })),
    );
    const working = modules
      .openEntry(service, account)
      .then(work)
      .finally(() => {
        busy = false;
      });
    try {
      return await Promise.race([working, late]);
    } catch (error) {
      throw error instanceof NodeError ? error : failure(error, place);
    } finally {
      timer.cancel();
    }
  }

  return {
    get: (account) => bounded(account, (entry) => entry.getPassword()),
    set: (account, secret) => bounded(account, (entry) => entry.setPassword(secret)),
    remove: (account) =>
      bounded(account, async (entry) => {
        await entry.deletePassword();
      }),
  };
}

/** The library knows no codes, only sentences; none of them is passed on, whatever it may quote. */
function failure(error: unknown, place: string): NodeError {
  const { message = '', code } = error as { message?: string; code?: string };
  if (code === 'ERR_MODULE_NOT_FOUND' || code === 'ERR_DLOPEN_FAILED' || /native binding/i.test(message))
    return new NodeError('keychain-not-answering', { place, reason: 'keyring-library' });
  if (/dismissed|cancel/i.test(message)) return new NodeError('keychain-locked', { place, dismissed: true });
  if (/locked|interaction is not allowed/i.test(message))
    return new NodeError('keychain-locked', { place, dismissed: false });
  if (/AccessDenied|denied|not authorized|passphrase you entered/i.test(message))
    return new NodeError('keychain-denied', { place, reason: 'refused' });
  if (/not provided by any|ServiceUnknown/i.test(message))
    return new NodeError('keychain-not-installed', { reason: 'no-secret-service' });
  if (/ambiguous|matche[sd].*(more|multiple)|multiple/i.test(message))
    return new NodeError('key-unreadable', { place, reason: 'stored-twice' });
  if (/UTF-8/i.test(message)) return new NodeError('key-malformed', { place, reason: 'not-text' });
  const reason = /did not receive a reply/i.test(message) ? 'timeout' : 'keyring-failed';
  return new NodeError('keychain-not-answering', { place, reason });
}
