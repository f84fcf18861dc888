import { isNodeError, NodeError } from '../../../../shared/errors.ts';
import type { KeychainFacts } from '../../storage/identity-record.ts';
import type { Clock } from '../../system/clock.ts';
import type { KeychainKeyStore } from '../key-store.ts';
import { createNodeKey, parsePrivateKey } from '../node-key.ts';
import { createKeyringLibrary, type OpenEntry, openKeyringEntry } from './library.ts';
import { createSecretService, outOfReach } from './secret-service.ts';
import { errorOf, type KeychainState, stateOf } from './state.ts';

/**
 * Proof that a key rests elsewhere, so that its entry may go. It is carried out, not believed: the
 * key is read from there once more, in full, at the moment before the entry is deleted.
 */
export interface ElsewhereProof {
  kind: 'moved' | 'backed-up';
  /** Where: a path, for messages. */
  place: string;
  /** Reads the private key from its new place: the other store's `read`, or a backup decrypted. */
  read(): Promise<string>;
}

export interface KeychainStore extends KeychainKeyStore {
  /** Never prompts, never throws for a keychain that is out of reach: that is the answer. */
  inspect(nodeKeyHash: string): Promise<KeychainState>;
  /**
   * Asks the person to open the keychain, if it is locked; waits for them `limitMs` (2 minutes).
   *
   * @throws NodeError `keychain-locked` (`dismissed` tells whether they said no), and what `read`
   *   throws for a keychain out of reach
   */
  unlock(nodeKeyHash: string, options?: { limitMs?: number; signal?: AbortSignal }): Promise<void>;
  /**
   * Deletes the entry of a key that was proven to rest elsewhere. One that is gone already is fine.
   *
   * @throws NodeError `key-differs`, `key-malformed` when the proof or the entry is not that key, and
   *   whatever `proof.read` and `read` throw; then nothing was deleted
   */
  remove(nodeKeyHash: string, proof: ElsewhereProof): Promise<void>;
  /**
   * Deletes the entry of a key that may be lost: only for removing a node with its data
   * (`daemon/uninstall.ts`), which knows what has to be asked before. One that is gone already is fine.
   *
   * @throws NodeError `key-differs`, `key-malformed` when the entry is not that key, and what `read`
   *   throws for a keychain out of reach; then nothing was deleted
   */
  erase(nodeKeyHash: string): Promise<void>;
}

/** The name that the operator sees in the keychain's own window; entries are found by it. */
export const keychainService = 'ParalleliX Operator node key';

const libraryTimeoutMs = 15_000;
/** macOS asks the person itself, inside the library's call. */
const libraryPromptTimeoutMs = 120_000;
const unlockLimitMs = 120_000;

/**
 * The operating system's keychain: macOS Keychain, or the Secret Service on Linux. The account of
 * an entry is the nodeKeyHash, so entries of different keys never meet; entries are only added.
 */
export function createKeychainStore(
  options: { platform: NodeJS.Platform; env: NodeJS.ProcessEnv },
  modules: { clock: Clock; openEntry?: OpenEntry },
): KeychainStore {
  const { platform, env } = options;
  const { clock, openEntry = openKeyringEntry } = modules;
  const backend = platform === 'darwin' ? 'macos-keychain' : 'secret-service';
  const place = platform === 'darwin' ? 'the macOS keychain' : 'the keychain (Secret Service)';
  const timeoutMs = platform === 'darwin' ? libraryPromptTimeoutMs : libraryTimeoutMs;
  const library = createKeyringLibrary({ service: keychainService, place, timeoutMs }, { clock, openEntry });
  const secretService = createSecretService({ env }, { clock });

  async function inspect(nodeKeyHash: string): Promise<KeychainState> {
    if (platform === 'darwin') return inspectByReading(nodeKeyHash);
    if (platform !== 'linux') return { status: 'not-installed', reason: 'no-secret-service' };
    return stateOf(await secretService.inspect({ service: keychainService, username: nodeKeyHash }));
  }

  /** macOS has no way to ask without reading. */
  async function inspectByReading(nodeKeyHash: string): Promise<KeychainState> {
    try {
      const entry = (await library.get(nodeKeyHash)) === null ? 'absent' : 'present';
      return { status: 'open', entry, program: null };
    } catch (error) {
      if (isNodeError(error, 'keychain-locked')) return { status: 'locked', objects: [], program: null };
      if (isNodeError(error, 'keychain-denied')) return { status: 'denied', reason: error.details.reason };
      if (isNodeError(error, 'keychain-not-answering'))
        return { status: 'not-answering', reason: error.details.reason };
      throw error;
    }
  }

  /** Open, and at most one such entry: only then the library is let near it, for it would prompt. */
  async function requireOpen(nodeKeyHash: string): Promise<KeychainState & { status: 'open' }> {
    const state = await inspect(nodeKeyHash);
    const error = errorOf(state, place);
    if (error !== null || state.status !== 'open') throw error;
    return state;
  }

  /** A failure of the bus as an error of the keychain. */
  const translated = (error: unknown): never => {
    throw errorOf(outOfReach(error), place);
  };

  /** A failure of the library is explained by what the keychain itself shows, where it shows one. */
  async function explained<T>(nodeKeyHash: string, work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      const said = isNodeError(error, 'keychain-locked') && error.details.dismissed;
      // On macOS asking again would ask the person again.
      if (said || platform === 'darwin') throw error;
      throw errorOf(await inspect(nodeKeyHash), place) ?? error;
    }
  }

  async function entryText(nodeKeyHash: string): Promise<string | null> {
    const state = await requireOpen(nodeKeyHash);
    if (state.entry === 'absent') return null;
    const text = await explained(nodeKeyHash, library.get(nodeKeyHash));
    if (text !== null) return text;
    // The library says null for more than it should; gone is only what the keychain itself misses.
    const again = await requireOpen(nodeKeyHash);
    if (again.entry === 'absent') return null;
    throw new NodeError('key-unreadable', { place, reason: 'listed-not-given' });
  }

  async function read(nodeKeyHash: string, recorded?: KeychainFacts | null): Promise<string> {
    if (recorded && recorded.backend !== backend) {
      throw new NodeError('keychain-changed', { recorded: recorded.backend, found: backend });
    }
    const text = await entryText(nodeKeyHash);
    if (text === null) {
      const found = (await facts()).program;
      if (recorded?.program && found !== null && recorded.program !== found) {
        throw new NodeError('keychain-changed', { recorded: recorded.program, found });
      }
      throw new NodeError('key-missing', { nodeKeyHash, place });
    }
    return parseStoredKey(nodeKeyHash, text, place);
  }

  async function facts(): Promise<KeychainFacts> {
    const view = platform === 'linux' ? await secretService.inspect({ service: keychainService }) : null;
    return { backend, program: view?.status === 'reached' ? view.program : null };
  }

  async function erase(nodeKeyHash: string): Promise<void> {
    const text = await entryText(nodeKeyHash);
    if (text === null) return;
    parseStoredKey(nodeKeyHash, text, place);
    await explained(nodeKeyHash, library.remove(nodeKeyHash));
    if ((await entryText(nodeKeyHash)) !== null)
      throw new NodeError('key-unreadable', { place, reason: 'not-deleted' });
  }

  return {
    kind: 'keychain',
    location: () => place,
    facts,
    inspect,
    read,
    async named() {
      if (platform !== 'linux') return null;
      const view = await secretService.inspect({ service: keychainService });
      if (view.status === 'no-session' || view.status === 'not-installed') return null;
      const [item, ...others] = view.status === 'reached' ? [...view.unlocked, ...view.locked] : [];
      // Which of several belongs to this node, they do not show.
      if (others.length > 0) return 'unknown';
      if (item !== undefined)
        return (await secretService.attributeOf(item, 'username').catch(translated)) ?? 'unknown';
      const state = stateOf(view);
      const error = state.status === 'empty' ? null : errorOf(state, place);
      if (error !== null) throw error;
      return null;
    },
    async add(nodeKeyHash, privateKeyHex) {
      const privateKey = parseStoredKey(nodeKeyHash, privateKeyHex, 'memory');
      const present = await entryText(nodeKeyHash);
      if (present === null) {
        await explained(nodeKeyHash, library.set(nodeKeyHash, privateKey));
      } else if (present !== privateKey) {
        throw new NodeError('key-exists', { nodeKeyHash: holderOf(present), place });
      }
      if ((await read(nodeKeyHash)) !== privateKey)
        throw new NodeError('key-unreadable', { place, reason: 'read-back-differs' });
    },
    async unlock(nodeKeyHash, { limitMs = unlockLimitMs, signal } = {}) {
      const state = await inspect(nodeKeyHash);
      if (state.status === 'locked' && platform === 'linux') {
        const limits = signal === undefined ? { limitMs } : { limitMs, signal };
        const end = await secretService.unlock(state.objects, limits).catch(translated);
        if (end !== 'opened')
          throw new NodeError('keychain-locked', { place, dismissed: end === 'dismissed' });
      }
      await requireOpen(nodeKeyHash);
    },
    async remove(nodeKeyHash, proof) {
      parseStoredKey(nodeKeyHash, await proof.read(), proof.place);
      await erase(nodeKeyHash);
    },
    erase,
  };
}

/** @throws NodeError `key-malformed`, `key-differs` */
function parseStoredKey(nodeKeyHash: string, text: string, place: string): string {
  const privateKey = parsePrivateKey(text, place);
  const found = createNodeKey(privateKey).nodeKeyHash;
  if (found !== nodeKeyHash) throw new NodeError('key-differs', { expected: nodeKeyHash, found, place });
  return privateKey;
}

function holderOf(text: string): string {
  try {
    return createNodeKey(text).nodeKeyHash;
  } catch {
    return 'unreadable';
  }
}
