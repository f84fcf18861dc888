import type { CheckReport } from '../../../shared/check-findings.ts';
import { describeFinding } from '../../../shared/check-text.ts';
import { lastBackupOf } from '../identity/backup-book.ts';
import { readHold } from '../identity/hold.ts';
import type { OfficialRun } from '../identity/official-run.ts';
import type { StatePaths } from '../storage/paths.ts';

/** Whether a backup of the key was ever made; where the file is today, nobody knows. */
export async function checkBackup(paths: StatePaths, nodeKeyHash: string | null): Promise<CheckReport> {
  if (nodeKeyHash === null) return describeFinding({ code: 'backup-not-checked', facts: {} });
  const backup = await lastBackupOf(paths, nodeKeyHash);
  if (backup === null) return describeFinding({ code: 'backup-none', facts: {} });
  return describeFinding({ code: 'backup-made', facts: { path: backup.path, atMs: backup.atMs } });
}

/** A restored key that nobody has confirmed is not used; nothing to report otherwise. */
export async function checkHold(paths: StatePaths, nodeKeyHash: string | null): Promise<CheckReport[]> {
  const hold = nodeKeyHash === null ? null : await readHold(paths);
  if (hold === null || (hold.nodeKeyHash !== null && hold.nodeKeyHash !== nodeKeyHash)) return [];
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
