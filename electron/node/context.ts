import { createFileKeyStore, type FileKeyStore } from '../daemon/identity/file-store.ts';
import { createKeychainStore, type KeychainStore } from '../daemon/identity/keychain/store.ts';
import { createPassphraseSource, type PassphraseSource } from '../daemon/identity/passphrase.ts';
import type { StatePaths } from '../daemon/storage/paths.ts';
import type { Clock } from '../daemon/system/clock.ts';
import { createToolRunner, type RunTool } from '../daemon/system/run-tool.ts';

/** This computer and the node's place on it, as a host sees them. Built once per host, given to every operation. */
export interface NodeContext {
  readonly paths: StatePaths;
  readonly env: NodeJS.ProcessEnv;
  readonly platform: NodeJS.Platform;
  readonly homeDir: string;
  /** The product's own version. */
  readonly version: string;
  readonly clock: Clock;
  readonly keychain: KeychainStore;
  /** Opens a key file that is under a passphrase; asks a person where the host has one to ask. */
  readonly passphrase: PassphraseSource;
  /** The key file of this node; `lockWith` puts keys that are added under a passphrase (null: plain). */
  fileStore(lockWith?: string | null): FileKeyStore;
  /** Runs a tool of the system within limits. */
  readonly runTool: RunTool;
}

export interface ContextOptions {
  paths: StatePaths;
  env: NodeJS.ProcessEnv;
  platform: NodeJS.Platform;
  homeDir: string;
  version: string;
}

/** @param modules `askPassphrase` asks a person for the passphrase of a locked key file; left out where nobody can be asked */
export function createContext(
  options: ContextOptions,
  modules: { clock: Clock; askPassphrase?: ((place: string) => Promise<string>) | undefined },
): NodeContext {
  const { paths, env, platform } = options;
  const { clock, askPassphrase } = modules;
  const passphrase = createPassphraseSource({ env }, { ask: askPassphrase });
  return {
    ...options,
    clock,
    keychain: createKeychainStore({ platform, env }, { clock }),
    passphrase,
    fileStore: (lockWith = null) => createFileKeyStore({ keyFile: paths.keyFile, passphrase, lockWith }),
    runTool: createToolRunner({ env }, { clock }),
  };
}
