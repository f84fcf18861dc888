import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  createIdentity,
  type IdentityModules,
  openIdentity,
  rebuildIdentity,
} from '../../../../electron/daemon/identity/identity.ts';
import { createKeychainStore } from '../../../../electron/daemon/identity/keychain/store.ts';
import { generatePrivateKey } from '../../../../electron/daemon/identity/node-key.ts';
import { keyNamedByJournals } from '../../../../electron/daemon/serving/journal-key.ts';
import { openSettings } from '../../../../electron/daemon/storage/settings.ts';
import { systemClock } from '../../../../electron/daemon/system/clock.ts';
import { isNodeError } from '../../../../shared/errors.ts';
import { identityState, keysUnder, removeFile } from '../../../fixtures/identity/identity.ts';
import {
  type KeychainSession,
  noKeychainHere,
  onceMoreAfterCrash,
  orSkip,
  startSession,
} from '../../../fixtures/identity/keychain-session.ts';
import { journalStates, loseJournal } from '../../../fixtures/serving/journal.ts';

let session: KeychainSession;
const clock = systemClock;

beforeAll(async () => {
  if (noKeychainHere) return;
  session = await startSession();
  process.env.DBUS_SESSION_BUS_ADDRESS = session.env.DBUS_SESSION_BUS_ADDRESS;
});
afterAll(() => session?.stop());
beforeEach(orSkip);

const recordStates = ['ok', 'missing', 'torn'] as const;
const settingsStates = ['ok', 'torn'] as const;

/** How the keychain can be found, and what opening says then with a record, and without one. */
const keychainStates = [
  { keychain: 'open', withRecord: null, without: 'record-missing' },
  { keychain: 'locked', withRecord: 'keychain-locked', without: 'record-missing' },
  { keychain: 'not opened since login', withRecord: 'keychain-locked', without: 'record-missing' },
  { keychain: 'its entry deleted', withRecord: 'key-missing', without: 'no-identity' },
  { keychain: 'its entry deleted, locked', withRecord: 'keychain-locked', without: 'keychain-locked' },
  { keychain: 'its entry emptied', withRecord: 'key-malformed', without: 'record-missing' },
  { keychain: 'its entry another key', withRecord: 'key-differs', without: 'record-missing' },
  { keychain: 'its entry there twice', withRecord: 'key-unreadable', without: 'record-missing' },
  { keychain: 'hanging', withRecord: 'keychain-not-answering', without: 'keychain-not-answering' },
  { keychain: 'killed', withRecord: 'keychain-not-installed', without: 'no-identity' },
  { keychain: 'without a session', withRecord: 'keychain-no-session', without: 'no-identity' },
  { keychain: 'of another system', withRecord: 'keychain-changed', without: 'record-missing' },
  { keychain: 'of another program', withRecord: 'keychain-changed', without: 'no-identity' },
] as const;

type KeychainLoss = (typeof keychainStates)[number]['keychain'];

async function keptInKeychain() {
  await session.stopService('SIGKILL');
  await session.startService('open');
  await session.clear();
  const { paths, modules: base } = await identityState();
  const keychain = createKeychainStore({ platform: 'linux', env: session.env }, { clock });
  const modules = { ...base, clock, keychain };
  const made = await createIdentity({ paths, keyStore: 'keychain' }, modules);
  return { paths, modules, nodeKeyHash: made.key.nodeKeyHash };
}

/** Breaks the keychain; what is returned is the environment a daemon would find itself in. */
async function lose(keychain: KeychainLoss, nodeKeyHash: string, identityFile: string) {
  const changeEntry = async (...secrets: string[]) => {
    await session.deleteEntry(nodeKeyHash);
    for (const secret of secrets) await session.addEntry(nodeKeyHash, secret);
  };
  const changeRecord = (facts: object) => {
    const record = { ...JSON.parse(readFileSync(identityFile, 'utf8')), keychain: facts };
    writeFileSync(identityFile, JSON.stringify(record));
  };
  if (keychain.startsWith('its entry deleted')) await changeEntry();
  if (keychain === 'its entry emptied') await changeEntry('');
  if (keychain === 'its entry another key') await changeEntry(generatePrivateKey());
  if (keychain === 'its entry there twice') await session.addEntry(nodeKeyHash, generatePrivateKey());
  if (keychain === 'of another system') changeRecord({ backend: 'macos-keychain', program: null });
  if (keychain === 'of another program') {
    await changeEntry();
    changeRecord({ backend: 'secret-service', program: 'kwalletd6' });
  }
  const before = await session.contents();
  if (keychain.endsWith('locked')) await session.lock();
  if (keychain === 'killed' || keychain === 'not opened since login') await session.stopService('SIGKILL');
  if (keychain === 'not opened since login') await session.startService('locked');
  if (keychain === 'hanging') await session.signalService('SIGSTOP');
  return { before, env: keychain === 'without a session' ? {} : session.env };
}

async function repair(keychain: KeychainLoss): Promise<void> {
  if (keychain === 'hanging') await session.signalService('SIGCONT');
  if (keychain === 'killed') await session.startService('open');
  await session.unlock();
}

describe(
  'whatever is lost around a key in the keychain, none is made and none is overwritten',
  onceMoreAfterCrash,
  () => {
    const table = keychainStates.flatMap((state) =>
      recordStates.flatMap((record) => settingsStates.map((settings) => ({ ...state, record, settings }))),
    );

    it.each(table)('keychain $keychain, record $record, settings $settings', async (cell) => {
      const { paths, modules, nodeKeyHash } = await keptInKeychain();
      const { before, env } = await lose(cell.keychain, nodeKeyHash, paths.identityFile);
      if (cell.record === 'missing') await removeFile(paths.identityFile);
      if (cell.record === 'torn')
        writeFileSync(paths.identityFile, readFileSync(paths.identityFile, 'utf8').slice(0, 90));
      writeFileSync(
        paths.settingsFile,
        cell.settings === 'torn' ? '{"schemaVersion": 1, "mod' : '{"schemaVersion": 1}',
      );
      const recordBefore = cell.record === 'missing' ? null : readFileSync(paths.identityFile, 'latin1');

      // A service that hangs is waited for through a clock that hurries.
      const hurried = { ...clock, after: (ms: number, run: () => void) => clock.after(ms / 50, run) };
      const keychain = createKeychainStore(
        { platform: 'linux', env },
        { clock: cell.keychain === 'hanging' ? hurried : clock },
      );
      const found: IdentityModules = { ...modules, keychain };
      await openSettings({ paths }, { clock });
      const says = { ok: cell.withRecord, missing: cell.without, torn: 'identity-unreadable' }[cell.record];
      const opening = openIdentity({ paths }, found);
      if (says === null) expect((await opening).key.nodeKeyHash).toBe(nodeKeyHash);
      else await expect(opening).rejects.toMatchObject({ code: says });
      if (says !== 'no-identity') {
        for (const keyStore of ['keychain', 'file'] as const) {
          await expect(createIdentity({ paths, keyStore }, found)).rejects.toSatisfy((error) =>
            isNodeError(error),
          );
        }
      }
      // Where nothing else names the key, the journal does after the first request, and goes on when it breaks.
      const served: IdentityModules = { ...found, journalNamesKey: () => keyNamedByJournals(paths) };
      for (const { journal } of journalStates.filter((state) => state.journal !== 'none')) {
        loseJournal(journal, paths.journalFile, nodeKeyHash);
        for (const keyStore of ['keychain', 'file'] as const) {
          await expect(createIdentity({ paths, keyStore }, served), journal).rejects.toSatisfy((error) =>
            isNodeError(error),
          );
        }
        for (const name of readdirSync(paths.stateDir).filter((one) => one.startsWith('journal.db'))) {
          await removeFile(join(paths.stateDir, name));
        }
      }

      await repair(cell.keychain);
      expect(await session.contents()).toEqual(before);
      expect(keysUnder(paths.stateDir)).toEqual(new Set());
      const recordAfter = cell.record === 'missing' ? null : readFileSync(paths.identityFile, 'latin1');
      expect(recordAfter).toBe(recordBefore);
    });

    it('a new key by force leaves the old one where it is, under its own name', async () => {
      const { paths, modules, nodeKeyHash } = await keptInKeychain();
      const [old] = await session.contents();
      const made = await createIdentity({ paths, keyStore: 'keychain', force: true }, modules);
      expect(made.key.nodeKeyHash).not.toBe(nodeKeyHash);
      const contents = await session.contents();
      expect(contents).toHaveLength(2);
      expect(contents).toContain(old);
      expect((await openIdentity({ paths }, modules)).key.nodeKeyHash).toBe(made.key.nodeKeyHash);
    });

    it('a new key by force is not begun in a keychain that is locked: the old record stays', async () => {
      const { paths, modules, nodeKeyHash } = await keptInKeychain();
      const record = readFileSync(paths.identityFile, 'utf8');
      await session.lock();
      await expect(
        createIdentity({ paths, keyStore: 'keychain', force: true }, modules),
      ).rejects.toMatchObject({ code: 'keychain-locked' });
      expect(readFileSync(paths.identityFile, 'utf8')).toBe(record);
      await session.unlock();
      expect((await openIdentity({ paths }, modules)).key.nodeKeyHash).toBe(nodeKeyHash);
    });

    it('the record comes back from the keychain when a person says whose key it is', async () => {
      const { paths, modules, nodeKeyHash } = await keptInKeychain();
      await removeFile(paths.identityFile);
      await expect(openIdentity({ paths }, modules)).rejects.toMatchObject({
        code: 'record-missing',
        details: { nodeKeyHash, place: paths.identityFile },
      });
      const rebuilt = await rebuildIdentity({ paths, inKeychain: nodeKeyHash }, modules);
      expect(rebuilt.record).toMatchObject({
        nodeKeyHash,
        keyStore: 'keychain',
        keychain: { backend: 'secret-service', program: 'gnome-keyring-d' },
      });
      expect((await openIdentity({ paths }, modules)).key.nodeKeyHash).toBe(nodeKeyHash);
    });
  },
);
