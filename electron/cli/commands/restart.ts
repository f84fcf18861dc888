import { isNodeError } from '../../../shared/errors.ts';
import type { CommandRun } from '../args/invocation.ts';
import { exitCodes } from '../exit-codes.ts';
import { resolvePaths } from '../resolve.ts';

/** Restarts the service of this node; without one, stops what runs and starts it in this terminal. */
export const runRestart: CommandRun = async (invocation) => {
  const { env, platform, homeDir, clock, flags } = invocation;
  const paths = await resolvePaths(invocation);
  const { serviceOfState } = await import('../../node/operations/service/services.ts');
  if ((await serviceOfState({ env, platform, homeDir, clock, paths })) !== null) {
    const { runControl } = await import('./service/control.ts');
    return runControl(invocation, 'restart');
  }
  const { runDrain } = await import('./drain.ts');
  try {
    const stopped = await runDrain({ ...invocation, flags: { ...flags, 'no-wait': false } });
    if (stopped !== exitCodes.done) return stopped;
  } catch (error) {
    if (!isNodeError(error, 'no-daemon')) throw error;
  }
  const { runStart } = await import('./start/start.ts');
  return runStart(invocation);
};
