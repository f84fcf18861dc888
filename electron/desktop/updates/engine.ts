import { join } from 'node:path';
import type { AppUpdater } from 'electron-updater';
import { DownloadedUpdateHelper } from 'electron-updater/out/DownloadedUpdateHelper.js';
import { NodeError } from '../../../shared/errors.ts';
import type { Logger } from '../../daemon/logging/logger.ts';
import type { OfferedRelease } from '../../node/operations/update/manifest.ts';
import type { createExecutor } from './executor.ts';
import { type ReleaseInfo, releaseProvider } from './provider.ts';

/** What electron-updater knows of the app it updates; its own would ask Electron, which tests do not have. */
export interface AppFacts {
  version: string;
  isPackaged: boolean;
  /** Where downloads wait. */
  cacheDir: string;
  quit: () => void;
}

export interface UpdateEngine {
  /** What is newer than this version; null when nothing is. @throws NodeError what keeps it from being known */
  check(): Promise<OfferedRelease | null>;
  /** Brings what `check` found; returns where it lies. @throws NodeError */
  download(): Promise<string>;
}

/** What of an updater is set here, and its types keep to itself. */
type Inside = {
  httpExecutor: ReturnType<typeof createExecutor>;
  stagingUserIdPromise: { value: Promise<string> };
  downloadedUpdateHelper: DownloadedUpdateHelper;
};

/** As `AppAdapter` of electron-updater. */
export function adapterOf({ version, isPackaged, cacheDir, quit }: AppFacts) {
  return {
    ...{ version, isPackaged, quit },
    name: 'parallelix-operator',
    // Never read: the provider is ours.
    appUpdateConfigPath: join(cacheDir, 'app-update.yml'),
    userDataPath: cacheDir,
    baseCachePath: cacheDir,
    whenReady: () => Promise.resolve(),
    relaunch: () => {},
    onQuit: () => {},
  };
}

/**
 * Sets an updater of electron-updater up for this product: releases are those of the signed manifest, the network is
 * asked by our client, nothing is installed without being told to, no older version counts, and no id is sent.
 */
export function createEngine(
  updater: AppUpdater,
  { cacheDir }: Pick<AppFacts, 'cacheDir'>,
  modules: {
    find: () => Promise<OfferedRelease>;
    executor: ReturnType<typeof createExecutor>;
    log: Pick<Logger, 'info' | 'warn'>;
  },
): UpdateEngine {
  const { find, executor, log } = modules;
  const inside = updater as unknown as Inside;
  inside.httpExecutor = executor;
  // Its own would be a file with an id of this computer.
  inside.stagingUserIdPromise = { value: Promise.resolve('') };
  inside.downloadedUpdateHelper = new DownloadedUpdateHelper(cacheDir);
  updater.autoDownload = false;
  updater.autoInstallOnAppQuit = false;
  updater.allowDowngrade = false;
  updater.allowPrerelease = false;
  updater.disableWebInstaller = true;
  updater.logger = {
    info: (message) => log.info('updater', { message: String(message).slice(0, 300) }),
    warn: (message) => log.warn('updater', { message: String(message).slice(0, 300) }),
    error: (message) => log.warn('updater', { message: String(message).slice(0, 300) }),
  };
  // What fails is thrown as well; without a listener it would end the app.
  updater.on('error', () => {});
  updater.setFeedURL({ provider: 'custom', updateProvider: releaseProvider(find) as never });

  return {
    async check() {
      const found = await updater.checkForUpdates();
      if (found === null) throw new NodeError('internal-error', {});
      const { offered } = found.updateInfo as ReleaseInfo;
      // Without a block map there is nothing to compare the old file by.
      updater.disableDifferentialDownload = offered.file.blockMapSize === undefined;
      return found.isUpdateAvailable ? offered : null;
    },
    async download() {
      const [file] = await updater.downloadUpdate();
      if (file === undefined) throw new NodeError('internal-error', {});
      return file;
    },
  };
}
