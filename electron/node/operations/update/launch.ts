import { NodeError } from '../../../../shared/errors.ts';
import { faultOf } from '../../../daemon/system/service-manager/tool-fault.ts';
import type { NodeContext } from '../../context.ts';
import type { Installation } from './installation.ts';

const launchMs = 20_000;

/**
 * A version that was brought starts here, and says that it is the one that was wanted.
 *
 * @throws NodeError `update-failed`, before anything has been replaced
 */
export async function requireLaunch(
  installation: Installation,
  wanted: string,
  { runTool }: Pick<NodeContext, 'runTool'>,
): Promise<void> {
  const outcome = await runTool(installation.launcherOf(wanted), ['version', '--json'], {
    timeoutMs: launchMs,
  });
  const found = outcome.kind === 'ran' ? versionIn(outcome.stdout) : null;
  if (found === wanted) return;
  throw new NodeError('update-failed', {
    version: wanted,
    reason: faultOf(outcome) ?? `other-version(${found})`,
    restored: true,
    kept: installation.running,
  });
}

function versionIn(stdout: string): string | null {
  try {
    const { version } = JSON.parse(stdout) as { version?: unknown };
    return typeof version === 'string' ? version.slice(0, 40) : null;
  } catch {
    return null;
  }
}
