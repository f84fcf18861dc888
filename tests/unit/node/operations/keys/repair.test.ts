import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createIdentity, openIdentity } from '../../../../../electron/daemon/identity/identity.ts';
import type { KeychainStore } from '../../../../../electron/daemon/identity/keychain/store.ts';
import { createNodeKey, generatePrivateKey } from '../../../../../electron/daemon/identity/node-key.ts';
import { acquireLock } from '../../../../../electron/daemon/storage/lock.ts';
import { statePaths } from '../../../../../electron/daemon/storage/paths.ts';
import { createContext, type NodeContext } from '../../../../../electron/node/context.ts';
import { makeKey } from '../../../../../electron/node/operations/keys/make.ts';
import { repairIdentity } from '../../../../../electron/node/operations/keys/repair.ts';
import { clock, keysUnder, modulesFor, removeFile } from '../../../../fixtures/identity/identity.ts';
import { standInKeychain } from '../../../../fixtures/identity/keychain-stand-in.ts';
import { writeJournal } from '../../../../fixtures/serving/journal.ts';
import { temporaryFolder } from '../../../../fixtures/storage/sandbox.ts';

/** A node whose key rests in the keychain, in the state directory that the app uses; its record is gone. */
async function withoutRecord(named: (own: string) => string | null = (own) => own) {
  const homeDir = await temporaryFolder();
  const env = { PARALLELIX_STATE_DIR: `${homeDir}/state` };
  const platform = process.platform;
  const paths = statePaths({ env, platform, homeDir });
  let own = '';
  const keychain: KeychainStore = { ...standInKeychain(homeDir), named: async () => named(own) };
  const modules = { ...modulesFor(paths), keychain };
  const made = await createIdentity(
    { paths, keyStore: 'keychain', force: true },
    { ...modules, keychain: { ...keychain, named: async () => null } },
  );
  own = made.record.nodeKeyHash;
  await removeFile(paths.identityFile);
  const computer = { paths, env, platform, homeDir, version: '0.0.0-test' };
  const context: NodeContext = { ...createContext(computer, { clock }), keychain };
  return { context, paths, own, modules };
}

describe('repairing the record of a node', () => {
  it('derives it from the key in the keychain that only the keychain names', async () => {
    const { context, paths, own, modules } = await withoutRecord();
    await expect(openIdentity({ paths }, modules)).rejects.toMatchObject({ code: 'record-missing' });
    const unlocked: string[] = [];
    const unlockKeychain = async (nodeKeyHash: string) => void unlocked.push(nodeKeyHash);
    expect(await repairIdentity(context, { unlockKeychain })).toMatchObject({
      record: { nodeKeyHash: own, keyStore: 'keychain' },
      rebuilt: true,
      oldRecordFile: null,
    });
    expect(unlocked).toEqual([own]);
    expect((await openIdentity({ paths }, modules)).key.nodeKeyHash).toBe(own);
    const record = readFileSync(paths.identityFile, 'utf8');
    expect(await repairIdentity(context)).toMatchObject({ rebuilt: false });
    expect(readFileSync(paths.identityFile, 'utf8')).toBe(record);
    expect(keysUnder(paths.stateDir)).toEqual(new Set());
  });

  it('guesses none of several entries, and takes the one that last served here', async () => {
    const { context, paths, own } = await withoutRecord(() => 'unknown');
    await expect(repairIdentity(context)).rejects.toMatchObject({ code: 'keychain-ambiguous' });
    expect(existsSync(paths.identityFile)).toBe(false);
    writeJournal(paths.journalFile, own);
    expect(await repairIdentity(context)).toMatchObject({ record: { nodeKeyHash: own }, rebuilt: true });
  });

  it('takes no key from the keychain where another one served', async () => {
    const { context, paths } = await withoutRecord();
    const served = createNodeKey(generatePrivateKey()).nodeKeyHash;
    writeJournal(paths.journalFile, served);
    await expect(repairIdentity(context)).rejects.toMatchObject({ code: 'key-missing' });
    expect(existsSync(paths.identityFile)).toBe(false);
  });

  it('takes none for a state directory that a flag names, which the app does not use', async () => {
    const { context, paths } = await withoutRecord();
    const elsewhere = { ...context, env: {} };
    await expect(repairIdentity(elsewhere)).rejects.toMatchObject({ code: 'no-identity' });
    expect(existsSync(paths.identityFile)).toBe(false);
  });

  it('moves a record that cannot be read to the backups, and keeps the key file as it is', async () => {
    const { context, paths, own, modules } = await withoutRecord(() => null);
    const privateKey = await modules.keychain.read(own);
    writeFileSync(paths.keyFile, privateKey, { mode: 0o600 });
    writeFileSync(paths.identityFile, 'torn', { mode: 0o600 });
    const { record, oldRecordFile } = await repairIdentity(context);
    expect(record).toMatchObject({ nodeKeyHash: own, keyStore: 'file' });
    expect(readFileSync(oldRecordFile ?? '', 'utf8')).toBe('torn');
    expect(readFileSync(paths.keyFile, 'utf8')).toBe(privateKey);
  });

  it('is refused while a node runs here', async () => {
    const { context, paths } = await withoutRecord();
    const lock = await acquireLock({ paths, version: '0.0.0-test' }, { clock });
    await expect(repairIdentity(context)).rejects.toMatchObject({ code: 'other-daemon' });
    await lock.release();
  });
});

describe('making a key', () => {
  it.each(['file', 'keychain'] as const)(
    'in the %s is refused while the keychain holds one without a record',
    async (keyStore) => {
      const { context, paths } = await withoutRecord();
      await expect(makeKey(context, { keyStore })).rejects.toMatchObject({ code: 'record-missing' });
      expect(existsSync(paths.identityFile)).toBe(false);
      expect(keysUnder(paths.stateDir)).toEqual(new Set());
    },
  );

  it('in a state directory that a flag names is not blocked by the app’s entry', async () => {
    const { context, own } = await withoutRecord();
    const { record } = await makeKey({ ...context, env: {} }, {});
    expect(record.nodeKeyHash).not.toBe(own);
  });
});
