import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { createIdentity } from '../../../../electron/daemon/identity/identity.ts';
import { createKeychainStore } from '../../../../electron/daemon/identity/keychain/store.ts';
import { generatePrivateKey } from '../../../../electron/daemon/identity/node-key.ts';
import {
  type KeyTrouble,
  openIdentityWhenPossible,
} from '../../../../electron/daemon/identity/open-when-possible.ts';
import { createLogger } from '../../../../electron/daemon/logging/logger.ts';
import { createRedactor } from '../../../../electron/daemon/logging/redaction.ts';
import { parseOllamaAddress } from '../../../../electron/daemon/ollama/api/address.ts';
import { startDaemon } from '../../../../electron/daemon/start-daemon.ts';
import { openSettings } from '../../../../electron/daemon/storage/settings.ts';
import { systemClock } from '../../../../electron/daemon/system/clock.ts';
import { describeState } from '../../../../shared/states/states.ts';
import { identityState, owner, removeFile } from '../../../fixtures/identity/identity.ts';
import {
  type KeychainSession,
  noKeychainHere,
  onceMoreAfterCrash,
  orSkip,
  startSession,
} from '../../../fixtures/identity/keychain-session.ts';

let session: KeychainSession;
/** Waits are shortened; the service itself answers in its own time. */
const clock = { ...systemClock, after: (ms: number, run: () => void) => systemClock.after(ms / 20, run) };

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
  await session.clear();
});

async function keptInKeychain() {
  const { paths, modules: base } = await identityState();
  const keychain = createKeychainStore({ platform: 'linux', env: session.env }, { clock });
  const modules = { ...base, clock, keychain };
  const registration = { nodeId: '4217', owner };
  const { key } = await createIdentity({ paths, keyStore: 'keychain', registration }, modules);
  const privateKey = await keychain.read(key.nodeKeyHash);
  return { paths, modules, keychain, privateKey, nodeKeyHash: key.nodeKeyHash };
}

/** Troubles as they are told, and a promise for each next one. */
function troubles() {
  const told: (KeyTrouble | null)[] = [];
  const waiting: (() => void)[] = [];
  return {
    told,
    onTrouble: (trouble: KeyTrouble | null) => {
      told.push(trouble);
      for (const next of waiting.splice(0)) next();
    },
    async next(count: number): Promise<KeyTrouble | null | undefined> {
      while (told.length < count) await new Promise<void>((resolve) => waiting.push(resolve));
      return told[count - 1];
    },
  };
}

describe('waiting for a key out of reach', onceMoreAfterCrash, () => {
  it('says which state it waits in, follows its changes, and goes on by itself', async () => {
    const { paths, modules, nodeKeyHash } = await keptInKeychain();
    await session.stopService('SIGKILL');
    const { told, onTrouble, next } = troubles();
    const signal = new AbortController().signal;
    const opening = openIdentityWhenPossible({ paths }, { ...modules, signal, onTrouble });
    const first = await next(1);
    expect(first?.state).toMatchObject({
      code: 'key-unreachable',
      params: { reason: 'keychain-not-installed' },
    });
    await session.startService('locked');
    const second = await next(2);
    expect(second?.state).toMatchObject({ code: 'key-locked', params: { time: expect.any(Number) } });
    await session.unlock();
    expect((await opening).key.nodeKeyHash).toBe(nodeKeyHash);
    expect(told).toEqual([first, second, null]);
  });

  it('shows every state with the texts of its row', async () => {
    const { paths, modules, privateKey, nodeKeyHash } = await keptInKeychain();
    await session.deleteEntry(nodeKeyHash);
    const { onTrouble, next } = troubles();
    const signal = new AbortController().signal;
    const opening = openIdentityWhenPossible({ paths }, { ...modules, signal, onTrouble });
    const sentence = (trouble: KeyTrouble | null | undefined) =>
      trouble ? describeState(trouble.state.code, trouble.state.params, clock.now()).sentence : '';
    expect(sentence(await next(1))).toContain('missing from the keychain (Secret Service)');
    const other = generatePrivateKey();
    await session.addEntry(nodeKeyHash, other);
    const differs = await next(2);
    expect(differs?.state).toMatchObject({ code: 'key-differs', params: { id: '4217' } });
    expect(sentence(differs)).toContain('Restore the key of node 4217');
    await session.deleteEntry(nodeKeyHash);
    await next(3);
    await session.addEntry(nodeKeyHash, privateKey);
    expect((await opening).record.nodeId).toBe('4217');
    expect(JSON.stringify(await next(4))).toBe('null');
  });

  it('ends when it is cancelled', async () => {
    const { paths, modules } = await keptInKeychain();
    await session.lock();
    const { onTrouble, next } = troubles();
    const stopping = new AbortController();
    const opening = openIdentityWhenPossible({ paths }, { ...modules, signal: stopping.signal, onTrouble });
    await next(1);
    stopping.abort();
    await expect(opening).rejects.toMatchObject({ code: 'cancelled' });
  });

  it('does not wait where a person has to decide', async () => {
    const { paths, modules } = await keptInKeychain();
    const { told, onTrouble } = troubles();
    const signal = new AbortController().signal;
    writeFileSync(paths.identityFile, readFileSync(paths.identityFile, 'utf8').slice(0, 80));
    await expect(
      openIdentityWhenPossible({ paths }, { ...modules, signal, onTrouble }),
    ).rejects.toMatchObject({ code: 'identity-unreadable' });
    await removeFile(paths.identityFile);
    await expect(
      openIdentityWhenPossible({ paths }, { ...modules, signal, onTrouble }),
    ).rejects.toMatchObject({ code: 'record-missing' });
    expect(told).toEqual([]);
  });
});

describe('the daemon', onceMoreAfterCrash, () => {
  async function host(withDesktop: boolean) {
    const kept = await keptInKeychain();
    await session.lock();
    const { paths } = kept;
    const redactor = createRedactor({ homeDir: '/nonexistent', userName: '', hostName: '' });
    const log = createLogger({ level: 'debug', file: paths.logFile }, { clock: systemClock, redactor });
    const settingsStore = await openSettings({ paths }, { clock: systemClock });
    const heard = troubles();
    const stopping = new AbortController();
    const desktop = { keychain: kept.keychain, onKeyTrouble: heard.onTrouble, signal: stopping.signal };
    const hosting = startDaemon(
      {
        paths,
        version: '0.0.0-test',
        // Nobody listens there; the daemon is to start anyway.
        settings: { ...settingsStore.current, coordinatorUrl: 'http://127.0.0.1:9' },
        ollama: parseOllamaAddress('http://127.0.0.1:9'),
        nodeId: null,
        owner: null,
        env: { PATH: '' },
      },
      { clock, log, settingsStore, random: Math.random, ...(withDesktop ? { desktop } : {}) },
    );
    hosting.catch(() => undefined);
    onTestFinished(async () => {
      stopping.abort();
      await hosting.then((hosted) => hosted.daemon.drain(0).then(() => hosted.ended)).catch(() => undefined);
      await log.close();
    });
    return { ...kept, ...heard, hosting, stopping, log };
  }

  it('of a desktop waits for the keychain to open, holding its lock, and then runs', async () => {
    const { hosting, next, nodeKeyHash, paths, privateKey, log } = await host(true);
    expect((await next(1))?.state.code).toBe('key-locked');
    await session.unlock();
    const hosted = await hosting;
    expect(await next(2)).toBeNull();
    expect(hosted.daemon.snapshot().identity).toMatchObject({ nodeKeyHash, keyStore: 'keychain' });
    await hosted.daemon.drain(0);
    await hosted.ended;
    await log.close();
    const written = readFileSync(paths.logFile, 'utf8');
    expect(written).toContain('keychain-locked');
    expect(written.toLowerCase()).not.toContain(privateKey);
  });

  it('of a desktop can be stopped while it waits, and leaves its lock', async () => {
    const { hosting, next, stopping, paths } = await host(true);
    await next(1);
    stopping.abort();
    await expect(hosting).rejects.toMatchObject({ code: 'cancelled' });
    const { acquireLock } = await import('../../../../electron/daemon/storage/lock.ts');
    const lock = await acquireLock({ paths, version: '0.0.0-test' }, { clock: systemClock });
    await lock.release();
  });

  it('without a desktop opens no keychain and does not wait', async () => {
    const { hosting } = await host(false);
    await expect(hosting).rejects.toMatchObject({ code: 'key-unreadable' });
  });
});
