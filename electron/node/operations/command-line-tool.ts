import { existsSync } from 'node:fs';
import { cp, lstat, mkdir, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { NodeError } from '../../../shared/errors.ts';
import { errorCode, fileError } from '../../daemon/storage/atomic-file.ts';
import type { NodeContext } from '../context.ts';
import { findServices } from './service/services.ts';
import { currentVersion, installationAt, nameVersion, switchTo } from './update/installation.ts';

/** How the app's own command line becomes a command of this user. */
export interface CommandLineTool {
  look(): Promise<CommandLineToolState>;
  /** @throws NodeError `command-not-installed`, `state-dir-unusable`, `disk-full`; then nothing was changed */
  install(): Promise<void>;
  /** Removes what `install` has made. @throws NodeError `command-not-installed` while a service runs from it */
  remove(): Promise<void>;
}

export interface CommandLineToolState {
  /** `package`: deb, rpm or install.sh have brought it, and take it away. `unavailable`: this copy of the app brings none, or cannot give it. */
  state: 'package' | 'installed' | 'missing' | 'unavailable';
  /** What a terminal finds, or would find. */
  path: string;
  /** The folder is on this user's PATH; null where that cannot be known. */
  onPath: boolean | null;
}

export interface CommandLineToolOptions {
  /** The folder with `bin` and `lib` in the app; null where it brings none. */
  cliFolder: string | null;
  /** The app runs from an image that is mounted only while it runs: the command is copied out of it. */
  fromImage: boolean;
  /** Where deb and rpm put the command; another place in tests. */
  systemCommand?: string;
}

const names = ['parallelix-operator', 'plx'] as const;
const command = names[0];

/**
 * From an AppImage the command is copied to where install.sh puts it, so that `update` and services know it there. On
 * macOS it stays in the app, and links lead to it. What somebody else has put at a place is never replaced.
 */
export function createCommandLineTool(
  options: CommandLineToolOptions,
  context: Pick<NodeContext, 'env' | 'platform' | 'homeDir' | 'version' | 'clock'>,
): CommandLineTool {
  const { cliFolder, fromImage, systemCommand = `/usr/bin/${command}` } = options;
  const { env, platform, homeDir, version } = context;
  const binDir = join(homeDir, '.local', 'bin');
  const installation = installationAt(join(homeDir, '.local', 'share', command), version);
  const updateTimer = join(homeDir, '.config', 'systemd', 'user', `${command}-update.timer`);
  /** What this app has copied, and may remove. */
  const ownMark = join(installation.root, 'installed-by-app');
  const launchers = fromImage
    ? join(installation.currentLink, 'bin')
    : cliFolder === null
      ? null
      : join(cliFolder, 'bin');

  /** Where the link leads; `free` for nothing, `taken` for what is none of ours. */
  async function linkAt(name: string): Promise<'free' | 'ours' | 'taken'> {
    const path = join(binDir, name);
    const found = await lstat(path).catch((error) => {
      if (errorCode(error) === 'ENOENT') return null;
      throw fileError(error, path);
    });
    if (found === null) return 'free';
    const target = found.isSymbolicLink() ? await readlink(path) : '';
    // An app that was moved leaves a link of ours that leads nowhere.
    const ours = /\/cli\/bin\/[^/]+$/.test(target) && target.includes('ParalleliX-Operator');
    return target === join(launchers ?? '', name) || ours ? 'ours' : 'taken';
  }

  async function look(): Promise<CommandLineToolState> {
    const path = join(binDir, command);
    // macOS starts apps with a PATH that is not the one of its terminals.
    const onPath = platform === 'darwin' ? null : (env.PATH ?? '').split(delimiter).includes(binDir);
    const other = existsSync(systemCommand)
      ? systemCommand
      : fromImage && existsSync(installation.currentLink) && !existsSync(ownMark)
        ? join(installation.currentLink, 'bin', command)
        : null;
    const state = other
      ? 'package'
      : launchers === null || !givable()
        ? 'unavailable'
        : existsSync(path) && (await linkAt(command)) === 'ours'
          ? 'installed'
          : 'missing';
    return { state, path: other ?? path, onPath };
  }

  /** Nothing may lead into an app that lies on its disk image, or that macOS has put aside for a first start. */
  function givable(): boolean {
    return !(platform === 'darwin' && /^\/Volumes\/|\/AppTranslocation\//.test(cliFolder ?? ''));
  }

  async function copyOut(folder: string): Promise<void> {
    // An update of the copy is at least as good, and stays.
    if ((await currentVersion(installation)) !== null) return;
    const unpacking = join(installation.root, `.unpacking-${version}`);
    try {
      await rm(unpacking, { recursive: true, force: true });
      await mkdir(installation.root, { recursive: true, mode: 0o755 });
      await cp(folder, unpacking, { recursive: true, verbatimSymlinks: true });
      await writeFile(ownMark, `${version}\n`, { mode: 0o644 });
      await writeFile(join(unpacking, 'installed-by'), 'install.sh\n', { mode: 0o644 });
    } catch (error) {
      await rm(unpacking, { recursive: true, force: true }).catch(() => undefined);
      throw fileError(error, installation.root);
    }
    await nameVersion(installation, unpacking, version);
    await switchTo(installation, version);
  }

  return {
    look,

    async install() {
      const { state } = await look();
      if (state === 'package' || state === 'installed') return;
      if (cliFolder === null || launchers === null || state === 'unavailable')
        throw new NodeError('command-not-installed', { reason: 'not-from-here', path: cliFolder ?? '' });
      for (const name of names)
        if ((await linkAt(name)) === 'taken')
          throw new NodeError('command-not-installed', { reason: 'taken', path: join(binDir, name) });
      if (fromImage) await copyOut(cliFolder);
      try {
        await mkdir(binDir, { recursive: true, mode: 0o755 });
        for (const name of names) {
          await rm(join(binDir, name), { force: true });
          await symlink(join(launchers, name), join(binDir, name));
        }
      } catch (error) {
        throw fileError(error, binDir);
      }
    },

    async remove() {
      if (fromImage) {
        const services = await findServices(context);
        const service = services.find(({ file }) => file.text.includes(`${installation.root}/`))?.file.path;
        const used = service ?? (existsSync(updateTimer) ? updateTimer : null);
        if (used) throw new NodeError('command-not-installed', { reason: 'service', path: used });
      }
      try {
        for (const name of names)
          if ((await linkAt(name)) === 'ours') await rm(join(binDir, name), { force: true });
        if (fromImage && existsSync(ownMark)) await rm(installation.root, { recursive: true, force: true });
      } catch (error) {
        throw fileError(error, binDir);
      }
    },
  };
}
