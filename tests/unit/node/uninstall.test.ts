import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Registration } from '../../../electron/daemon/coordinator/client.ts';
import { createIdentity } from '../../../electron/daemon/identity/identity.ts';
import { moveKey } from '../../../electron/daemon/identity/move.ts';
import { quarantineKey } from '../../../electron/daemon/identity/quarantine.ts';
import { acquireLock } from '../../../electron/daemon/storage/lock.ts';
import { readStateDirectory } from '../../../electron/daemon/storage/state-files.ts';
import { removeNodeData } from '../../../electron/node/operations/uninstall.ts';
import { NodeError } from '../../../shared/errors.ts';
import { clock, identityState, keysUnder } from '../../fixtures/identity/identity.ts';
import { standInKeychain } from '../../fixtures/identity/keychain-stand-in.ts';
import { breakJournal, writeJournal } from '../../fixtures/serving/journal.ts';
import { filesUnder, temporaryFolder } from '../../fixtures/storage/sandbox.ts';
import { kept, notRegistered, uninstallFixture } from '../../fixtures/uninstall.ts';

const registered = (stakePrlx: string | null): Registration => ({
  kind: 'registered',
  nodeId: '4217',
  owner: `0x${'ab'.repeat(20)}`,
  tier: 1,
  stakePrlx,
});

describe('removing the data of a node', () => {
  it('leaves nothing of it, and the backup elsewhere untouched', async () => {
    const { paths, backup, remove, key, asked } = await uninstallFixture();
    const before = readFileSync(backup, 'utf8');
    const { removed, kept: stays, plan } = await remove();
    expect(existsSync(paths.stateDir)).toBe(false);
    expect(stays).toEqual([]);
    expect(removed).toContain(paths.keyFile);
    expect(removed.at(-1)).toBe(paths.stateDir);
    expect(readFileSync(backup, 'utf8')).toBe(before);
    expect(asked).toEqual([key.nodeKeyHash]);
    expect(plan.keys).toMatchObject([{ backup: 'found', backupPath: backup, stake: 'none' }]);
  });

  it('shows what will go before anything goes, and nothing goes when that is declined', async () => {
    const { paths, remove, plan } = await uninstallFixture();
    const before = kept(paths);
    const confirm = async () => {
      expect(kept(paths)).toEqual(before);
      throw new NodeError('cancelled', { reason: 'aborted' });
    };
    await expect(remove({ confirm })).rejects.toMatchObject({ code: 'cancelled' });
    expect(kept(paths)).toEqual(before);
    const shown = plan()?.files ?? [];
    for (const path of before.keys()) expect(shown).toContain(path);
    // The lock was free again.
    await remove();
  });

  it('is refused while the node runs, however often it is said', async () => {
    const { paths, remove } = await uninstallFixture();
    const lock = await acquireLock({ paths, version: '0' }, { clock });
    const before = kept(paths);
    for (const loseKey of [false, true]) {
      await expect(remove({ loseKey })).rejects.toMatchObject({ code: 'other-daemon' });
    }
    expect(kept(paths)).toEqual(before);
    await lock.release();
  });
});

describe('what would be lost', () => {
  type Fixture = Awaited<ReturnType<typeof uninstallFixture>>;
  const cases: { what: string; backup?: boolean; prepare: (fixture: Fixture) => unknown; says: object }[] = [
    {
      what: 'a key that never had a backup',
      backup: false,
      prepare: () => {},
      says: { undelivered: 0, keys: [{ backup: 'none', stake: 'none' }] },
    },
    {
      what: 'a key whose backup was moved away or deleted',
      prepare: ({ backup }) => renameSync(backup, `${backup}.elsewhere`),
      says: { keys: [{ backup: 'elsewhere' }] },
    },
    {
      what: 'a key whose backup was overwritten by something else',
      prepare: ({ backup }) => writeFileSync(backup, 'notes'),
      says: { keys: [{ backup: 'elsewhere' }] },
    },
    {
      what: 'a key whose only backup would go with it',
      prepare: ({ backup, paths }) => {
        const inside = join(paths.backupDir, 'node-01234567-20260102T030405Z.key');
        renameSync(backup, inside);
        writeFileSync(
          paths.backupIndexFile,
          readFileSync(paths.backupIndexFile, 'utf8').replace(backup, inside),
        );
      },
      says: { keys: [{ backup: 'elsewhere' }] },
    },
    {
      what: 'the key of a node that is staked',
      prepare: ({ answers }) => answers(registered('50000')),
      says: { keys: [{ backup: 'found', stake: 'staked', nodeId: '4217' }] },
    },
    {
      what: 'the key of a node that may be staked, for nobody answers',
      prepare: ({ answers }) => answers({ kind: 'unknown', reason: 'http_503', retryAfterMs: null }),
      says: { keys: [{ stake: 'unknown', stakeReason: 'http_503' }] },
    },
    {
      what: 'the key of a node of which the network does not tell the stake',
      prepare: ({ answers }) => answers(registered(null)),
      says: { keys: [{ stake: 'unknown' }] },
    },
    {
      what: 'a key that was archived',
      prepare: async ({ paths, modules }) => {
        await createIdentity({ paths, force: true }, modules);
      },
      says: { keys: [{ backup: 'none' }, { backup: 'found' }] },
    },
    {
      what: 'a file beside it that nobody can read as a key',
      prepare: ({ paths }) =>
        writeFileSync(join(paths.backupDir, 'node-unreadable-20260102T030405Z-2.key'), 'torn'),
      says: { keys: [{ stake: 'none' }, { nodeKeyHash: null, stake: 'unknown', backup: 'none' }] },
    },
    {
      what: 'finished answers that the network has not got',
      prepare: ({ paths, key }) =>
        writeJournal(paths.journalFile, key.nodeKeyHash.replace(/^0x../, '0x00'), 2),
      says: { undelivered: 2 },
    },
    {
      what: 'whatever stands in a journal that cannot be read',
      prepare: ({ paths }) => writeFileSync(paths.journalFile, 'garbage '.repeat(1000)),
      says: { undelivered: null },
    },
    {
      what: 'the last witness of a key that is gone already',
      prepare: ({ paths, answers }) => {
        rmSync(paths.keyFile);
        rmSync(paths.identityFile);
        answers(registered('50000'));
      },
      says: { keys: [{ stake: 'staked', backup: 'found' }] },
    },
    {
      what: 'a journal that may be the last witness of a key',
      prepare: ({ paths }) => {
        breakJournal(paths.journalFile, 'no database');
        rmSync(paths.keyFile);
        rmSync(paths.identityFile);
      },
      says: { keys: [{ nodeKeyHash: null, stake: 'unknown' }] },
    },
    {
      what: 'a record that cannot be read, whose key is gone',
      prepare: ({ paths }) => {
        for (const name of readdirSync(paths.stateDir).filter((one) => one.startsWith('journal.db')))
          rmSync(join(paths.stateDir, name));
        rmSync(paths.keyFile);
        writeFileSync(paths.identityFile, '{"schem');
      },
      says: { keys: [{ nodeKeyHash: null, stake: 'unknown' }] },
    },
  ];

  it.each(cases)('$what: nothing is removed until it is said twice', async ({ backup, prepare, says }) => {
    const state = await uninstallFixture(backup === undefined ? {} : { backup });
    const { paths, remove } = state;
    await prepare(state);
    const before = kept(paths);
    await expect(remove()).rejects.toMatchObject({ code: 'uninstall-refused', details: says });
    expect([...kept(paths).keys()]).toEqual([...before.keys()]);
    expect(keysUnder(paths.stateDir)).toEqual(
      new Set(
        [...before].flatMap(([path, text]) =>
          path.endsWith('.key') && /^[0-9a-f]{64}$/.test(text.trim()) ? [text.trim()] : [],
        ),
      ),
    );
    await remove({ loseKey: true });
    expect(existsSync(paths.stateDir)).toBe(false);
  });

  it('is nothing where the stake was withdrawn and the network lists the node still', async () => {
    const { remove, answers, paths } = await uninstallFixture();
    answers(registered('0'));
    await remove();
    expect(existsSync(paths.stateDir)).toBe(false);
  });

  it('is not asked of the network while the key is quarantined', async () => {
    const { remove, paths, key, asked } = await uninstallFixture();
    await quarantineKey(paths, key.nodeKeyHash, 0);
    await expect(remove()).rejects.toMatchObject({ details: { keys: [{ stake: 'unknown' }] } });
    expect(asked).toEqual([]);
  });

  it('is not a key that others can read: whose it is stands in it all the same', async () => {
    const { remove, paths } = await uninstallFixture();
    chmodSync(paths.keyFile, 0o644);
    rmSync(paths.identityFile);
    await remove();
    expect(existsSync(paths.stateDir)).toBe(false);
  });
});

describe('what is not ours', () => {
  it('stays and is named, in every folder', async () => {
    const { paths, remove } = await uninstallFixture();
    const foreign = [
      join(paths.stateDir, 'notes.txt'),
      join(paths.stateDir, 'node.key.old'),
      join(paths.logDir, 'other.log'),
      join(paths.backupDir, 'my-own-backup.json'),
    ];
    for (const path of foreign) writeFileSync(path, 'mine');
    mkdirSync(join(paths.stateDir, 'settings.json.broken-20260102T030405Z'));
    foreign.push(join(paths.stateDir, 'settings.json.broken-20260102T030405Z'));
    const { kept: stays, plan } = await remove();
    expect(stays.map(({ path }) => path).toSorted()).toEqual(foreign.toSorted());
    expect([...plan.foreign].toSorted()).toEqual(foreign.toSorted());
    expect([...filesUnder(paths.stateDir).keys()].toSorted()).toEqual(foreign.slice(0, 4).toSorted());
  });

  it('is whatever a link leads to, whether to a file or a folder', async () => {
    const { paths, remove } = await uninstallFixture();
    const outside = await temporaryFolder();
    const target = (name: string) => join(outside, name);
    for (const name of ['node.log', 'start.log', 'probe.json', 'settings.json'])
      writeFileSync(target(name), 'mine');
    rmSync(paths.logDir, { recursive: true });
    symlinkSync(outside, paths.logDir);
    symlinkSync(target('probe.json'), paths.probeCacheFile);
    rmSync(paths.settingsFile);
    symlinkSync(target('settings.json'), paths.settingsFile);
    const { kept: stays } = await remove();
    expect(stays.map(({ path }) => path).toSorted()).toEqual(
      [paths.logDir, paths.probeCacheFile, paths.settingsFile].toSorted(),
    );
    for (const name of readdirSync(outside)) expect(readFileSync(target(name), 'utf8')).toBe('mine');
    expect(readdirSync(outside)).toHaveLength(4);
  });

  it('is a link in place of the key; that nobody knows whose it is has to be said twice', async () => {
    const { paths, remove, privateKey } = await uninstallFixture();
    const outside = join(await temporaryFolder(), 'k');
    writeFileSync(outside, privateKey, { mode: 0o600 });
    rmSync(paths.keyFile);
    rmSync(paths.identityFile);
    symlinkSync(outside, paths.keyFile);
    await expect(remove()).rejects.toMatchObject({ details: { keys: [{ nodeKeyHash: null }] } });
    const { kept: stays } = await remove({ loseKey: true });
    expect(stays).toEqual([{ path: paths.keyFile, reason: 'not-ours' }]);
    expect(readFileSync(outside, 'utf8')).toBe(privateKey);
  });

  it('is a whole directory that shows no trace of a node, whatever the names in it', async () => {
    const { paths } = await identityState();
    rmSync(paths.stateDir, { recursive: true });
    mkdirSync(paths.backupDir, { recursive: true, mode: 0o755 });
    for (const path of [paths.settingsFile, join(paths.backupDir, 'node-01234567-20260102T030405Z.key')])
      writeFileSync(path, 'mine');
    const before = filesUnder(paths.stateDir);
    const options = { paths, version: '0', loseKey: true, confirm: async () => {} };
    const keychain = standInKeychain(await temporaryFolder());
    const { removed } = await removeNodeData(options, { clock, keychain, lookUp: async () => notRegistered });
    expect(removed).toEqual([]);
    expect(filesUnder(paths.stateDir)).toEqual(before);
    expect(statSync(paths.stateDir).mode & 0o777).toBe(0o755);
  });

  it('and one that is not there is not made', async () => {
    const { paths } = await identityState();
    rmSync(paths.stateDir, { recursive: true });
    const options = { paths, version: '0', loseKey: false, confirm: async () => {} };
    const keychain = standInKeychain(await temporaryFolder());
    const { removed } = await removeNodeData(options, { clock, keychain, lookUp: async () => notRegistered });
    expect(removed).toEqual([]);
    expect(existsSync(paths.stateDir)).toBe(false);
  });

  it('is nothing of what this program writes: every file that has a name is known', async () => {
    const { paths, key } = await uninstallFixture();
    const folders = [paths.stateDir, paths.logDir, paths.backupDir];
    const named = Object.values(paths).filter(
      (value): value is string =>
        typeof value === 'string' && value.startsWith(paths.stateDir) && !folders.includes(value),
    );
    expect(named.length).toBeGreaterThan(12);
    for (const path of named) if (!existsSync(path)) writeFileSync(path, '');
    for (const path of named) linkSync(path, path.replace(/([^/]+)$/, '.$1.0123456789abcdef.tmp'));
    breakJournal(paths.journalFile, 'no database');
    writeJournal(paths.journalFile, key.nodeKeyHash);
    const { ours, foreign } = await readStateDirectory(paths);
    expect(foreign).toEqual([]);
    for (const path of named) expect(ours.map((one) => one.path)).toContain(path);
  });
});

describe('a key in the keychain', () => {
  async function inKeychain() {
    const state = await uninstallFixture();
    const { paths, modules, keychain } = state;
    await moveKey({ paths, to: 'keychain' }, { ...modules, keychain });
    return state;
  }

  it('goes with the rest, and no other entry does', async () => {
    const { remove, keychainFolder, key, paths } = await inKeychain();
    writeFileSync(join(keychainFolder, 'another'), 'entry');
    const { removed, plan } = await remove();
    expect(readdirSync(keychainFolder)).toEqual(['another']);
    expect(plan.keychainEntry).toBe(key.nodeKeyHash);
    expect(removed).toContain(`stand-in keychain: ${key.nodeKeyHash}`);
    expect(existsSync(paths.stateDir)).toBe(false);
  });

  it('stays where a link stands in place of the record that names it', async () => {
    const { remove, keychainFolder, key, paths } = await inKeychain();
    const elsewhere = join(await temporaryFolder(), 'record.json');
    renameSync(paths.identityFile, elsewhere);
    symlinkSync(elsewhere, paths.identityFile);
    const { kept: stays } = await remove();
    expect(stays).toEqual([{ path: paths.identityFile, reason: 'not-ours' }]);
    expect(readdirSync(keychainFolder)).toEqual([key.nodeKeyHash]);
    expect(existsSync(elsewhere)).toBe(true);
  });

  it('that cannot be reached stops it before anything is removed; said twice the entry stays and is named', async () => {
    const { remove, keychain, keychainFolder, paths, key } = await inKeychain();
    const before = kept(paths);
    const locked = { status: 'locked', objects: [], program: null } as const;
    const { inspect, erase } = keychain;
    keychain.inspect = async () => locked;
    keychain.erase = async () => {
      throw new NodeError('keychain-locked', { place: 'stand-in keychain', dismissed: false });
    };
    await expect(remove()).rejects.toMatchObject({ code: 'keychain-locked' });
    expect(kept(paths)).toEqual(before);
    const { kept: stays } = await remove({ loseKey: true });
    expect(stays).toEqual([{ path: `stand-in keychain: ${key.nodeKeyHash}`, reason: 'keychain-locked' }]);
    expect(readdirSync(keychainFolder)).toEqual([key.nodeKeyHash]);
    Object.assign(keychain, { inspect, erase });
  });
});
