import { existsSync } from 'node:fs';
import { access, chmod, constants, mkdir, readdir, stat } from 'node:fs/promises';
import { dirname, isAbsolute, join, normalize } from 'node:path';
import { NodeError } from '../../../shared/errors.ts';
import type { Reason } from '../../../shared/reasons/reason-text.ts';
import type { Clock } from '../system/clock.ts';
import { keepOwner } from '../system/file-owner.ts';
import { errorCode, fileError, sweepTemporaryFiles } from './atomic-file.ts';
import { refuseStrangers } from './open-directory.ts';

/** Whose state a privileged run works on; the interface has the texts. */
export interface StateWarning {
  /** `roots-own`: root's state, not that of the person who called sudo. `anothers`: their state, with files that will belong to root. */
  kind: 'roots-own' | 'anothers';
  sudoUser: string;
}

/** Where everything of one node lies. Names only; nothing is created by asking. */
export interface StatePaths {
  readonly stateDir: string;
  readonly chosenBy: 'option' | 'environment' | 'convention';
  readonly warning: StateWarning | null;
  readonly identityFile: string;
  readonly keyFile: string;
  readonly backupDir: string;
  /** Which backups of which keys were made. */
  readonly backupIndexFile: string;
  /** There while a restored key must not be used. */
  readonly quarantineFile: string;
  /** What a cutover from the official client has to take back. */
  readonly switchFile: string;
  readonly settingsFile: string;
  readonly journalFile: string;
  /** What the node has earned: its own database, which may be lost without harm to serving. */
  readonly earningsFile: string;
  readonly lockFile: string;
  readonly writeLockFile: string;
  readonly controlFile: string;
  readonly socketFile: string;
  /** Where a service of the whole computer puts its socket instead, for a group to use; null for every other node. */
  readonly sharedSocketFile: string | null;
  readonly probeCacheFile: string;
  /** How fast this computer's memory is. */
  readonly memorySpeedFile: string;
  /** The Ollama that this node started, if it did. */
  readonly ollamaServerFile: string;
  /** What self-tests of models showed. */
  readonly selfTestFile: string;
  readonly logDir: string;
  readonly logFile: string;
  /** What an Ollama that this node started says. */
  readonly ollamaLogFile: string;
}

export interface StatePathOptions {
  /** `--state-dir`. */
  stateDir?: string | undefined;
  env: NodeJS.ProcessEnv;
  platform: NodeJS.Platform;
  homeDir: string;
  /** Effective user id; that of this process unless given. */
  uid?: number | undefined;
}

/**
 * The state directory of app, command line and service alike: `--state-dir`, else
 * `PARALLELIX_STATE_DIR`, else the platform's convention. Never Electron's `userData`, and never
 * `~/.parallelix`, which belongs to the official client.
 *
 * @throws NodeError `state-dir-unusable` for a path that would mean different places in different
 *   programs, or somebody else's directory
 */
export function statePaths(options: StatePathOptions): StatePaths {
  const { env, homeDir } = options;
  const [given, chosenBy] =
    options.stateDir !== undefined
      ? ([options.stateDir, 'option'] as const)
      : env.PARALLELIX_STATE_DIR !== undefined
        ? ([env.PARALLELIX_STATE_DIR, 'environment'] as const)
        : ([conventional(options), 'convention'] as const);
  const stateDir = checked(given, homeDir);
  return {
    stateDir,
    chosenBy,
    warning: sudoWarning(options, chosenBy),
    identityFile: join(stateDir, 'identity.json'),
    keyFile: join(stateDir, 'node.key'),
    backupDir: join(stateDir, 'backups'),
    backupIndexFile: join(stateDir, 'backups.json'),
    quarantineFile: join(stateDir, 'held.json'),
    switchFile: join(stateDir, 'switch.json'),
    settingsFile: join(stateDir, 'settings.json'),
    journalFile: join(stateDir, 'journal.db'),
    earningsFile: join(stateDir, 'earnings.db'),
    lockFile: join(stateDir, 'lock.db'),
    writeLockFile: join(stateDir, 'write-lock.db'),
    controlFile: join(stateDir, 'control.json'),
    socketFile: join(stateDir, 'control.sock'),
    sharedSocketFile: env.PARALLELIX_CONTROL_SOCKET || null,
    probeCacheFile: join(stateDir, 'probe.json'),
    ollamaServerFile: join(stateDir, 'ollama-server.json'),
    memorySpeedFile: join(stateDir, 'memory-speed.json'),
    selfTestFile: join(stateDir, 'self-tests.json'),
    logDir: join(stateDir, 'logs'),
    logFile: join(stateDir, 'logs', 'node.log'),
    ollamaLogFile: join(stateDir, 'logs', 'ollama.log'),
  };
}

function conventional({ env, platform, homeDir }: StatePathOptions): string {
  if (homeDir === '' && !isAbsolute(env.XDG_STATE_HOME ?? ''))
    throw new NodeError('state-dir-unusable', {
      path: 'HOME',
      reason: 'no-home',
    });
  // Not `…/ParalleliX Operator`: that is where Electron puts its own profile.
  if (platform === 'darwin')
    return join(homeDir, 'Library', 'Application Support', 'ParalleliX Operator Node');
  // A relative XDG path is to be ignored, says the XDG base directory specification.
  const base = env.XDG_STATE_HOME;
  return join(base && isAbsolute(base) ? base : join(homeDir, '.local', 'state'), 'parallelix-operator');
}

function checked(given: string, homeDir: string): string {
  const refuse = (reason: Reason) => new NodeError('state-dir-unusable', { path: given, reason });
  if (given === '') throw refuse('empty');
  if (given.includes('\0')) throw refuse('holds-nul');
  if (given.startsWith('~')) throw refuse('not-expanded');
  if (!isAbsolute(given)) throw refuse('not-absolute');
  const path = normalize(given).replace(/(.)\/+$/, '$1');
  if (path === '/' || (homeDir !== '' && path === normalize(homeDir))) throw refuse('not-its-own');
  const official = homeDir === '' ? null : join(homeDir, '.parallelix');
  if (official === null) return path;
  if (path === official || path.startsWith(`${official}/`)) throw refuse('of-official-client');
  return path;
}

function sudoWarning(options: StatePathOptions, chosenBy: StatePaths['chosenBy']): StateWarning | null {
  const sudoUser = options.env.SUDO_USER;
  const uid = options.uid ?? process.geteuid?.();
  if (uid !== 0 || !sudoUser || sudoUser === 'root') return null;
  const rootsHome = options.homeDir === '/root' || options.homeDir === '/var/root';
  return { kind: chosenBy === 'convention' && rootsHome ? 'roots-own' : 'anothers', sudoUser };
}

/**
 * Creates the state directory and its folders with mode 0700, narrows a wider one that is ours,
 * proves that it can be written, and sweeps what dead writers left.
 *
 * @returns the mode that a wider directory of ours had
 * @throws NodeError `state-dir-unusable` also for a directory that holds other things and is open
 *   to others: narrowing, say, /tmp would break the computer
 */
export async function ensureStateDir(
  paths: StatePaths,
  modules: { clock: Clock },
): Promise<{ narrowedFrom: string | null }> {
  let narrowedFrom: string | null;
  try {
    narrowedFrom = await ensurePrivateDirectory(paths.stateDir);
    for (const folder of [paths.logDir, paths.backupDir]) await ensurePrivateDirectory(folder);
    await access(paths.stateDir, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    throw fileError(error, paths.stateDir, 'state-dir');
  }
  await sweepTemporaryFiles(paths.stateDir, modules.clock.now());
  return { narrowedFrom };
}

/**
 * Makes sure that `path` is a directory nobody else can enter; new ones are born that way.
 *
 * @returns the mode that was narrowed, or null
 * @throws NodeError `state-dir-unusable`, `state-dir-open`, `disk-full`, `file-failed`
 */
export async function ensurePrivateDirectory(path: string): Promise<string | null> {
  try {
    const created = await makeDirectory(path);
    // A umask may have left a new one with less than 0700.
    if (created !== undefined) {
      await chmod(path, 0o700);
      await keepOwner(path);
      return null;
    }
    const facts = await stat(path);
    const uid = process.geteuid?.();
    if (uid !== undefined && uid !== 0 && facts.uid !== uid) {
      throw new NodeError('state-dir-unusable', { path, reason: 'of-another-user' });
    }
    if ((facts.mode & 0o077) === 0) return null;
    await refuseStrangers(path);
    const mode = (facts.mode & 0o7777).toString(8);
    const sticky = (facts.mode & 0o1000) !== 0;
    if (sticky || !looksLikeOurs(await readdir(path))) {
      throw new NodeError('state-dir-unusable', {
        path,
        reason: `open-and-used(${mode})`,
      });
    }
    await chmod(path, 0o700);
    return mode;
  } catch (error) {
    throw fileError(error, path, 'state-dir');
  }
}

/** @returns the topmost directory that was made, or undefined when all were there */
async function makeDirectory(path: string): Promise<string | undefined> {
  try {
    return await mkdir(path, { recursive: true, mode: 0o700 });
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
    // Node says "not there" of a parent, whatever kept it from being made (a read-only disk): asked again, one by one.
    let missing = path;
    while (!existsSync(dirname(missing))) missing = dirname(missing);
    await mkdir(missing, 0o700);
    return (await makeDirectory(path)) ?? missing;
  }
}

/** Names that mark a directory as ours; any one of them will do, and so will an empty directory. */
const landmark =
  /^(identity\.json|node\.key|settings\.json|journal\.db|lock\.db|control\.json|node\.log|(node|identity)-.+\.(key|json))$/;

function looksLikeOurs(names: readonly string[]): boolean {
  return names.length === 0 || names.some((name) => landmark.test(name));
}
