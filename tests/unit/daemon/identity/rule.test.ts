import {
  chmodSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createIdentity, openIdentity } from '../../../../electron/daemon/identity/identity.ts';
import { createNodeKey, generatePrivateKey } from '../../../../electron/daemon/identity/node-key.ts';
import { keyNamedByJournals } from '../../../../electron/daemon/serving/journal-key.ts';
import { readIdentityRecord } from '../../../../electron/daemon/storage/identity-record.ts';
import { openSettings } from '../../../../electron/daemon/storage/settings.ts';
import { isNodeError } from '../../../../shared/errors.ts';
import {
  clock,
  existing,
  identityState,
  keysUnder,
  modulesFor,
  owner,
  removeFile,
} from '../../../fixtures/identity/identity.ts';
import { journalStates, loseJournal } from '../../../fixtures/serving/journal.ts';
import { startChild } from '../../../fixtures/storage/sandbox.ts';

describe('a new identity', () => {
  it('is a key and a record that agree, both for this user alone', async () => {
    const { paths, key, record, place, backup, privateKey } = await existing();
    expect(createNodeKey(privateKey).nodeKeyHash).toBe(key.nodeKeyHash);
    expect(record).toMatchObject({
      nodeKeyHash: key.nodeKeyHash,
      nodeAddress: key.nodeAddress,
      nodeId: '4217',
    });
    expect(record.owner).toBe(owner.toLowerCase());
    expect(record.createdAt).toBe('2026-01-02T03:04:05.000Z');
    expect(place).toBe(paths.keyFile);
    expect(backup).toBeNull();
    expect(await readIdentityRecord(paths.identityFile)).toEqual(record);
    for (const file of [paths.keyFile, paths.identityFile]) expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(paths.identityFile, 'utf8')).not.toContain(privateKey);
  });

  it('opens again as the same', async () => {
    const { paths, modules, key, record } = await existing();
    const opened = await openIdentity({ paths }, modules);
    expect(opened.record).toEqual(record);
    expect(opened.key.nodeKeyHash).toBe(key.nodeKeyHash);
    expect(opened.rebuilt).toBe(false);
  });

  it('is refused over an existing one, naming it and its place', async () => {
    const { paths, modules, key, privateKey } = await existing();
    await expect(createIdentity({ paths }, modules)).rejects.toMatchObject({
      code: 'key-exists',
      details: { nodeKeyHash: key.nodeKeyHash, place: paths.keyFile },
    });
    expect(readFileSync(paths.keyFile, 'utf8')).toBe(privateKey);
  });

  it('is refused where only the journal remembers a key, and nothing is opened either', async () => {
    const { paths } = await identityState();
    const modules = modulesFor(paths, `0x${'ab'.repeat(32)}`);
    const expected = { code: 'key-expected', details: { nodeKeyHash: `0x${'ab'.repeat(32)}` } };
    await expect(createIdentity({ paths }, modules)).rejects.toMatchObject(expected);
    await expect(openIdentity({ paths }, modules)).rejects.toMatchObject(expected);
    expect(keysUnder(paths.stateDir)).toEqual(new Set());
  });

  it('is refused when the journal cannot say whether it names a key', async () => {
    const { paths, modules } = await identityState();
    const journalNamesKey = () => {
      throw new Error('database disk image is malformed');
    };
    await expect(createIdentity({ paths }, { ...modules, journalNamesKey })).rejects.toThrow('malformed');
    expect(existsSync(paths.keyFile)).toBe(false);
  });

  it('is made once by eight processes that start at once', async () => {
    const { paths } = await identityState();
    const children = Array.from({ length: 8 }, () =>
      startChild(
        `import { systemClock } from '@/system/clock.ts';
        import { createFileKeyStore } from '@/identity/file-store.ts';
        import { createIdentity } from '@/identity/identity.ts';
        const paths = JSON.parse(process.argv.at(-1));
        const modules = { clock: systemClock, fileStore: createFileKeyStore({ keyFile: paths.keyFile }), journalNamesKey: () => null };
        try { const made = await createIdentity({ paths }, modules); console.log('made ' + made.key.nodeKeyHash); }
        catch (error) { console.log(error.code + ' ' + error.details?.nodeKeyHash); }`,
        [JSON.stringify(paths)],
      ),
    );
    const words = await Promise.all(children.map((child) => child.line()));
    const made = words.filter((word) => word.startsWith('made '));
    expect(made).toHaveLength(1);
    const hash = made[0]?.slice('made '.length);
    expect(words.filter((word) => word === `key-exists ${hash}`)).toHaveLength(7);
    const record = await readIdentityRecord(paths.identityFile);
    expect(record?.nodeKeyHash).toBe(hash);
  });

  it('with a node id or owner that is none leaves nothing behind', async () => {
    const { paths, modules } = await identityState();
    for (const registration of [{ nodeId: '12x' }, { owner: '0x12' }]) {
      await expect(createIdentity({ paths, registration }, modules)).rejects.toMatchObject({
        code: 'setting-invalid',
      });
    }
    expect(existsSync(paths.keyFile)).toBe(false);
    expect(existsSync(paths.identityFile)).toBe(false);
  });
});

const recordStates = ['ok', 'missing', 'torn'] as const;
const keyStates = ['ok', 'missing', 'malformed', 'other', 'readable by others', 'a link'] as const;
const settingsStates = ['ok', 'torn'] as const;

/** What opening must say in each combination of record and key; null: it opens. */
const openingSays: Record<
  (typeof recordStates)[number],
  Record<(typeof keyStates)[number], string | null>
> = {
  ok: {
    ok: null,
    missing: 'key-missing',
    malformed: 'key-malformed',
    other: 'key-differs',
    'readable by others': 'key-readable-by-others',
    'a link': 'key-malformed',
  },
  missing: {
    ok: null,
    missing: 'no-identity',
    malformed: 'key-malformed',
    // Nothing says that it is another's: the record is derived from the key that is there.
    other: null,
    'readable by others': 'key-readable-by-others',
    'a link': 'key-malformed',
  },
  torn: {
    ok: 'identity-unreadable',
    missing: 'identity-unreadable',
    malformed: 'identity-unreadable',
    other: 'identity-unreadable',
    'readable by others': 'identity-unreadable',
    'a link': 'identity-unreadable',
  },
};

describe('whatever was lost, no key is made and none is overwritten', () => {
  const table = recordStates.flatMap((record) =>
    keyStates.flatMap((key) =>
      settingsStates.flatMap((settings) =>
        journalStates.map((journal) => ({ record, key, settings, ...journal })),
      ),
    ),
  );

  async function lose({ record, key, settings, journal }: (typeof table)[number]) {
    const state = await existing();
    const { paths } = state;
    loseJournal(journal, paths.journalFile, state.key.nodeKeyHash);
    const otherKey = generatePrivateKey();
    if (record === 'missing') await removeFile(paths.identityFile);
    if (record === 'torn')
      writeFileSync(paths.identityFile, readFileSync(paths.identityFile, 'utf8').slice(0, 90));
    if (key === 'missing' || key === 'a link') await removeFile(paths.keyFile);
    if (key === 'a link') {
      writeFileSync(join(paths.stateDir, 'linked'), state.privateKey, { mode: 0o600 });
      symlinkSync('linked', paths.keyFile);
    }
    if (key === 'malformed') writeFileSync(paths.keyFile, state.privateKey.slice(0, 20));
    if (key === 'other') writeFileSync(paths.keyFile, otherKey);
    if (key === 'readable by others') chmodSync(paths.keyFile, 0o644);
    writeFileSync(
      paths.settingsFile,
      settings === 'torn' ? '{"schemaVersion": 1, "mod' : '{"schemaVersion": 1}',
    );
    const modules = { ...state.modules, journalNamesKey: () => keyNamedByJournals(paths) };
    return { ...state, modules };
  }

  it.each(table)('record $record, key $key, settings $settings, journal $journal', async (lost) => {
    const { paths, modules } = await lose(lost);
    await openSettings({ paths }, { clock });
    const keysBefore = keysUnder(paths.stateDir);
    const keyBefore = existsSync(paths.keyFile) ? readFileSync(paths.keyFile, 'latin1') : null;
    const recordBefore = existsSync(paths.identityFile) ? readFileSync(paths.identityFile, 'latin1') : null;

    const creation = createIdentity({ paths }, modules);
    const nothingNamesAKey = lost.record === 'missing' && lost.key === 'missing' && lost.journal === 'none';
    if (nothingNamesAKey) {
      // The one case in which a key may be made; opening must have left it to the person.
      await creation;
      await removeFile(paths.keyFile);
      await removeFile(paths.identityFile);
    } else {
      await expect(creation).rejects.toSatisfy((error) => isNodeError(error));
    }
    const opening = openIdentity({ paths }, modules);
    const alone = lost.record === 'missing' && lost.key === 'missing';
    const says = alone ? lost.alone : openingSays[lost.record][lost.key];
    if (says === null) {
      const opened = await opening;
      expect(opened.rebuilt).toBe(lost.record === 'missing');
      expect(keysBefore).toContain(keyBefore);
      expect(opened.key.nodeKeyHash).toBe(createNodeKey(keyBefore ?? '').nodeKeyHash);
    } else {
      await expect(opening).rejects.toMatchObject({ code: says });
    }

    expect(keysUnder(paths.stateDir)).toEqual(keysBefore);
    const keyAfter = existsSync(paths.keyFile) ? readFileSync(paths.keyFile, 'latin1') : null;
    expect(keyAfter).toBe(keyBefore);
    if (!(lost.record === 'missing' && says === null)) {
      const recordAfter = existsSync(paths.identityFile) ? readFileSync(paths.identityFile, 'latin1') : null;
      expect(recordAfter).toBe(recordBefore);
    }
  });

  const movable = table.filter(
    ({ key, journal }) => key !== 'a link' && ['none', 'archived, unreadable'].includes(journal),
  );
  it.each(movable)(
    'by force with record $record, key $key, settings $settings, journal $journal: all of it is in the backup',
    async (lost) => {
      const { paths, modules } = await lose(lost);
      const before = [paths.keyFile, paths.identityFile]
        .filter(existsSync)
        .map((path) => readFileSync(path, 'latin1'));
      const { key, backup } = await createIdentity({ paths, force: true }, modules);
      const kept = [backup?.keyFile, backup?.recordFile].filter((path) => path != null);
      expect(kept.map((path) => readFileSync(path, 'latin1'))).toEqual(before);
      for (const path of kept) expect(join(path, '..')).toBe(paths.backupDir);
      expect((await openIdentity({ paths }, modules)).key.nodeKeyHash).toBe(key.nodeKeyHash);
      expect(before).not.toContain(readFileSync(paths.keyFile, 'latin1'));
    },
  );
});

describe('replacing by force', () => {
  it('leaves a link in place of the key alone, and what it points to', async () => {
    const { paths, modules, privateKey } = await existing();
    renameSync(paths.keyFile, join(paths.stateDir, 'linked'));
    symlinkSync('linked', paths.keyFile);
    await expect(createIdentity({ paths, force: true }, modules)).rejects.toMatchObject({
      code: 'key-malformed',
    });
    expect(readFileSync(paths.keyFile, 'utf8')).toBe(privateKey);
    expect(existsSync(paths.identityFile)).toBe(true);
  });

  it('keeps the old key and record under dated names, mode 0600, and says where', async () => {
    const { paths, modules, key, record, privateKey } = await existing();
    const { backup, record: fresh } = await createIdentity({ paths, force: true }, modules);
    const short = key.nodeKeyHash.slice(2, 10);
    expect(backup).toEqual({
      keyFile: join(paths.backupDir, `node-${short}-20260102T030405Z.key`),
      nodeKeyHash: key.nodeKeyHash,
      recordFile: join(paths.backupDir, `identity-${short}-20260102T030405Z.json`),
    });
    expect(readFileSync(backup?.keyFile ?? '', 'utf8')).toBe(privateKey);
    expect(statSync(backup?.keyFile ?? '').mode & 0o777).toBe(0o600);
    expect(await readIdentityRecord(backup?.recordFile ?? '')).toEqual(record);
    expect(fresh.nodeKeyHash).not.toBe(key.nodeKeyHash);
    expect(fresh.nodeId).toBeNull();
    expect(statSync(paths.backupDir).mode & 0o777).toBe(0o700);
  });

  it('twice within a second loses neither key', async () => {
    const { paths, modules, privateKey } = await existing();
    await createIdentity({ paths, force: true }, modules);
    const second = readFileSync(paths.keyFile, 'utf8');
    await createIdentity({ paths, force: true }, modules);
    const third = readFileSync(paths.keyFile, 'utf8');
    // The same key again under the same name: both backups are kept.
    await removeFile(paths.keyFile);
    writeFileSync(paths.keyFile, privateKey, { mode: 0o600 });
    await createIdentity({ paths, force: true }, modules);
    expect(keysUnder(paths.stateDir)).toEqual(
      new Set([privateKey, second, readFileSync(paths.keyFile, 'utf8')]),
    );
    expect(third).toHaveLength(64);
    expect(readdirSync(paths.backupDir).filter((name) => name.endsWith('-2.key'))).toHaveLength(1);
  });

  it('on an empty directory makes a key and has nothing to keep', async () => {
    const { paths, modules } = await identityState();
    const { backup } = await createIdentity({ paths, force: true }, modules);
    expect(backup).toBeNull();
  });

  it('is allowed where only the journal remembers a key', async () => {
    const { paths } = await identityState();
    const { key } = await createIdentity({ paths, force: true }, modulesFor(paths, 'someone'));
    expect(key.nodeKeyHash).toMatch(/^0x/);
  });

  it('does nothing when the backup folder cannot be made', async () => {
    const { paths, modules, privateKey } = await existing();
    await removeFile(paths.backupDir);
    writeFileSync(paths.backupDir, 'a file in the way');
    await expect(createIdentity({ paths, force: true }, modules)).rejects.toMatchObject({
      code: 'state-dir-unusable',
    });
    expect(readFileSync(paths.keyFile, 'utf8')).toBe(privateKey);
  });
});
