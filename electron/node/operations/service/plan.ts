import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, isAbsolute, join, resolve } from 'node:path';
import { NodeError } from '../../../../shared/errors.ts';
import { findDaemon, type RunningDaemon } from '../../../daemon/storage/lock.ts';
import { type StatePaths, statePaths } from '../../../daemon/storage/paths.ts';
import {
  type ServiceDefinition,
  type ServiceScope,
  serviceNamePattern,
} from '../../../daemon/system/service-manager/definition.ts';
import type { ServiceManager, ServiceState } from '../../../daemon/system/service-manager/service-manager.ts';
import { systemSocket, systemStateRoot } from '../../../daemon/system/service-manager/systemd-unit.ts';
import type { NodeContext } from '../../context.ts';
import { refuseSharedKey } from '../../official-client.ts';
import { findAccount, gpuGroups, systemAccount } from './account.ts';
import { requireSharedProgram } from './program.ts';
import { keyForService, type ServiceKey } from './service-key.ts';
import { accountName, findServices, requireManager, serviceManager } from './services.ts';

/** What a person asked for. */
export interface ServiceRequest {
  scope: ServiceScope;
  /** Null: the one of the state directory, or `default`. */
  name: string | null;
  program: readonly string[];
  /** Further arguments of `start`, already checked. */
  nodeArgs: readonly string[];
  passphraseFile: string | null;
}

/** What an installation would do; nothing of it is done yet. */
export interface ServicePlan {
  manager: ServiceManager;
  definition: ServiceDefinition;
  paths: StatePaths;
  /** The service file, as it is to be. */
  text: string;
  place: string;
  label: string;
  /** What is there now. */
  before: string | null;
  state: ServiceState;
  key: ServiceKey;
  /** The node runs outside of the service, and has to end first. */
  running: RunningDaemon | null;
  /** Whether the user's services go on without a login; null where that does not matter. */
  lingering: boolean | null;
  /** The user that a service of the whole computer runs as has to be made. */
  makesAccount: boolean;
  /** The passphrase file that a service of the computer gets an encrypted copy of, and where. */
  sealsPassphrase: { from: string; to: string } | null;
  /** Variables of this shell that change how a node runs, and that a service does not get. */
  unseenVariables: readonly string[];
}

const meaningful = [
  ...['PARALLELIX_API_URL', 'OLLAMA_HOST', 'PARALLELIX_MODEL', 'PARALLELIX_ACCEPT_TIER_MISMATCH'],
  ...['HTTPS_PROXY', 'https_proxy', 'NO_PROXY', 'no_proxy'],
];

/**
 * Checks everything that an installation depends on, before anything is changed.
 *
 * @throws NodeError `service-unavailable`, `service-refused`, `official-running`, `no-identity`, `usage`, and what
 *   keeps the service from reading its key
 */
export async function planService(context: NodeContext, request: ServiceRequest): Promise<ServicePlan> {
  const { env, platform, version, clock } = context;
  const { scope, program, nodeArgs } = request;
  const sudoUser = env.SUDO_USER;
  const isRoot = process.geteuid?.() === 0;
  if (scope === 'user' && isRoot && sudoUser && sudoUser !== 'root')
    throw new NodeError('service-refused', { reason: 'under-sudo', detail: sudoUser });
  const manager = await serviceManager(context, scope);
  await requireManager(manager);
  const onLinux = platform === 'linux';
  const ownUser = scope === 'system' && onLinux;
  if (ownUser) requireSharedProgram(program);
  const { name, paths } = await nameAndPaths(context, request, ownUser);

  const account = ownUser ? await findAccount(context) : null;
  const uid = ownUser
    ? (account?.uid ?? -1)
    : scope === 'system'
      ? sudoUid(env)
      : (process.geteuid?.() ?? -1);
  const passphraseFile = request.passphraseFile === null ? null : resolve(request.passphraseFile);
  // Before its user is made there is nothing of that user.
  const nobodyYet = ownUser && (account === null || !existsSync(paths.stateDir));
  const key: ServiceKey = nobodyYet
    ? { place: 'missing' }
    : await keyForService({ paths, uid, passphraseFile });
  if (key.place !== 'missing' && key.nodeKeyHash !== null)
    await refuseSharedKey({ ...context, paths }, key.nodeKeyHash);
  if (key.place === 'missing' && !ownUser) throw new NodeError('no-identity', { stateDir: paths.stateDir });

  const notify = await manager.notify();
  const sealed = ownUser && passphraseFile !== null && (await canSeal(context));
  const credentialFile = sealed ? join('/etc', systemAccount, `${name}.passphrase`) : passphraseFile;
  const definition: ServiceDefinition = {
    ...{ scope, name, program, notify, version },
    args: ['start', '--wait', '--plain', '--state-dir', paths.stateDir, ...nodeArgs],
    stateDir: paths.stateDir,
    environment: {
      ...(ownUser ? { PARALLELIX_CONTROL_SOCKET: systemSocket(name) } : {}),
      // launchd hands over no credentials.
      ...(!onLinux && passphraseFile !== null ? { PARALLELIX_KEY_PASSPHRASE_FILE: passphraseFile } : {}),
    },
    account: ownUser
      ? { user: systemAccount, group: systemAccount, supplementaryGroups: await gpuGroups(context) }
      : scope === 'system'
        ? { user: sudoUser ?? 'root', group: sudoUser ? 'staff' : 'wheel', supplementaryGroups: [] }
        : null,
    passphrase: onLinux && credentialFile !== null ? { path: credentialFile, encrypted: sealed } : null,
  };
  const place = manager.path(name);
  const state = await manager.state(name);
  const running = await findDaemon(paths, { clock });
  return {
    ...{ manager, definition, paths, place, state, key },
    text: manager.text(definition),
    label: manager.label(name),
    before: await readFile(place, 'utf8').catch(() => null),
    running: running !== null && running.pid !== state.pid ? running : null,
    lingering: onLinux && scope === 'user' ? isLingering() : null,
    makesAccount: ownUser && account === null,
    sealsPassphrase:
      sealed && passphraseFile !== null ? { from: passphraseFile, to: credentialFile ?? '' } : null,
    unseenVariables: meaningful.filter((variable) => Boolean(env[variable]?.trim())),
  };
}

/** The user's services go on after the last login has ended. */
export function isLingering(): boolean {
  return existsSync(join('/var/lib/systemd/linger', accountName()));
}

/**
 * @throws NodeError `usage` for a name or a directory that cannot be, `service-refused` for a name that another state
 *   directory has
 */
async function nameAndPaths(
  context: NodeContext,
  { scope, name: wanted, nodeArgs: _nodeArgs }: ServiceRequest,
  ownUser: boolean,
): Promise<{ name: string; paths: StatePaths }> {
  const { paths, env, platform, homeDir } = context;
  if (wanted !== null && !serviceNamePattern.test(wanted)) {
    const remedy = 'must be 1 to 32 letters, digits, - and _';
    throw new NodeError('usage', { input: `--name ${wanted}`, remedy });
  }
  const services = (await findServices(context)).filter(({ manager }) => manager.scope === scope);
  const present = services.find(({ file }) => file.stateDir === paths.stateDir)?.file.name;
  const given = paths.chosenBy === 'convention' ? 'default' : nameOf(paths.stateDir);
  const name = wanted ?? (ownUser ? (present ?? 'default') : (present ?? given));
  let stateDir = paths.stateDir;
  if (ownUser) {
    stateDir = join(systemStateRoot, name);
    if (paths.chosenBy !== 'convention' && paths.stateDir !== stateDir) {
      const remedy = `with --system the node is kept in ${stateDir}; leave the directory out`;
      throw new NodeError('usage', { input: paths.stateDir, remedy });
    }
  } else if (name !== 'default' && paths.chosenBy === 'convention') stateDir = `${paths.stateDir}-${name}`;
  const owner = services.find(({ file }) => file.name === name);
  if (owner !== undefined && owner.file.stateDir !== stateDir)
    throw new NodeError('service-refused', { reason: 'name-taken', detail: name });
  return { name, paths: statePaths({ stateDir, env, platform, homeDir }) };
}

function nameOf(stateDir: string): string {
  const name = basename(stateDir)
    .replaceAll(/[^A-Za-z0-9_-]/g, '-')
    .replace(/^[-_]+/, '')
    .slice(0, 32);
  return name === '' ? 'default' : name;
}

function sudoUid({ SUDO_UID }: NodeJS.ProcessEnv): number {
  return SUDO_UID && /^\d+$/.test(SUDO_UID) ? Number(SUDO_UID) : (process.geteuid?.() ?? -1);
}

async function canSeal({ runTool }: NodeContext): Promise<boolean> {
  return (await runTool('systemd-creds', ['--version'], { timeoutMs: 10_000 })).kind === 'ran';
}

/** @throws NodeError `usage` for one that means different places in different programs */
export function absolutePath(flag: string, path: string): string {
  if (isAbsolute(path)) return path;
  throw new NodeError('usage', {
    input: `${flag} ${path}`,
    remedy: 'needs the full path: a service starts elsewhere',
  });
}
