import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Registration } from '../../electron/daemon/coordinator/client.ts';
import { makeBackup } from '../../electron/daemon/identity/backup.ts';
import { acquireLock } from '../../electron/daemon/storage/lock.ts';
import type { StatePaths } from '../../electron/daemon/storage/paths.ts';
import { removeNodeData, type UninstallPlan } from '../../electron/daemon/uninstall.ts';
import { clock, existing } from './identity-scene.ts';
import { writeJournal } from './journal-scene.ts';
import { standInKeychain } from './keychain-stand-in.ts';
import { filesUnder, temporaryFolder } from './storage-sandbox.ts';

export const notRegistered: Registration = { kind: 'not-registered' };

/** A node with a backup elsewhere, a lock file as after its first run, a journal and logs. */
export async function uninstallScene(options: { backup?: boolean } = {}) {
  const state = await existing();
  const { paths, key, record } = state;
  const folder = await temporaryFolder();
  const backup = join(folder, 'backup.json');
  await (await acquireLock({ paths, version: '0' }, { clock })).release();
  if (options.backup !== false) {
    const network = { coordinatorUrl: 'https://example.org', chainId: null };
    const store = state.modules.fileStore;
    await makeBackup({ paths, file: backup, passphrase: 'p', record, network, cost: 2 }, { clock, store });
  }
  writeJournal(paths.journalFile, key.nodeKeyHash);
  writeFileSync(paths.logFile, '{}\n');
  writeFileSync(`${paths.logFile}.1`, '{}\n');
  writeFileSync(paths.settingsFile, '{"schemaVersion": 1}');
  const asked: string[] = [];
  const keychainFolder = await temporaryFolder();
  const keychain = standInKeychain(keychainFolder);
  let answer = notRegistered;
  let seen: UninstallPlan | null = null;
  const remove = (how: { loseKey?: boolean; confirm?: () => Promise<void> } = {}) =>
    removeNodeData(
      {
        paths,
        version: '0',
        loseKey: how.loseKey ?? false,
        confirm: async (plan) => {
          seen = plan;
          await how.confirm?.();
        },
      },
      {
        clock,
        keychain,
        lookUp: async (nodeKeyHash) => {
          asked.push(nodeKeyHash);
          return answer;
        },
      },
    );
  return {
    ...state,
    backup,
    keychain,
    keychainFolder,
    asked,
    remove,
    answers: (next: Registration) => {
      answer = next;
    },
    plan: () => seen,
  };
}

/** Everything but the files that taking a lock makes. */
export const kept = (paths: StatePaths) =>
  new Map([...filesUnder(paths.stateDir)].filter(([path]) => !/(control\.json|lock\.db)$/.test(path)));
