import { userInfo } from 'node:os';
import { NodeError } from '../../../../shared/errors.ts';
import type { ServiceFile, ServiceScope } from '../../../daemon/system/service-manager/definition.ts';
import type { ServiceManager, ServiceState } from '../../../daemon/system/service-manager/service-manager.ts';
import { createSystemd } from '../../../daemon/system/service-manager/systemd.ts';
import type { NodeContext } from '../../context.ts';
import type { InstalledService as HostingService } from '../../hosting.ts';

export type ServiceContext = Pick<NodeContext, 'env' | 'platform' | 'homeDir' | 'clock'>;

/** A service of this product on this computer. */
export interface InstalledService {
  manager: ServiceManager;
  file: ServiceFile;
}

/** @throws NodeError `service-unavailable` on a platform without a service manager that is known here */
export async function serviceManager(context: ServiceContext, scope: ServiceScope): Promise<ServiceManager> {
  const { env, platform, homeDir, clock } = context;
  const options = { scope, env, homeDir, uid: process.geteuid?.() ?? -1 };
  if (platform === 'linux') return createSystemd(options, { clock });
  if (platform === 'darwin') {
    const { createLaunchd } = await import('../../../daemon/system/service-manager/launchd.ts');
    return createLaunchd(options, { clock });
  }
  throw new NodeError('service-unavailable', { reason: 'platform', user: accountName() });
}

/** Every service of this product that this user can see: this user's first, then the computer's. */
export async function findServices(context: ServiceContext): Promise<InstalledService[]> {
  if (context.platform !== 'linux' && context.platform !== 'darwin') return [];
  const found: InstalledService[] = [];
  for (const scope of ['user', 'system'] as const) {
    const manager = await serviceManager(context, scope);
    for (const file of await manager.files()) found.push({ manager, file });
  }
  return found;
}

/** The service that runs the node of this state directory, or null. */
export async function serviceOfState(
  context: ServiceContext & Pick<NodeContext, 'paths'>,
): Promise<InstalledService | null> {
  const services = await findServices(context);
  return services.find(({ file }) => file.stateDir === context.paths.stateDir) ?? null;
}

/** The same as hosting asks for it: a program that finds one hosts no node itself, and may start it. */
export async function findHostingService(
  context: ServiceContext & Pick<NodeContext, 'paths'>,
): Promise<HostingService | null> {
  const service = await serviceOfState(context);
  if (service === null) return null;
  const { manager, file } = service;
  return {
    name: manager.label(file.name),
    async start() {
      await requireManager(manager);
      await manager.start(file.name);
    },
  };
}

/**
 * The service that is meant: by its name, else by the state directory, else the only one there is.
 *
 * @throws NodeError `service-missing`
 */
export async function chooseService(
  context: ServiceContext & Pick<NodeContext, 'paths'>,
  wanted: { scope: ServiceScope | null; name: string | null },
): Promise<InstalledService> {
  const services = (await findServices(context)).filter(
    ({ manager }) => wanted.scope === null || manager.scope === wanted.scope,
  );
  const { stateDir, chosenBy } = context.paths;
  const byName = (name: string) => services.find(({ file }) => file.name === name);
  const here = services.find(({ file }) => file.stateDir === stateDir);
  const found =
    wanted.name !== null
      ? byName(wanted.name)
      : (here ?? (chosenBy === 'convention' ? (byName('default') ?? sole(services)) : undefined));
  if (found !== undefined) return found;
  const manager = await serviceManager(context, wanted.scope ?? 'user');
  throw new NodeError('service-missing', { name: manager.label(wanted.name ?? 'default') });
}

function sole(services: readonly InstalledService[]): InstalledService | undefined {
  return services.length === 1 ? services[0] : undefined;
}

export function stateOf({ manager, file }: InstalledService): Promise<ServiceState> {
  return manager.state(file.name);
}

/**
 * Makes sure that the service manager can be asked to act.
 *
 * @throws NodeError `service-unavailable`
 */
export async function requireManager(manager: ServiceManager): Promise<void> {
  const reason = await manager.unavailable();
  if (reason !== null) throw new NodeError('service-unavailable', { reason, user: accountName() });
}

/** Who this process runs as. */
export function accountName(): string {
  try {
    return userInfo().username;
  } catch {
    // A user without an entry in the user database, as in some containers.
    return String(process.geteuid?.() ?? '');
  }
}
