import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  createIdentity,
  openIdentity,
  rebuildIdentity,
  updateRegistration,
} from '../../../../electron/daemon/identity/identity.ts';
import type { KeychainKeyStore } from '../../../../electron/daemon/identity/key-store.ts';
import { generatePrivateKey } from '../../../../electron/daemon/identity/node-key.ts';
import {
  readIdentityRecord,
  writeIdentityRecord,
} from '../../../../electron/daemon/storage/identity-record.ts';
import { systemClock } from '../../../../electron/daemon/system/clock.ts';

import { clock, existing, identityState, removeFile } from '../../../fixtures/identity/identity.ts';

describe('the record', () => {
  it('is rebuilt openly from the key when it is gone, without node id and owner', async () => {
    const { paths, modules, key, record } = await existing();
    await removeFile(paths.identityFile);
    const opened = await openIdentity({ paths }, modules);
    expect(opened.rebuilt).toBe(true);
    expect(opened.key.nodeKeyHash).toBe(key.nodeKeyHash);
    expect(opened.record).toEqual({ ...record, nodeId: null, owner: null });
    expect((await openIdentity({ paths }, modules)).rebuilt).toBe(false);
  });

  it('that is torn is rebuilt only on request, and the torn one is kept', async () => {
    const { paths, modules, key } = await existing();
    writeFileSync(paths.identityFile, '{"schemaVersion": 1, "nodeKey');
    await expect(openIdentity({ paths }, modules)).rejects.toMatchObject({
      code: 'identity-unreadable',
      details: { path: paths.identityFile, reason: 'not-json' },
    });
    const rebuilt = await rebuildIdentity({ paths }, modules);
    expect(rebuilt.rebuilt).toBe(true);
    expect(rebuilt.key.nodeKeyHash).toBe(key.nodeKeyHash);
    expect(readFileSync(rebuilt.backup?.recordFile ?? '', 'utf8')).toBe('{"schemaVersion": 1, "nodeKey');
    expect(rebuilt.backup?.keyFile).toBeNull();
    expect((await openIdentity({ paths }, modules)).key.nodeKeyHash).toBe(key.nodeKeyHash);
  });

  it('cannot be rebuilt without a key', async () => {
    const { paths, modules } = await existing();
    await removeFile(paths.keyFile);
    writeFileSync(paths.identityFile, '');
    await expect(rebuildIdentity({ paths }, modules)).rejects.toMatchObject({ code: 'key-missing' });
    expect(readFileSync(paths.identityFile, 'utf8')).toBe('');
  });

  it('takes a node id and owner later, without touching the key fields or what a newer version added', async () => {
    const { paths, record, key } = await existing();
    await writeIdentityRecord(paths.identityFile, { ...record, laterField: { kept: true } });
    const options = { paths, nodeKeyHash: key.nodeKeyHash };
    const changed = await updateRegistration(options, { nodeId: '99' }, { clock });
    expect(changed).toEqual({ ...record, nodeId: '99', laterField: { kept: true } });
    await updateRegistration(options, { owner: null }, { clock });
    expect(await readIdentityRecord(paths.identityFile)).toEqual({ ...changed, owner: null });
    expect(statSync(paths.identityFile).mode & 0o777).toBe(0o600);
  });

  it('takes concurrent changes of different fields, all of them', async () => {
    const { paths, key } = await existing();
    const options = { paths, nodeKeyHash: key.nodeKeyHash };
    const other = `0x${'cd'.repeat(20)}`;
    await Promise.all([
      updateRegistration(options, { nodeId: '7' }, { clock: systemClock }),
      updateRegistration(options, { owner: other }, { clock: systemClock }),
    ]);
    expect(await readIdentityRecord(paths.identityFile)).toMatchObject({ nodeId: '7', owner: other });
  });

  it('of another key is not given this registration', async () => {
    const { paths, record } = await existing();
    const options = { paths, nodeKeyHash: `0x${'00'.repeat(32)}` };
    await expect(updateRegistration(options, { nodeId: '1' }, { clock })).rejects.toMatchObject({
      code: 'key-differs',
    });
    expect(await readIdentityRecord(paths.identityFile)).toEqual(record);
  });

  it.each([
    ['empty', () => '', 'empty'],
    ['null', () => 'null', 'record'],
    [
      'from a newer version',
      (text: string) => text.replace('"schemaVersion": 1', '"schemaVersion": 2'),
      'newer-schema(2)',
    ],
    [
      'whose address is not of its hash',
      (text: string) => text.replace(/"0x[0-9a-f]{40}"/, `"0x${'11'.repeat(20)}"`),
      'nodeAddress',
    ],
    ['with a node id that is a number', (text: string) => text.replace('"4217"', '4217'), 'nodeId'],
    ['a megabyte long', (text: string) => text + ' '.repeat(1_048_576), 'too-large'],
  ])('%s is unreadable, and stays as it is', async (_what, change, reason) => {
    const { paths, modules } = await existing();
    const text = change(readFileSync(paths.identityFile, 'utf8'));
    writeFileSync(paths.identityFile, text);
    await expect(openIdentity({ paths }, modules)).rejects.toMatchObject({
      code: 'identity-unreadable',
      details: { reason: expect.stringContaining(reason) },
    });
    expect(readFileSync(paths.identityFile, 'utf8')).toBe(text);
  });

  it('that is a folder is unreadable, not missing', async () => {
    const { paths, modules } = await existing();
    await removeFile(paths.identityFile);
    mkdirSync(paths.identityFile);
    await expect(openIdentity({ paths }, modules)).rejects.toMatchObject({ code: 'identity-unreadable' });
    await expect(createIdentity({ paths }, modules)).rejects.toMatchObject({ code: 'identity-unreadable' });
  });
});

describe('a key that the keychain keeps', () => {
  function memoryKeychain(): KeychainKeyStore & { keys: Map<string, string> } {
    const keys = new Map<string, string>();
    return {
      kind: 'keychain',
      keys,
      location: () => 'keychain',
      facts: async () => ({ backend: 'secret-service', program: null }),
      named: async () => [...keys.keys()][0] ?? null,
      async read(nodeKeyHash) {
        return keys.get(nodeKeyHash) ?? '';
      },
      async add(nodeKeyHash, privateKeyHex) {
        keys.set(nodeKeyHash, privateKeyHex);
      },
    };
  }

  it('is read through it, and by no host that was given none', async () => {
    const { paths, modules } = await identityState();
    const keychain = memoryKeychain();
    const { key, place } = await createIdentity({ paths, keyStore: 'keychain' }, { ...modules, keychain });
    expect(place).toBe('keychain');
    expect(existsSync(paths.keyFile)).toBe(false);
    expect((await openIdentity({ paths }, { ...modules, keychain })).key.nodeKeyHash).toBe(key.nodeKeyHash);
    await expect(openIdentity({ paths }, modules)).rejects.toMatchObject({ code: 'key-unreadable' });
    await expect(createIdentity({ paths }, modules)).rejects.toMatchObject({ code: 'key-unreadable' });
  });

  it('that was swapped in the keychain is said to differ', async () => {
    const { paths, modules } = await identityState();
    const keychain = memoryKeychain();
    const { key } = await createIdentity({ paths, keyStore: 'keychain' }, { ...modules, keychain });
    keychain.keys.set(key.nodeKeyHash, generatePrivateKey());
    await expect(openIdentity({ paths }, { ...modules, keychain })).rejects.toMatchObject({
      code: 'key-differs',
    });
  });
});
