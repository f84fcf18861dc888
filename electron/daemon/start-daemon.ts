import { networkInterfaces } from 'node:os';
import { openControlSocket } from './control/socket.ts';
import { createDaemon, type Daemon } from './daemon.ts';
import { createHttpClient, type HttpClient } from './http/client.ts';
import { createLockGuard } from './http/lock-guard.ts';
import { createBackupWatch } from './identity/backup-index.ts';
import { createFileKeyStore } from './identity/file-store.ts';
import {
  type IdentityModules,
  type OpenIdentity,
  openIdentity,
  updateRegistration,
} from './identity/identity.ts';
import type { KeychainKeyStore } from './identity/key-store.ts';
import { type KeyTrouble, openIdentityWhenPossible } from './identity/open-when-possible.ts';
import { createPassphraseSource, type PassphraseSource } from './identity/passphrase.ts';
import { refuseWhileQuarantined } from './identity/quarantine.ts';
import type { Logger } from './logging/logger.ts';
import { openMachine } from './machine.ts';
import type { OllamaAddress } from './ollama/api/address.ts';
import type { OllamaStatus } from './ollama/models/watch.ts';
import { keyNamedByJournals } from './serving/journal-key.ts';
import { openJournalFile } from './storage/journal-file.ts';
import { acquireLock } from './storage/lock.ts';
import { ensureStateDir, type StatePaths } from './storage/paths.ts';
import type { Settings, SettingsStore } from './storage/settings.ts';
import { isLoopbackHost } from './storage/settings-fields.ts';
import type { Clock } from './system/clock.ts';

export interface StartOptions {
  paths: StatePaths;
  version: string;
  /** What is in force: flags and environment already taken into account. */
  settings: Settings;
  ollama: OllamaAddress;
  /** What the host has just seen of Ollama, so that the first heartbeat need not wait for a second check. */
  knownOllama?: OllamaStatus | null;
  /** Node id and owner as flags or environment give them; null leaves it to what is recorded. */
  nodeId: string | null;
  owner: string | null;
  env: NodeJS.ProcessEnv;
}

/** A daemon with its state directory, lock and control socket: what both hosts start. */
export interface StartedDaemon {
  readonly daemon: Daemon;
  readonly identity: OpenIdentity;
  /**
   * Resolves when the daemon has ended and the lock is free again; rejects with `state-dir-unusable`
   * when it had to end because the lock was taken away under it.
   */
  readonly ended: Promise<void>;
}

/** What a host brings that has a window and a desktop session; without it a key out of reach ends the start. */
export interface DesktopHost {
  keychain: KeychainKeyStore;
  /** Why the daemon waits for its key, and null when it has it. */
  onKeyTrouble: (trouble: KeyTrouble | null) => void;
  /** Ends the wait. */
  signal: AbortSignal;
}

/**
 * Opens the state directory, takes its lock, and starts the daemon and its control socket. Nothing
 * is left behind when it fails.
 *
 * @throws NodeError `other-daemon`, `no-identity` and the other errors of the identity, `node-held`,
 *   `state-dir-unusable`, `disk-full`, `database-unusable`, `ca-file-unreadable`
 */
export async function startDaemon(
  options: StartOptions,
  modules: {
    clock: Clock;
    log: Logger;
    settingsStore: SettingsStore;
    random: () => number;
    desktop?: DesktopHost;
    /** Opens a key file that is under a passphrase; by default what a service is given. */
    passphrase?: PassphraseSource;
    /** Rejects where the key that was opened must not be used now. */
    checkKey?: (nodeKeyHash: string) => Promise<void>;
  },
): Promise<StartedDaemon> {
  const { paths, version, settings, env } = options;
  const { clock, log, settingsStore, random, desktop } = modules;
  const open: (() => Promise<void> | void)[] = [];
  const closeAll = async () => {
    for (const close of open.splice(0).reverse()) {
      try {
        await close();
      } catch (error) {
        // A disk that has become read-only keeps nothing from being removed: the end is as orderly as it can be.
        log.fault(error, 'not-closed');
      }
    }
  };
  try {
    const { narrowedFrom } = await ensureStateDir(paths, { clock });
    if (narrowedFrom !== null) log.warn('state-dir-narrowed', { mode: narrowedFrom });
    const lock = await acquireLock({ paths, version }, { clock });
    open.push(() => lock.release());
    const database = openJournalFile(paths.journalFile, { clock, log });
    open.push(() => database.close());
    const passphrase = modules.passphrase ?? createPassphraseSource({ env });
    const fileStore = createFileKeyStore({ keyFile: paths.keyFile, passphrase });
    const names = { clock, fileStore, journalNamesKey: () => keyNamedByJournals(paths, database) };
    const identity = await openHostedIdentity(paths, { ...names, log }, desktop);
    await refuseWhileQuarantined(paths, identity.key.nodeKeyHash);
    await modules.checkKey?.(identity.key.nodeKeyHash);
    const backups = createBackupWatch({ paths, nodeKeyHash: identity.key.nodeKeyHash }, { clock });
    await backups.refresh();
    const machine = await openMachine(
      { paths, version, settings, ollama: options.ollama, env },
      { clock, log },
    );
    open.push(() => machine.stop());
    const { probe, userAgent } = machine;
    const opened = (client: HttpClient): HttpClient => {
      open.push(() => client.stop());
      return client;
    };
    const lockGuard = createLockGuard(
      { lockFile: paths.lockFile },
      { lock, log, onLost: () => void daemon.drain(0) },
    );
    const coordinatorHttp = () => {
      const options = { proxyEnv: env, caFile: settings.caFile, plainHttp: 'loopback', userAgent } as const;
      return lockGuard.guarded(opened(createHttpClient(options, { clock })));
    };
    const { nodeKeyHash } = identity.key;
    const daemon = createDaemon(
      {
        paths,
        env,
        version,
        settings,
        node: {
          id: options.nodeId ?? identity.record.nodeId,
          fixed: options.nodeId !== null,
          owner: options.owner ?? identity.record.owner,
        },
        keyStore: identity.record.keyStore,
        ollama: { ...options.ollama, known: options.knownOllama ?? null },
      },
      {
        nodeKey: identity.key,
        database,
        heartbeatHttp: coordinatorHttp(),
        coordinatorHttp: coordinatorHttp(),
        machine,
        backups,
        hasNetworkInterface: () =>
          isLoopbackHost(new URL(settings.coordinatorUrl).hostname) || hasNetworkInterface(),
        saveSetting: async (name, value) => void (await settingsStore.set(name, value)),
        saveRegistration: async ({ nodeId, owner }) =>
          void (await updateRegistration({ paths, nodeKeyHash }, { nodeId, owner }, { clock })),
        clock,
        log,
        random,
      },
    );
    open.push(() => daemon.drain(0));
    const socket = await openControlSocket({ paths }, { lock, daemon, clock, log });
    open.push(() => socket.stop());
    daemon.start();
    if (probe.fromCache) renewOnceOnline(daemon, () => void probe.renew());
    const ended = daemon.ended.then(async () => {
      await closeAll();
      if (lockGuard.lost) throw lockGuard.lost;
    });
    // A host that does not wait for the end is not to be ended by it.
    ended.catch(() => undefined);
    return { daemon, identity, ended };
  } catch (error) {
    await closeAll();
    throw error;
  }
}

/** On a desktop the lock is held while the key is waited for: no second daemon takes its place meanwhile. */
function openHostedIdentity(
  paths: StatePaths,
  modules: IdentityModules & { log: Logger },
  desktop: DesktopHost | undefined,
): Promise<OpenIdentity> {
  if (!desktop) return openIdentity({ paths }, modules);
  const { keychain, signal } = desktop;
  const onTrouble = (trouble: KeyTrouble | null) => {
    modules.log.warn(trouble ? 'key-out-of-reach' : 'key-in-reach', { code: trouble?.error.code ?? null });
    desktop.onKeyTrouble(trouble);
  };
  return openIdentityWhenPossible({ paths }, { ...modules, keychain, signal, onTrouble });
}

function renewOnceOnline(daemon: Daemon, renew: () => void): void {
  let done = false;
  daemon.onChange(({ heartbeat }) => {
    if (done || heartbeat.accepted === 0) return;
    done = true;
    renew();
  });
}

function hasNetworkInterface(): boolean {
  return Object.values(networkInterfaces()).some((addresses) => addresses?.some(({ internal }) => !internal));
}
