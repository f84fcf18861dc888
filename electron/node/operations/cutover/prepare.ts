import type { CheckReport } from '../../../../shared/check-findings.ts';
import { isNodeError, NodeError } from '../../../../shared/errors.ts';
import { officialDirectory, readOfficialNode } from '../../../daemon/incumbent/files.ts';
import { importSettings } from '../../../daemon/incumbent/settings.ts';
import { readIdentityRecord } from '../../../daemon/storage/identity-record.ts';
import { findDaemon } from '../../../daemon/storage/lock.ts';
import type { SettingsStore } from '../../../daemon/storage/settings.ts';
import type { NodeContext } from '../../context.ts';
import { takeIn } from '../keys/adopt.ts';

/** What a cutover does, as it does it. */
export type CutoverStep =
  | { step: 'key-imported'; dir: string; alreadyHere: boolean }
  | { step: 'checked'; failed: readonly CheckReport[] }
  | { step: 'stopping-official'; name: string }
  | { step: 'starting' }
  | { step: 'taking-back' }
  | { step: 'ending' }
  | { step: 'starting-official'; name: string };

/**
 * Makes the key of the official client ours too; its files are only read, and it goes on serving. Nothing is stopped
 * for a node that could not serve.
 *
 * @param modules.check every check, by what is in force once the official client's settings are here
 * @throws NodeError `official-missing`, `official-unusable`, the errors of `takeIn`, `switch-failed`
 */
export async function prepareCutover(
  context: NodeContext,
  modules: {
    settings: SettingsStore;
    check: () => Promise<readonly CheckReport[]>;
    report: (step: CutoverStep) => void;
  },
): Promise<{ nodeKeyHash: string; dir: string }> {
  const { settings, check, report } = modules;
  const taken = await importKey(context, settings, report);
  const checks = await check();
  // That the official client runs, and ours does not, is why we are here.
  const failed = checks.filter(
    ({ id, result }) => result === 'failed' && id !== 'official' && id !== 'daemon',
  );
  report({ step: 'checked', failed });
  const [first] = failed;
  if (first === undefined) return taken;
  throw new NodeError('switch-failed', {
    reason: 'a-check-failed',
    official: 'official-keeps-running',
    check: { finding: first.finding, facts: first.facts },
  });
}

async function importKey(
  context: NodeContext,
  settings: SettingsStore,
  report: (step: CutoverStep) => void,
): Promise<{ nodeKeyHash: string; dir: string }> {
  const { paths, homeDir, clock } = context;
  const dir = officialDirectory(homeDir);
  const official = await readOfficialNode({ dir });
  const { nodeKeyHash, privateKey, nodeId, owner } = official;
  const record = await readIdentityRecord(paths.identityFile);
  const isOurs = record?.nodeKeyHash === nodeKeyHash;
  // A node of ours that runs with this very key needs nothing more.
  if (isOurs && (await findDaemon(paths, { clock })) !== null) return { nodeKeyHash, dir };
  const incoming = { privateKey, nodeId, owner, source: dir, quarantine: false };
  try {
    const { alreadyHere } = await takeIn(context, incoming, { differentKey: false }, {}, async () => {
      await importSettings(settings, official);
    });
    report({ step: 'key-imported', dir, alreadyHere });
  } catch (error) {
    // A call that was killed had started it: it was not to be found yet, and has come up meanwhile.
    if (!isOurs || !isNodeError(error, 'other-daemon')) throw error;
    report({ step: 'key-imported', dir, alreadyHere: true });
  }
  return { nodeKeyHash, dir };
}

/**
 * Whose key the official client has, before going back to it.
 *
 * @throws NodeError `official-missing`, `key-differs` when going back would bring another node
 */
export async function officialKeyToReturnTo({ paths, homeDir }: NodeContext): Promise<string> {
  const dir = officialDirectory(homeDir);
  const { nodeKeyHash } = await readOfficialNode({ dir, keyOnly: true });
  const record = await readIdentityRecord(paths.identityFile).catch((error: unknown) => {
    if (isNodeError(error, 'identity-unreadable')) return null;
    throw error;
  });
  if (record !== null && record.nodeKeyHash !== nodeKeyHash) {
    throw new NodeError('key-differs', { expected: record.nodeKeyHash, found: nodeKeyHash, place: dir });
  }
  return nodeKeyHash;
}
