import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decryptKeystoreJson } from 'ethers/wallet';
import { describe, expect, it } from 'vitest';
import { makeBackup, openBackup } from '../../../../electron/daemon/identity/backup.ts';
import {
  createBackupWatch,
  lastBackupOf,
  readBackupIndex,
} from '../../../../electron/daemon/identity/backup-index.ts';
import { existing, owner } from '../../../fixtures/identity/identity.ts';
import { createSimulatedClock } from '../../../fixtures/simulated-clock.ts';
import { filesUnder, temporaryFolder } from '../../../fixtures/storage/sandbox.ts';

const passphrase = 'a passphrase of some length';
const network = { coordinatorUrl: 'https://parallelix.io/api', chainId: 1 };
const cost = 2 ** 10;

async function fixture() {
  const made = await existing();
  const folder = await temporaryFolder();
  const file = join(folder, 'backup.json');
  const { paths, record, modules } = made;
  const options = { paths, file, passphrase, record, network, cost };
  return { ...made, folder, file, options, back: { clock: modules.clock, store: modules.fileStore } };
}

describe('a backup', () => {
  it('is one 0600 file with node id, owner, network and hash beside the locked key, and opens elsewhere', async () => {
    const { options, back, file, folder, record, privateKey, modules } = await fixture();
    const made = await makeBackup(options, back);
    expect(made).toMatchObject({ path: file, atMs: modules.clock.now() });
    expect(readdirSync(folder)).toEqual(['backup.json']);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const text = readFileSync(file, 'utf8');
    expect(JSON.parse(text)).toMatchObject({
      version: 3,
      address: record.nodeAddress.slice(2),
      parallelix: {
        schemaVersion: 1,
        kind: 'backup',
        nodeKeyHash: record.nodeKeyHash,
        nodeAddress: record.nodeAddress,
        nodeId: '4217',
        owner: owner.toLowerCase(),
        network,
        createdAt: '2026-01-02T03:04:05.000Z',
      },
    });
    expect((await decryptKeystoreJson(text, passphrase)).privateKey).toBe(`0x${privateKey}`);
    expect(text).not.toContain(privateKey);
  });

  it('is noted once it was proven, for its key alone', async () => {
    const { options, back, file, paths, record } = await fixture();
    expect(await lastBackupOf(paths, record.nodeKeyHash)).toBeNull();
    const { atMs } = await makeBackup(options, back);
    expect(await lastBackupOf(paths, record.nodeKeyHash)).toEqual({
      nodeKeyHash: record.nodeKeyHash,
      path: file,
      atMs,
    });
    expect(await lastBackupOf(paths, `0x${'00'.repeat(32)}`)).toBeNull();
    expect(statSync(paths.backupIndexFile).mode & 0o777).toBe(0o600);
  });

  it.each([
    ['a file', (path: string) => writeFileSync(path, 'mine')],
    ['a directory', (path: string) => mkdirSync(path)],
    ['a link to nowhere', (path: string) => symlinkSync('/nonexistent', path)],
  ])('is never written over %s', async (_what, place) => {
    const { options, back, file, folder, paths } = await fixture();
    place(file);
    const before = [...filesUnder(folder)];
    await expect(makeBackup(options, back)).rejects.toMatchObject({
      code: 'backup-exists',
      details: { path: file },
    });
    expect([...filesUnder(folder)]).toEqual(before);
    expect(readdirSync(folder)).toEqual(['backup.json']);
    expect(await readBackupIndex(paths)).toEqual([]);
  });

  it.each([
    ['comes back torn', (text: string) => text.slice(0, -200)],
    ['comes back with another ciphertext', (text: string) => text.replace(/("ciphertext": ")../, '$1zz')],
    [
      'comes back with a flipped bit',
      (text: string) =>
        text.replace(/("mac": ")(.)/, (_all, head, digit) => `${head}${digit === '0' ? '1' : '0'}`),
    ],
    ['comes back with another node id', (text: string) => text.replace('"4217"', '"4218"')],
    ['comes back with another owner', (text: string) => text.replace(/("owner": "0x)../, '$100')],
    ['comes back empty', () => ''],
  ])('that %s is no backup: it is removed, not noted, and the key stays', async (_what, spoil) => {
    const { options, back, file, paths, privateKey } = await fixture();
    const readBack = async (path: string) => {
      const text = await readFile(path, 'utf8');
      expect(spoil(text)).not.toBe(text);
      return spoil(text);
    };
    await expect(makeBackup(options, { ...back, readBack })).rejects.toMatchObject({
      code: 'backup-not-written',
    });
    expect(existsSync(file)).toBe(false);
    expect(await readBackupIndex(paths)).toEqual([]);
    expect(readFileSync(paths.keyFile, 'utf8')).toBe(privateKey);
  });

  it('to a directory that is not there, or where nothing may be written, says so and leaves nothing', async () => {
    const { options, back, folder } = await fixture();
    const missing = { ...options, file: join(folder, 'none', 'b.json') };
    await expect(makeBackup(missing, back)).rejects.toMatchObject({
      code: 'backup-not-written',
      details: { reason: 'ENOENT' },
    });
    if (process.geteuid?.() !== 0) {
      chmodSync(folder, 0o500);
      await expect(makeBackup(options, back)).rejects.toMatchObject({ code: 'backup-not-written' });
      chmodSync(folder, 0o700);
    }
    expect(readdirSync(folder)).toEqual([]);
  });

  it('says when it lies on the disk of the key', async () => {
    const { options, back } = await fixture();
    expect((await makeBackup(options, back)).sameDisk).toBe(true);
    const elsewhere = `/dev/shm/pxt-${process.pid}.json`;
    if (!existsSync('/dev/shm') || statSync('/dev/shm').dev === statSync(options.paths.stateDir).dev) return;
    try {
      expect((await makeBackup({ ...options, file: elsewhere }, back)).sameDisk).toBe(false);
    } finally {
      execFileSync('rm', ['-f', elsewhere]);
    }
  });

  it('of a key that cannot be read is not made', async () => {
    const { options, back, file, paths } = await fixture();
    chmodSync(paths.keyFile, 0o644);
    await expect(makeBackup(options, back)).rejects.toMatchObject({ code: 'key-readable-by-others' });
    expect(existsSync(file)).toBe(false);
  });
});

describe('the book of backups', () => {
  it('that is torn counts as empty, and is whole again after the next backup', async () => {
    const { options, back, paths, record } = await fixture();
    writeFileSync(paths.backupIndexFile, '{"schemaVersion": 1, "backups": [{"nodeK');
    expect(await lastBackupOf(paths, record.nodeKeyHash)).toBeNull();
    await makeBackup(options, back);
    expect(await readBackupIndex(paths)).toHaveLength(1);
  });

  it('is watched: a running daemon learns of a backup that another process makes', async () => {
    const { options, back, paths, record } = await fixture();
    const clock = createSimulatedClock();
    const watch = createBackupWatch({ paths, nodeKeyHash: record.nodeKeyHash }, { clock });
    let told = 0;
    watch.onProgress(() => {
      told += 1;
    });
    await watch.refresh();
    watch.start();
    expect(watch.hasBackup).toBe(false);
    await makeBackup(options, back);
    await clock.advance(5000);
    await expect.poll(() => watch.hasBackup, { interval: 5 }).toBe(true);
    expect(told).toBe(1);
    await watch.stop();
  });
});

describe('a file that is to be restored', () => {
  const ask = () => Promise.resolve(passphrase);
  const never = () => Promise.reject(new Error('asked'));

  it('opens with what belongs to it', async () => {
    const { options, back, file, privateKey } = await fixture();
    await makeBackup(options, back);
    expect(await openBackup(file, ask)).toMatchObject({
      privateKey,
      locked: true,
      belonging: { nodeId: '4217', owner: owner.toLowerCase(), network },
    });
  });

  it('may be a plain copy of the key file; nobody is asked for a passphrase', async () => {
    const { paths, privateKey } = await fixture();
    expect(await openBackup(paths.keyFile, never)).toEqual({ privateKey, belonging: null, locked: false });
  });

  it.each([
    ['not there', null, 'backup-unusable'],
    ['a shopping list', 'milk, bread', 'backup-unusable'],
    ['some other JSON', '{"hello": 1}', 'backup-unusable'],
    ['far too long', 'a'.repeat(100_000), 'backup-unusable'],
    ['a seed phrase', Array(12).fill('zebra').join(' '), 'wallet-phrase'],
    ['a seed phrase of 24 words in lines', Array(24).fill('zebra').join('\n'), 'wallet-phrase'],
  ])('that is %s is refused, and none of it is in the error', async (_what, text, code) => {
    const { file } = await fixture();
    if (text !== null) writeFileSync(file, text);
    const failed = await openBackup(file, never).catch((error: unknown) => error);
    expect(failed).toMatchObject({ code });
    expect(String((failed as Error).message)).not.toMatch(/milk|hello|zebra|aaaa/);
  });
});
