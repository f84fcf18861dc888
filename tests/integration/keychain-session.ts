import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { systemClock } from '../../electron/daemon/clock.ts';
import {
  type BusConnection,
  busCall,
  connectBus,
} from '../../electron/daemon/identity/keychain/dbus-connection.ts';
import type { DbusValue } from '../../electron/daemon/identity/keychain/dbus-values.ts';
import { keychainService } from '../../electron/daemon/identity/keychain/store.ts';

/*
 * A desktop session of its own: a message bus and the real Secret Service (gnome-keyring) on it, with a home
 * directory that nobody else uses. All of it ends with `stop`.
 */

const programs = ['dbus-daemon', 'gnome-keyring-daemon'];
const missing = programs.filter(
  (program) => !(process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, program))),
);
/** Why nothing here can run on this computer; null when it can. */
export const noKeychainHere: string | null =
  process.platform === 'linux'
    ? missing.length === 0
      ? null
      : `not installed: ${missing.join(', ')}`
    : 'the Secret Service is a Linux service';

const serviceName = 'org.freedesktop.secrets';
const servicePath = '/org/freedesktop/secrets';
const item = 'org.freedesktop.Secret.Item';
const password = 'correct horse';
const timeoutMs = 5000;

export interface KeychainSession {
  /** What a program of this session is started with. */
  readonly env: NodeJS.ProcessEnv;
  /** Starts the service; `open` as at a login with the password, otherwise as at one without. */
  startService(login: 'open' | 'locked'): Promise<void>;
  stopService(signal: NodeJS.Signals): Promise<void>;
  /** SIGSTOP and SIGCONT: a service that is there and does nothing. */
  signalService(signal: 'SIGSTOP' | 'SIGCONT'): Promise<void>;
  lock(): Promise<void>;
  /** As a person does who types the password. */
  unlock(): Promise<void>;
  /** Paths of the entries of a node key, whatever lies in them. */
  entriesOf(account: string): Promise<string[]>;
  deleteEntry(account: string): Promise<void>;
  /** Puts in one entry more, as another program would. */
  addEntry(account: string, secret: string): Promise<void>;
  /** The private contents, read as another program would; null without an entry. */
  secretOf(account: string): Promise<string | null>;
  /** Every entry of ours with what lies in it, as `account secret`; the keychain has to be open. */
  contents(): Promise<string[]>;
  /** Deletes all of them. */
  clear(): Promise<void>;
  /** Somebody takes the place of the password window, and answers nothing. */
  mutePrompter(): Promise<{ asked: Promise<void>; stop(): void }>;
  stop(): Promise<void>;
}

/**
 * @param options.activatable the bus may start the service by itself, as on a real desktop
 * @param options.forbidden the bus lets nobody speak to the service, as a sandbox does
 */
export async function startSession(
  options: { activatable?: boolean; forbidden?: boolean } = {},
): Promise<KeychainSession> {
  const folder = mkdtempSync(join(tmpdir(), 'pxk-'));
  for (const name of ['run', 'home', 'data', 'services']) mkdirSync(join(folder, name), { mode: 0o700 });
  const socketPath = join(folder, 'run', 'bus');
  const env: NodeJS.ProcessEnv = {
    PATH: process.env.PATH,
    HOME: join(folder, 'home'),
    XDG_DATA_HOME: join(folder, 'data'),
    XDG_RUNTIME_DIR: join(folder, 'run'),
    DBUS_SESSION_BUS_ADDRESS: `unix:path=${socketPath}`,
  };
  const servicedir = options.activatable ? `<servicedir>${join(folder, 'services')}</servicedir>` : '';
  const deny = options.forbidden ? `<deny send_destination="${serviceName}"/>` : '';
  writeFileSync(
    join(folder, 'bus.conf'),
    `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
    <busconfig><type>session</type><listen>unix:path=${socketPath}</listen>${servicedir}
    <policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/>${deny}</policy></busconfig>`,
  );
  const start = 'gnome-keyring-daemon --start --foreground --components=secrets';
  writeFileSync(
    join(folder, 'services', `${serviceName}.service`),
    `[D-BUS Service]\nName=${serviceName}\nExec=/usr/bin/env ${start}\n`,
  );
  const busProcess = spawn(
    'dbus-daemon',
    [`--config-file=${join(folder, 'bus.conf')}`, '--nofork', '--print-address=1'],
    {
      env,
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  );
  const running = new Set<ChildProcess>([busProcess]);
  const killAll = () => {
    for (const child of running) child.kill('SIGKILL');
  };
  process.once('exit', killAll);
  await new Promise((resolve) => busProcess.stdout?.once('data', resolve));
  const bus = await connectBus({ socketPath, timeoutMs }, { clock: systemClock });

  const nameChanges: (() => void)[] = [];
  bus.onMessage((signal) => {
    if (signal.member === 'NameOwnerChanged') for (const heard of nameChanges.splice(0)) heard();
  });
  const rule = `type='signal',member='NameOwnerChanged',arg0='${serviceName}'`;
  await busCall(bus, 'AddMatch', 's', [rule], '', timeoutMs);

  async function ownerIs(present: boolean): Promise<void> {
    for (;;) {
      const changed = new Promise<void>((resolve) => nameChanges.push(resolve));
      const [owned] = await busCall(bus, 'NameHasOwner', 's', [serviceName], 'b', timeoutMs);
      if (owned === present) return;
      await changed;
    }
  }
  /** Ours, or one that the bus started. */
  async function servicePid(): Promise<number | null> {
    const [owned] = await busCall(bus, 'NameHasOwner', 's', [serviceName], 'b', timeoutMs);
    if (owned !== true) return null;
    const [pid] = await busCall(bus, 'GetConnectionUnixProcessID', 's', [serviceName], 'u', timeoutMs);
    return Number(pid);
  }
  const ask = (
    path: string,
    owner: string,
    member: string,
    signature: string,
    body: readonly DbusValue[],
    returns: string,
  ) =>
    bus.call({
      destination: serviceName,
      path,
      interface: owner,
      member,
      signature,
      body,
      returns,
      timeoutMs,
    });
  const serviceCall = (member: string, signature: string, body: readonly DbusValue[], returns: string) =>
    ask(servicePath, 'org.freedesktop.Secret.Service', member, signature, body, returns);

  async function plainSession(): Promise<string> {
    const [, path] = await serviceCall('OpenSession', 'sv', ['plain', { signature: 's', value: '' }], 'vo');
    return String(path);
  }
  const secretStruct = async (text: string) => [
    await plainSession(),
    [],
    [...Buffer.from(text, 'utf8')],
    'text/plain',
  ];
  async function search(attributes: Record<string, string>): Promise<string[]> {
    const [unlocked, locked] = await serviceCall(
      'SearchItems',
      'a{ss}',
      [Object.entries(attributes)],
      'aoao',
    );
    return [...(unlocked as string[]), ...(locked as string[])];
  }
  const entriesOf = (account: string) => search({ service: keychainService, username: account });
  async function secretAt(path: string): Promise<string> {
    const [secret] = await ask(path, item, 'GetSecret', 'o', [await plainSession()], '(oayays)');
    return Buffer.from((secret as readonly (readonly number[])[])[2] ?? []).toString('utf8');
  }
  async function accountAt(path: string): Promise<string> {
    const get = { path, interface: 'org.freedesktop.DBus.Properties', member: 'Get', signature: 'ss' };
    const body = [item, 'Attributes'];
    const [answer] = await bus.call({ ...get, destination: serviceName, body, returns: 'v', timeoutMs });
    const attributes = (answer as { value: DbusValue }).value as readonly [string, string][];
    return attributes.find(([name]) => name === 'username')?.[1] ?? '';
  }
  async function defaultCollection(): Promise<string> {
    const [path] = await serviceCall('ReadAlias', 's', ['default'], 'o');
    return String(path);
  }

  return {
    env,
    async startService(login) {
      const unlock = login === 'open' ? ['--unlock'] : [];
      const child = spawn('gnome-keyring-daemon', ['--foreground', '--components=secrets', ...unlock], {
        env,
        stdio: ['pipe', 'ignore', 'ignore'],
      });
      running.add(child);
      child.once('close', () => running.delete(child));
      child.stdin?.end(login === 'open' ? password : '');
      await ownerIs(true);
    },
    async stopService(signal) {
      const pid = await servicePid();
      if (pid === null) return;
      process.kill(pid, signal);
      await ownerIs(false);
    },
    async signalService(signal) {
      process.kill((await servicePid()) ?? Number.NaN, signal);
    },
    async lock() {
      await serviceCall('Lock', 'ao', [[await defaultCollection()]], 'aoo');
    },
    async unlock() {
      await ask(
        servicePath,
        'org.gnome.keyring.InternalUnsupportedGuiltRiddenInterface',
        'UnlockWithMasterPassword',
        'o(oayays)',
        ['/org/freedesktop/secrets/collection/login', await secretStruct(password)],
        '',
      );
    },
    entriesOf,
    async deleteEntry(account) {
      for (const path of await entriesOf(account)) await ask(path, item, 'Delete', '', [], 'o');
    },
    async addEntry(account, secret) {
      const attributes = Object.entries({ service: keychainService, username: account });
      const properties = [
        ['org.freedesktop.Secret.Item.Label', { signature: 's', value: 'put in by hand' }],
        ['org.freedesktop.Secret.Item.Attributes', { signature: 'a{ss}', value: attributes }],
      ] as const;
      await ask(
        await defaultCollection(),
        'org.freedesktop.Secret.Collection',
        'CreateItem',
        'a{sv}(oayays)b',
        [properties, await secretStruct(secret), false],
        'oo',
      );
    },
    async secretOf(account) {
      const [path] = await entriesOf(account);
      return path === undefined ? null : secretAt(path);
    },
    async contents() {
      const paths = await search({ service: keychainService });
      const lines = paths.map(async (path) => `${await accountAt(path)} ${await secretAt(path)}`);
      return (await Promise.all(lines)).sort();
    },
    async clear() {
      for (const path of await search({ service: keychainService }))
        await ask(path, item, 'Delete', '', [], 'o');
    },
    async mutePrompter() {
      const prompter: BusConnection = await connectBus({ socketPath, timeoutMs }, { clock: systemClock });
      const asked = new Promise<void>((resolve) => {
        prompter.onMessage(({ member }) => {
          if (member === 'BeginPrompting') resolve();
        });
      });
      await busCall(prompter, 'RequestName', 'su', ['org.gnome.keyring.SystemPrompter', 0], 'u', timeoutMs);
      return { asked, stop: () => prompter.close() };
    },
    async stop() {
      const pid = await servicePid().catch(() => null);
      if (pid !== null) process.kill(pid, 'SIGKILL');
      bus.close();
      const ended = [...running].map((child) => new Promise((resolve) => child.once('close', resolve)));
      killAll();
      await Promise.all(ended);
      process.off('exit', killAll);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/**
 * The keyring is somebody else's program: in one of some twenty-five runs here tests of it failed once
 * and never again, for no reason that could be found. A test that fails twice is a failure of ours.
 */
export const onceMore = { retry: 1 };
