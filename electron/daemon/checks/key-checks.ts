import type { CheckReport } from '../../../shared/check-findings.ts';
import { isNodeError, NodeError } from '../../../shared/errors.ts';
import { describeFinding } from '../../../shared/texts/check-text.ts';
import { lastBackupOf } from '../identity/backup-index.ts';
import { errorOf, type KeychainState } from '../identity/keychain/state.ts';
import { readQuarantine } from '../identity/quarantine.ts';
import type { OfficialRun } from '../incumbent/run.ts';
import { keyNamedByJournals } from '../serving/journal-key.ts';
import type { IdentityRecord } from '../storage/identity-record.ts';
import type { StatePaths } from '../storage/paths.ts';

/** Where record and key file are gone: what a journal says of the key that belongs here; null when none says anything. */
export function keyExpectedByJournals(paths: StatePaths): NodeError | null {
  try {
    const nodeKeyHash = keyNamedByJournals(paths);
    return nodeKeyHash === null ? null : new NodeError('key-expected', { nodeKeyHash, place: paths.keyFile });
  } catch (error) {
    if (isNodeError(error)) return error;
    throw error;
  }
}

/**
 * Whether the keychain would give the key, without opening it.
 *
 * @param inspect null where inspecting would ask the person
 */
export async function checkKeychain(
  record: IdentityRecord | null,
  inspect: ((nodeKeyHash: string) => Promise<KeychainState>) | null,
): Promise<CheckReport> {
  if (record?.keyStore !== 'keychain') return describeFinding({ code: 'keychain-not-needed', facts: {} });
  if (inspect === null) return describeFinding({ code: 'keychain-not-checked', facts: {} });
  const { nodeKeyHash } = record;
  const place = 'the keychain';
  const state = await inspect(nodeKeyHash);
  const absent = state.status === 'open' && state.entry === 'absent';
  const error = absent ? new NodeError('key-missing', { nodeKeyHash, place }) : errorOf(state, place);
  if (error !== null)
    return describeFinding({
      code: 'keychain-unusable',
      facts: { error: error.code, details: JSON.stringify(error.details) },
    });
  const program = state.status === 'open' ? state.program : null;
  return describeFinding({ code: 'keychain-holds-key', facts: { program } });
}

/** Whether a backup of the key was ever made; where the file is today, nobody knows. */
export async function checkBackup(paths: StatePaths, nodeKeyHash: string | null): Promise<CheckReport> {
  if (nodeKeyHash === null) return describeFinding({ code: 'backup-not-checked', facts: {} });
  const backup = await lastBackupOf(paths, nodeKeyHash);
  if (backup === null) return describeFinding({ code: 'backup-none', facts: {} });
  return describeFinding({ code: 'backup-made', facts: { path: backup.path, atMs: backup.atMs } });
}

/** A restored key that nobody has confirmed is not used; nothing to report otherwise. */
export async function checkQuarantine(paths: StatePaths, nodeKeyHash: string | null): Promise<CheckReport[]> {
  const quarantine = nodeKeyHash === null ? null : await readQuarantine(paths);
  if (quarantine === null || (quarantine.nodeKeyHash !== null && quarantine.nodeKeyHash !== nodeKeyHash))
    return [];
  return [describeFinding({ code: 'key-held', facts: {} })];
}

/** The official client with the same key on this computer; nothing farther away can be seen. */
export async function checkOfficial(
  nodeKeyHash: string | null,
  officialWith: (nodeKeyHash: string) => Promise<OfficialRun | null>,
): Promise<CheckReport> {
  const run = nodeKeyHash === null ? null : await officialWith(nodeKeyHash);
  if (run === null) return describeFinding({ code: 'official-not-here', facts: {} });
  return describeFinding({ code: 'official-runs', facts: { name: run.name, pid: run.pid } });
}
