import type { Clock } from '../../daemon/system/clock.ts';
import type { RecordPlace } from '../../node/operations/update/record.ts';
import type { AppFacts, createEngine, UpdateEngine } from './engine.ts';
import { usualWatchTiming, watchNewVersion } from './new-version.ts';
import type { PackageKind } from './package-kind.ts';
import { forgetPrevious, putBack, replaceFile } from './replace-file.ts';

/** How a new version takes the place of this one, and how this one comes back. */
export interface Replacement {
  openEngine(facts: AppFacts, modules: Parameters<typeof createEngine>[2]): Promise<UpdateEngine>;
  /** Keeps this version aside and checks the new one; where a file is the app, the new one has its name then. */
  replace(downloaded: string, sha256: string): Promise<void>;
  /** Starts the new version once the node of this one has ended, and stays as long as it may have to come back. */
  startNew(args: readonly string[]): Promise<void>;
  putBack(): Promise<boolean>;
  settle(): Promise<void>;
  /** For `app.relaunch`. */
  readonly relaunch: { execPath?: string };
}

export interface ReplacementOptions {
  kind: PackageKind;
  env: NodeJS.ProcessEnv;
  execPath: string;
  cacheDir: string;
  place: RecordPlace;
}

/** By the kind of package; of one that somebody else updates nothing is ever replaced. */
export async function openReplacement(
  options: ReplacementOptions,
  modules: { clock: Clock },
): Promise<Replacement> {
  const { kind, env, execPath } = options;
  if (kind === 'AppImage' && env.APPIMAGE) return ofAppImage(env.APPIMAGE, options, modules);
  if (kind === 'mac') {
    const { bundleOf, replacementOfBundle } = await import('./mac.ts');
    const bundle = bundleOf(execPath);
    if (bundle !== null) return replacementOfBundle(bundle, options, modules);
  }
  return nothing;
}

function ofAppImage(file: string, options: ReplacementOptions, { clock }: { clock: Clock }): Replacement {
  const { env, place } = options;
  return {
    async openEngine(facts, modules) {
      const { createAppImageEngine } = await import('./app-image.ts');
      return createAppImageEngine(facts, modules);
    },
    replace: (path, sha256) => replaceFile(file, { path, sha256 }),
    async startNew(args) {
      await watchNewVersion({ file, args, env, place, timing: usualWatchTiming }, { clock });
    },
    putBack: () => putBack(file),
    settle: () => forgetPrevious(file),
    relaunch: { execPath: file },
  };
}

const nothing: Replacement = {
  openEngine: async () => {
    throw new Error('this package is updated by its package manager');
  },
  replace: async () => {},
  startNew: async () => {},
  putBack: async () => false,
  settle: async () => {},
  relaunch: {},
};
