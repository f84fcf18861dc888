import type { AppCommandHandlers } from '../../../shared/contract/app.ts';
import type { AdoptedEntry, keyCommands } from '../../../shared/contract/keys.ts';
import { isNodeError, NodeError } from '../../../shared/errors.ts';
import { inspectBackup } from '../../daemon/identity/backup.ts';
import { officialDirectory } from '../../daemon/incumbent/files.ts';
import type { SettingsStore } from '../../daemon/storage/settings.ts';
import type { NodeContext } from '../../node/context.ts';
import type { DaemonManager } from '../../node/daemon-manager.ts';
import type { AdoptionHost, AdoptionResult } from '../../node/operations/keys/adopt.ts';
import { confirmOldMachineOff } from '../../node/operations/keys/confirm.ts';
import { importNode } from '../../node/operations/keys/import.ts';
import { moveKey, unlockKeychain } from '../../node/operations/keys/move.ts';
import { repairIdentity } from '../../node/operations/keys/repair.ts';
import { restoreKey } from '../../node/operations/keys/restore.ts';

export interface KeyCommandModules {
  node: DaemonManager;
  settings: SettingsStore;
  /** Asks the person for the file of a backup; null when they cancelled. */
  askFile: () => Promise<string | null>;
}

/** The node key from a window: restored, imported, repaired, confirmed, unlocked, moved. */
export function createKeyCommands(
  context: NodeContext,
  { node, settings, askFile }: KeyCommandModules,
): Pick<AppCommandHandlers, keyof typeof keyCommands> {
  const { paths, homeDir, keychain } = context;
  /** Sources whose key was refused as another one: only there is insisting heeded. */
  const refused = new Set<string>();
  let chosen: string | null = null;

  const unlock = (nodeKeyHash: string) => keychain.unlock(nodeKeyHash);
  /** A node of this app is stopped for work on the key, and started again. */
  const host: AdoptionHost = {
    unlockKeychain: unlock,
    async makeRoom(work) {
      const stops = ['hosting', 'key-trouble', 'starting'].includes(node.phase.phase);
      if (stops) await node.stop(settings.current.timing.drainMs);
      let done = false;
      try {
        const result = await work();
        done = true;
        return result;
      } finally {
        // Where there was no key before there is none after a refusal, and downloads go on meanwhile.
        if (stops || done) void node.start();
      }
    },
  };

  /** A node that serves is not stopped for another key. */
  function refuseWhileServing(): void {
    if (node.phase.phase === 'hosting')
      throw new NodeError('other-daemon', { pid: process.pid, uptimeMs: null, stateDir: paths.stateDir });
  }

  async function notingRefusals<T>(source: string, work: Promise<T>): Promise<T> {
    return work.catch((error: unknown) => {
      if (isNodeError(error, 'key-not-expected') || isNodeError(error, 'key-in-the-way')) refused.add(source);
      throw error;
    });
  }

  return {
    'key.stores': async () => ({ keychain: await keychainHere(context) }),
    async 'key.chooseBackup'() {
      const path = await askFile();
      // Cancelled: what was chosen before is still in the window.
      if (path === null) return { chosen: null };
      const { locked, belonging } = await inspectBackup(path);
      chosen = path;
      const { nodeId = null, nodeKeyHash = null } = belonging ?? {};
      return { chosen: { path, locked, nodeId, nodeKeyHash } };
    },
    async 'key.restore'({ passphrase, keyStore, differentKey, oldMachineIsOff }) {
      const file = chosen;
      if (file === null) throw new NodeError('backup-unusable', { path: '', reason: 'no-file-chosen' });
      refuseWhileServing();
      const ask = {
        async passphrase() {
          if (passphrase === null) throw new NodeError('passphrase-wrong', { place: file });
          return passphrase;
        },
        oldMachineIsOff: async () => oldMachineIsOff,
      };
      const input = { file, keyStore, differentKey: differentKey && refused.has(file) };
      const key = await notingRefusals(file, restoreKey(context, input, ask, host));
      chosen = null;
      return entryOf(key);
    },
    async 'key.import'({ keyStore, differentKey }) {
      refuseWhileServing();
      const dir = officialDirectory(homeDir);
      const input = { keyStore, differentKey: differentKey && refused.has(dir) };
      // Only the folder of this computer's own client is imported from a window.
      const ask = { oldMachineIsOff: async () => true };
      const done = await notingRefusals(dir, importNode(context, input, ask, { ...host, settings }));
      const taken = done.taken.map(({ name, value }) => ({ name, value }));
      return { adopted: entryOf(done.key), taken, notes: [...done.notes] };
    },
    async 'key.repair'() {
      const { record, place, rebuilt, oldRecordFile } = await repairIdentity(context, host);
      return { nodeKeyHash: record.nodeKeyHash, place, rebuilt, oldRecordFile };
    },
    async 'key.confirmOldMachineOff'() {
      await confirmOldMachineOff(context, async () => {});
      void node.start();
      return {};
    },
    async 'key.unlockKeychain'() {
      await unlockKeychain(context);
      return {};
    },
    async 'key.unlockFile'({ passphrase }) {
      await node.unlock(passphrase);
      const { phase } = node;
      if (phase.phase === 'failed' && phase.error.code === 'passphrase-wrong')
        throw new NodeError('passphrase-wrong', { place: paths.keyFile });
      return {};
    },
    async 'key.move'({ to }) {
      const moved = await moveKey(context, { to }, host);
      return { place: moved.to, alreadyThere: moved.alreadyThere };
    },
  };
}

function entryOf({
  record,
  keyStore,
  place,
  alreadyHere,
  quarantined,
  archived,
  notMoved,
}: AdoptionResult): AdoptedEntry {
  return {
    nodeKeyHash: record.nodeKeyHash,
    nodeId: record.nodeId,
    keyStore,
    place,
    alreadyHere,
    held: quarantined,
    setAside: archived === null ? null : { keyFile: archived.keyFile, recordFile: archived.recordFile },
    notMoved: notMoved === null ? null : { code: notMoved.code, details: { ...notMoved.details } },
  };
}

/** macOS has a keychain always, and no way to ask without asking the person. */
async function keychainHere({ platform, keychain }: NodeContext): Promise<'open' | 'locked' | 'none'> {
  if (platform === 'darwin') return 'open';
  const { status } = await keychain.inspect(noKey);
  return status === 'open' || status === 'locked' ? status : 'none';
}

/** The hash of no key: only how the keychain itself stands is of interest. */
const noKey = `0x${'0'.repeat(64)}`;
