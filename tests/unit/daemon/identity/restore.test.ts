import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { adoptKey } from '../../../../electron/daemon/identity/adopt.ts';
import { openIdentity } from '../../../../electron/daemon/identity/identity.ts';
import { createNodeKey, generatePrivateKey } from '../../../../electron/daemon/identity/node-key.ts';
import {
  endQuarantine,
  readQuarantine,
  refuseWhileQuarantined,
} from '../../../../electron/daemon/identity/quarantine.ts';
import {
  readIdentityRecord,
  writeIdentityRecord,
} from '../../../../electron/daemon/storage/identity-record.ts';
import { existing, identityState, keysUnder, modulesFor } from '../../../fixtures/identity/identity.ts';
import { startChild } from '../../../fixtures/storage/sandbox.ts';

const owner = `0x${'cd'.repeat(20)}`;

function incomingKey(more: { nodeId?: string; owner?: string | null } = {}) {
  const privateKey = generatePrivateKey();
  const { nodeKeyHash, nodeAddress } = createNodeKey(privateKey);
  const incoming = { privateKey, nodeId: '7', owner, source: '/backup.json', ...more };
  return { incoming, nodeKeyHash, nodeAddress };
}

const plainly = { differentKey: false, quarantine: true, wallets: [] };
const told = { ...plainly, differentKey: true };

describe('a restored key', () => {
  it('takes an empty place, with node id and owner, and is quarantined', async () => {
    const { paths, modules } = await identityState();
    const { incoming, nodeKeyHash } = incomingKey();
    const adopted = await adoptKey({ paths, incoming, ...plainly }, modules);
    expect(adopted).toMatchObject({
      alreadyHere: false,
      archived: null,
      quarantined: true,
      place: paths.keyFile,
    });
    expect(readFileSync(paths.keyFile, 'utf8')).toBe(incoming.privateKey);
    expect(statSync(paths.keyFile).mode & 0o777).toBe(0o600);
    expect(await readIdentityRecord(paths.identityFile)).toMatchObject({
      nodeKeyHash,
      nodeId: '7',
      owner,
      keyStore: 'file',
    });
    expect(await readQuarantine(paths)).toMatchObject({ nodeKeyHash });
    await expect(refuseWhileQuarantined(paths, nodeKeyHash)).rejects.toMatchObject({ code: 'node-held' });
    await endQuarantine(paths);
    await refuseWhileQuarantined(paths, nodeKeyHash);
  });

  it('is not quarantined once a person has said that the old machine is off', async () => {
    const { paths, modules } = await identityState();
    const { incoming, nodeKeyHash } = incomingKey();
    await adoptKey({ paths, incoming, ...plainly }, modules);
    const again = await adoptKey({ paths, incoming, ...plainly, quarantine: false }, modules);
    expect(again).toMatchObject({ alreadyHere: true, quarantined: false });
    await refuseWhileQuarantined(paths, nodeKeyHash);
  });

  it('comes back for a record whose key is gone; what the record knows stays', async () => {
    const { paths, modules, record, privateKey } = await existing();
    rmSync(paths.keyFile);
    const incoming = { privateKey, nodeId: '999', owner, source: '/b' };
    const adopted = await adoptKey({ paths, incoming, ...plainly }, modules);
    expect(adopted.record).toEqual({ ...record, keychain: null });
    expect((await openIdentity({ paths }, modules)).key.nodeKeyHash).toBe(record.nodeKeyHash);
  });

  it('comes back from a keychain that lost it, as a file', async () => {
    const { paths, modules, record, privateKey } = await existing();
    rmSync(paths.keyFile);
    await writeIdentityRecord(paths.identityFile, { ...record, keyStore: 'keychain' });
    const incoming = { privateKey, nodeId: null, owner: null, source: '/b' };
    const { record: adopted } = await adoptKey({ paths, incoming, ...plainly }, modules);
    expect(adopted).toMatchObject({ keyStore: 'file', nodeId: '4217' });
    expect((await openIdentity({ paths }, modules)).key.nodeKeyHash).toBe(record.nodeKeyHash);
  });

  it('that is here already changes nothing but what was not known, and quarantines no node that serves', async () => {
    const { paths, modules, record, privateKey } = await existing();
    await writeIdentityRecord(paths.identityFile, { ...record, nodeId: null });
    const incoming = { privateKey, nodeId: '12', owner, source: '/b' };
    const adopted = await adoptKey({ paths, incoming, ...plainly }, modules);
    expect(adopted).toMatchObject({
      alreadyHere: true,
      quarantined: false,
      record: { nodeId: '12', owner: record.owner },
    });
    expect(await readQuarantine(paths)).toBeNull();
  });
});

describe('a key that does not belong here', () => {
  it('is refused where another one is, and nothing changes', async () => {
    const { paths, modules, record, privateKey } = await existing();
    const { incoming } = incomingKey();
    await expect(adoptKey({ paths, incoming, ...plainly }, modules)).rejects.toMatchObject({
      code: 'key-in-the-way',
      details: { nodeKeyHash: record.nodeKeyHash, place: paths.keyFile },
    });
    expect(readFileSync(paths.keyFile, 'utf8')).toBe(privateKey);
    expect(await readIdentityRecord(paths.identityFile)).toEqual(record);
    expect(await readQuarantine(paths)).toBeNull();
  });

  it('is refused where another one is registered, though its file is gone', async () => {
    const { paths, modules, record } = await existing();
    rmSync(paths.keyFile);
    const { incoming, nodeKeyHash } = incomingKey();
    await expect(adoptKey({ paths, incoming, ...plainly }, modules)).rejects.toMatchObject({
      code: 'key-not-expected',
      details: { expected: record.nodeKeyHash, found: nodeKeyHash, place: '/backup.json' },
    });
    expect(keysUnder(paths.stateDir)).toEqual(new Set());
    expect(await readIdentityRecord(paths.identityFile)).toEqual(record);
  });

  it('is refused where only the journal remembers another one', async () => {
    const { paths } = await identityState();
    const other = createNodeKey(generatePrivateKey()).nodeKeyHash;
    const { incoming } = incomingKey();
    const modules = modulesFor(paths, other);
    await expect(adoptKey({ paths, incoming, ...plainly }, modules)).rejects.toMatchObject({
      code: 'key-not-expected',
      details: { expected: other },
    });
    expect(keysUnder(paths.stateDir)).toEqual(new Set());
    const adopted = await adoptKey({ paths, incoming, ...told }, modules);
    expect(adopted.key.nodeKeyHash).toBe(createNodeKey(incoming.privateKey).nodeKeyHash);
  });

  it('is refused over a record that cannot be read', async () => {
    const { paths, modules } = await existing();
    writeFileSync(paths.identityFile, '{"schemaVersion": 1, "nodeKey');
    const { incoming } = incomingKey();
    await expect(adoptKey({ paths, incoming, ...plainly }, modules)).rejects.toMatchObject({
      code: 'identity-unreadable',
    });
  });

  it.each(['whole', 'torn', 'gone'])(
    'takes the place when told twice, and the old key and its record (%s) lie in the backup folder',
    async (state) => {
      const { paths, modules, privateKey, record } = await existing();
      const text = readFileSync(paths.identityFile, 'utf8');
      if (state === 'torn') writeFileSync(paths.identityFile, text.slice(0, 60));
      if (state === 'gone') rmSync(paths.identityFile);
      const { incoming, nodeKeyHash } = incomingKey();
      const { archived, record: adopted } = await adoptKey({ paths, incoming, ...told }, modules);
      expect(adopted).toMatchObject({ nodeKeyHash, nodeId: '7', owner });
      expect(readFileSync(archived?.keyFile ?? '', 'utf8')).toBe(privateKey);
      expect(archived?.nodeKeyHash).toBe(record.nodeKeyHash);
      expect(keysUnder(paths.stateDir)).toEqual(new Set([privateKey, incoming.privateKey]));
      if (state === 'whole') expect(readFileSync(archived?.recordFile ?? '', 'utf8')).toBe(text);
      expect((await openIdentity({ paths }, modules)).key.nodeKeyHash).toBe(nodeKeyHash);
    },
  );

  it('in the place of the registered one gives way to it when confirmed; the registration stays known', async () => {
    const { paths, modules, privateKey, record } = await existing();
    const strange = generatePrivateKey();
    writeFileSync(paths.keyFile, strange);
    const incoming = { privateKey, nodeId: null, owner: null, source: '/b' };
    await expect(adoptKey({ paths, incoming, ...plainly }, modules)).rejects.toMatchObject({
      code: 'key-in-the-way',
    });
    const { record: adopted } = await adoptKey({ paths, incoming, ...told }, modules);
    expect(adopted).toMatchObject({ nodeId: '4217', nodeKeyHash: record.nodeKeyHash });
    expect(keysUnder(paths.stateDir)).toEqual(new Set([privateKey, strange]));
  });

  it('that is unreadable garbage gives way unread when confirmed, every byte kept', async () => {
    const { paths, modules } = await existing();
    writeFileSync(paths.keyFile, 'rubbish');
    const { incoming } = incomingKey();
    await expect(adoptKey({ paths, incoming, ...plainly }, modules)).rejects.toMatchObject({
      code: 'key-malformed',
    });
    const { archived } = await adoptKey({ paths, incoming, ...told }, modules);
    expect(readFileSync(archived?.keyFile ?? '', 'utf8')).toBe('rubbish');
  });
});

describe('the key of a wallet', () => {
  it.each(['its own record', 'the identity here', 'what else is known'])(
    'is refused when %s names it as owner or staking wallet, told twice or not',
    async (where) => {
      const { paths, modules } = where === 'the identity here' ? await existing() : await identityState();
      const { incoming, nodeAddress } = incomingKey();
      if (where === 'the identity here') {
        const record = await readIdentityRecord(paths.identityFile);
        if (record) await writeIdentityRecord(paths.identityFile, { ...record, owner: nodeAddress });
      }
      const upper = `0x${nodeAddress.slice(2).toUpperCase()}`;
      const key = where === 'its own record' ? { ...incoming, owner: upper } : incoming;
      const wallets = where === 'what else is known' ? [null, upper] : [];
      const before = keysUnder(paths.stateDir);
      for (const options of [plainly, told]) {
        await expect(adoptKey({ paths, incoming: key, ...options, wallets }, modules)).rejects.toMatchObject({
          code: 'wallet-key',
          details: { address: nodeAddress },
        });
      }
      expect(keysUnder(paths.stateDir)).toEqual(before);
      expect(await readQuarantine(paths)).toBeNull();
    },
  );
});

describe('the quarantine', () => {
  it('that cannot be read applies to every key', async () => {
    const { paths } = await identityState();
    writeFileSync(paths.quarantineFile, '{"schem');
    await expect(refuseWhileQuarantined(paths, '0xany')).rejects.toMatchObject({ code: 'node-held' });
    rmSync(paths.quarantineFile);
    mkdirSync(join(paths.quarantineFile));
    await expect(refuseWhileQuarantined(paths, '0xany')).rejects.toMatchObject({ code: 'node-held' });
  });

  it('on one key does not apply to another that was made since', async () => {
    const { paths, modules } = await identityState();
    const { incoming } = incomingKey();
    await adoptKey({ paths, incoming, ...plainly }, modules);
    await refuseWhileQuarantined(paths, createNodeKey(generatePrivateKey()).nodeKeyHash);
  });
});

/** Restores in a process that kills itself before or after its n-th call on the key file. */
const restorer = `
  const [stateDir, privateKey, when, nth] = process.argv.slice(1);
  const { systemClock } = await import('@/system/clock.ts');
  const { statePaths } = await import('@/storage/paths.ts');
  const { createFileKeyStore } = await import('@/identity/file-store.ts');
  const { adoptKey } = await import('@/identity/adopt.ts');
  const paths = statePaths({ stateDir, env: {}, platform: process.platform, homeDir: '/home/nobody' });
  let calls = 0;
  const die = (moment, call) => { if (moment === when && call === Number(nth)) process.kill(process.pid, 'SIGKILL'); };
  const fileStore = Object.fromEntries(Object.entries(createFileKeyStore({ keyFile: paths.keyFile })).map(([name, member]) =>
    [name, typeof member !== 'function' || name === 'place' ? member : async (...args) => {
      const call = ++calls;
      die('before', call);
      const result = await member(...args);
      die('after', call);
      return result;
    }]));
  const incoming = { privateKey, nodeId: '7', owner: null, source: '/b' };
  await adoptKey({ paths, incoming, differentKey: false, quarantine: true, wallets: [] }, { clock: systemClock, fileStore, journalNamesKey: () => null });
  console.log('calls ' + calls);
`;

describe('a restore that is killed', () => {
  it('at any step leaves either no key or one that is quarantined, and a second attempt completes it', async () => {
    const { incoming, nodeKeyHash } = incomingKey();
    const counted = await identityState();
    const counting = await startChild(restorer, [counted.paths.stateDir, incoming.privateKey, 'never', '0'])
      .ended;
    const steps = Number(/calls (\d+)/.exec(counting.output)?.[1] ?? counting.errors);
    expect(steps).toBeGreaterThan(1);
    let withKey = 0;
    for (let step = 1; step <= steps; step++) {
      for (const when of ['before', 'after']) {
        const { paths, modules } = await identityState();
        const child = startChild(restorer, [paths.stateDir, incoming.privateKey, when, String(step)]);
        expect(await child.ended).toMatchObject({ signal: 'SIGKILL' });
        if (keysUnder(paths.stateDir).size > 0) {
          withKey += 1;
          await expect(refuseWhileQuarantined(paths, nodeKeyHash)).rejects.toMatchObject({
            code: 'node-held',
          });
        }
        const again = await adoptKey({ paths, incoming, ...plainly }, modules);
        expect(again).toMatchObject({ quarantined: true, record: { nodeKeyHash, nodeId: '7' } });
        expect(readFileSync(paths.keyFile, 'utf8')).toBe(incoming.privateKey);
      }
    }
    expect(withKey).toBeGreaterThan(0);
  });
});
