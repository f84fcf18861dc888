import type { AppCommandHandlers } from '../../../shared/contract/app.ts';
import type { AdoptedEntry, KeyStoreKind, keyCommands } from '../../../shared/contract/keys.ts';
import { isNodeError, NodeError } from '../../../shared/errors.ts';
import { adoptKey, type IncomingKey } from '../../daemon/identity/adopt.ts';
import { inspectBackup, openBackup } from '../../daemon/identity/backup.ts';
import { noteBackup } from '../../daemon/identity/backup-index.ts';
import { createFileKeyStore } from '../../daemon/identity/file-store.ts';
import type { KeychainStore } from '../../daemon/identity/keychain/store.ts';
import { moveKey } from '../../daemon/identity/move.ts';
import { createNodeKey } from '../../daemon/identity/node-key.ts';
import type { PassphraseSource } from '../../daemon/identity/passphrase.ts';
import { releaseHold } from '../../daemon/identity/quarantine.ts';
import { officialDirectory, officialWallets, readOfficialNode } from '../../daemon/incumbent/files.ts';
import { findOfficialRun } from '../../daemon/incumbent/run.ts';
import { takeOverNode } from '../../daemon/incumbent/settings.ts';
import { keyNamedByJournals } from '../../daemon/serving/journal-key.ts';
import { readIdentityRecord } from '../../daemon/storage/identity-record.ts';
import { whileNoNodeRuns } from '../../daemon/storage/lock.ts';
import type { StatePaths } from '../../daemon/storage/paths.ts';
import type { SettingsStore } from '../../daemon/storage/settings.ts';
import type { Clock } from '../../daemon/system/clock.ts';
import { createToolRunner } from '../../daemon/system/run-tool.ts';
import type { DaemonManager } from '../../node/daemon-manager.ts';

export interface KeyCommandModules {
  node: DaemonManager;
  settings: SettingsStore;
  keychain: KeychainStore;
  /** Opens a key file that lies under a passphrase. */
  passphrase: PassphraseSource;
  /** Asks the person for the file of a backup; null when it was called off. */
  askFile: () => Promise<string | null>;
  clock: Clock;
}

/** A key from elsewhere; it lies in the file first, also on its way to the keychain. */
interface Adoption {
  incoming: IncomingKey;
  keyStore: KeyStoreKind;
  differentKey: boolean;
  hold: boolean;
}

/** The node key from a window: restored, taken over, confirmed, unlocked, moved. */
export function createKeyCommands(
  options: {
    paths: StatePaths;
    version: string;
    platform: NodeJS.Platform;
    env: NodeJS.ProcessEnv;
    homeDir: string;
  },
  modules: KeyCommandModules,
): Pick<AppCommandHandlers, keyof typeof keyCommands> {
  const { paths, version, platform, env, homeDir } = options;
  const { node, settings, keychain, passphrase, askFile, clock } = modules;
  const fileStore = createFileKeyStore({ keyFile: paths.keyFile, passphrase });
  const stores = { clock, fileStore, keychain, journalNamesKey: () => keyNamedByJournals(paths) };
  /** Sources whose key was refused as another one: only there is insisting heeded. */
  const refused = new Set<string>();
  let chosen: string | null = null;

  /** Works on the key while no node runs; a node of this app is stopped for it, and started again. */
  async function apart<T>(work: () => Promise<T>): Promise<T> {
    const stops = ['hosting', 'key-trouble', 'starting'].includes(node.phase.phase);
    if (stops) await node.stop(settings.current.timing.drainMs);
    let done = false;
    try {
      const result = await whileNoNodeRuns({ paths, version }, { clock }, work);
      done = true;
      return result;
    } finally {
      // Where there was no key before there is none after a refusal, and downloads go on meanwhile.
      if (stops || done) void node.start();
    }
  }

  /** @param alsoDo what has to be done before the node starts with the key */
  async function adopt(
    { keyStore, differentKey, ...rest }: Adoption,
    alsoDo: () => Promise<void> = async () => {},
  ): Promise<AdoptedEntry> {
    if (node.phase.phase === 'hosting')
      throw new NodeError('other-daemon', { pid: process.pid, uptimeMs: null, stateDir: paths.stateDir });
    const { source, privateKey } = rest.incoming;
    // Where no keychain opens, only the person turns to a file.
    if (keyStore === 'keychain') await keychain.unlock(createNodeKey(privateKey).nodeKeyHash);
    const wallets = await officialWallets(homeDir);
    try {
      return await apart(async () => {
        const insists = differentKey && refused.has(source);
        const adopted = await adoptKey({ paths, wallets, differentKey: insists, ...rest }, stores);
        const moved = keyStore === 'keychain' ? await toKeychain() : null;
        await alsoDo();
        const { nodeKeyHash, nodeId } = adopted.record;
        const { setAside } = adopted;
        return {
          nodeKeyHash,
          nodeId,
          keyStore: moved?.place == null ? ('file' as const) : ('keychain' as const),
          place: moved?.place ?? adopted.place,
          alreadyHere: adopted.alreadyHere,
          held: adopted.held,
          setAside: setAside === null ? null : { keyFile: setAside.keyFile, recordFile: setAside.recordFile },
          notMoved: moved?.fault ?? null,
        };
      });
    } catch (error) {
      if (isNodeError(error, 'key-not-expected') || isNodeError(error, 'key-in-the-way')) refused.add(source);
      throw error;
    }
  }

  /** A key that is safe in a file is not given up because the keychain does not take it. */
  async function toKeychain() {
    try {
      const { to } = await moveKey({ paths, to: 'keychain' }, stores);
      return { place: to, fault: null };
    } catch (error) {
      if (!isNodeError(error)) throw error;
      return { place: null, fault: { code: error.code, details: { ...error.details } } };
    }
  }

  async function recordedHash(): Promise<string> {
    const record = await readIdentityRecord(paths.identityFile);
    if (record === null) throw new NodeError('no-identity', { stateDir: paths.stateDir });
    return record.nodeKeyHash;
  }

  return {
    async 'key.chooseBackup'() {
      const path = await askFile();
      // Called off: what was chosen before still stands in the window.
      if (path === null) return { chosen: null };
      const { locked, belonging } = await inspectBackup(path);
      chosen = path;
      const { nodeId = null, nodeKeyHash = null } = belonging ?? {};
      return { chosen: { path, locked, nodeId, nodeKeyHash } };
    },
    async 'key.restore'({ passphrase: given, keyStore, differentKey, oldMachineIsOff }) {
      const file = chosen;
      if (file === null) throw new NodeError('backup-unusable', { path: '', reason: 'no file was chosen' });
      const { privateKey, belonging } = await openBackup(file, async () => {
        if (given === null) throw new NodeError('passphrase-wrong', { place: file });
        return given;
      });
      const { nodeId = null, owner = null } = belonging ?? {};
      const incoming = { privateKey, nodeId, owner, source: file };
      const { nodeKeyHash } = createNodeKey(privateKey);
      const adopted = await adopt({ incoming, keyStore, differentKey, hold: !oldMachineIsOff }, () =>
        noteBackup(paths, { nodeKeyHash, path: file, atMs: clock.now() }, { clock }),
      );
      chosen = null;
      return adopted;
    },
    async 'key.import'({ keyStore, differentKey }) {
      const dir = officialDirectory(homeDir);
      const official = await readOfficialNode({ dir, keyOnly: differentKey && refused.has(dir) });
      const runTool = createToolRunner({ env }, { clock });
      const running = await findOfficialRun({ platform, homeDir }, { runTool });
      if (running !== null) throw new NodeError('official-running', { name: running.name, pid: running.pid });
      const { privateKey, nodeId, owner } = official;
      const incoming = { privateKey, nodeId, owner, source: dir };
      // On this computer the daemon was looked for, so there is nothing to confirm.
      let over: Awaited<ReturnType<typeof takeOverNode>> = { taken: [], notes: [] };
      const adopted = await adopt({ incoming, keyStore, differentKey, hold: false }, async () => {
        over = await takeOverNode(settings, official);
      });
      const taken = over.taken.map(({ name, value }) => ({ name, value }));
      return { adopted, taken, notes: over.notes };
    },
    async 'key.confirmOldMachineOff'() {
      await releaseHold(paths);
      void node.start();
      return {};
    },
    async 'key.unlockKeychain'() {
      await keychain.unlock(await recordedHash());
      return {};
    },
    async 'key.unlockFile'({ passphrase: given }) {
      await node.unlock(given);
      const { phase } = node;
      if (phase.phase === 'failed' && phase.error.code === 'passphrase-wrong')
        throw new NodeError('passphrase-wrong', { place: paths.keyFile });
      return {};
    },
    async 'key.move'({ to }) {
      // Before the node stops: a keychain that does not open costs no uptime.
      if (to === 'keychain') await keychain.unlock(await recordedHash());
      const moved = await apart(() => moveKey({ paths, to }, stores));
      return { place: moved.to, alreadyThere: moved.alreadyThere };
    },
  };
}
