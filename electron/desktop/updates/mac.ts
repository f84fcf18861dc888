import { constants } from 'node:fs';
import { cp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { app } from 'electron';
import { MacUpdater } from 'electron-updater/out/MacUpdater.js';
import { NodeError } from '../../../shared/errors.ts';
import { errorCode, fileError } from '../../daemon/storage/atomic-file.ts';
import { type Clock, sleep } from '../../daemon/system/clock.ts';
import { digestOf } from './digest.ts';
import { adapterOf, createEngine } from './engine.ts';
import type { Replacement, ReplacementOptions } from './replacement.ts';

/** The system checks the signature, replaces the app and starts it; after that it has failed. */
const installMs = 300_000;

/**
 * How Squirrel replaces the app of macOS: it takes only what the same developer has signed. It does so once this one has
 * ended, so nobody is left to watch the new one start: what does not serve puts this one back itself.
 */
export function replacementOfBundle(
  bundle: string,
  { cacheDir }: ReplacementOptions,
  { clock }: { clock: Clock },
): Replacement {
  let updater: MacUpdater | null = null;
  return {
    async openEngine(facts, modules) {
      updater = new MacUpdater(null as never, adapterOf(facts) as never);
      return createEngine(updater, facts, modules);
    },
    async replace(downloaded, sha256) {
      const found = await digestOf(downloaded, 'sha256', 'hex');
      if (found !== sha256)
        throw new NodeError('download-mismatch', { url: downloaded, expected: sha256, found });
      await keepBundle(bundle, cacheDir);
    },
    async startNew() {
      const refused = new Promise<unknown>((resolve) => {
        updater?.once('error', resolve);
      });
      // Ends this app once the system has the new one ready.
      updater?.quitAndInstall();
      await Promise.race([refused, sleep(clock, installMs)]);
      app.relaunch();
    },
    putBack: () => putBundleBack(bundle, cacheDir),
    settle: () => forgetBundle(cacheDir),
    relaunch: {},
  };
}

/** The folder of the app that runs from `execPath`; null for anything else than a bundle. */
export function bundleOf(execPath: string): string | null {
  const at = execPath.indexOf('.app/Contents/MacOS/');
  return at < 0 ? null : execPath.slice(0, at + '.app'.length);
}

const previousIn = (folder: string) => join(folder, 'previous.app');

/** Copies the app aside before it is replaced; on APFS that takes no room. @throws NodeError `disk-full`, `state-dir-unusable` */
async function keepBundle(bundle: string, folder: string): Promise<void> {
  const part = join(folder, 'previous.part');
  try {
    for (const path of [part, previousIn(folder)]) await rm(path, { recursive: true, force: true });
    await cp(bundle, part, {
      ...{ recursive: true, verbatimSymlinks: true, preserveTimestamps: true },
      mode: constants.COPYFILE_FICLONE,
    });
    await rename(part, previousIn(folder));
  } catch (error) {
    await rm(part, { recursive: true, force: true }).catch(() => {});
    throw fileError(error, folder);
  }
}

/** Puts the app before back; false where there is none. The one that runs lives on until it ends. */
async function putBundleBack(bundle: string, folder: string): Promise<boolean> {
  const failed = join(folder, 'failed.app');
  try {
    await rm(failed, { recursive: true, force: true });
    await cp(previousIn(folder), `${bundle}.part`, {
      ...{ recursive: true, verbatimSymlinks: true, preserveTimestamps: true },
      mode: constants.COPYFILE_FICLONE,
    });
    await rename(bundle, failed);
    await rename(`${bundle}.part`, bundle);
    return true;
  } catch (error) {
    await rm(`${bundle}.part`, { recursive: true, force: true }).catch(() => {});
    if (errorCode(error) === 'ENOENT') return false;
    throw fileError(error, bundle);
  }
}

async function forgetBundle(folder: string): Promise<void> {
  for (const name of ['previous.app', 'previous.part', 'failed.app'])
    await rm(join(folder, name), { recursive: true, force: true }).catch(() => {});
}
