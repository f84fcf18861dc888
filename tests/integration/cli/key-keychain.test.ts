import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { decryptKeystoreJson } from 'ethers/wallet';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createNodeKey } from '../../../electron/daemon/identity/node-key.ts';
import { type CliWorld, createCliWorld } from '../../fixtures/cli/process.ts';
import {
  type KeychainSession,
  noKeychainHere,
  onceMoreAfterCrash,
  orSkip,
  startSession,
} from '../../fixtures/identity/keychain-session.ts';

describe('key move and the real Secret Service', onceMoreAfterCrash, () => {
  let session: KeychainSession;
  let world: CliWorld;
  let nodeKeyHash: string;
  let privateKey: string;
  const keyFile = () => join(world.stateDir, 'node.key');
  const run = (...args: string[]) => world.run(args, session.env);
  const show = async () => (await run('key', 'show', '--json')).json();

  beforeAll(async () => {
    if (!noKeychainHere) session = await startSession();
  });
  afterAll(() => session?.stop());
  beforeEach(async (context) => {
    orSkip(context);
    await session.stopService('SIGKILL');
    await session.startService('open');
    await session.clear();
    world = await createCliWorld();
    nodeKeyHash = ((await run('init', '--json')).json() as { nodeKeyHash: string }).nodeKeyHash;
    privateKey = readFileSync(keyFile(), 'utf8');
  });
  afterEach(() => world?.clean());

  it('moves the key there and back, each time into one place', async () => {
    const moved = await run('key', 'move', '--to', 'keychain', '--json');
    expect([moved.code, moved.stderr]).toEqual([0, '']);
    expect(moved.json()).toMatchObject({
      nodeKeyHash,
      keyStore: 'keychain',
      from: keyFile(),
      alreadyThere: false,
    });
    expect(existsSync(keyFile())).toBe(false);
    expect(await session.secretOf(nodeKeyHash)).toBe(privateKey);
    expect(await show()).toMatchObject({ keyStore: 'keychain', protection: null, mode: null });
    const back = await run('key', 'move', '--to', 'file');
    expect([back.code, back.stderr]).toEqual([0, '']);
    expect(readFileSync(keyFile(), 'utf8')).toBe(privateKey);
    expect(await session.entriesOf(nodeKeyHash)).toHaveLength(0);
    expect(await show()).toMatchObject({ keyStore: 'file', problem: null });
  });

  it('backs up a key that rests there, and the backup comes back as a file when the entry is gone', async () => {
    await run('key', 'move', '--to', 'keychain');
    const pass = join(world.homeDir, 'pass');
    writeFileSync(pass, 'a passphrase of some length', { mode: 0o600 });
    const backup = join(world.homeDir, 'b.json');
    expect((await run('key', 'backup', backup, '--passphrase-file', pass)).code).toBe(0);
    const opened = await decryptKeystoreJson(readFileSync(backup, 'utf8'), 'a passphrase of some length');
    expect(opened.privateKey).toBe(`0x${privateKey}`);
    await session.deleteEntry(nodeKeyHash);
    const restored = await run('key', 'restore', backup, '--passphrase-file', pass, '--json');
    expect(restored.json()).toMatchObject({ nodeKeyHash, alreadyHere: false, held: true });
    expect(readFileSync(keyFile(), 'utf8')).toBe(privateKey);
    expect(await show()).toMatchObject({ keyStore: 'file', problem: null });
  });

  it('moves nothing into a keychain that is locked, and nothing out of one', async () => {
    await session.stopService('SIGTERM');
    await session.startService('locked');
    const into = await run('key', 'move', '--to', 'keychain');
    expect([into.code, into.stderr]).toEqual([6, expect.stringMatching(/locked/)]);
    expect(readFileSync(keyFile(), 'utf8')).toBe(privateKey);
    await session.unlock();
    await run('key', 'move', '--to', 'keychain');
    await session.stopService('SIGTERM');
    await session.startService('locked');
    const out = await run('key', 'move', '--to', 'file');
    expect([out.code, out.stderr]).toEqual([6, expect.stringMatching(/locked/)]);
    expect(existsSync(keyFile())).toBe(false);
    await session.unlock();
    expect((await run('key', 'move', '--to', 'file')).code).toBe(0);
    expect(readFileSync(keyFile(), 'utf8')).toBe(privateKey);
  });

  it('goes with the data of its node, and no other entry does; one that cannot be reached stays and is named', async () => {
    const other = createNodeKey('7'.repeat(64)).nodeKeyHash;
    await session.addEntry(other, '7'.repeat(64));
    await run('key', 'move', '--to', 'keychain');
    const uninstall = (...flags: string[]) =>
      world.run(['uninstall', '--data', '--lose-key', '--yes-really', ...flags], {
        ...session.env,
        PARALLELIX_API_URL: 'http://127.0.0.1:1',
      });
    await session.lock();
    const kept = await uninstall('--json');
    expect([kept.code, kept.json().stays]).toEqual([
      0,
      [{ path: expect.stringContaining(nodeKeyHash), reason: 'keychain-locked' }],
    ]);
    await session.unlock();
    expect(await session.secretOf(nodeKeyHash)).toBe(privateKey);

    await session.deleteEntry(nodeKeyHash);
    // An entry without a record may be this node's: a key is made beside it only when a person says so.
    const refused = await run('init');
    expect([refused.code, refused.stderr]).toEqual([
      6,
      expect.stringMatching(new RegExp(`${other}.*key repair`)),
    ]);
    const made = await run('init', '--force', '--json');
    nodeKeyHash = (made.json() as { nodeKeyHash: string }).nodeKeyHash;
    await run('key', 'move', '--to', 'keychain');
    expect(await session.entriesOf(nodeKeyHash)).toHaveLength(1);
    const gone = await uninstall();
    expect([gone.code, gone.stdout]).toEqual([
      0,
      expect.stringMatching(new RegExp(`keychain +the entry ${nodeKeyHash}`)),
    ]);
    expect(await session.entriesOf(nodeKeyHash)).toHaveLength(0);
    expect(await session.secretOf(other)).toBe('7'.repeat(64));
    expect(existsSync(world.stateDir)).toBe(false);
  });
});
