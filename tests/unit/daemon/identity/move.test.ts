import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createFileKeyStore } from '../../../../electron/daemon/identity/file-store.ts';
import { openIdentity } from '../../../../electron/daemon/identity/identity.ts';
import type { KeychainStore } from '../../../../electron/daemon/identity/keychain/store.ts';
import { moveKey } from '../../../../electron/daemon/identity/move.ts';
import { createNodeKey, generatePrivateKey } from '../../../../electron/daemon/identity/node-key.ts';
import { readIdentityRecord } from '../../../../electron/daemon/storage/identity-record.ts';
import { NodeError } from '../../../../shared/errors.ts';
import { clock, existing, modulesFor } from '../../../fixtures/identity/identity.ts';
import { standInKeychain } from '../../../fixtures/identity/keychain-stand-in.ts';
import { bundledChild, filesUnder, startChild } from '../../../fixtures/storage/sandbox.ts';

async function fixture(at: 'file' | 'keychain' = 'file') {
  const made = await existing();
  const folder = join(made.paths.stateDir, 'keychain');
  mkdirSync(folder);
  const keychain = standInKeychain(folder);
  const modules = { ...made.modules, keychain };
  if (at === 'keychain') await moveKey({ paths: made.paths, to: 'keychain' }, modules);
  /** Where the key lies, looked up without any code of the product. */
  const places = () => [
    ...(existsSync(made.paths.keyFile) && readFileSync(made.paths.keyFile, 'utf8') === made.privateKey
      ? ['file']
      : []),
    ...readdirSync(folder)
      .filter((name) => readFileSync(join(folder, name), 'utf8') === made.privateKey)
      .map(() => 'keychain'),
  ];
  return { ...made, folder, keychain, modules, places };
}

describe('moving the key', () => {
  it('into the keychain and back leaves it in one place each time, and the identity opens from there', async () => {
    const { paths, modules, record, places } = await fixture();
    const there = await moveKey({ paths, to: 'keychain' }, modules);
    expect(there).toMatchObject({ alreadyThere: false, from: paths.keyFile, to: 'stand-in keychain' });
    expect(places()).toEqual(['keychain']);
    expect(await readIdentityRecord(paths.identityFile)).toMatchObject({
      keyStore: 'keychain',
      keychain: { backend: 'secret-service', program: 'stand-in' },
      nodeId: '4217',
    });
    expect((await openIdentity({ paths }, modules)).key.nodeKeyHash).toBe(record.nodeKeyHash);
    await moveKey({ paths, to: 'file' }, modules);
    expect(places()).toEqual(['file']);
    expect(await readIdentityRecord(paths.identityFile)).toEqual({ ...record, keychain: null });
    expect((await openIdentity({ paths }, modules)).key.nodeKeyHash).toBe(record.nodeKeyHash);
  });

  it('to where it is already changes nothing', async () => {
    const { paths, modules, places } = await fixture();
    const before = [...filesUnder(paths.stateDir)];
    expect(await moveKey({ paths, to: 'file' }, modules)).toMatchObject({ alreadyThere: true });
    expect([...filesUnder(paths.stateDir)]).toEqual(before);
    expect(places()).toEqual(['file']);
  });

  it('to where it is already works where there is no keychain to look into', async () => {
    const { paths, modules } = await fixture();
    const remove = () =>
      Promise.reject(new NodeError('keychain-no-session', { reason: 'no-secret-service' }));
    const keychain = { ...modules.keychain, remove };
    await moveKey({ paths, to: 'file' }, { ...modules, keychain });
  });

  it('out of a file under a passphrase needs the passphrase, and a move back can set one', async () => {
    const { paths, modules, record, privateKey } = await fixture();
    const { keyFile } = paths;
    const passphrase = { existing: () => Promise.resolve('a long passphrase') };
    const locked = createFileKeyStore({ keyFile, passphrase, lockWith: 'a long passphrase', cost: 1024 });
    await modules.fileStore.protect(record.nodeKeyHash, 'a long passphrase');
    await expect(moveKey({ paths, to: 'keychain' }, modules)).rejects.toMatchObject({
      code: 'passphrase-needed',
    });
    await moveKey({ paths, to: 'keychain' }, { ...modules, fileStore: locked });
    await moveKey({ paths, to: 'file' }, { ...modules, fileStore: locked });
    expect(readFileSync(keyFile, 'utf8')).not.toContain(privateKey);
    expect(await locked.read(record.nodeKeyHash)).toBe(privateKey);
  });

  it.each<[string, 'file' | 'keychain', (keychain: KeychainStore) => Partial<KeychainStore>]>([
    [
      'refuses the entry',
      'keychain',
      () => ({
        add: () => Promise.reject(new NodeError('keychain-denied', { place: 'k', reason: 'refused' })),
      }),
    ],
    ['takes it and forgets it', 'keychain', () => ({ add: async () => {} })],
    [
      'takes it and gives back another key',
      'keychain',
      () => ({ add: async () => {}, read: async () => generatePrivateKey() }),
    ],
    [
      'is locked',
      'file',
      () => ({
        read: () => Promise.reject(new NodeError('keychain-locked', { place: 'k', dismissed: false })),
      }),
    ],
    ['lost the entry', 'file', (keychain) => ({ read: (hash) => keychain.read(`${hash.slice(0, -1)}x`) })],
  ])('is cancelled when the keychain %s, before anything is erased', async (_what, to, faults) => {
    const { paths, modules, places } = await fixture(to === 'file' ? 'keychain' : 'file');
    const before = [...filesUnder(paths.stateDir)];
    const keychain = { ...modules.keychain, ...faults(modules.keychain) };
    await expect(moveKey({ paths, to }, { ...modules, keychain })).rejects.toThrow(NodeError);
    expect([...filesUnder(paths.stateDir)]).toEqual(before);
    expect(places()).toEqual([to === 'file' ? 'keychain' : 'file']);
  });

  it('is cancelled when another key stands in the new place', async () => {
    const { paths, modules, places } = await fixture('keychain');
    const other = generatePrivateKey();
    writeFileSync(paths.keyFile, other, { mode: 0o600 });
    await expect(moveKey({ paths, to: 'file' }, modules)).rejects.toMatchObject({
      code: 'key-exists',
      details: { nodeKeyHash: createNodeKey(other).nodeKeyHash },
    });
    expect(places()).toEqual(['keychain']);
    expect(readFileSync(paths.keyFile, 'utf8')).toBe(other);
  });

  it('erases nothing on the word of a proof that does not hold', async () => {
    const { paths, modules, record, privateKey } = await fixture();
    const { fileStore } = modules;
    const proof = (read: () => Promise<string>) => ({ kind: 'moved' as const, place: 'there', read });
    const hash = record.nodeKeyHash;
    await expect(
      fileStore.remove(
        hash,
        proof(async () => generatePrivateKey()),
      ),
    ).rejects.toMatchObject({ code: 'key-differs' });
    await expect(
      fileStore.remove(
        hash,
        proof(async () => ''),
      ),
    ).rejects.toMatchObject({ code: 'key-malformed' });
    await expect(
      fileStore.remove(
        hash,
        proof(() => Promise.reject(new Error('gone'))),
      ),
    ).rejects.toThrow('gone');
    expect(readFileSync(paths.keyFile, 'utf8')).toBe(privateKey);
    await fileStore.remove(
      hash,
      proof(async () => privateKey),
    );
    expect(existsSync(paths.keyFile)).toBe(false);
  });
});

/** Moves the key in a process that kills itself before or after its n-th call on a store. */
const mover = `
  const [stateDir, folder, to, when, nth] = process.argv.slice(1);
  const { systemClock } = await import('@/system/clock.ts');
  const { statePaths } = await import('@/storage/paths.ts');
  const { createFileKeyStore } = await import('@/identity/file-store.ts');
  const { moveKey } = await import('@/identity/move.ts');
  const { standInKeychain } = await import('@/../../tests/fixtures/identity/keychain-stand-in.ts');
  const paths = statePaths({ stateDir, env: {}, platform: process.platform, homeDir: '/home/nobody' });
  let calls = 0;
  const die = (moment, call) => { if (moment === when && call === Number(nth)) process.kill(process.pid, 'SIGKILL'); };
  const mortal = (store) => Object.fromEntries(Object.entries(store).map(([name, member]) =>
    [name, typeof member !== 'function' || name === 'place' ? member : async (...args) => {
      const call = ++calls;
      die('before', call);
      const result = await member(...args);
      die('after', call);
      return result;
    }]));
  const fileStore = mortal(createFileKeyStore({ keyFile: paths.keyFile }));
  const keychain = mortal(standInKeychain(folder));
  await moveKey({ paths, to }, { clock: systemClock, fileStore, keychain, journalNamesKey: () => null });
  console.log('calls ' + calls);
`;

describe('a move that is killed', () => {
  it.each(['keychain', 'file'] as const)(
    'at any step towards the %s leaves the key in at least one place, and a second attempt completes it',
    async (to) => {
      const whole = await fixture(to === 'file' ? 'keychain' : 'file');
      const program = await bundledChild(mover);
      const counting = await startChild(program, [whole.paths.stateDir, whole.folder, to, 'never', '0'])
        .ended;
      const steps = Number(/calls (\d+)/.exec(counting.output)?.[1] ?? counting.errors);
      expect(steps).toBeGreaterThan(4);
      const seen = new Set<string>();
      for (let step = 1; step <= steps; step++) {
        for (const when of ['before', 'after']) {
          const { paths, folder, modules, places, record } = await fixture(
            to === 'file' ? 'keychain' : 'file',
          );
          const child = startChild(program, [paths.stateDir, folder, to, when, String(step)]);
          expect(await child.ended).toMatchObject({ signal: 'SIGKILL' });
          const left = places();
          expect(left.length, `${when} step ${step}`).toBeGreaterThan(0);
          seen.add(left.join());
          // Whatever the record says, the key is where it says.
          expect((await openIdentity({ paths }, modules)).key.nodeKeyHash).toBe(record.nodeKeyHash);
          await moveKey({ paths, to }, modules);
          expect(places()).toEqual([to]);
          expect((await openIdentity({ paths }, modules)).key.nodeKeyHash).toBe(record.nodeKeyHash);
          rmSync(paths.stateDir, { recursive: true });
        }
      }
      // The kills hit every stretch of the way.
      expect([...seen].toSorted()).toEqual(['file', 'file,keychain', 'keychain']);
    },
  );
});

describe('without a record', () => {
  it('there is nothing to move', async () => {
    const { paths, modules } = await fixture();
    rmSync(paths.identityFile);
    await expect(moveKey({ paths, to: 'keychain' }, modules)).rejects.toMatchObject({ code: 'no-identity' });
    expect(modulesFor(paths).clock).toBe(clock);
  });
});
