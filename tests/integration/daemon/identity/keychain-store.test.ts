import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openKeyringEntry } from '../../../../electron/daemon/identity/keychain/library.ts';
import { createKeychainStore, keychainService } from '../../../../electron/daemon/identity/keychain/store.ts';
import { createNodeKey, generatePrivateKey } from '../../../../electron/daemon/identity/node-key.ts';
import { systemClock } from '../../../../electron/daemon/system/clock.ts';
import {
  type KeychainSession,
  noKeychainHere,
  onceMoreAfterCrash,
  orSkip,
  startSession,
} from '../../../fixtures/identity/keychain-session.ts';

/** One session for the file: the library asks the environment for the bus once per process. */
let session: KeychainSession;
const clock = systemClock;
const place = 'the keychain (Secret Service)';

beforeAll(async () => {
  if (noKeychainHere) return;
  session = await startSession();
  process.env.DBUS_SESSION_BUS_ADDRESS = session.env.DBUS_SESSION_BUS_ADDRESS;
});
afterAll(() => session?.stop());
beforeEach(async (context) => {
  orSkip(context);
  await session.stopService('SIGKILL');
  await session.startService('open');
});

const storeIn = (env: NodeJS.ProcessEnv) => createKeychainStore({ platform: 'linux', env }, { clock });

function freshKey() {
  const privateKey = generatePrivateKey();
  return { privateKey, nodeKeyHash: createNodeKey(privateKey).nodeKeyHash };
}

async function stored() {
  const store = storeIn(session.env);
  const key = freshKey();
  await store.add(key.nodeKeyHash, key.privateKey);
  return { store, ...key };
}

describe('the real Secret Service', onceMoreAfterCrash, () => {
  it('keeps a key under its hash, and gives it back', async () => {
    const { store, nodeKeyHash, privateKey } = await stored();
    expect(await store.read(nodeKeyHash)).toBe(privateKey);
    expect(await session.secretOf(nodeKeyHash)).toBe(privateKey);
    expect(await store.inspect(nodeKeyHash)).toMatchObject({ status: 'open', entry: 'present' });
    expect(await store.facts()).toEqual({ backend: 'secret-service', program: 'gnome-keyring-d' });
  });

  it('keeps it over a restart of the service, which is locked at first and opens with the password', async () => {
    const { store, nodeKeyHash, privateKey } = await stored();
    await session.stopService('SIGTERM');
    await session.startService('locked');
    await expect(store.read(nodeKeyHash)).rejects.toMatchObject({
      code: 'keychain-locked',
      details: { place, dismissed: false },
    });
    await session.unlock();
    expect(await store.read(nodeKeyHash)).toBe(privateKey);
    expect(await session.entriesOf(nodeKeyHash)).toHaveLength(1);
  });

  it('keeps it when the service is killed right after it was added', async () => {
    const { store, nodeKeyHash, privateKey } = await stored();
    await session.stopService('SIGKILL');
    await session.startService('open');
    expect(await store.read(nodeKeyHash)).toBe(privateKey);
  });

  it('knows a key it was never given from one that is locked away', async () => {
    const { store, nodeKeyHash, privateKey } = await stored();
    const other = freshKey();
    const missing = { code: 'key-missing', details: { nodeKeyHash: other.nodeKeyHash, place } };
    await expect(store.read(other.nodeKeyHash)).rejects.toMatchObject(missing);
    await session.lock();
    // It may be in there anyway.
    for (const { nodeKeyHash: hash } of [{ nodeKeyHash }, other]) {
      await expect(store.read(hash)).rejects.toMatchObject({ code: 'keychain-locked' });
    }
    await expect(store.add(other.nodeKeyHash, other.privateKey)).rejects.toMatchObject({
      code: 'keychain-locked',
    });
    await session.unlock();
    expect(await store.read(nodeKeyHash)).toBe(privateKey);
    await expect(store.read(other.nodeKeyHash)).rejects.toMatchObject(missing);
  });

  it('says that the entry is gone when it was deleted behind our back', async () => {
    const { store, nodeKeyHash } = await stored();
    await session.deleteEntry(nodeKeyHash);
    await expect(store.read(nodeKeyHash)).rejects.toMatchObject({ code: 'key-missing' });
    expect(await store.inspect(nodeKeyHash)).toMatchObject({ status: 'open', entry: 'absent' });
  });

  it.each([
    ['another key', generatePrivateKey(), 'key-differs'],
    ['nothing', '', 'key-malformed'],
    ['something else', 'hunter2', 'key-malformed'],
  ])('that holds %s under our name is told apart and left as it is', async (_what, secret, code) => {
    const store = storeIn(session.env);
    const { nodeKeyHash, privateKey } = freshKey();
    await session.addEntry(nodeKeyHash, secret);
    await expect(store.read(nodeKeyHash)).rejects.toMatchObject({ code });
    await expect(store.add(nodeKeyHash, privateKey)).rejects.toMatchObject({ code: 'key-exists' });
    await expect(
      store.remove(nodeKeyHash, { kind: 'moved', place: 'elsewhere', read: async () => privateKey }),
    ).rejects.toMatchObject({ code });
    expect(await session.secretOf(nodeKeyHash)).toBe(secret);
  });

  it('that contains our entry twice is not guessed about', async () => {
    const { store, nodeKeyHash, privateKey } = await stored();
    await session.addEntry(nodeKeyHash, generatePrivateKey());
    expect(await session.entriesOf(nodeKeyHash)).toHaveLength(2);
    for (const attempt of [() => store.read(nodeKeyHash), () => store.add(nodeKeyHash, privateKey)]) {
      await expect(attempt()).rejects.toMatchObject({
        code: 'key-unreadable',
        details: { reason: 'stored-twice' },
      });
    }
    expect(await session.entriesOf(nodeKeyHash)).toHaveLength(2);
  });

  it('takes the same key again, and adds no second entry', async () => {
    const { store, nodeKeyHash, privateKey } = await stored();
    await store.add(nodeKeyHash, privateKey);
    expect(await session.entriesOf(nodeKeyHash)).toHaveLength(1);
  });

  it('is given no key under the hash of another', async () => {
    const store = storeIn(session.env);
    const { nodeKeyHash } = freshKey();
    await expect(store.add(nodeKeyHash, generatePrivateKey())).rejects.toMatchObject({ code: 'key-differs' });
    expect(await session.entriesOf(nodeKeyHash)).toEqual([]);
  });
});

describe('a Secret Service out of reach', onceMoreAfterCrash, () => {
  it('is told apart from none: no session, no service, killed', async () => {
    const { nodeKeyHash, privateKey } = await stored();
    const readIn = (env: NodeJS.ProcessEnv) => storeIn(env).read(nodeKeyHash);
    await expect(readIn({})).rejects.toMatchObject({ code: 'keychain-no-session' });
    await expect(readIn({ XDG_RUNTIME_DIR: session.env.HOME })).rejects.toMatchObject({
      code: 'keychain-no-session',
    });
    const dead = { DBUS_SESSION_BUS_ADDRESS: `unix:path=${session.env.HOME}/bus;tcp:host=localhost` };
    await expect(readIn(dead)).rejects.toMatchObject({ code: 'keychain-no-session' });
    const byDirectory = { XDG_RUNTIME_DIR: session.env.XDG_RUNTIME_DIR };
    expect(await readIn(byDirectory)).toBe(privateKey);
    await session.stopService('SIGKILL');
    await expect(readIn(session.env)).rejects.toMatchObject({
      code: 'keychain-not-installed',
      details: { reason: 'no-secret-service' },
    });
  });

  it('that hangs is given up on, and that dies in the middle of a question is said to have died', async () => {
    const { nodeKeyHash, privateKey } = await stored();
    await session.signalService('SIGSTOP');
    const hurried = { ...clock, after: (ms: number, run: () => void) => clock.after(ms / 50, run) };
    const impatient = createKeychainStore({ platform: 'linux', env: session.env }, { clock: hurried });
    await expect(impatient.read(nodeKeyHash)).rejects.toMatchObject({
      code: 'keychain-not-answering',
      details: { place, reason: 'timeout' },
    });
    let questions = 0;
    const { promise: asked, resolve } = Promise.withResolvers<void>();
    const counting = {
      ...clock,
      after(ms: number, run: () => void) {
        questions += 1;
        // Greeting, hello, is it there, and then the question that it never answers.
        if (questions === 4) setImmediate(resolve);
        return clock.after(ms, run);
      },
    };
    const patient = createKeychainStore({ platform: 'linux', env: session.env }, { clock: counting });
    const reading = patient.read(nodeKeyHash);
    const refused = expect(reading).rejects.toMatchObject({
      code: 'keychain-not-answering',
      details: { reason: 'service-died' },
    });
    await asked;
    await session.stopService('SIGKILL');
    await refused;
    await session.startService('open');
    expect(await patient.read(nodeKeyHash)).toBe(privateKey);
  });

  it('has no keyring at all: nothing is put in, and an entry is not called gone', async () => {
    const bare = await startSession();
    try {
      await bare.startService('locked');
      const store = storeIn(bare.env);
      const { nodeKeyHash, privateKey } = freshKey();
      await expect(store.read(nodeKeyHash)).rejects.toMatchObject({ code: 'keychain-empty' });
      await expect(store.add(nodeKeyHash, privateKey)).rejects.toMatchObject({ code: 'keychain-empty' });
    } finally {
      await bare.stop();
    }
  });

  it('that this program may not speak to says so', async () => {
    const sandbox = await startSession({ forbidden: true });
    try {
      await sandbox.startService('open');
      const store = storeIn(sandbox.env);
      const { nodeKeyHash, privateKey } = freshKey();
      const denied = { code: 'keychain-denied', details: { place } };
      await expect(store.read(nodeKeyHash)).rejects.toMatchObject(denied);
      await expect(store.add(nodeKeyHash, privateKey)).rejects.toMatchObject(denied);
      await expect(store.named()).rejects.toMatchObject(denied);
    } finally {
      await sandbox.stop();
    }
  });

  it('is started by the bus where the desktop can, and is then locked', async () => {
    const desktop = await startSession({ activatable: true });
    try {
      await desktop.startService('open');
      const { nodeKeyHash, privateKey } = freshKey();
      await desktop.addEntry(nodeKeyHash, privateKey);
      await desktop.stopService('SIGKILL');
      const store = storeIn(desktop.env);
      await expect(store.read(nodeKeyHash)).rejects.toMatchObject({ code: 'keychain-locked' });
      await desktop.unlock();
      expect(await store.inspect(nodeKeyHash)).toMatchObject({ status: 'open', entry: 'present' });
    } finally {
      await desktop.stop();
    }
  });

  it('of another kind than the key was put in is said to be another', async () => {
    const { store, nodeKeyHash, privateKey } = await stored();
    const mac = { backend: 'macos-keychain', program: null } as const;
    await expect(store.read(nodeKeyHash, mac)).rejects.toMatchObject({
      code: 'keychain-changed',
      details: { recorded: 'macos-keychain', found: 'secret-service' },
    });
    const wallet = { backend: 'secret-service', program: 'kwalletd6' } as const;
    // What is found is used, whoever keeps it now.
    expect(await store.read(nodeKeyHash, wallet)).toBe(privateKey);
    await session.deleteEntry(nodeKeyHash);
    await expect(store.read(nodeKeyHash, wallet)).rejects.toMatchObject({
      code: 'keychain-changed',
      details: { recorded: 'kwalletd6', found: 'gnome-keyring-d' },
    });
    await expect(store.read(nodeKeyHash, await store.facts())).rejects.toMatchObject({ code: 'key-missing' });
  });
});

describe('unlocking', onceMoreAfterCrash, () => {
  it('that is declined says so, and the key stays', async () => {
    const { store, nodeKeyHash, privateKey } = await stored();
    await session.lock();
    // No window can be shown in this session; the service reports that as declined.
    await expect(store.unlock(nodeKeyHash)).rejects.toMatchObject({
      code: 'keychain-locked',
      details: { place, dismissed: true },
    });
    await session.unlock();
    await store.unlock(nodeKeyHash);
    expect(await store.read(nodeKeyHash)).toBe(privateKey);
  });

  it('that nobody answers ends by itself, and takes the question back', async () => {
    const { store, nodeKeyHash, privateKey } = await stored();
    await session.lock();
    const prompter = await session.mutePrompter();
    const unlocking = store.unlock(nodeKeyHash, { limitMs: 300 });
    const refused = expect(unlocking).rejects.toMatchObject({
      code: 'keychain-locked',
      details: { dismissed: false },
    });
    await prompter.asked;
    await refused;
    // The service is none the worse for it, and the key neither.
    expect(await store.inspect(nodeKeyHash)).toMatchObject({ status: 'locked' });
    prompter.stop();
    await session.unlock();
    expect(await store.read(nodeKeyHash)).toBe(privateKey);
  });

  it('ends when the service dies under the question', async () => {
    const { store, nodeKeyHash } = await stored();
    await session.lock();
    const prompter = await session.mutePrompter();
    const refused = expect(store.unlock(nodeKeyHash)).rejects.toMatchObject({
      code: 'keychain-not-answering',
      details: { reason: 'service-died' },
    });
    await prompter.asked;
    await session.stopService('SIGKILL');
    await refused;
    prompter.stop();
  });
});

describe('deleting an entry', onceMoreAfterCrash, () => {
  const proof = (read: () => Promise<string>) => ({ kind: 'moved', place: 'elsewhere', read }) as const;

  it('happens after the key was read from its new place', async () => {
    const { store, nodeKeyHash, privateKey } = await stored();
    await store.remove(
      nodeKeyHash,
      proof(async () => privateKey),
    );
    expect(await session.entriesOf(nodeKeyHash)).toEqual([]);
    // Done already is done.
    await store.remove(
      nodeKeyHash,
      proof(async () => privateKey),
    );
  });

  it.each([
    ['is not there', () => Promise.reject(new Error('ENOENT')), 'ENOENT'],
    ['holds another key', async () => generatePrivateKey(), 'key-differs'],
    ['holds no key', async () => '', 'key-malformed'],
  ])('does not happen when the new place %s', async (_what, read, message) => {
    const { store, nodeKeyHash, privateKey } = await stored();
    await expect(store.remove(nodeKeyHash, proof(read))).rejects.toThrow(message);
    expect(await session.secretOf(nodeKeyHash)).toBe(privateKey);
  });

  it('does not happen in a locked keychain', async () => {
    const { store, nodeKeyHash, privateKey } = await stored();
    await session.lock();
    await expect(
      store.remove(
        nodeKeyHash,
        proof(async () => privateKey),
      ),
    ).rejects.toMatchObject({
      code: 'keychain-locked',
    });
    await session.unlock();
    expect(await session.secretOf(nodeKeyHash)).toBe(privateKey);
  });
});

describe('the library', onceMoreAfterCrash, () => {
  it('asks for a password by itself when it is let near a locked entry: why it is not', async () => {
    const { nodeKeyHash } = await stored();
    await session.lock();
    const entry = await openKeyringEntry(keychainService, nodeKeyHash);
    await expect(entry.getPassword()).rejects.toThrow('prompt was dismissed');
  });
});
