import { rmSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  checkKeychain,
  checkQuarantine,
  keyExpectedByJournals,
} from '../../../../electron/daemon/checks/key-checks.ts';
import type { KeychainState } from '../../../../electron/daemon/identity/keychain/state.ts';
import { quarantineKey } from '../../../../electron/daemon/identity/quarantine.ts';
import { existing } from '../../../fixtures/identity/identity.ts';
import { journalStates, loseJournal, someHash } from '../../../fixtures/serving/journal.ts';

describe('the check of the keychain', () => {
  const open = (entry: 'present' | 'absent' | 'twice'): KeychainState => ({
    status: 'open',
    entry,
    program: 'gnome-keyring-d',
  });

  it.each<[KeychainState, string, RegExp]>([
    [open('present'), 'keychain-holds-key', /gnome-keyring-d.* is open/],
    [open('absent'), 'keychain-unusable', /missing from the keychain/],
    [open('twice'), 'keychain-unusable', /stored there twice/],
    [{ status: 'locked', objects: [], program: null }, 'keychain-unusable', /key is locked/],
    [{ status: 'empty', program: null }, 'keychain-unusable', /No keyring is open/],
    [{ status: 'no-session', reason: 'no-address' }, 'keychain-unusable', /No desktop session/],
    [{ status: 'denied', reason: 'rejected' }, 'keychain-unusable', /may not use/],
    [{ status: 'not-answering', reason: 'service-died' }, 'keychain-unusable', /No answer came/],
  ])('of %o says %s', async (state, finding, means) => {
    const { record } = await existing();
    const report = await checkKeychain({ ...record, keyStore: 'keychain' }, async () => state);
    expect(report).toMatchObject({ id: 'keychain', finding });
    expect(report.means).toMatch(means);
  });

  it('inspects none where the key is in a file, and none that would ask', async () => {
    const { record } = await existing();
    const inspect = async () => {
      throw new Error('looked');
    };
    expect(await checkKeychain(record, inspect)).toMatchObject({
      finding: 'keychain-not-needed',
      result: 'ok',
    });
    expect(await checkKeychain(null, inspect)).toMatchObject({ finding: 'keychain-not-needed' });
    const asking = await checkKeychain({ ...record, keyStore: 'keychain' }, null);
    expect(asking).toMatchObject({ finding: 'keychain-not-checked', result: 'not-checked' });
  });
});

describe('the check of a restored key', () => {
  it('says nothing where no key waits for the word of a person, or another one does', async () => {
    const { paths, record } = await existing();
    expect(await checkQuarantine(paths, record.nodeKeyHash)).toEqual([]);
    await quarantineKey(paths, someHash(), 1);
    expect(await checkQuarantine(paths, record.nodeKeyHash)).toEqual([]);
  });

  it('says that the key waits until somebody confirms that the old machine is off', async () => {
    const { paths, record } = await existing();
    await quarantineKey(paths, record.nodeKeyHash, 1);
    expect(await checkQuarantine(paths, record.nodeKeyHash)).toMatchObject([{ finding: 'key-held' }]);
    expect(await checkQuarantine(paths, null)).toEqual([]);
  });

  it('says so too where the marker cannot be read and may mean any key', async () => {
    const { paths, record } = await existing();
    writeFileSync(paths.quarantineFile, '{"schemaVersion": 1, "nodeKey');
    expect(await checkQuarantine(paths, record.nodeKeyHash)).toMatchObject([{ finding: 'key-held' }]);
  });
});

describe('where record and key are gone', () => {
  it.each(journalStates)('a journal $journal is taken into account: $alone', async ({ journal, alone }) => {
    const { paths } = await existing();
    loseJournal(journal, paths.journalFile, someHash());
    rmSync(paths.identityFile);
    rmSync(paths.keyFile);
    expect(keyExpectedByJournals(paths)?.code ?? 'no-identity').toBe(alone);
  });
});
