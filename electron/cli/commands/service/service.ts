import { realpathSync } from 'node:fs';
import { NodeError } from '../../../../shared/errors.ts';
import { statePaths } from '../../../daemon/storage/paths.ts';
import type { ServiceScope } from '../../../daemon/system/service-manager/definition.ts';
import type { NodeContext } from '../../../node/context.ts';
import { serviceProgram } from '../../../node/operations/service/program.ts';
import { chooseService, type InstalledService } from '../../../node/operations/service/services.ts';
import type { CommandRun, Invocation } from '../../args/invocation.ts';
import { contextOf } from '../../context.ts';
import { resolvePaths } from '../../resolve.ts';

/** Flags of the official client's `service`, which installs without a word [network.md 12]. */
const officialFlags = ['node-id', 'gpu', 'cpu', 'model'] as const;

export const runService: CommandRun = async (invocation) => {
  const { operands, flags } = invocation;
  const official = officialFlags.some((name) => flags[name] !== undefined);
  const verb = operands[0] ?? (official ? 'install' : 'status');
  if (official && verb !== 'install') {
    const given = officialFlags.find((name) => flags[name] !== undefined) ?? '';
    throw new NodeError('usage', { input: `--${given}`, remedy: 'belongs to service install' });
  }
  switch (verb) {
    case 'install':
      return (await import('./install.ts')).runInstall(invocation);
    case 'uninstall':
      return (await import('./uninstall.ts')).runServiceUninstall(invocation);
    case 'logs':
      return (await import('./logs.ts')).runServiceLogs(invocation);
    case 'start':
    case 'stop':
    case 'restart':
      return (await import('./control.ts')).runControl(invocation, verb);
    default:
      return (await import('./status.ts')).runServiceStatus(invocation);
  }
};

/** For a service of the whole computer the directory is its own, so nothing is said of root's. */
export async function serviceContext(invocation: Invocation): Promise<NodeContext> {
  const { flags, env, platform, homeDir } = invocation;
  const paths = flags.system
    ? statePaths({ stateDir: flags['state-dir'], env, platform, homeDir })
    : await resolvePaths(invocation);
  return contextOf(invocation, paths);
}

/** The service that this call is about. @throws NodeError `service-missing` */
export function meantService(invocation: Invocation, context: NodeContext): Promise<InstalledService> {
  const { flags } = invocation;
  const scope: ServiceScope | null = flags.system ? 'system' : null;
  return chooseService(context, { scope, name: flags.name ?? null });
}

/** How a service starts this very program. */
export function ownProgram(): readonly string[] {
  const script = realpathSync(process.argv[1] ?? '');
  return serviceProgram({ execPath: process.execPath, nodeFlags: process.execArgv, script });
}
