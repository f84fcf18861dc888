import { existsSync, realpathSync } from 'node:fs';
import { access, constants, mkdir, readdir, readFile, readlink, rename, rm, symlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { NodeError } from '../../../../shared/errors.ts';
import { fileError, readSmallFile, syncDirectory } from '../../../daemon/storage/atomic-file.ts';

/** What put this program here; only `install.sh` leaves updating to the program itself. [release.md] */
export type InstalledBy = 'install.sh' | 'deb' | 'rpm' | 'app' | 'checkout' | 'unknown';

/** Versions side by side under one folder, and the link to the one that is started. */
export interface Installation {
  readonly root: string;
  /** The version that this program runs from. */
  readonly running: string;
  readonly versionsDir: string;
  readonly downloadDir: string;
  readonly currentLink: string;
  readonly recordFile: string;
  /** Held while anybody changes the installation. Not the root itself, which a removal takes away. */
  readonly lockedFolder: string;
  folderOf(version: string): string;
  /** What starts a version: services, people and this program all start it. */
  launcherOf(version: string): string;
}

export const plainVersion = /^(0|[1-9]\d{0,5})\.(0|[1-9]\d{0,5})\.(0|[1-9]\d{0,5})$/;
const deepest = 5;

export interface Found {
  installedBy: InstalledBy;
  installation: Installation | null;
  /** The command line is part of the app's package: that is what has to be installed. */
  inApp?: boolean;
}

/** @param programFile the script that runs, links followed or not */
export async function findInstallation(programFile: string): Promise<Found> {
  const file = existsSync(programFile) ? realpathSync(programFile) : programFile;
  let folder = dirname(file);
  for (let depth = 0; depth < deepest; depth += 1) {
    const mark = (await readSmallFile(join(folder, 'installed-by'), 1024).catch(() => null))?.trim();
    if (mark === 'deb' || mark === 'rpm') return { installedBy: mark, installation: null };
    if (mark === 'install.sh') {
      const version = basename(folder);
      const isOurs = plainVersion.test(version) && basename(dirname(folder)) === 'versions';
      return isOurs
        ? { installedBy: mark, installation: installationAt(dirname(dirname(folder)), version) }
        : { installedBy: 'unknown', installation: null };
    }
    if (basename(folder) === 'cli' && existsSync(join(folder, '..', 'app.asar'))) {
      const type = (await readSmallFile(join(folder, '..', 'package-type'), 64).catch(() => null))?.trim();
      const installedBy = type === 'deb' || type === 'rpm' ? type : 'app';
      return { installedBy, installation: null, inApp: true };
    }
    if (await isCheckout(folder)) return { installedBy: 'checkout', installation: null };
    folder = dirname(folder);
  }
  return { installedBy: 'unknown', installation: null };
}

async function isCheckout(folder: string): Promise<boolean> {
  try {
    const { name } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as { name?: unknown };
    return name === 'parallelix-operator' && existsSync(join(folder, 'package-lock.json'));
  } catch {
    return false;
  }
}

/** The folder of versions at `root`, seen by the program of version `running`. */
export function installationAt(root: string, running: string): Installation {
  const versionsDir = join(root, 'versions');
  return {
    root,
    running,
    versionsDir,
    downloadDir: join(root, '.download'),
    currentLink: join(root, 'current'),
    recordFile: join(root, 'update.json'),
    lockedFolder: dirname(root),
    folderOf: (version) => join(versionsDir, version),
    launcherOf: (version) => join(versionsDir, version, 'bin', 'parallelix-operator'),
  };
}

/** True where this user may not change it: `install.sh --system` gives it to root. */
export async function belongsToRoot({ root }: Installation): Promise<boolean> {
  return access(root, constants.W_OK).then(
    () => false,
    () => true,
  );
}

/** @throws NodeError `update-needs-root` */
export async function requireRights(installation: Installation, args = ''): Promise<void> {
  if (await belongsToRoot(installation)) throw new NodeError('update-needs-root', { command: asRoot(args) });
}

export const asRoot = (args = ''): string => `sudo parallelix-operator update${args}`;

/** The version that is started; null when the link is missing or leads elsewhere. */
export async function currentVersion({ currentLink }: Installation): Promise<string | null> {
  const target = await readlink(currentLink).catch(() => '');
  const version = basename(target);
  return basename(dirname(target)) === 'versions' && plainVersion.test(version) ? version : null;
}

/**
 * Makes `version` the one that is started, durably. At every moment the link leads to a whole version.
 *
 * @throws NodeError `state-dir-unusable`, `disk-full`
 */
export async function switchTo({ root, currentLink }: Installation, version: string): Promise<void> {
  const temporary = join(root, `.current-${process.pid}`);
  try {
    await rm(temporary, { force: true });
    await symlink(join('versions', version), temporary);
    await rename(temporary, currentLink);
    await syncDirectory(root);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw fileError(error, currentLink, 'update');
  }
}

/**
 * Removes versions that are neither current, nor in `keep`, nor run by any process, and what a killed update left.
 * Never fails: what stays harms nobody.
 */
export async function removeOldVersions(
  installation: Installation,
  keep: readonly (string | null)[],
): Promise<string[]> {
  const removed: string[] = [];
  const { root, versionsDir } = installation;
  const names = await readdir(versionsDir).catch(() => []);
  const used = await commandLines();
  const current = await currentVersion(installation);
  for (const name of names) {
    const folder = join(versionsDir, name);
    if (!plainVersion.test(name) || keep.includes(name) || name === current) continue;
    if (used.some((line) => line.includes(`${folder}/`))) continue;
    await rm(folder, { recursive: true, force: true }).then(
      () => removed.push(name),
      () => undefined,
    );
  }
  for (const name of await readdir(root).catch(() => [])) {
    if (/^\.(unpacking-|current-)/.test(name))
      await rm(join(root, name), { recursive: true, force: true }).catch(() => undefined);
  }
  return removed;
}

/** Gives a whole, unpacked version its name; one of the same name that nobody runs is replaced. */
export async function nameVersion(
  installation: Installation,
  unpacked: string,
  version: string,
): Promise<void> {
  const target = installation.folderOf(version);
  try {
    await mkdir(installation.versionsDir, { recursive: true, mode: 0o755 });
    await rm(target, { recursive: true, force: true });
    await rename(unpacked, target);
    await syncDirectory(installation.versionsDir);
  } catch (error) {
    throw fileError(error, target, 'update');
  }
}

/** Of every process that this user may read; Linux only, elsewhere none. */
async function commandLines(): Promise<string[]> {
  const names = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(
    names.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')),
  );
  return lines.filter((line) => line !== '');
}
