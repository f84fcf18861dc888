import { existsSync } from 'node:fs';
import { NodeError } from '../../shared/errors.ts';
import { refuseWhileQuarantined } from '../daemon/identity/quarantine.ts';
import { officialDirectory, officialKeyHash } from '../daemon/incumbent/files.ts';
import { findOfficialRun, type OfficialRun } from '../daemon/incumbent/run.ts';
import type { NodeContext } from './context.ts';

type Computer = Pick<NodeContext, 'platform' | 'homeDir' | 'runTool'>;

/** What the official client keeps on this computer; null where there is nothing of it. */
export async function officialNode({
  homeDir,
}: Pick<NodeContext, 'homeDir'>): Promise<{ path: string; nodeKeyHash: string | null } | null> {
  const path = officialDirectory(homeDir);
  return existsSync(path) ? { path, nodeKeyHash: await officialKeyHash(path) } : null;
}

/** The official client running on this computer, with whatever key. */
export function officialOnThisComputer({
  platform,
  homeDir,
  runTool,
}: Computer): Promise<OfficialRun | null> {
  return findOfficialRun({ platform, homeDir }, { runTool });
}

/** The official client running on this computer with this very key; starts no tool where its key is another one. */
export async function officialWithKey(context: Computer, nodeKeyHash: string): Promise<OfficialRun | null> {
  const theirs = await officialNode(context);
  return theirs?.nodeKeyHash === nodeKeyHash ? officialOnThisComputer(context) : null;
}

/**
 * One key, one program: two of them lose each other's work. Only what can be seen from here is checked.
 *
 * @throws NodeError `node-held` for a restored key whose old computer may still run, `official-running`
 */
export async function refuseSharedKey(
  context: Computer & Pick<NodeContext, 'paths'>,
  nodeKeyHash: string,
): Promise<void> {
  await refuseWhileQuarantined(context.paths, nodeKeyHash);
  const official = await officialWithKey(context, nodeKeyHash);
  if (official === null) return;
  throw new NodeError('official-running', { name: official.name, pid: official.pid });
}
