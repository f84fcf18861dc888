import { officialDirectory, officialKeyHash } from '../daemon/incumbent/files.ts';
import { findOfficialRun, type OfficialRun } from '../daemon/incumbent/run.ts';
import { createToolRunner, type RunTool } from '../daemon/system/run-tool.ts';
import type { Invocation } from './args/invocation.ts';

export function toolRunner({ env, clock }: Invocation): RunTool {
  return createToolRunner({ env }, { clock });
}

/** The official client at work on this computer, with whatever key. */
export function findOfficial(invocation: Invocation): Promise<OfficialRun | null> {
  const { platform, homeDir } = invocation;
  return findOfficialRun({ platform, homeDir }, { runTool: toolRunner(invocation) });
}

/** The official client at work on this computer with this very key; asks nobody where its key is another one. */
export async function findOfficialWith(
  invocation: Invocation,
  nodeKeyHash: string,
): Promise<OfficialRun | null> {
  const theirs = await officialKeyHash(officialDirectory(invocation.homeDir));
  return theirs === nodeKeyHash ? findOfficial(invocation) : null;
}
