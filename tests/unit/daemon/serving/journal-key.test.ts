import { copyFileSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { adoptKey } from '../../../../electron/daemon/identity/adopt.ts';
import { createIdentity } from '../../../../electron/daemon/identity/identity.ts';
import { createNodeKey, generatePrivateKey } from '../../../../electron/daemon/identity/node-key.ts';
import { keyNamedByJournals } from '../../../../electron/daemon/serving/journal-key.ts';
import { openDatabase } from '../../../../electron/daemon/storage/database.ts';
import { identityState } from '../../../fixtures/identity/identity.ts';
import { breakJournal, type Damage, someHash, writeJournal } from '../../../fixtures/serving/journal.ts';
import { filesUnder } from '../../../fixtures/storage/sandbox.ts';

/** A state directory with a journal of this key that was damaged and archived. */
async function withBroken(damage: Damage, nodeKeyHash = someHash()) {
  const { paths, modules } = await identityState();
  writeJournal(paths.journalFile, nodeKeyHash);
  breakJournal(paths.journalFile, damage);
  const [archived = ''] = readdirSync(paths.stateDir).filter((name) => name.includes('.broken-'));
  const withJournals = { ...modules, journalNamesKey: () => keyNamedByJournals(paths) };
  return { paths, modules: withJournals, nodeKeyHash, archived: join(paths.stateDir, archived) };
}

describe('a journal that was archived', () => {
  it.each(['its tallies garbage', 'its index garbage'] as const)(
    'with %s still names its key',
    async (damage) => {
      const { paths, nodeKeyHash } = await withBroken(damage);
      expect(keyNamedByJournals(paths)).toBe(nodeKeyHash);
    },
  );

  it.each(['its rows garbage', 'cut short', 'no database'] as const)(
    'with %s says nothing, and that is no permission to make a key unless by force',
    async (damage) => {
      const { paths, modules, archived } = await withBroken(damage);
      const silence = { code: 'key-unknown', details: { path: archived } };
      expect(() => keyNamedByJournals(paths)).toThrowError(expect.objectContaining({ code: 'key-unknown' }));
      await expect(createIdentity({ paths }, modules)).rejects.toMatchObject(silence);
      const made = await createIdentity({ paths, force: true }, modules);
      expect(made.record.nodeKeyHash).toMatch(/^0x/);
      expect(readdirSync(paths.stateDir).map((name) => join(paths.stateDir, name))).toContain(archived);
    },
  );

  it('is not changed by a byte by being asked, and nothing is put beside it', async () => {
    for (const damage of ['its tallies garbage', 'no database'] as const) {
      const { paths } = await withBroken(damage);
      openDatabase(paths.journalFile).close();
      const before = filesUnder(paths.stateDir);
      try {
        keyNamedByJournals(paths);
      } catch {
        // What it says is another test's.
      }
      const changed = [...filesUnder(paths.stateDir)].filter(([path, text]) => before.get(path) !== text);
      expect(changed.map(([path]) => path)).toEqual([]);
    }
  });

  it('says less than the journal in use, and the newest that says anything counts', async () => {
    const { paths, nodeKeyHash, archived } = await withBroken('its tallies garbage');
    copyFileSync(archived, archived.replace(/broken-.*/, 'broken-20200101T000000Z'));
    writeFileSync(archived.replace(/broken-.*/, 'broken-20210101T000000Z'), 'garbage');
    expect(keyNamedByJournals(paths)).toBe(nodeKeyHash);
    const current = someHash();
    writeJournal(paths.journalFile, current);
    expect(keyNamedByJournals(paths)).toBe(current);
  });

  it('that holds something in its write-ahead log only is not taken to name none', async () => {
    const { paths } = await identityState();
    const archived = `${paths.journalFile}.broken-20260102T030405Z`;
    const database = openDatabase(paths.journalFile);
    copyFileSync(paths.journalFile, archived);
    database.close();
    expect(keyNamedByJournals(paths)).toBeNull();
    writeFileSync(`${archived}-wal`, 'something');
    expect(() => keyNamedByJournals(paths)).toThrowError(expect.objectContaining({ code: 'key-unknown' }));
  });

  it('that cannot even be opened says nothing', async () => {
    const { paths } = await identityState();
    mkdirSync(`${paths.journalFile}.broken-20260102T030405Z`);
    expect(() => keyNamedByJournals(paths)).toThrowError(expect.objectContaining({ code: 'key-unknown' }));
  });
});

describe('the journal in use', () => {
  it('that is broken and not archived yet says nothing either', async () => {
    const { paths, modules } = await identityState();
    writeFileSync(paths.journalFile, 'garbage '.repeat(1000));
    const withJournals = { ...modules, journalNamesKey: () => keyNamedByJournals(paths) };
    await expect(createIdentity({ paths }, withJournals)).rejects.toMatchObject({
      code: 'key-unknown',
      details: { path: paths.journalFile },
    });
  });

  it('names the address of a tally when every row was pruned', async () => {
    const { paths } = await identityState();
    const nodeKeyHash = someHash();
    writeJournal(paths.journalFile, nodeKeyHash);
    const database = openDatabase(paths.journalFile);
    const nodeAddress = `0x${nodeKeyHash.slice(-40)}`;
    database.exec(`DELETE FROM requests; INSERT INTO tallies VALUES ('${nodeAddress}', '7', 'delivered', 9)`);
    expect(keyNamedByJournals(paths, database)).toBe(nodeAddress);
    database.close();
    expect(keyNamedByJournals(paths)).toBe(nodeAddress);
  });
});

describe('a restored key', () => {
  const incomingKey = () => {
    const privateKey = generatePrivateKey();
    const incoming = { privateKey, nodeId: null, owner: null, source: '/backup.json' };
    return { incoming, nodeKeyHash: createNodeKey(privateKey).nodeKeyHash };
  };
  const plainly = { differentKey: false, quarantine: true, wallets: [] };

  it('comes back where a journal that does not say is all that is left', async () => {
    const { paths, modules } = await withBroken('no database');
    const { incoming, nodeKeyHash } = incomingKey();
    const adopted = await adoptKey({ paths, incoming, ...plainly }, modules);
    expect(adopted.record.nodeKeyHash).toBe(nodeKeyHash);
  });

  it('is refused where a journal that was archived names another, and taken where it names this one', async () => {
    const { incoming, nodeKeyHash } = incomingKey();
    const other = await withBroken('its tallies garbage');
    await expect(adoptKey({ paths: other.paths, incoming, ...plainly }, other.modules)).rejects.toMatchObject(
      { code: 'key-not-expected', details: { expected: other.nodeKeyHash } },
    );
    const same = await withBroken('its tallies garbage', nodeKeyHash);
    expect((await adoptKey({ paths: same.paths, incoming, ...plainly }, same.modules)).quarantined).toBe(
      true,
    );
  });

  it('is known by its address alone', async () => {
    const { paths, modules } = await identityState();
    const { incoming, nodeKeyHash } = incomingKey();
    const named = (journalNamesKey: string) => ({ ...modules, journalNamesKey: () => journalNamesKey });
    await expect(
      adoptKey({ paths, incoming, ...plainly }, named(`0x${'11'.repeat(20)}`)),
    ).rejects.toMatchObject({ code: 'key-not-expected' });
    const byAddress = named(`0x${nodeKeyHash.slice(-40)}`);
    expect((await adoptKey({ paths, incoming, ...plainly }, byAddress)).quarantined).toBe(true);
  });
});
