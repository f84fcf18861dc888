import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sealKey } from '../../../electron/daemon/identity/key-document.ts';
import type { KeychainStore } from '../../../electron/daemon/identity/keychain/store.ts';
import { createNodeKey, generatePrivateKey } from '../../../electron/daemon/identity/node-key.ts';
import { readQuarantine } from '../../../electron/daemon/identity/quarantine.ts';
import { readIdentityRecord } from '../../../electron/daemon/storage/identity-record.ts';
import { acquireLock } from '../../../electron/daemon/storage/lock.ts';
import { type StatePaths, statePaths } from '../../../electron/daemon/storage/paths.ts';
import { openSettings } from '../../../electron/daemon/storage/settings.ts';
import { systemClock as clock } from '../../../electron/daemon/system/clock.ts';
import { createKeyCommands } from '../../../electron/desktop/commands/key-commands.ts';
import { createContext } from '../../../electron/node/context.ts';
import type { DaemonManager } from '../../../electron/node/daemon-manager.ts';
import type { NodePhase } from '../../../shared/contract/app.ts';
import { NodeError } from '../../../shared/errors.ts';
import { standInKeychain } from '../../fixtures/identity/keychain-stand-in.ts';
import { writeOfficialNode } from '../../fixtures/incumbent/official-node.ts';

const passphrase = 'correct horse battery staple';
/** scrypt as cheap as it may be: what it costs is another suite's. */
const cost = 2;

let directory: string;
let paths: StatePaths;
let keychain: KeychainStore;
let file: string | null;
let phase: NodePhase;
/** What was asked of the node, in order. */
let asked: string[];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'plx-'));
  paths = statePaths({
    stateDir: join(directory, 'state'),
    env: {},
    platform: process.platform,
    homeDir: directory,
  });
  keychain = standInKeychain(directory);
  file = join(directory, 'backup.json');
  phase = { phase: 'no-identity' };
  asked = [];
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** The node's host as far as keys are concerned: it notes that it was stopped and started. */
function host(): DaemonManager {
  const part: Pick<DaemonManager, 'phase' | 'start' | 'stop' | 'unlock'> = {
    get phase() {
      return phase;
    },
    async start() {
      asked.push('start');
    },
    async stop() {
      asked.push('stop');
    },
    async unlock() {
      asked.push('unlock');
    },
  };
  return part as DaemonManager;
}

async function keys(more: { keychain?: KeychainStore } = {}) {
  const settings = await openSettings({ paths }, { clock });
  const computer = { paths, version: '0.0.0-test', platform: process.platform, env: {}, homeDir: directory };
  const context = { ...createContext(computer, { clock }), keychain: more.keychain ?? keychain };
  return createKeyCommands(context, { node: host(), settings, askFile: async () => file });
}

async function backupOf(privateKey: string, owner: string | null = null): Promise<void> {
  const belonging = {
    kind: 'backup' as const,
    nodeId: '4217',
    owner,
    network: { coordinatorUrl: 'https://parallelix.io/api', chainId: 1 },
    createdAt: new Date(0).toISOString(),
  };
  writeFileSync(file ?? '', await sealKey(privateKey, passphrase, belonging, cost));
}

const plainly = { passphrase, keyStore: 'file', differentKey: false, oldMachineIsOff: false } as const;
const inFile = () => (existsSync(paths.keyFile) ? readFileSync(paths.keyFile, 'utf8').trim() : null);

describe('a backup restored from a window', () => {
  it('shows whose it says it is before it is opened, and is quarantined until the old machine is off', async () => {
    const privateKey = generatePrivateKey();
    const { nodeKeyHash } = createNodeKey(privateKey);
    await backupOf(privateKey);
    const commands = await keys();
    expect(await commands['key.chooseBackup']({})).toEqual({
      chosen: { path: file, locked: true, nodeId: '4217', nodeKeyHash },
    });
    expect(await commands['key.restore'](plainly)).toMatchObject({
      nodeKeyHash,
      nodeId: '4217',
      keyStore: 'file',
      held: true,
      notMoved: null,
    });
    expect(inFile()).toBe(privateKey);
    expect(asked).toEqual(['start']);
    await commands['key.confirmOldMachineOff']({});
    expect(await readQuarantine(paths)).toBeNull();
    expect(asked).toEqual(['start', 'start']);
  });

  it('goes into the keychain, and leaves no copy in a file', async () => {
    const privateKey = generatePrivateKey();
    const { nodeKeyHash } = createNodeKey(privateKey);
    await backupOf(privateKey);
    const commands = await keys();
    await commands['key.chooseBackup']({});
    const restored = await commands['key.restore']({
      ...plainly,
      keyStore: 'keychain',
      oldMachineIsOff: true,
    });
    expect(restored).toMatchObject({ keyStore: 'keychain', held: false, notMoved: null });
    expect(await keychain.read(nodeKeyHash)).toBe(privateKey);
    expect(inFile()).toBeNull();
    expect(await readIdentityRecord(paths.identityFile)).toMatchObject({ nodeKeyHash, keyStore: 'keychain' });
  });

  it('stays in the file, and says why, where the keychain does not take it', async () => {
    const privateKey = generatePrivateKey();
    await backupOf(privateKey);
    const locked = async () => {
      throw new NodeError('keychain-locked', { place: 'the keychain', dismissed: false });
    };
    const commands = await keys({ keychain: { ...keychain, add: locked } });
    await commands['key.chooseBackup']({});
    const restored = await commands['key.restore']({ ...plainly, keyStore: 'keychain' });
    expect(restored).toMatchObject({ keyStore: 'file', notMoved: { code: 'keychain-locked' } });
    expect(inFile()).toBe(privateKey);
  });

  it('is not put into a file where the keychain was asked for and none answers', async () => {
    await backupOf(generatePrivateKey());
    const unlock = async () => {
      throw new NodeError('keychain-no-session', { reason: 'aborted' });
    };
    const commands = await keys({ keychain: { ...keychain, unlock } });
    await commands['key.chooseBackup']({});
    await expect(commands['key.restore']({ ...plainly, keyStore: 'keychain' })).rejects.toMatchObject({
      code: 'keychain-no-session',
    });
    expect(inFile()).toBeNull();
    expect(asked).toEqual([]);
  });

  it('with a wrong passphrase changes nothing and may be tried again', async () => {
    const privateKey = generatePrivateKey();
    await backupOf(privateKey);
    const commands = await keys();
    await commands['key.chooseBackup']({});
    await expect(commands['key.restore']({ ...plainly, passphrase: 'no' })).rejects.toMatchObject({
      code: 'passphrase-wrong',
    });
    expect(inFile()).toBeNull();
    expect(asked).toEqual([]);
    expect(await commands['key.restore'](plainly)).toMatchObject({ keyStore: 'file' });
  });

  it('of another key is refused, and takes the place only of one that was refused first', async () => {
    const commands = await keys();
    const present = generatePrivateKey();
    await backupOf(present);
    await commands['key.chooseBackup']({});
    await commands['key.restore'](plainly);
    const other = generatePrivateKey();
    await backupOf(other);
    file = join(directory, 'other.json');
    await backupOf(other);
    await commands['key.chooseBackup']({});
    const insisting = { ...plainly, differentKey: true };
    // Insisting before anybody has read why not is not heeded.
    await expect(commands['key.restore'](insisting)).rejects.toMatchObject({ code: 'key-in-the-way' });
    expect(inFile()).toBe(present);
    const restored = await commands['key.restore'](insisting);
    expect(restored.nodeKeyHash).toBe(createNodeKey(other).nodeKeyHash);
    expect(inFile()).toBe(other);
    expect(readFileSync(restored.setAside?.keyFile ?? '', 'utf8').trim()).toBe(present);
  });

  it('that is the key of the wallet with the stake is refused', async () => {
    const privateKey = generatePrivateKey();
    await backupOf(privateKey, createNodeKey(privateKey).nodeAddress);
    const commands = await keys();
    await commands['key.chooseBackup']({});
    await expect(commands['key.restore'](plainly)).rejects.toMatchObject({ code: 'wallet-key' });
    expect(inFile()).toBeNull();
  });

  it('is refused while a node serves, which is not stopped for it', async () => {
    await backupOf(generatePrivateKey());
    phase = { phase: 'hosting' };
    const commands = await keys();
    await commands['key.chooseBackup']({});
    await expect(commands['key.restore'](plainly)).rejects.toMatchObject({ code: 'other-daemon' });
    expect(asked).toEqual([]);
  });

  it('is refused while another program runs the node', async () => {
    await backupOf(generatePrivateKey());
    const commands = await keys();
    await commands['key.chooseBackup']({});
    await commands['key.restore'](plainly);
    const lock = await acquireLock({ paths, version: '0.0.0-test' }, { clock });
    await commands['key.chooseBackup']({});
    await expect(commands['key.restore'](plainly)).rejects.toMatchObject({ code: 'other-daemon' });
    await lock.release();
  });

  it('takes the waiting of a node that misses its key over, and starts it again', async () => {
    await backupOf(generatePrivateKey());
    const error = { code: 'key-missing', details: { place: paths.keyFile } };
    phase = { phase: 'key-trouble', state: { code: 'key-missing', params: {} }, error, sinceMs: 0 };
    const commands = await keys();
    await commands['key.chooseBackup']({});
    await commands['key.restore'](plainly);
    expect(asked).toEqual(['stop', 'start']);
  });

  it('still is of the file chosen before, when choosing another one is cancelled', async () => {
    await backupOf(generatePrivateKey());
    const commands = await keys();
    await commands['key.chooseBackup']({});
    file = null;
    expect(await commands['key.chooseBackup']({})).toEqual({ chosen: null });
    expect(await commands['key.restore'](plainly)).toMatchObject({ keyStore: 'file' });
  });

  it('needs a file, which only the person names', async () => {
    const commands = await keys();
    file = null;
    expect(await commands['key.chooseBackup']({})).toEqual({ chosen: null });
    await expect(commands['key.restore'](plainly)).rejects.toMatchObject({ code: 'backup-unusable' });
  });

  it.each([
    ['a seed phrase', `${'abandon '.repeat(11)}about`, 'wallet-phrase'],
    ['something else', '{"a": 1}', 'backup-unusable'],
    ['an empty file', '', 'backup-unusable'],
  ])('that is %s is refused when it is chosen', async (_what, text, code) => {
    writeFileSync(file ?? '', text);
    await expect((await keys())['key.chooseBackup']({})).rejects.toMatchObject({ code });
  });
});

describe('the official client’s key taken over from a window', () => {
  it('lands here with its node id and addresses, and leaves the originals as they were', async () => {
    const privateKey = generatePrivateKey();
    const dir = join(directory, '.parallelix');
    writeOfficialNode(dir, privateKey, { nodeId: '77', coordinator: 'https://elsewhere.example/api' });
    const before = readFileSync(join(dir, 'config.json'), 'utf8');
    const { adopted, taken } = await (await keys())['key.import']({ keyStore: 'file', differentKey: false });
    expect(adopted).toMatchObject({ nodeId: '77', held: false, keyStore: 'file' });
    expect(taken).toEqual([{ name: 'coordinatorUrl', value: 'https://elsewhere.example/api' }]);
    expect(inFile()).toBe(privateKey);
    expect(readFileSync(join(dir, 'config.json'), 'utf8')).toBe(before);
    expect(asked).toEqual(['start']);
  });

  it('is said to be missing where there is none', async () => {
    const commands = await keys();
    await expect(commands['key.import']({ keyStore: 'file', differentKey: false })).rejects.toMatchObject({
      code: 'official-missing',
    });
  });
});

describe('the key moved from a window', () => {
  it('rests in the other store after the node was stopped, and starts it again', async () => {
    await backupOf(generatePrivateKey());
    const commands = await keys();
    await commands['key.chooseBackup']({});
    const { nodeKeyHash } = await commands['key.restore'](plainly);
    phase = { phase: 'hosting' };
    asked = [];
    expect(await commands['key.move']({ to: 'keychain' })).toMatchObject({ alreadyThere: false });
    expect(asked).toEqual(['stop', 'start']);
    expect(inFile()).toBeNull();
    await commands['key.move']({ to: 'file' });
    expect(createNodeKey(inFile() ?? '').nodeKeyHash).toBe(nodeKeyHash);
    await expect(keychain.read(nodeKeyHash)).rejects.toMatchObject({ code: 'key-missing' });
  });

  it('costs no uptime where the keychain does not open', async () => {
    await backupOf(generatePrivateKey());
    const unlock = async () => {
      throw new NodeError('keychain-locked', { place: 'the keychain', dismissed: true });
    };
    const commands = await keys({ keychain: { ...keychain, unlock } });
    await commands['key.chooseBackup']({});
    await commands['key.restore'](plainly);
    phase = { phase: 'hosting' };
    asked = [];
    await expect(commands['key.move']({ to: 'keychain' })).rejects.toMatchObject({ code: 'keychain-locked' });
    expect(asked).toEqual([]);
  });
});
