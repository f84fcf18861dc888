import { describe, expect, it } from 'vitest';
import {
  createKeyringLibrary,
  type KeychainEntry,
} from '../../../../electron/daemon/identity/keychain/library.ts';
import { errorOf, stateOf } from '../../../../electron/daemon/identity/keychain/state.ts';
import { createKeychainStore } from '../../../../electron/daemon/identity/keychain/store.ts';
import { createNodeKey, generatePrivateKey } from '../../../../electron/daemon/identity/node-key.ts';
import { describeError } from '../../../../shared/texts/error-text.ts';
import { createSimulatedClock } from '../../../fixtures/simulated-clock.ts';

const place = 'the keychain';
const silent: KeychainEntry = {
  getPassword: () => new Promise(() => undefined),
  setPassword: () => new Promise(() => undefined),
  deletePassword: () => new Promise(() => undefined),
};

function libraryOf(entry: Partial<KeychainEntry>) {
  const clock = createSimulatedClock();
  const opened: [string, string][] = [];
  const openEntry = async (service: string, account: string) => {
    opened.push([service, account]);
    return { ...silent, ...entry };
  };
  const library = createKeyringLibrary({ service: 'ours', place, timeoutMs: 15_000 }, { clock, openEntry });
  return { library, clock, opened };
}

describe('a call of the keyring library', () => {
  it('that never ends is left alone after its time, and no second one is begun beside it', async () => {
    const { library, clock, opened } = libraryOf({});
    const late = { code: 'keychain-not-answering', details: { place, reason: 'timeout' } };
    await expect(clock.during(library.get('0x1'))).rejects.toMatchObject(late);
    await expect(library.set('0x1', 'secret')).rejects.toMatchObject({
      code: 'keychain-not-answering',
      details: { reason: 'busy' },
    });
    expect(opened).toEqual([['ours', '0x1']]);
    expect(clock.timers).toBe(0);
  });

  it('that ends late makes room for the next', async () => {
    let finish: (text: string) => void = () => undefined;
    const getPassword = () => new Promise<string>((resolve) => (finish = resolve));
    const { library, clock } = libraryOf({ getPassword });
    await expect(clock.during(library.get('0x1'))).rejects.toMatchObject({ details: { reason: 'timeout' } });
    finish('too late');
    await clock.settle();
    const next = library.get('0x1');
    await clock.settle();
    finish('in time');
    expect(await next).toBe('in time');
  });

  // Sentences seen of the library on Linux, and those that macOS is documented to say.
  it.each([
    ['Secret Service: unlock prompt was dismissed', 'keychain-locked', { dismissed: true }],
    ['Secret Service: object locked', 'keychain-locked', { dismissed: false }],
    ['The name org.freedesktop.secrets was not provided by any .service files', 'keychain-not-installed', {}],
    ['DBus error: Did not receive a reply. Possible causes', 'keychain-not-answering', { reason: 'timeout' }],
    ['org.freedesktop.DBus.Error.AccessDenied', 'keychain-denied', {}],
    ['User interaction is not allowed.', 'keychain-locked', { dismissed: false }],
    ['User canceled the operation.', 'keychain-locked', { dismissed: true }],
    ['The user name or passphrase you entered is not correct.', 'keychain-denied', {}],
    ['Cannot find native binding.', 'keychain-not-answering', { reason: 'keyring-library' }],
    ['something nobody has seen', 'keychain-not-answering', { reason: 'keyring-failed' }],
  ])('that fails with "%s" is %s', async (message, code, details) => {
    const { library } = libraryOf({ getPassword: () => Promise.reject(new Error(message)) });
    await expect(library.get('0x1')).rejects.toMatchObject({ code, details });
  });

  it('that quotes the secret in its error does not get it into ours', async () => {
    const secret = generatePrivateKey();
    const { library } = libraryOf({
      setPassword: async () => Promise.reject(new Error(`cannot store ${secret}`)),
    });
    const error = await library.set('0x1', secret).catch((thrown: Error) => thrown);
    expect(error).toBeInstanceOf(Error);
    expect(
      `${JSON.stringify(error)} ${(error as Error).stack} ${String((error as Error).cause)}`,
    ).not.toContain(secret);
  });
});

describe('the state of a keychain', () => {
  const reached = { status: 'reached', program: null, unlocked: [], locked: [], collection: null } as const;
  const open = { path: '/login', locked: false };
  const closed = { path: '/login', locked: true };
  it.each([
    ['an entry that is open', { ...reached, unlocked: ['/a'], collection: closed }, 'open', 'present'],
    ['an entry that is locked', { ...reached, locked: ['/a'], collection: open }, 'locked', undefined],
    ['no entry in an open keyring', { ...reached, collection: open }, 'open', 'absent'],
    ['no entry in a locked keyring', { ...reached, collection: closed }, 'locked', undefined],
    ['no keyring', reached, 'empty', undefined],
    ['two entries', { ...reached, unlocked: ['/a', '/b'], collection: open }, 'open', 'twice'],
    ['two, one of them locked', { ...reached, unlocked: ['/a'], locked: ['/b'] }, 'open', 'twice'],
    ['two, both locked', { ...reached, locked: ['/a', '/b'] }, 'locked', undefined],
  ])('with %s', (_what, view, status, entry) => {
    expect(stateOf(view)).toMatchObject(entry === undefined ? { status } : { status, entry });
  });

  it('has a code and words of its own whenever it keeps a key from being read', () => {
    const states = [
      { status: 'open', entry: 'twice', program: null },
      { status: 'locked', objects: [], program: null },
      { status: 'empty', program: null },
      { status: 'no-session', reason: 'no-address' },
      { status: 'not-installed', reason: 'no-secret-service' },
      { status: 'denied', reason: 'rejected' },
      { status: 'not-answering', reason: 'timeout' },
    ] as const;
    const errors = states.map((state) => errorOf(state, place));
    expect(new Set(errors.map((error) => error?.code)).size).toBe(states.length);
    for (const error of errors) {
      const words = error ? describeError(error) : '';
      expect(words).toMatch(/No new key was made|[Nn]othing was changed|can’t be read/);
      expect(words).not.toMatch(/undefined|\{|no-address|rejected/);
    }
  });
});

describe('the keychain of macOS, which answers only by being read', () => {
  function macStore(entry: Partial<KeychainEntry>) {
    const clock = createSimulatedClock();
    const store = createKeychainStore(
      { platform: 'darwin', env: {} },
      { clock, openEntry: async () => ({ ...silent, ...entry }) },
    );
    return { store, clock };
  }
  const privateKey = generatePrivateKey();
  const { nodeKeyHash } = createNodeKey(privateKey);

  it('gives the key, and says what it is', async () => {
    const { store } = macStore({ getPassword: async () => privateKey });
    expect(await store.read(nodeKeyHash)).toBe(privateKey);
    expect(await store.facts()).toEqual({ backend: 'macos-keychain', program: null });
    const elsewhere = { backend: 'secret-service', program: 'kwalletd6' } as const;
    await expect(store.read(nodeKeyHash, elsewhere)).rejects.toMatchObject({ code: 'keychain-changed' });
  });

  it('that stores something else than it was given is found out', async () => {
    let stored: string | null = null;
    const { store } = macStore({
      getPassword: async () => stored,
      setPassword: async (text) => {
        stored = text.slice(0, 20);
      },
    });
    await expect(store.add(nodeKeyHash, privateKey)).rejects.toMatchObject({ code: 'key-malformed' });
  });

  it('that stores nothing is found out', async () => {
    const { store } = macStore({ getPassword: async () => null, setPassword: async () => undefined });
    await expect(store.add(nodeKeyHash, privateKey)).rejects.toMatchObject({ code: 'key-missing' });
  });

  it('that waits for a person is waited for, and not for ever', async () => {
    const { store, clock } = macStore({});
    await expect(clock.during(store.read(nodeKeyHash))).rejects.toMatchObject({
      code: 'keychain-not-answering',
      details: { reason: 'timeout' },
    });
  });
});

it('a system without a keychain that we know has none', async () => {
  const store = createKeychainStore({ platform: 'freebsd', env: {} }, { clock: createSimulatedClock() });
  await expect(store.read(`0x${'ab'.repeat(32)}`)).rejects.toMatchObject({ code: 'keychain-not-installed' });
  expect(await store.named()).toBeNull();
});
