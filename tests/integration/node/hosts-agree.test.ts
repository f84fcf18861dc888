import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openBackup } from '../../../electron/daemon/identity/backup.ts';
import { readBackupIndex } from '../../../electron/daemon/identity/backup-index.ts';
import { sealKey } from '../../../electron/daemon/identity/key-document.ts';
import { createNodeKey, generatePrivateKey } from '../../../electron/daemon/identity/node-key.ts';
import { readQuarantine } from '../../../electron/daemon/identity/quarantine.ts';
import { readIdentityRecord } from '../../../electron/daemon/storage/identity-record.ts';
import { statePaths } from '../../../electron/daemon/storage/paths.ts';
import { openSettings } from '../../../electron/daemon/storage/settings.ts';
import { systemClock as clock } from '../../../electron/daemon/system/clock.ts';
import { createKeyCommands } from '../../../electron/desktop/commands/key-commands.ts';
import { createMaintenanceCommands } from '../../../electron/desktop/commands/maintenance.ts';
import { createContext } from '../../../electron/node/context.ts';
import type { DaemonManager } from '../../../electron/node/daemon-manager.ts';
import { isNodeError } from '../../../shared/errors.ts';
import { type CliWorld, createCliWorld } from '../../fixtures/cli/process.ts';
import { english } from '../../fixtures/english.ts';
import { writeOfficialNode } from '../../fixtures/incumbent/official-node.ts';

const passphrase = 'correct horse battery staple';
/** scrypt as cheap as it may be: what it costs is another suite's. */
const cost = 2;
const present = generatePrivateKey();
const other = generatePrivateKey();

/** One host at work on a home of its own. Every operation ends with `ok`, or with the code of its refusal. */
interface Host {
  world: CliWorld;
  backUp(): Promise<string>;
  repair(): Promise<string>;
  restore(options: { differentKey: boolean; oldMachineIsOff: boolean }): Promise<string>;
  importNode(): Promise<string>;
}

const backupFile = (world: CliWorld) => join(world.homeDir, 'made.json');
const otherBackup = (world: CliWorld) => join(world.homeDir, 'other.json');
const pathsOf = ({ stateDir, homeDir }: CliWorld) =>
  statePaths({ stateDir, env: {}, platform: process.platform, homeDir });

/** The built program, as a person in a terminal calls it. */
async function commandLine(): Promise<Host> {
  const world = await createCliWorld();
  const passphraseFile = join(world.homeDir, 'passphrase');
  writeFileSync(passphraseFile, passphrase, { mode: 0o600 });
  const run = async (...args: string[]) => {
    const { code, json } = await world.run(['key', ...args, '--json']);
    return code === 0 ? 'ok' : (json() as { error: { code: string } }).error.code;
  };
  const given = ['--passphrase-file', passphraseFile];
  return {
    world,
    backUp: () => run('backup', backupFile(world), ...given),
    repair: () => run('repair'),
    restore: ({ differentKey, oldMachineIsOff }) =>
      run(
        ...['restore', otherBackup(world), ...given],
        ...(differentKey ? ['--different-key', '--yes-really'] : []),
        ...(oldMachineIsOff ? ['--old-machine-is-off'] : []),
      ),
    importNode: () => run('import'),
  };
}

/** The commands of the app's windows, on a home like that of the other. */
async function desktop(): Promise<Host> {
  const world = await createCliWorld();
  const paths = pathsOf(world);
  const env = { PATH: '/usr/bin:/bin', PARALLELIX_STATE_DIR: world.stateDir };
  const computer = { paths, version: '0.0.0-test', platform: process.platform, env, homeDir: world.homeDir };
  const context = createContext(computer, { clock });
  const settings = await openSettings({ paths }, { clock });
  const node = { phase: { phase: 'no-identity' }, start: async () => {} } as unknown as DaemonManager;
  const keys = createKeyCommands(context, { node, settings, askFile: async () => otherBackup(world) });
  const maintenance = createMaintenanceCommands(context, {
    settings,
    askBackupPath: async () => backupFile(world),
    askBundlePath: async () => null,
    language: english,
    bundle: async () => '',
    check: async () => [],
  });
  const ended = (work: Promise<unknown>) =>
    work.then(
      () => 'ok',
      (error: unknown) => {
        if (isNodeError(error)) return error.code;
        throw error;
      },
    );
  return {
    world,
    backUp: () => ended(maintenance['key.backup']({ passphrase })),
    repair: () => ended(keys['key.repair']({})),
    async restore(options) {
      await keys['key.chooseBackup']({});
      const input = { passphrase, keyStore: 'file', ...options } as const;
      const first = await ended(keys['key.restore'](input));
      // Insisting is heeded once the refusal was read, which a terminal asks for in two flags.
      return options.differentKey && first !== 'ok' ? ended(keys['key.restore'](input)) : first;
    },
    importNode: () => ended(keys['key.import']({ keyStore: 'file', differentKey: false })),
  };
}

/** What a host leaves behind, without its moments and folders. */
async function leftBy({ world }: Host) {
  const paths = pathsOf(world);
  const record = await readIdentityRecord(paths.identityFile).catch((error: unknown) => String(error));
  const local = (text: string) => text.replaceAll(world.homeDir, '~');
  const { createdAt: _createdAt, ...facts } = typeof record === 'object' && record !== null ? record : {};
  return {
    record: facts,
    key: existsSync(paths.keyFile) ? readFileSync(paths.keyFile, 'utf8').trim() : null,
    held: (await readQuarantine(paths))?.nodeKeyHash ?? null,
    backups: (await readBackupIndex(paths)).map(({ nodeKeyHash, path }) => [nodeKeyHash, local(path)]),
    coordinatorUrl: (await openSettings({ paths }, { clock })).current.coordinatorUrl,
  };
}

async function sealed(privateKey: string): Promise<string> {
  const belonging = {
    kind: 'backup' as const,
    nodeId: '4217',
    owner: null,
    network: { coordinatorUrl: 'https://parallelix.io/api', chainId: 1 },
    createdAt: new Date(0).toISOString(),
  };
  return sealKey(privateKey, passphrase, belonging, cost);
}

describe('the command line and the app end alike, and leave the same behind,', () => {
  let hosts: Host[];
  const hashOf = (privateKey: string) => createNodeKey(privateKey).nodeKeyHash;

  beforeEach(async () => {
    hosts = [await commandLine(), await desktop()];
  });
  afterEach(() => Promise.all(hosts.map(({ world }) => world.clean())));

  /** Both work from the same start; returns how they ended and what they left, which has to be the same. */
  async function both(
    prepare: (world: CliWorld) => void | Promise<void>,
    work: (host: Host) => Promise<string>,
  ) {
    const results = [];
    for (const host of hosts) {
      await prepare(host.world);
      results.push({ ended: await work(host), ...(await leftBy(host)) });
    }
    const [first, second] = results;
    expect(second).toEqual(first);
    return first;
  }
  const putKey = ({ stateDir }: CliWorld, privateKey = present) => {
    mkdirSync(stateDir, { recursive: true, mode: 0o700 });
    writeFileSync(join(stateDir, 'node.key'), privateKey, { mode: 0o600 });
  };

  it('for a backup of a key without a record, which derives the record and makes no key', async () => {
    const result = await both(putKey, (host) => host.backUp());
    expect(result).toMatchObject({
      ended: 'ok',
      key: present,
      record: { nodeKeyHash: hashOf(present), keyStore: 'file' },
      backups: [[hashOf(present), '~/made.json']],
    });
    for (const { world } of hosts)
      expect((await openBackup(backupFile(world), async () => passphrase)).privateKey).toBe(present);
  });

  it('for a backup where nothing was ever made', async () => {
    const result = await both(
      () => {},
      (host) => host.backUp(),
    );
    expect(result).toMatchObject({ ended: 'no-identity', key: null, record: {} });
  });

  it('for the repair of a record that cannot be read, which archives it', async () => {
    const tear = (world: CliWorld) => {
      putKey(world);
      writeFileSync(pathsOf(world).identityFile, '{"schemaVersion": 1, "nodeKey', { mode: 0o600 });
    };
    const result = await both(tear, (host) => host.repair());
    expect(result).toMatchObject({ ended: 'ok', key: present, record: { nodeKeyHash: hashOf(present) } });
    // And once more, where there is nothing to repair.
    expect(
      await both(
        () => {},
        (host) => host.repair(),
      ),
    ).toEqual(result);
  });

  it('for a repair without a key, which makes none', async () => {
    const torn = (world: CliWorld) => {
      putKey(world);
      rmSync(join(world.stateDir, 'node.key'));
      writeFileSync(pathsOf(world).identityFile, 'torn', { mode: 0o600 });
    };
    expect(await both(torn, (host) => host.repair())).toMatchObject({ ended: 'key-missing', key: null });
    const nothing = (world: CliWorld) => rmSync(pathsOf(world).identityFile);
    expect(await both(nothing, (host) => host.repair())).toMatchObject({ ended: 'no-identity', key: null });
  });

  it.each([
    ['refused', false, 'key-in-the-way', present],
    ['insisted on', true, 'ok', other],
  ])('for the restore of another key, %s', async (_how, differentKey, ended, key) => {
    const prepare = async (world: CliWorld) => {
      putKey(world);
      writeFileSync(otherBackup(world), await sealed(other));
    };
    const result = await both(prepare, (host) => host.restore({ differentKey, oldMachineIsOff: false }));
    expect(result).toMatchObject({ ended, key, held: differentKey ? hashOf(other) : null });
  });

  it('for a restore after the old computer is known to be off', async () => {
    const prepare = async (world: CliWorld) => writeFileSync(otherBackup(world), await sealed(other));
    const result = await both(prepare, (host) =>
      host.restore({ differentKey: false, oldMachineIsOff: true }),
    );
    expect(result).toMatchObject({
      ended: 'ok',
      key: other,
      held: null,
      record: { nodeId: '4217' },
      backups: [[hashOf(other), '~/other.json']],
    });
  });

  it('for the import of the official client’s node, with its settings', async () => {
    const install = ({ homeDir }: CliWorld) =>
      writeOfficialNode(join(homeDir, '.parallelix'), other, {
        nodeId: '77',
        coordinator: 'https://elsewhere.example/api',
      });
    expect(await both(install, (host) => host.importNode())).toMatchObject({
      ended: 'ok',
      key: other,
      record: { nodeId: '77' },
      coordinatorUrl: 'https://elsewhere.example/api',
    });
  });

  it('for an import where there is nothing to import, or another key in its place', async () => {
    expect(
      await both(
        () => {},
        (host) => host.importNode(),
      ),
    ).toMatchObject({ ended: 'official-missing' });
    const occupied = (world: CliWorld) => {
      putKey(world);
      writeOfficialNode(join(world.homeDir, '.parallelix'), other, {});
    };
    expect(await both(occupied, (host) => host.importNode())).toMatchObject({
      ended: 'key-in-the-way',
      key: present,
    });
  });
});
