import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createControlServer } from '../../../electron/daemon/control/server.ts';
import { createFileKeyStore } from '../../../electron/daemon/identity/file-store.ts';
import { createIdentity } from '../../../electron/daemon/identity/identity.ts';
import { generatePrivateKey } from '../../../electron/daemon/identity/node-key.ts';
import { endQuarantine, quarantineKey } from '../../../electron/daemon/identity/quarantine.ts';
import { acquireLock } from '../../../electron/daemon/storage/lock.ts';
import { type StatePaths, statePaths } from '../../../electron/daemon/storage/paths.ts';
import { openSettings, type SettingsStore } from '../../../electron/daemon/storage/settings.ts';
import { systemClock } from '../../../electron/daemon/system/clock.ts';
import { createContext } from '../../../electron/node/context.ts';
import { createDaemonManager, type DaemonManager } from '../../../electron/node/daemon-manager.ts';
import type { InstalledService } from '../../../electron/node/hosting.ts';
import { createKeptPassphrase } from '../../../electron/node/kept-passphrase.ts';
import { contractVersion } from '../../../shared/contract/commands.ts';
import { hostHere } from '../../fixtures/faults/host.ts';
import { installOfficial } from '../../fixtures/incumbent/official-stand-in.ts';
import { sampleHandlers } from '../../fixtures/sample-handlers.ts';
import { silentLog } from '../../fixtures/silent-log.ts';

/** Waits are shortened; programs and sockets answer in their own time. */
const clock = {
  ...systemClock,
  after: (ms: number, run: () => void) => systemClock.after(ms / 20, run),
};
/** Nobody's network: whether heartbeats arrive is other suites' business. */
const nowhere = 'http://127.0.0.1:1';

let homeDir: string;
let paths: StatePaths;
let settings: SettingsStore;
let nodeKeyHash: string;
const closing: (() => unknown)[] = [];

beforeEach(async () => {
  homeDir = mkdtempSync(join(tmpdir(), 'plx-'));
  closing.push(() => rmSync(homeDir, { recursive: true, force: true, maxRetries: 5 }));
  paths = statePaths({ stateDir: join(homeDir, 's'), env: {}, platform: process.platform, homeDir });
  const fileStore = createFileKeyStore({ keyFile: paths.keyFile });
  const made = await createIdentity({ paths }, { clock, fileStore, journalNamesKey: () => null });
  nodeKeyHash = made.key.nodeKeyHash;
  settings = await openSettings({ paths }, { clock });
  await settings.set('limits.minFreeBytes', 0);
});
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

function manage(
  more: { bin?: string; findService?: () => Promise<InstalledService | null> } = {},
): DaemonManager {
  const PATH = more.bin === undefined ? '/usr/bin:/bin' : `${more.bin}:/usr/bin:/bin`;
  const env = { PATH, PARALLELIX_API_URL: nowhere, OLLAMA_HOST: nowhere };
  const keptPassphrase = createKeptPassphrase();
  const computer = { paths, env, platform: process.platform, homeDir, version: '0.0.0-test' };
  const manager = createDaemonManager(createContext(computer, { clock, askPassphrase: keptPassphrase.ask }), {
    ...{ settings, keptPassphrase, log: silentLog, random: Math.random },
    ...(more.findService ? { findService: more.findService } : {}),
  });
  closing.push(() => manager.stop(0));
  return manager;
}

/** Resolves when the manager is in that phase. */
function inPhase(manager: DaemonManager, phase: string): Promise<void> {
  return new Promise((resolve) => {
    const look = () => {
      if (manager.phase.phase === phase) resolve();
    };
    manager.onPhase(look);
    look();
  });
}

/** Another program of ours that runs the node. */
async function otherHost() {
  const { host } = await hostHere({ stateDir: paths.stateDir, ollamaUrl: nowhere, coordinatorUrl: nowhere });
  closing.push(async () => {
    await host.daemon.drain(0);
    await host.ended;
  });
  return host;
}

/** A daemon that answers what it is told to, and holds the lock until it is let go. */
async function otherDaemon(greeting: { contract?: number } = {}) {
  const lock = await acquireLock({ paths, version: '9.9.9' }, { clock });
  const asked: string[] = [];
  const server = await createControlServer(
    { socketPath: paths.socketFile },
    {
      handlers: {
        ...sampleHandlers(),
        async drain() {
          asked.push('drain');
          return { limitMs: 1000 };
        },
      },
      greeting: () => ({
        ...{ version: '9.9.9', pid: process.pid, uptimeMs: 1000, nodeId: '4217', nodeKeyHash },
        ...{ label: 'Ready', sentence: 'Online.', firstAcceptedAtMs: null },
        ...greeting,
      }),
      subscribe: () => () => {},
      clock,
      log: silentLog,
    },
  );
  await lock.publish(paths.socketFile);
  const end = async () => {
    await server.stop();
    await lock.release();
  };
  closing.push(end);
  return { asked, end };
}

describe.skipIf(process.platform !== 'linux')('beside the official client', () => {
  function official(privateKey: string) {
    const installed = installOfficial(homeDir, {
      ...{ privateKey, nodeId: '4217', owner: null, coordinator: nowhere, ollama: nowhere },
    });
    closing.push(() => installed.end());
    const env = { HOME: homeDir, PATH: `${installed.bin}:/usr/bin:/bin` };
    const systemctl = (verb: string) => execFileSync(join(installed.bin, 'systemctl'), [verb], { env });
    return { ...installed, systemctl };
  }

  it('nothing is started with the key it runs with, and the node starts when it has ended', async () => {
    const other = official(readFileSync(paths.keyFile, 'utf8').trim());
    other.systemctl('start');
    const manager = manage(other);
    await manager.start();
    expect(manager.phase).toMatchObject({
      phase: 'other-program',
      error: {
        code: 'official-running',
        details: { name: 'systemd unit parallelix-node', pid: other.pid() },
      },
    });
    await expect(manager.ask('snapshot', {})).rejects.toMatchObject({ code: 'no-daemon' });
    // Asked again by a person it is still refused.
    await manager.start({ withService: true });
    expect(manager.phase.phase).toBe('other-program');
    other.systemctl('stop');
    await inPhase(manager, 'hosting');
    expect(await manager.ask('snapshot', {})).toMatchObject({ identity: { nodeKeyHash } });
  });

  it('the node starts where that one has another key, or does not run', async () => {
    const other = official(`0x${generatePrivateKey().replace(/^0x/, '')}`);
    other.systemctl('start');
    const manager = manage(other);
    await manager.start();
    expect(manager.phase.phase).toBe('hosting');
  });
});

it('a restored key starts nothing until a person confirms, also in another program', async () => {
  await quarantineKey(paths, nodeKeyHash, clock.now());
  const manager = manage();
  await manager.start();
  expect(manager.phase).toMatchObject({ phase: 'failed', error: { code: 'node-held' } });
  await endQuarantine(paths);
  await inPhase(manager, 'hosting');
});

describe('a restart', () => {
  it('of a node hosted here starts it with the settings as they are now', async () => {
    const manager = manage();
    await manager.start();
    await settings.set('defaultModel', 'another');
    await manager.restart();
    expect(manager.phase.phase).toBe('hosting');
    expect((await manager.ask('snapshot', {})).daemon.pid).toBe(process.pid);
  });

  it('while attached lets the other daemon finish, waits for its end and hosts the node here', async () => {
    const other = await otherHost();
    const manager = manage();
    await manager.start();
    expect(manager.phase.phase).toBe('attached');
    await manager.restart();
    await other.ended;
    expect(manager.phase.phase).toBe('hosting');
  });

  it('of a daemon of another version is refused, and that one goes on', async () => {
    const other = await otherDaemon({ contract: contractVersion + 1 });
    const manager = manage();
    await manager.start();
    expect(manager.phase).toMatchObject({ phase: 'attached', compatible: false });
    await expect(manager.restart()).rejects.toMatchObject({ code: 'contract-mismatch' });
    expect(manager.phase.phase).toBe('attached');
    expect(other.asked).toEqual([]);
  });

  it('says so where the other daemon takes longer than it said, and follows when it has ended', async () => {
    const other = await otherDaemon();
    const manager = manage();
    await manager.start();
    await expect(manager.restart()).rejects.toMatchObject({
      code: 'restart-unfinished',
      details: { pid: process.pid },
    });
    expect(other.asked).toEqual(['drain']);
    expect(manager.phase.phase).toBe('attached');
    await other.end();
    await inPhase(manager, 'hosting');
  });

  it('starts nothing any more when the host itself is stopped meanwhile', async () => {
    const other = await otherDaemon();
    const manager = manage();
    await manager.start();
    const restarted = manager.restart();
    while (other.asked.length === 0) await new Promise((resolve) => setImmediate(resolve));
    await manager.stop(0);
    await restarted;
    await other.end();
    expect(manager.phase.phase).toBe('stopped');
  });
});

it('where a service has the node it is not hosted beside it: it is started when a person asks, and attached to', async () => {
  let started = 0;
  const service: InstalledService = {
    name: 'systemd unit parallelix-operator',
    async start() {
      started += 1;
      await otherHost();
    },
  };
  const manager = manage({ findService: async () => service });
  await manager.start();
  expect([manager.phase.phase, started]).toEqual(['stopped', 0]);
  await manager.start({ withService: true });
  await inPhase(manager, 'attached');
  expect(started).toBe(1);
});
